"""Have the store forget what has expired. Nothing depends on it; it tidies and counts."""

from attrs import frozen

from application.ports import ClientDirectory, Clock, EventSink, SessionRepository
from domain.events import SessionsCleanedUp
from domain.figures import CleanUp


@frozen
class CleanUpSessions:
    """Cleans up after all clients."""

    sessions: SessionRepository
    directory: ClientDirectory
    sink: EventSink
    clock: Clock

    async def execute(self, *, remote: str) -> CleanUp:
        """Remove what has reached its expiry. Raises ``StoreUnavailable``."""
        done = CleanUp()
        for client in self.directory.clients():
            done += await self.sessions.clean_up(client.name)
        self.sink.emit(SessionsCleanedUp(at=self.clock.now(), remote=remote, removed=done.removed))
        return done
