"""Find out who calls."""

from attrs import frozen

from application.ports import ClientDirectory, Clock, EventSink
from domain import events
from domain.client import Caller, Client
from domain.errors import FramegateError
from domain.key import digest_key


@frozen
class KeyRejected(FramegateError):
    """The key does not open this. ``problem``: ``missing``, ``unknown`` or ``wrong_kind``."""

    problem: str


@frozen
class Authenticate:
    """Tells whose key was brought."""

    directory: ClientDirectory
    sink: EventSink
    clock: Clock

    def execute(self, key: str | None, *, remote: str) -> Caller:
        """Return the caller behind ``key``. Raises ``KeyRejected``."""
        caller = self.directory.holder(None if key is None else digest_key(key))
        if caller is None:
            raise self._rejected("missing" if key is None else "unknown", remote)
        return caller

    def client(self, key: str | None, *, remote: str) -> Client:
        """Return the client behind ``key``. Raises ``KeyRejected``, also for an admin's."""
        client = self.execute(key, remote=remote).client
        if client is None:
            raise self._rejected("wrong_kind", remote)
        return client

    def admin(self, key: str | None, *, remote: str) -> None:
        """Return if ``key`` is an admin's. Raises ``KeyRejected``, also for a client's."""
        caller = self.execute(key, remote=remote)
        if not caller.is_admin:
            raise self._rejected("wrong_kind", remote, caller.client)

    def _rejected(self, problem: str, remote: str, client: Client | None = None) -> KeyRejected:
        name = client.name if client else None
        self.sink.emit(events.KeyRejected(at=self.clock.now(), remote=remote, client=name))
        return KeyRejected(problem)
