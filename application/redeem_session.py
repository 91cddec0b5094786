"""Let exactly one caller open the iframe."""

from attrs import frozen

from application.ports import ClientDirectory, Clock, EventSink, SessionRepository
from domain.client import Caller, Client
from domain.events import RedeemRefused, SessionRedeemed
from domain.refusal import Refusal, Refused
from domain.session import Session
from domain.session_id import SessionId


@frozen(kw_only=True)
class RedeemRequest:
    """``caller`` is whoever brought a key, ``None`` for those who only hold the id."""

    session_id: SessionId
    remote: str
    caller: Caller | None = None


@frozen(kw_only=True)
class Redeemed:
    """The session, used now, and the client whose it was."""

    session: Session
    client: Client


@frozen
class RedeemSession:
    """Redeems a session: the one transition ``active -> used``."""

    sessions: SessionRepository
    directory: ClientDirectory
    sink: EventSink
    clock: Clock

    async def execute(self, request: RedeemRequest) -> Redeemed:
        """Redeem it. Raises ``Refused``, ``StoreUnavailable``."""
        client = self.client_of(request.session_id)
        digest = request.session_id.digest
        try:
            if client is None:
                raise Refused(Refusal.UNKNOWN)
            # Bindings come first: a wrong request must not burn a session.
            if request.caller is not None and not request.caller.owns(client):
                raise Refused(Refusal.MISMATCH)
            session = await self.sessions.redeem(client.name, digest)
        except Refused as refused:
            self.sink.emit(
                RedeemRefused(
                    at=self.clock.now(),
                    remote=request.remote,
                    client=client.name if client else None,
                    fingerprint=digest.fingerprint,
                    reason=refused.reason,
                )
            )
            raise
        self.sink.emit(
            SessionRedeemed(
                at=self.clock.now(),
                remote=request.remote,
                client=client.name,
                fingerprint=digest.fingerprint,
            )
        )
        return Redeemed(session=session, client=client)

    def client_of(self, session_id: SessionId) -> Client | None:
        """Tell whose session the id would be, whether or not there is one."""
        tag = session_id.client_tag
        return self.directory.by_tag(tag) if tag else None
