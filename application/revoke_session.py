"""Take one session back, and what it has given."""

from typing import Any

from attrs import frozen

from application.look_up_session import LookUpSession
from application.ports import Clock, EventSink, GrantRepository, SessionRepository
from domain.client import Caller
from domain.events import GrantRevoked, SessionRevoked
from domain.listing import Ended
from domain.record import Record
from domain.refusal import Refused


@frozen(kw_only=True)
class RevokeRequest:
    """What is to end, who asks for it, and from where."""

    caller: Caller
    fingerprint: str
    remote: str


@frozen
class RevokeSession:
    """Ends a session that nobody has used yet, or the grant of one that somebody has."""

    look_up: LookUpSession
    sessions: SessionRepository
    grants: GrantRepository
    sink: EventSink
    clock: Clock

    async def execute(self, request: RevokeRequest) -> Ended:
        """Revoke what the fingerprint names; nothing is ended where all of it has ended already.

        Raises ``SessionNotFound``, ``StoreUnavailable``.
        """
        ended = Ended()
        for record in await self.look_up.execute(request.caller, request.fingerprint):
            ended += await self._end(record, request.remote)
        return ended

    async def _end(self, record: Record, remote: str) -> Ended:
        scene: dict[str, Any] = {
            "at": self.clock.now(),
            "remote": remote,
            "client": record.client,
            "fingerprint": record.digest.fingerprint,
        }
        try:
            await self.sessions.revoke(record.client, record.digest)
        except Refused:
            # Somebody may have used it since it was found, so it is the grant's turn at last.
            if not await self.grants.revoke(record.client, record.digest):
                return Ended()
            self.sink.emit(GrantRevoked(**scene))
            return Ended(grants=1)
        self.sink.emit(SessionRevoked(**scene))
        return Ended(sessions=1)
