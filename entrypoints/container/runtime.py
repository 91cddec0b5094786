"""A running server's objects, and what is to be opened, read again and closed."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from attrs import frozen
from tornado.web import Application

from adapters.clients_file import ClientsFile
from adapters.metrics.shared import SharedMeasurements
from adapters.redis.link import RedisLink
from adapters.rotating_file import RotatingFile
from application.ports import ClientDirectory, RegionResolver
from application.tell_measurements import TellMeasurements
from entrypoints.container.directories import read_clients
from entrypoints.container.regions import load_regions
from entrypoints.http.face import Face
from entrypoints.http.iframe_page import IframePage
from entrypoints.http.metrics import make_metrics_app
from entrypoints.settings import SettingsError
from entrypoints.snapshotting import Snapshotting


class Beside(Protocol):
    """Something that goes on beside the requests."""

    def start(self) -> None:
        """Begin, in the event loop that runs."""

    async def close(self) -> None:
        """End, and give back what was opened."""


@frozen
class Runtime:
    """What a running server holds, and how to open, reload and close it."""

    application: Application
    face: Face
    directory: ClientDirectory
    resolver: RegionResolver | None
    link: RedisLink | None
    audit_file: RotatingFile | None = None
    metrics: SharedMeasurements | None = None
    snapshots: Snapshotting | None = None
    beside: Sequence[Beside] = ()

    def share(self, workers: int) -> None:
        """Make what workers have in common, before there are any."""
        if self.metrics is not None:
            self.metrics.share(workers)

    def lost(self, place: int) -> None:
        """Take note that the worker at a place is gone."""
        if self.metrics is not None:
            self.metrics.board.vacate(place)

    @property
    def metrics_application(self) -> Application | None:
        """What tells everybody who comes what has been measured, where anything is."""
        if self.metrics is None:
            return None
        return make_metrics_app(self.face, TellMeasurements(self.metrics))

    async def begin(self) -> None:
        """Do what has to be done before anybody is served."""
        if self.snapshots is not None:
            await self.snapshots.begin()

    def start(self, place: int = 0) -> None:
        """Begin what goes on beside the requests, in the event loop that runs.

        ``place`` is the worker's among those that have something in common.
        """
        if self.metrics is not None:
            self.metrics.start(place)
        for each in self._side_by_side:
            each.start()

    @property
    def _side_by_side(self) -> Sequence[Beside]:
        return self.beside if self.snapshots is None else (*self.beside, self.snapshots)

    def load(self) -> None:
        """Read the files that a server works from, at start and again on SIGHUP.

        Each stands for itself: one that cannot be read stays as it was, and the others are
        read all the same, so that a key taken out of the clients file stops working
        whatever has become of the page. Raises ``SettingsError`` for the first that failed.
        """
        problems = []
        for load in (
            self.load_clients,
            self.load_page,
            self.load_regions,
            self.try_audit_file,
        ):
            try:
                load()
            except SettingsError as problem:
                problems.append(problem)
        if problems:
            raise problems[0]

    async def close(self) -> None:
        """Give back what was opened, once nobody is served any more."""
        await asyncio.gather(*(each.close() for each in self._side_by_side))
        if self.metrics is not None:  # after those who count what was lost at the end
            self.metrics.close()
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
        read_clients(self.directory)

    def try_audit_file(self) -> None:
        """Open the file of the audit log. Raises ``SettingsError``."""
        if self.audit_file is not None:
            with audit_file_told(self.audit_file):
                self.audit_file.try_out()

    def load_page(self) -> None:
        """Read the protected page. Raises ``SettingsError``."""
        load_page(self.face.iframe_page)

    def load_regions(self) -> None:
        """Read what countries are looked up in. Raises ``SettingsError``."""
        load_regions(self.resolver)


@contextmanager
def audit_file_told(file: RotatingFile) -> Iterator[None]:
    """Turn what is wrong with the file of the audit log into a ``SettingsError``."""
    try:
        yield
    except OSError as error:
        facts = {"path": file.path, "reason": error.strerror}
        raise SettingsError("AUDIT_FILE", "settings.audit_file", **facts) from error


def load_page(page: IframePage) -> None:
    """Read a protected page. Raises ``SettingsError``."""
    try:
        page.load()
    except OSError as error:
        facts = {"path": page.path, "reason": error.strerror}
        raise SettingsError("IFRAME_ROOT", "settings.iframe_root", **facts) from error
