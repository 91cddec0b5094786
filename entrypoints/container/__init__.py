"""The container: which adapter stands behind which port.

The only user of injector and, but for the adapters themselves, the only place that sees
adapters. Building does no I/O; ``Runtime`` has what is to be opened, read and closed.
"""

from injector import Injector, Module
from tornado.web import Application

from adapters.redis.link import RedisLink
from application.issue_key import IssueKey
from application.ports import ClientDirectory
from entrypoints.container.directories import ClientsFileModule, OpenDirectoryModule
from entrypoints.container.http import HttpModule
from entrypoints.container.runtime import Runtime
from entrypoints.container.stores import MemoryStoreModule, RedisStoreModule
from entrypoints.container.system import SystemModule
from entrypoints.container.use_cases import UseCaseModule
from entrypoints.http.face import Face
from entrypoints.settings import Settings, SettingsError

__all__ = ["Runtime", "build_issue_key", "build_runtime"]


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
        [
            SystemModule(),
            store,
            directory,
            UseCaseModule(settings),
            HttpModule(settings, demo=demo),
        ],
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
