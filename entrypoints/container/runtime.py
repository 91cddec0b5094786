"""A running server's objects, and what is to be opened, read again and closed."""

from attrs import frozen
from tornado.web import Application

from adapters.clients_file import ClientsFile, ClientsFileBroken, NobodyCouldGetIn
from adapters.redis.link import RedisLink
from adapters.redis.revocations import Revocations
from application.ports import ClientDirectory
from entrypoints.http.face import Face
from entrypoints.http.iframe_page import IframePage
from entrypoints.settings import SettingsError
from entrypoints.snapshotting import Snapshotting


@frozen
class Runtime:
    """What a running server holds, and how to open, reload and close it."""

    application: Application
    face: Face
    directory: ClientDirectory
    link: RedisLink | None
    revocations: Revocations | None
    snapshots: Snapshotting | None

    async def begin(self) -> None:
        """Do what has to be done before anybody is served."""
        if self.snapshots is not None:
            await self.snapshots.begin()

    def start(self) -> None:
        """Begin what goes on beside the requests, in the event loop that runs."""
        if self.revocations is not None:
            self.revocations.start()
        if self.snapshots is not None:
            self.snapshots.start()

    def load(self) -> None:
        """Read the files that a server works from, at start and again on SIGHUP.

        Each stands for itself: one that cannot be read stays as it was, and the others are
        read all the same, so that a key taken out of the clients file stops working
        whatever has become of the page. Raises ``SettingsError`` for the first that failed.
        """
        problems = []
        for load in (self.load_clients, self.load_page):
            try:
                load()
            except SettingsError as problem:
                problems.append(problem)
        if problems:
            raise problems[0]

    async def close(self) -> None:
        """Give back what was opened, once nobody is served any more."""
        if self.snapshots is not None:
            await self.snapshots.close()
        if self.revocations is not None:
            await self.revocations.close()
        if self.link is not None:
            await self.link.close()

    @property
    def has_admin(self) -> bool:
        """Whether anybody may do what is an admin's to do."""
        return not isinstance(self.directory, ClientsFile) or self.directory.has_admin

    def load_clients(self) -> None:
        """Read the clients file. Raises ``SettingsError``."""
        if not isinstance(self.directory, ClientsFile):
            return
        try:
            self.directory.load()
        except ClientsFileBroken as error:
            raise SettingsError(
                "CLIENTS_FILE", f"clients_file.{error.problem}", path=error.path, **error.facts
            ) from error
        except NobodyCouldGetIn as error:
            raise SettingsError("CLIENTS_FILE", "settings.no_client") from error

    def load_page(self) -> None:
        """Read the protected page. Raises ``SettingsError``."""
        load_page(self.face.iframe_page)


def load_page(page: IframePage) -> None:
    """Read a protected page. Raises ``SettingsError``."""
    try:
        page.load()
    except OSError as error:
        facts = {"path": page.path, "reason": error.strerror}
        raise SettingsError("IFRAME_ROOT", "settings.iframe_root", **facts) from error
