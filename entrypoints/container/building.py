"""A server, a look at its store and a way to read its events, built from settings.

Building does no I/O; ``Runtime`` has what is to be opened, read and closed.
"""

from collections.abc import Sequence
from functools import partial

from injector import Injector, Module
from tornado.web import Application

from adapters.metrics.operation_meter import takes_of
from adapters.metrics.shared import SharedMeasurements
from adapters.redis.link import RedisLink
from adapters.redis.revocations import Revocations
from application.examine_store import ExamineStore
from application.ports import ClientDirectory
from entrypoints import audit_lines
from entrypoints.container.alerts import Alerts, MemoryAlertsModule, RedisAlertsModule
from entrypoints.container.audit import Audit, MemoryAuditModule, RedisAuditModule
from entrypoints.container.dashboard import DashboardModule
from entrypoints.container.directories import ClientsFileModule, OpenDirectoryModule
from entrypoints.container.http import HttpModule
from entrypoints.container.metrics import MetricsModule
from entrypoints.container.regions import region_resolver
from entrypoints.container.runtime import Runtime
from entrypoints.container.snapshots import SnapshotModule, Snapshots
from entrypoints.container.stores import MemoryStoreModule, RedisStoreModule
from entrypoints.container.system import SystemModule
from entrypoints.container.use_cases import UseCaseModule
from entrypoints.http.face import Face
from entrypoints.sampling import Sampling
from entrypoints.settings import Settings, SettingsError


def build_runtime(settings: Settings, *, demo: bool = False) -> Runtime:
    """Build a server's objects. Raises ``SettingsError`` where a choice is missing."""
    if demo:
        directory: Module = OpenDirectoryModule(settings)
    elif settings.clients_file is None:
        raise SettingsError("CLIENTS_FILE", "settings.no_client")
    else:
        directory = ClientsFileModule(settings, settings.clients_file)
    resolver = region_resolver(settings)
    http = HttpModule(settings, resolver, demo=demo)
    on_redis = settings.storage == "redis"
    alerts = RedisAlertsModule(settings) if on_redis else MemoryAlertsModule(settings)
    injector = Injector(
        [
            SystemModule(),
            MetricsModule(settings),
            *_stores(settings),
            SnapshotModule(settings),
            directory,
            UseCaseModule(settings),
            http,
            alerts,
            DashboardModule(by_region=resolver is not None),
        ],
        auto_bind=False,
    )
    face = injector.get(Face)
    link = injector.get(RedisLink) if on_redis else None
    return Runtime(
        application=injector.get(Application),
        face=face,
        directory=injector.get(ClientDirectory),  # type: ignore[type-abstract] # a key, not a class
        resolver=resolver,
        link=link,
        audit_file=injector.get(Audit).file,
        metrics=_metrics(injector, face, link) if settings.metrics else None,
        snapshots=injector.get(Snapshots).taking,
        beside=[
            *([injector.get(Revocations)] if on_redis else []),
            injector.get(Audit),
            injector.get(Alerts),
            *([injector.get(Sampling)] if settings.metrics else []),
        ],
    )


def build_examination(settings: Settings) -> ExamineStore:
    """Build a look at the store, over connections of its own: a server may be forked after it."""
    modules = [
        SystemModule(),
        MetricsModule(settings),
        *_stores(settings),
        UseCaseModule(settings),
    ]
    return Injector(modules, auto_bind=False).get(ExamineStore)


def build_trail(settings: Settings) -> Audit:
    """Build what is needed to read the events that servers with these settings keep."""
    return Injector([SystemModule(), *_stores(settings)], auto_bind=False).get(Audit)


def _stores(settings: Settings) -> Sequence[Module]:
    if settings.storage == "redis":
        return RedisStoreModule(settings), RedisAuditModule(settings)
    return MemoryStoreModule(settings), MemoryAuditModule(settings)


def _metrics(injector: Injector, face: Face, link: RedisLink | None) -> SharedMeasurements:
    measurements = injector.get(SharedMeasurements)
    told, gauges = measurements.meter.told, measurements.meter.gauges
    told["audit_entries_lost", "log"] = audit_lines.lost
    for where, gathering in injector.get(Audit).gatherings.items():
        told["audit_entries_lost", where] = partial(getattr, gathering, "lost")
        gauges["audit_in_trouble", where] = partial(getattr, gathering, "is_in_trouble")
    gauges["http_requests_in_flight",] = lambda: face.drain.in_flight
    if link is not None:
        gauges["store_breakers_open",] = lambda: link.pauses
        link.takes = takes_of(measurements.meter)
    return measurements
