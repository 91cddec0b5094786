"""How a browser comes in: with the grant it holds, or by a redeem that gives it one."""

from collections.abc import Sequence
from contextlib import suppress

from attrs import evolve, frozen

from application.ports import StoreUnavailable
from application.redeem_session import RedeemRequest, RedeemSession
from application.replace_grant import ReplaceGrant
from application.use_grant import UseGrant, UseGrantRequest
from domain.client import Client
from domain.grant import Grant
from domain.grant_token import GrantToken
from domain.payload import Payload
from domain.refusal import Refused
from domain.session_id import Digest, SessionId
from entrypoints.http.credentials import bearer_key
from entrypoints.http.embedding import embedding_origin
from entrypoints.http.grant_cookie import Held, drop_grant, held_grants, set_grant
from entrypoints.http.head import Line
from entrypoints.http.incoming import Incoming
from entrypoints.http.regions import Regions


@frozen(kw_only=True)
class Entered:
    """Who has come in.

    ``cookies`` are lines that his browser gets, a new grant's the first; ``bearer`` is the token
    of a new grant for who takes no cookies; ``grant`` is there where it was there before.
    """

    client: Client
    session: Digest
    payload: Payload
    cookies: Sequence[Line] = ()
    bearer: GrantToken | None = None
    grant: Grant | None = None


@frozen
class Entrance:
    """Lets a browser in. Both ways raise ``Refused``, ``StoreUnavailable``."""

    redeem: RedeemSession
    use_grant: UseGrant
    replace_grant: ReplaceGrant
    regions: Regions
    public_url: str = ""

    def holds_any(self, incoming: Incoming) -> bool:
        """Tell whether the browser brings any grant, good or not."""
        return bool(_held(incoming).tokens)

    def holds_that_of(self, session_id: SessionId, incoming: Incoming) -> bool:
        """Tell whether it brings the grant of a session, good or not."""
        return bool(_of(session_id.digest.fingerprint, _held(incoming)))

    def client_named(self, incoming: Incoming) -> Client | None:
        """Tell whose pages embed what is asked for, by ``?client=<tag>``."""
        tag = b"".join(incoming.query.get("client", ())).decode(errors="replace")
        return self.redeem.directory.by_tag(tag)

    def client_of_held(self, incoming: Incoming, fingerprint: str | None = None) -> Client | None:
        """Tell whose the grant is that the browser brings, good or not.

        It is the newest, or that of the session with the ``fingerprint``.
        """
        held = _held(incoming)
        tokens = held.tokens if fingerprint is None else _of(fingerprint, held)
        return self.redeem.directory.by_tag(tokens[0].client_tag) if tokens else None

    async def by_newest_grant(self, incoming: Incoming) -> Entered:
        """Let in whose newest grant holds: who somebody is, no older one may tell in its place."""
        held = _held(incoming)
        return await self._use(held.tokens[:1], held, incoming)

    async def by_grant(self, incoming: Incoming, fingerprint: str | None = None) -> Entered:
        """Let in who holds any grant, or that of the session with the ``fingerprint``."""
        held = _held(incoming)
        tokens = held.tokens if fingerprint is None else _of(fingerprint, held)
        return await self._use(tokens, held, incoming)

    async def by_session(
        self,
        session_id: SessionId,
        incoming: Incoming,
        *,
        origin: str | None = None,
        as_bearer: bool = False,
    ) -> Entered:
        """Let in who holds the session's grant, or redeems it now. Raises ``RateLimited``, too.

        ``origin`` is the embedding page's, where the request itself does not tell.
        """
        held = _held(incoming)
        own = _of(session_id.digest.fingerprint, held)
        if own:
            try:
                return await self._use(own, held, incoming, origin)
            except Refused:
                pass  # with its grant a session has ended, and the redeem tells how
        redeemed = await self.redeem.execute(
            RedeemRequest(
                session_id=session_id,
                remote=incoming.remote,
                goes_on=True,
                as_bearer=as_bearer,
                origin=origin or self._embedded_by(incoming),
                region=self.regions.of(incoming),
            )
        )
        entered = Entered(
            client=redeemed.client,
            session=session_id.digest,
            payload=redeemed.session.payload,
            cookies=held.dropped,
        )
        if redeemed.token is None or as_bearer:
            return evolve(entered, bearer=redeemed.token)
        line = set_grant(redeemed.token, redeemed.client.policy.grant_ttl_seconds)
        return evolve(entered, cookies=[line, *held.dropped])

    async def in_place_of(self, fingerprint: str, entered: Entered, incoming: Incoming) -> Entered:
        """Have the browser forget the grant of an earlier session, and have that end.

        It ends where the browser brings it along: nobody ends what he does not hold. Where the
        store is away it goes on to its own end, and who has entered goes on all the same.
        """
        if fingerprint == entered.session.fingerprint:
            return entered
        with suppress(StoreUnavailable):
            for token in _of(fingerprint, _held(incoming)):
                await self.replace_grant.execute(token)
        return evolve(entered, cookies=[*entered.cookies, drop_grant(fingerprint)])

    async def _use(
        self,
        tokens: Sequence[GrantToken],
        held: Held,
        incoming: Incoming,
        origin: str | None = None,
    ) -> Entered:
        request = UseGrantRequest(
            tokens=tokens,
            remote=incoming.remote,
            origin=origin or self._embedded_by(incoming),
            region=self.regions.of(incoming),
        )
        used = await self.use_grant.execute(request)
        grant = used.grant
        return Entered(
            client=used.client,
            session=grant.session,
            payload=grant.payload,
            cookies=held.dropped,
            grant=grant,
        )

    def _embedded_by(self, incoming: Incoming) -> str | None:
        return embedding_origin(incoming.headers, self.public_url)


def _held(incoming: Incoming) -> Held:
    """Read what the browser holds: the bearer, where it brings one, before all cookies."""
    held = held_grants(incoming.headers)
    token = GrantToken.presented(bearer_key(incoming.headers) or "")
    return held if token is None else Held([token, *held.tokens], held.surplus)


def _of(fingerprint: str, held: Held) -> list[GrantToken]:
    return [token for token in held.tokens if token.session.fingerprint == fingerprint]
