"""Where sessions are kept."""

from injector import Module, provider, singleton

from adapters.cached_grants import CachedGrants
from adapters.memory.health import MemoryHealth
from adapters.memory.inspection import MemoryInspection
from adapters.memory.sessions import MemorySessions
from adapters.redis.address import RedisLimits
from adapters.redis.grants import RedisGrants
from adapters.redis.inspection import RedisInspection
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Scripts, SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import (
    Clock,
    GrantRepository,
    Randomness,
    SessionRepository,
    StoreHealth,
    StoreInspection,
)
from entrypoints.container.redis_address import redis_address
from entrypoints.settings import Settings


class MemoryStoreModule(Module):
    """Sessions in memory."""

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

    @singleton
    @provider
    def health(self) -> StoreHealth:
        return MemoryHealth()

    @provider
    def inspection(self) -> StoreInspection:
        return MemoryInspection()


class RedisStoreModule(Module):
    """Sessions in Redis."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def link(self) -> RedisLink:
        s = self._settings
        limits = RedisLimits(timeout_seconds=s.redis_timeout_ms / 1000, in_flight=s.redis_in_flight)
        return RedisLink.to(redis_address(s), limits)

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
    def grants(self, link: RedisLink, scripts: Scripts) -> GrantRepository:
        return CachedGrants(RedisGrants(link, scripts), self._settings.grant_cache_seconds)

    @provider
    def health(self, link: RedisLink) -> StoreHealth:
        return link

    @provider
    def inspection(
        self, link: RedisLink, scripts: Scripts, clock: Clock, randomness: Randomness
    ) -> StoreInspection:
        return RedisInspection(
            link=link,
            scripts=scripts,
            single_use=SingleUse(self._settings.single_use),
            where=redis_address(self._settings).where,
            clock=clock,
            randomness=randomness,
        )
