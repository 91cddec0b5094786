"""How a browser comes in: with the grant it holds, or by a redeem that gives it one."""

from collections.abc import Sequence

from attrs import frozen

from application.redeem_session import RedeemRequest, RedeemSession
from application.use_grant import UseGrant, UseGrantRequest
from domain.client import Client
from domain.grant_token import GrantToken
from domain.payload import Payload
from domain.refusal import Refused
from domain.session_id import Digest, SessionId
from entrypoints.http.grant_cookie import Held, held_grants, set_grant
from entrypoints.http.head import Line
from entrypoints.http.incoming import Incoming


@frozen(kw_only=True)
class Entered:
    """Who has come in; ``cookies`` are lines that his browser gets, a new grant's the first."""

    client: Client
    session: Digest
    payload: Payload
    cookies: Sequence[Line] = ()


@frozen
class Entrance:
    """Lets a browser in. Both ways raise ``Refused``, ``StoreUnavailable``."""

    redeem: RedeemSession
    use_grant: UseGrant

    async def by_grant(self, incoming: Incoming) -> Entered:
        """Let in who holds any grant."""
        held = held_grants(incoming.headers)
        return await self._use(held.tokens, held, incoming)

    async def by_session(self, session_id: SessionId, incoming: Incoming) -> Entered:
        """Let in who holds the session's grant, or redeems it now. Raises ``RateLimited``, too."""
        held = held_grants(incoming.headers)
        own = [token for token in held.tokens if token.session == session_id.digest]
        if own:
            try:
                return await self._use(own, held, incoming)
            except Refused:
                pass  # with its grant a session has ended, and the redeem tells how
        redeemed = await self.redeem.execute(
            RedeemRequest(session_id=session_id, remote=incoming.remote, goes_on=True)
        )
        token, lifetime = redeemed.token, redeemed.client.policy.grant_ttl_seconds
        return Entered(
            client=redeemed.client,
            session=session_id.digest,
            payload=redeemed.session.payload,
            cookies=[*([set_grant(token, lifetime)] if token else []), *held.dropped],
        )

    async def _use(self, tokens: Sequence[GrantToken], held: Held, incoming: Incoming) -> Entered:
        request = UseGrantRequest(tokens=tokens, remote=incoming.remote)
        used = await self.use_grant.execute(request)
        grant = used.grant
        return Entered(
            client=used.client, session=grant.session, payload=grant.payload, cookies=held.dropped
        )
