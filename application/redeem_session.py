"""Let exactly one caller open the iframe."""

from contextlib import suppress
from typing import Any

from attrs import frozen

from application.ports import (
    ClientDirectory,
    Clock,
    EventSink,
    Randomness,
    SessionRepository,
    StoreUnavailable,
)
from domain.attempt import Attempt, counted_together
from domain.client import NOBODY, Caller, Client
from domain.errors import RateLimited
from domain.events import RateLimitReached, RedeemRefused, ReplayAttempted, SessionRedeemed
from domain.grant import Granting
from domain.grant_token import GrantToken
from domain.policy import Policy
from domain.rate import Rate
from domain.refusal import Refusal, Refused
from domain.session import Session
from domain.session_id import SessionId

SECRET_BYTES = 24


@frozen(kw_only=True)
class RedeemRequest:
    """``caller`` is whoever brought a key, ``None`` for those who only hold the id.

    Who ``goes_on`` gets a grant with the redeem, a shorter one ``as_bearer``. ``origin`` is that
    of the page which embeds the iframe, ``None`` where nobody tells, or where it is framegate's.
    ``region`` is the country that a browser asks from, empty where it is not known.
    """

    session_id: SessionId
    remote: str
    caller: Caller | None = None
    goes_on: bool = False
    as_bearer: bool = False
    origin: str | None = None
    region: str = ""


@frozen(kw_only=True)
class Redeemed:
    """The session, used now, the client whose it was, and the token of the grant, if wanted."""

    session: Session
    client: Client
    token: GrantToken | None = None


@frozen
class RedeemSession:
    """Redeems a session: the one transition ``active -> used``.

    ``failures`` is how many refused redeems one address may have; callers with a key are
    known and not counted.
    """

    sessions: SessionRepository
    directory: ClientDirectory
    randomness: Randomness
    sink: EventSink
    clock: Clock
    failures: Rate | None = None

    async def execute(self, request: RedeemRequest) -> Redeemed:
        """Redeem it. Raises ``Refused``, ``RateLimited``, ``StoreUnavailable``."""
        caller, client = request.caller, self.client_of(request.session_id)
        digest = request.session_id.digest
        try:
            # The same way for an id that can be nobody's: its failure is counted, and the
            # time it takes tells nothing.
            owner = NOBODY if client is None else client.name
            attempt = None
            if self.failures is not None and caller is None:
                attempt = Attempt(counted_together(request.remote), self.failures)
            region = request.region
            # Bindings come first: a wrong request must not burn a session.
            if client is not None and not _is_for(client, request):
                with suppress(StoreUnavailable):  # wrong is wrong, whether it can be counted or not
                    await self.sessions.refuse(
                        owner, Refusal.MISMATCH, attempt=attempt, region=region
                    )
                raise Refused(Refusal.MISMATCH)
            token = granting = None
            if client is not None and request.goes_on:
                secret = self.randomness.secret(SECRET_BYTES)
                token = GrantToken.compose(client.tag, digest, secret)
                granting = _granting(token, client.policy, request)
            session = await self.sessions.redeem(
                owner, digest, attempt=attempt, granting=granting, region=region
            )
            if client is None:
                raise Refused(Refusal.UNKNOWN)
        except Refused as refused:
            kind = ReplayAttempted if refused.reason is Refusal.USED else RedeemRefused
            self.sink.emit(kind(reason=refused.reason, **self._scene(request, client)))
            raise
        except RateLimited:
            self.sink.emit(RateLimitReached(limited="redeem", **self._scene(request, client)))
            raise
        granted = True if token else None
        self.sink.emit(SessionRedeemed(granted=granted, **self._scene(request, client)))
        return Redeemed(session=session, client=client, token=token)

    def client_of(self, session_id: SessionId) -> Client | None:
        """Tell whose session the id would be, whether or not there is one."""
        tag = session_id.client_tag
        return self.directory.by_tag(tag) if tag else None

    def _scene(self, request: RedeemRequest, client: Client | None) -> dict[str, Any]:
        return {
            "at": self.clock.now(),
            "remote": request.remote,
            "client": client.name if client else None,
            "fingerprint": request.session_id.digest.fingerprint,
            "region": request.region or None,
        }


def _is_for(client: Client, request: RedeemRequest) -> bool:
    caller, origin = request.caller, request.origin
    return (caller is None or caller.owns(client)) and (origin is None or client.lists(origin))


def _granting(token: GrantToken, policy: Policy, request: RedeemRequest) -> Granting:
    seconds = policy.bearer_ttl_seconds if request.as_bearer else policy.grant_ttl_seconds
    return Granting(
        token=token.digest,
        ttl_ms=seconds * 1000,
        idle_ms=policy.grant_idle_seconds * 1000,
        origin=request.origin or "",
    )
