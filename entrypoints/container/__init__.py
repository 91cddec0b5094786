"""The container: which adapter stands behind which port.

The only user of injector and, but for the adapters themselves, the only place that sees
adapters. Building does no I/O; ``Runtime`` has what is to be opened, read and closed.
"""

from injector import Injector, Module
from tornado.web import Application

from adapters.metrics.shared import SharedMeasurements
from adapters.redis.link import RedisLink
from adapters.redis.revocations import Revocations
from application.examine_store import ExamineStore
from application.issue_key import IssueKey
from application.ports import ClientDirectory
from entrypoints.container.directories import ClientsFileModule, OpenDirectoryModule
from entrypoints.container.http import HttpModule
from entrypoints.container.metrics import MetricsModule
from entrypoints.container.runtime import Runtime
from entrypoints.container.stores import MemoryStoreModule, RedisStoreModule
from entrypoints.container.system import SystemModule
from entrypoints.container.use_cases import UseCaseModule
from entrypoints.http.face import Face
from entrypoints.settings import Settings, SettingsError

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
    injector = Injector(
        [
            SystemModule(),
            MetricsModule(settings),
            _store(settings),
            directory,
            UseCaseModule(settings),
            http,
        ],
        auto_bind=False,
    )
    on_redis = settings.storage == "redis"
    face = injector.get(Face)
    link = injector.get(RedisLink) if on_redis else None
    return Runtime(
        application=injector.get(Application),
        face=face,
        directory=injector.get(ClientDirectory),  # type: ignore[type-abstract] # a key, not a class
        link=link,
        revocations=injector.get(Revocations) if on_redis else None,
        metrics=_metrics(injector, face, link) if settings.metrics else None,
    )


def build_examination(settings: Settings) -> ExamineStore:
    """Build a look at the store, over connections of its own: a server may be forked after it."""
    modules = [
        SystemModule(),
        MetricsModule(settings),
        _store(settings),
        UseCaseModule(settings),
    ]
    return Injector(modules, auto_bind=False).get(ExamineStore)


def build_issue_key() -> IssueKey:
    """Build what ``framegate keys new`` needs."""
    return Injector([SystemModule()], auto_bind=False).get(IssueKey)


def _metrics(injector: Injector, face: Face, link: RedisLink | None) -> SharedMeasurements:
    measurements = injector.get(SharedMeasurements)
    gauges = measurements.meter.gauges
    gauges["http_requests_in_flight"] = lambda: face.drain.in_flight
    if link is not None:
        gauges["store_breakers_open"] = lambda: link.pauses
    return measurements


def _store(settings: Settings) -> Module:
    return RedisStoreModule(settings) if settings.storage == "redis" else MemoryStoreModule()
