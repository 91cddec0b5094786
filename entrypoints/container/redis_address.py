"""Where Redis is, by the settings: one server, Sentinels, or a Cluster."""

from adapters.redis.address import RedisAddress
from entrypoints.settings import Settings, SettingsError


def redis_address(s: Settings) -> RedisAddress:
    """Put the address together. Raises ``SettingsError`` where settings contradict each other."""
    tls = s.redis_url.startswith("rediss://") if s.redis_url else s.redis_tls
    if s.redis_tls and not tls:
        raise SettingsError("REDIS_TLS", "settings.tls_beside_url")
    if s.redis_tls_ca and not tls:
        raise SettingsError("REDIS_TLS_CA", "settings.tls_ca_without_tls")
    _check_choice(s)
    return RedisAddress(
        url=s.redis_url,
        host=s.redis_host,
        port=s.redis_port,
        db=s.redis_db,
        username=s.redis_username,
        password=s.redis_password,
        tls=tls,
        tls_ca_file=s.redis_tls_ca,
        sentinels=s.redis_sentinels,
        sentinel_service=s.redis_sentinel_service,
        sentinel_password=s.redis_sentinel_password,
        nodes=_start_nodes(s),
    )


def _check_choice(s: Settings) -> None:
    ways = {
        "REDIS_URL": s.redis_url,
        "REDIS_SENTINELS": s.redis_sentinels,
        "REDIS_CLUSTER": s.redis_cluster,
    }
    first, *others = [name for name, chosen in ways.items() if chosen] or [""]
    if others:
        raise SettingsError(others[0], "settings.two_ways", other=first)
    if bool(s.redis_sentinels) != bool(s.redis_sentinel_service):
        raise SettingsError("REDIS_SENTINEL_SERVICE", "settings.sentinel_pair")
    if s.redis_nodes and not s.redis_cluster:
        raise SettingsError("REDIS_NODES", "settings.nodes_without_cluster")
    if s.redis_cluster and s.redis_db:
        raise SettingsError("REDIS_DB", "settings.cluster_db")


def _start_nodes(s: Settings) -> tuple[tuple[str, int], ...]:
    if not s.redis_cluster:
        return ()
    return s.redis_nodes or ((s.redis_host, s.redis_port),)
