"""Where sessions are kept."""

from urllib.parse import urlsplit

from injector import Module, provider, singleton

from adapters.memory.health import MemoryHealth
from adapters.memory.inspection import MemoryInspection
from adapters.memory.sessions import MemorySessions
from adapters.redis.inspection import RedisInspection
from adapters.redis.link import RedisAddress, RedisLimits, RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.redis.sessions import RedisSessions
from application.ports import (
    Clock,
    Randomness,
    SessionRepository,
    StoreHealth,
    StoreInspection,
)
from entrypoints.settings import Settings, SettingsError


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
        tls = s.redis_url.startswith("rediss://") if s.redis_url else s.redis_tls
        if s.redis_tls_ca and not tls:
            raise SettingsError("REDIS_TLS_CA", "settings.tls_ca_without_tls")
        address = RedisAddress(
            url=s.redis_url,
            host=s.redis_host,
            port=s.redis_port,
            db=s.redis_db,
            username=s.redis_username,
            password=s.redis_password,
            tls=s.redis_tls,
            tls_ca_file=s.redis_tls_ca,
        )
        limits = RedisLimits(
            timeout_seconds=s.redis_timeout_ms / 1000, connections=s.redis_connections
        )
        return RedisLink.to(address, limits)

    @singleton
    @provider
    def sessions(self, link: RedisLink) -> SessionRepository:
        return RedisSessions(link, load_scripts(SingleUse(self._settings.single_use)))

    @provider
    def health(self, link: RedisLink) -> StoreHealth:
        return link

    @provider
    def inspection(self, link: RedisLink, clock: Clock, randomness: Randomness) -> StoreInspection:
        single_use = SingleUse(self._settings.single_use)
        return RedisInspection(
            link=link,
            scripts=load_scripts(single_use),
            single_use=single_use,
            where=_where(self._settings),
            clock=clock,
            randomness=randomness,
        )


def _where(settings: Settings) -> str:
    """Name Redis for people: without user and password."""
    if not settings.redis_url:
        return f"{settings.redis_host}:{settings.redis_port}"
    url = urlsplit(settings.redis_url)
    if url.scheme == "unix":
        return url.path
    return url.netloc.rpartition("@")[2]
