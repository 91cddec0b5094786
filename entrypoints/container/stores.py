"""Where sessions are kept."""

import structlog
from injector import Module, provider, singleton

from adapters.cached_grants import CachedGrants
from adapters.memory.control import MemoryControl
from adapters.memory.health import MemoryHealth
from adapters.memory.inspection import MemoryInspection
from adapters.memory.servers import NoServers
from adapters.memory.sessions import MemorySessions
from adapters.memory.snapshots import MemorySnapshots
from adapters.memory.usage import MemoryUsage
from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.client import make_connections
from adapters.redis.control import RedisControl
from adapters.redis.grants import RedisGrants
from adapters.redis.inspection import RedisInspection
from adapters.redis.link import RedisLink
from adapters.redis.revocations import Revocations
from adapters.redis.scripts import Scripts, SingleUse, load_scripts
from adapters.redis.servers import RedisServers
from adapters.redis.sessions import RedisSessions
from adapters.redis.snapshots import RedisSnapshots
from adapters.redis.usage import RedisUsage
from application.control_ports import SessionControl
from application.metrics_ports import StoreServers
from application.ports import (
    Clock,
    GrantRepository,
    Randomness,
    SessionRepository,
    StoreHealth,
    StoreInspection,
)
from application.snapshot_ports import SnapshotStore
from application.usage_ports import UsageLedger
from entrypoints.container.redis_address import redis_address
from entrypoints.settings import Settings

_log = structlog.stdlib.get_logger("framegate.server")


class MemoryStoreModule(Module):
    """Sessions in memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def memory(self, clock: Clock) -> MemorySessions:
        return MemorySessions(clock)

    @provider
    def sessions(self, memory: MemorySessions) -> SessionRepository:
        return memory

    @provider
    def grants(self, memory: MemorySessions) -> GrantRepository:
        return memory.grants

    @provider
    def control(self, memory: MemorySessions) -> SessionControl:
        return MemoryControl(memory)

    @provider
    def ledger(self, memory: MemorySessions) -> UsageLedger:
        return MemoryUsage(memory)

    @singleton
    @provider
    def health(self) -> StoreHealth:
        return MemoryHealth()

    @provider
    def inspection(self) -> StoreInspection:
        return MemoryInspection(str(self._settings.snapshot_dir or ""))

    @provider
    def servers(self) -> StoreServers:
        return NoServers()

    @provider
    def snapshots(self, memory: MemorySessions) -> SnapshotStore:
        return MemorySnapshots(memory)


class RedisStoreModule(Module):
    """Sessions in Redis."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def address(self) -> RedisAddress:
        return redis_address(self._settings)

    @singleton
    @provider
    def limits(self) -> RedisLimits:
        s = self._settings
        return RedisLimits(timeout_seconds=s.redis_timeout_ms / 1000, in_flight=s.redis_in_flight)

    @singleton
    @provider
    def link(self, address: RedisAddress, limits: RedisLimits) -> RedisLink:
        return RedisLink.to(address, limits)

    @singleton
    @provider
    def scripts(self) -> Scripts:
        return load_scripts(SingleUse(self._settings.single_use))

    @singleton
    @provider
    def sessions(self, link: RedisLink, scripts: Scripts) -> SessionRepository:
        return RedisSessions(link, scripts)

    @singleton
    @provider
    def cache(self, link: RedisLink, scripts: Scripts) -> CachedGrants:
        return CachedGrants(RedisGrants(link, scripts), self._settings.grant_cache_seconds)

    @provider
    def grants(self, cache: CachedGrants) -> GrantRepository:
        return cache

    @singleton
    @provider
    def control(
        self,
        link: RedisLink,
        scripts: Scripts,
        randomness: Randomness,
        cache: CachedGrants,
    ) -> SessionControl:
        return RedisControl(link, scripts, randomness, cache.forget)

    @provider
    def ledger(self, link: RedisLink) -> UsageLedger:
        return RedisUsage(link)

    @singleton
    @provider
    def revocations(
        self, address: RedisAddress, limits: RedisLimits, cache: CachedGrants
    ) -> Revocations:
        return Revocations(
            make_connections(address, limits),
            cache.forget,
            lost=lambda problem: _log.warning("revocations_not_heard", problem=problem),
            back=lambda: _log.info("revocations_heard"),
        )

    @provider
    def snapshots(self, link: RedisLink, scripts: Scripts, clock: Clock) -> SnapshotStore:
        return RedisSnapshots(link, scripts, clock)

    @provider
    def servers(self, link: RedisLink, address: RedisAddress) -> StoreServers:
        return RedisServers(link, address.where)

    @provider
    def health(self, link: RedisLink) -> StoreHealth:
        return link

    @provider
    def inspection(
        self,
        link: RedisLink,
        address: RedisAddress,
        limits: RedisLimits,
        scripts: Scripts,
        clock: Clock,
        randomness: Randomness,
    ) -> StoreInspection:
        return RedisInspection(
            link=link,
            connect=make_connections(address, limits),
            scripts=scripts,
            single_use=SingleUse(self._settings.single_use),
            where=address.where,
            clock=clock,
            randomness=randomness,
            events_are_kept=self._settings.audit_stream_length > 0,
        )
