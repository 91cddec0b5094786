"""The container: which adapter stands behind which port.

The only user of injector and, but for the adapters themselves, the only place that sees
adapters. Building does no I/O; ``Runtime`` has what is to be opened, read and closed.
"""

from injector import Injector, Module
from tornado.web import Application

from adapters.redis.link import RedisLink
from adapters.redis.revocations import Revocations
from application.examine_store import ExamineStore
from application.issue_key import IssueKey
from application.ports import ClientDirectory
from entrypoints.container.directories import ClientsFileModule, OpenDirectoryModule
from entrypoints.container.http import HttpModule
from entrypoints.container.runtime import Runtime
from entrypoints.container.snapshots import SnapshotModule
from entrypoints.container.stores import MemoryStoreModule, RedisStoreModule
from entrypoints.container.system import SystemModule
from entrypoints.container.use_cases import UseCaseModule
from entrypoints.http.face import Face
from entrypoints.settings import Settings, SettingsError
from entrypoints.snapshotting import Snapshotting

__all__ = ["Runtime", "build_examination", "build_issue_key", "build_runtime"]


def build_runtime(settings: Settings, *, demo: bool = False) -> Runtime:
    """Build a server's objects. Raises ``SettingsError`` where a choice is missing."""
    if demo:
        directory: Module = OpenDirectoryModule(settings)
    elif settings.clients_file is None:
        raise SettingsError("CLIENTS_FILE", "settings.no_client")
    else:
        directory = ClientsFileModule(settings, settings.clients_file)
    http = HttpModule(settings, demo=demo)
    modules: list[Module] = [SystemModule(), _store(settings), directory, UseCaseModule(settings)]
    if settings.snapshot_dir is not None:
        modules.append(SnapshotModule(settings, settings.snapshot_dir))
    injector = Injector([*modules, http], auto_bind=False)
    on_redis = settings.storage == "redis"
    keeps = settings.snapshot_dir is not None
    return Runtime(
        application=injector.get(Application),
        face=injector.get(Face),
        directory=injector.get(ClientDirectory),  # type: ignore[type-abstract] # a key, not a class
        link=injector.get(RedisLink) if on_redis else None,
        revocations=injector.get(Revocations) if on_redis else None,
        snapshots=injector.get(Snapshotting) if keeps else None,
    )


def build_examination(settings: Settings) -> ExamineStore:
    """Build a look at the store, over connections of its own: a server may be forked after it."""
    modules = [SystemModule(), _store(settings), UseCaseModule(settings)]
    return Injector(modules, auto_bind=False).get(ExamineStore)


def build_issue_key() -> IssueKey:
    """Build what ``framegate keys new`` needs."""
    return Injector([SystemModule()], auto_bind=False).get(IssueKey)


def _store(settings: Settings) -> Module:
    return (
        RedisStoreModule(settings) if settings.storage == "redis" else MemoryStoreModule(settings)
    )
