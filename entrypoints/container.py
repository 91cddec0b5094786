"""The container: which adapter stands behind which port. The only user of injector.

Building it does no I/O; ``Runtime`` has what is to be opened, reloaded and closed.
"""

from pathlib import Path
from urllib.parse import urlsplit

from attrs import frozen
from injector import Injector, Module, provider, singleton
from tornado.web import Application

from adapters.audit_log import AuditLog
from adapters.clients_file import ClientsFile, ClientsFileBroken
from adapters.memory.health import MemoryHealth
from adapters.memory.open_directory import OpenDirectory
from adapters.memory.sessions import MemorySessions
from adapters.redis.link import RedisAddress, RedisLimits, RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from adapters.system import SystemClock, SystemRandomness
from application.authenticate import Authenticate
from application.check_health import CheckHealth
from application.clean_up import CleanUpSessions
from application.create_session import CreateSession
from application.issue_key import IssueKey
from application.ports import (
    ClientDirectory,
    Clock,
    EventSink,
    Randomness,
    SessionRepository,
    StoreHealth,
)
from application.redeem_session import RedeemSession
from application.report_status import ReportStatus
from application.revoke_session import RevokeSession
from domain.client import Client
from entrypoints.http.app import UseCases, make_app
from entrypoints.http.assets import Assets
from entrypoints.http.drain import Drain
from entrypoints.http.face import Face
from entrypoints.http.iframe_page import IframePage
from entrypoints.http.proxies import Proxies
from entrypoints.settings import Settings, SettingsError


@frozen
class Runtime:
    """What a running server holds, and how to open, reload and close it."""

    application: Application
    face: Face
    directory: ClientDirectory
    link: RedisLink | None

    def load(self) -> None:
        """Read the files that a server works from, at start and again on SIGHUP.

        What could not be read stays as it was. Raises ``SettingsError``.
        """
        try:
            self.face.iframe_page.load()
        except OSError as error:
            facts = {"path": self.face.iframe_page.path, "reason": error.strerror}
            raise SettingsError("IFRAME_ROOT", "settings.iframe_root", **facts) from error
        if isinstance(self.directory, ClientsFile):
            try:
                self.directory.load()
            except ClientsFileBroken as error:
                raise SettingsError(
                    "CLIENTS_FILE", f"clients_file.{error.problem}", path=error.path, **error.facts
                ) from error
            if not self.directory.clients():
                raise SettingsError("CLIENTS_FILE", "settings.no_client")

    async def close(self) -> None:
        """Give back what was opened."""
        if self.link is not None:
            await self.link.close()


class SystemModule(Module):
    """What the operating system gives."""

    @singleton
    @provider
    def clock(self) -> Clock:
        return SystemClock()

    @singleton
    @provider
    def randomness(self) -> Randomness:
        return SystemRandomness()

    @singleton
    @provider
    def sink(self) -> EventSink:
        return AuditLog()

    @provider
    def issue_key(self, randomness: Randomness) -> IssueKey:
        return IssueKey(randomness)


class MemoryStoreModule(Module):
    """Sessions in memory."""

    @singleton
    @provider
    def sessions(self, clock: Clock) -> SessionRepository:
        return MemorySessions(clock)

    @singleton
    @provider
    def health(self) -> StoreHealth:
        return MemoryHealth()


class RedisStoreModule(Module):
    """Sessions in Redis."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def link(self) -> RedisLink:
        s = self._settings
        return RedisLink.to(
            RedisAddress(
                url=s.redis_url,
                host=s.redis_host,
                port=s.redis_port,
                db=s.redis_db,
                username=s.redis_username,
                password=s.redis_password,
                tls=s.redis_tls,
                tls_ca_file=s.redis_tls_ca,
            ),
            RedisLimits(timeout_seconds=s.redis_timeout_ms / 1000, connections=s.redis_connections),
        )

    @singleton
    @provider
    def sessions(self, link: RedisLink) -> SessionRepository:
        return RedisSessions(link, load_scripts(SingleUse(self._settings.single_use)))

    @provider
    def health(self, link: RedisLink) -> StoreHealth:
        return link


class OpenDirectoryModule(Module):
    """Demo mode: no keys, one client that everybody is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def directory(self) -> ClientDirectory:
        client = Client(name="demo", origins=("'self'",), policy=self._settings.policy)
        return OpenDirectory(client)


class ClientsFileModule(Module):
    """Production: clients come from a file, and nobody else gets in."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self._settings = settings
        self._path = path

    @singleton
    @provider
    def directory(self) -> ClientDirectory:
        return ClientsFile(self._path, self._settings.policy)


class UseCaseModule(Module):
    """The use cases, built from the ports."""

    @provider
    def authenticate(
        self, directory: ClientDirectory, sink: EventSink, clock: Clock
    ) -> Authenticate:
        return Authenticate(directory, sink, clock)

    @provider
    def create(
        self, sessions: SessionRepository, randomness: Randomness, sink: EventSink, clock: Clock
    ) -> CreateSession:
        return CreateSession(sessions, randomness, sink, clock)

    @provider
    def redeem(
        self,
        sessions: SessionRepository,
        directory: ClientDirectory,
        sink: EventSink,
        clock: Clock,
    ) -> RedeemSession:
        return RedeemSession(sessions, directory, sink, clock)

    @provider
    def revoke(self, sessions: SessionRepository, sink: EventSink, clock: Clock) -> RevokeSession:
        return RevokeSession(sessions, sink, clock)

    @provider
    def report(self, sessions: SessionRepository, directory: ClientDirectory) -> ReportStatus:
        return ReportStatus(sessions, directory)

    @provider
    def clean_up(
        self,
        sessions: SessionRepository,
        directory: ClientDirectory,
        sink: EventSink,
        clock: Clock,
    ) -> CleanUpSessions:
        return CleanUpSessions(sessions, directory, sink, clock)

    @provider
    def check(self, health: StoreHealth) -> CheckHealth:
        return CheckHealth(health)

    @provider
    def use_cases(
        self,
        authenticate: Authenticate,
        create: CreateSession,
        redeem: RedeemSession,
        report: ReportStatus,
        clean_up: CleanUpSessions,
        check: CheckHealth,
    ) -> UseCases:
        return UseCases(
            authenticate=authenticate,
            create=create,
            redeem=redeem,
            report=report,
            clean_up=clean_up,
            check=check,
        )


class HttpModule(Module):
    """The HTTP face."""

    def __init__(self, settings: Settings, *, demo: bool) -> None:
        self._settings = settings
        self._demo = demo

    @singleton
    @provider
    def face(self) -> Face:
        s = self._settings
        return Face(
            storage=s.storage,
            demo=self._demo,
            public_url=s.public_url,
            locale=s.locale,
            proxies=Proxies(s.trusted_proxies),
            assets=Assets.load(urlsplit(s.public_url).path),
            iframe_page=IframePage(s.iframe_root),
            drain=Drain(),
        )

    @singleton
    @provider
    def application(self, face: Face, use: UseCases, clock: Clock) -> Application:
        return make_app(face, use, clock)


def build_runtime(settings: Settings, *, demo: bool = False) -> Runtime:
    """Build a server's objects. Raises ``SettingsError`` where a choice is missing."""
    if demo:
        directory: Module = OpenDirectoryModule(settings)
    elif settings.clients_file is None:
        raise SettingsError("CLIENTS_FILE", "settings.no_client")
    else:
        directory = ClientsFileModule(settings, settings.clients_file)
    in_redis = settings.storage == "redis"
    store = RedisStoreModule(settings) if in_redis else MemoryStoreModule()
    injector = Injector(
        [SystemModule(), store, directory, UseCaseModule(), HttpModule(settings, demo=demo)],
        auto_bind=False,
    )
    return Runtime(
        application=injector.get(Application),
        face=injector.get(Face),
        directory=injector.get(ClientDirectory),  # type: ignore[type-abstract] # a key, not a class
        link=injector.get(RedisLink) if in_redis else None,
    )


def build_issue_key() -> IssueKey:
    """Build what ``framegate keys new`` needs."""
    return Injector([SystemModule()], auto_bind=False).get(IssueKey)
