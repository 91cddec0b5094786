"""Settings: the only reader of the environment and of the ``.env`` file."""

import os
from collections.abc import Mapping
from pathlib import Path

import environ
from dotenv import dotenv_values

from domain.policy import Policy
from entrypoints import setting_values as values
from entrypoints.http.proxies import Network
from entrypoints.setting_values import SettingsError
from entrypoints.texts import LANGUAGES

__all__ = ["Settings", "SettingsError", "load_demo_settings", "load_settings", "terminal_language"]

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


@environ.config(prefix="", frozen=True)
class Settings:
    """What the environment says, checked. Times are in seconds but where named otherwise."""

    redis_url: str | None = environ.var("", converter=values.redis_url, name="REDIS_URL")
    redis_host: str = environ.var(
        "localhost", converter=values.filled("REDIS_HOST", "settings.redis_host"), name="REDIS_HOST"
    )
    redis_port: int = environ.var(
        "6379", converter=values.whole("REDIS_PORT", 1, 65535), name="REDIS_PORT"
    )
    redis_db: int = environ.var(
        "0", converter=values.whole("REDIS_DB", 0, 1_000_000), name="REDIS_DB"
    )
    redis_username: str | None = environ.var("", converter=values.optional, name="REDIS_USERNAME")
    redis_password: str | None = environ.var("", converter=values.secret, name="REDIS_PASSWORD")
    redis_tls: bool = environ.var("False", converter=values.switch("REDIS_TLS"), name="REDIS_TLS")
    redis_tls_ca: str | None = environ.var(
        "", converter=values.file("REDIS_TLS_CA"), name="REDIS_TLS_CA"
    )
    redis_sentinels: tuple[tuple[str, int], ...] = environ.var(
        "", converter=values.addresses("REDIS_SENTINELS"), name="REDIS_SENTINELS"
    )
    redis_sentinel_service: str = environ.var("", name="REDIS_SENTINEL_SERVICE")
    redis_sentinel_password: str | None = environ.var(
        "", converter=values.secret, name="REDIS_SENTINEL_PASSWORD"
    )
    redis_cluster: bool = environ.var(
        "False", converter=values.switch("REDIS_CLUSTER"), name="REDIS_CLUSTER"
    )
    redis_nodes: tuple[tuple[str, int], ...] = environ.var(
        "", converter=values.addresses("REDIS_NODES"), name="REDIS_NODES"
    )
    redis_timeout_ms: int = environ.var(
        "300", converter=values.whole("REDIS_TIMEOUT_MS", 10, 60_000), name="REDIS_TIMEOUT_MS"
    )
    redis_in_flight: int = environ.var(
        "1024", converter=values.whole("REDIS_IN_FLIGHT", 1, 100_000), name="REDIS_IN_FLIGHT"
    )
    grant_cache_seconds: int = environ.var(
        "2", converter=values.whole("GRANT_CACHE_SECONDS", 0, 60), name="GRANT_CACHE_SECONDS"
    )
    single_use: str = environ.var(
        "strict", converter=values.one_of("SINGLE_USE", "strict", "durable"), name="SINGLE_USE"
    )
    storage: str = environ.var(
        "redis", converter=values.one_of("STORAGE", "redis", "memory"), name="STORAGE"
    )
    session_ttl_seconds: int = environ.var(
        "1800", converter=values.whole("SESSION_TTL_SECONDS", 1, 86_400), name="SESSION_TTL_SECONDS"
    )
    session_cap: int = environ.var(
        "1000", converter=values.whole("SESSION_CAP", 1, 10_000_000), name="SESSION_CAP"
    )
    snapshot_dir: Path | None = environ.var("", converter=values.path, name="SNAPSHOT_DIR")
    snapshot_every_minutes: int = environ.var(
        "15",
        converter=values.whole("SNAPSHOT_EVERY_MINUTES", 1, 10_080),
        name="SNAPSHOT_EVERY_MINUTES",
    )
    snapshot_keep: int = environ.var(
        "96", converter=values.whole("SNAPSHOT_KEEP", 1, 100_000), name="SNAPSHOT_KEEP"
    )
    clients_file: Path | None = environ.var("", converter=values.path, name="CLIENTS_FILE")
    iframe_root: Path | None = environ.var("", converter=values.path, name="IFRAME_ROOT")
    rate_limits: bool = environ.var(
        "on", converter=values.switch("RATE_LIMITS"), name="RATE_LIMITS"
    )
    creates_per_minute: int = environ.var(
        "6000",
        converter=values.whole("CREATES_PER_MINUTE", 1, 10_000_000),
        name="CREATES_PER_MINUTE",
    )
    failed_redeems_per_minute: int = environ.var(
        "300",
        converter=values.whole("FAILED_REDEEMS_PER_MINUTE", 1, 10_000_000),
        name="FAILED_REDEEMS_PER_MINUTE",
    )
    # An empty one would listen everywhere.
    host: str = environ.var(
        "127.0.0.1", converter=values.filled("HOST", "settings.host"), name="HOST"
    )
    port: int = environ.var("8000", converter=values.whole("PORT", 0, 65535), name="PORT")
    unix_socket: str | None = environ.var("", converter=values.optional, name="UNIX_SOCKET")
    tls_cert_file: str | None = environ.var(
        "", converter=values.file("TLS_CERT_FILE"), name="TLS_CERT_FILE"
    )
    tls_key_file: str | None = environ.var(
        "", converter=values.file("TLS_KEY_FILE"), name="TLS_KEY_FILE"
    )
    workers: int = environ.var("1", converter=values.whole("WORKERS", 1, 256), name="WORKERS")
    public_url: str = environ.var("", converter=values.public_url, name="PUBLIC_URL")
    trusted_proxies: tuple[Network, ...] = environ.var(
        "", converter=values.networks, name="TRUSTED_PROXIES"
    )
    regions: str = environ.var(
        "off",
        converter=values.one_of("REGIONS", "off", "header", "maxmind", "embedded"),
        name="REGIONS",
    )
    region_header: str = environ.var(
        "CF-IPCountry", converter=values.field_name("REGION_HEADER"), name="REGION_HEADER"
    )
    region_database: Path | None = environ.var("", converter=values.path, name="REGION_DATABASE")
    audit_file: Path | None = environ.var("", converter=values.path, name="AUDIT_FILE")
    audit_file_megabytes: int = environ.var(
        "100",
        converter=values.whole("AUDIT_FILE_MEGABYTES", 1, 100_000),
        name="AUDIT_FILE_MEGABYTES",
    )
    audit_file_keep: int = environ.var(
        "10", converter=values.whole("AUDIT_FILE_KEEP", 1, 1000), name="AUDIT_FILE_KEEP"
    )
    audit_stream_length: int = environ.var(
        "100000",
        converter=values.whole("AUDIT_STREAM_LENGTH", 0, 10_000_000),
        name="AUDIT_STREAM_LENGTH",
    )
    alert_webhook_url: str | None = environ.var(
        "", converter=values.webhook_url, name="ALERT_WEBHOOK_URL"
    )
    alert_webhook_secret: bytes | None = environ.var(
        "", converter=values.webhook_secret, name="ALERT_WEBHOOK_SECRET"
    )
    alert_store_away_seconds: int = environ.var(
        "30",
        converter=values.whole("ALERT_STORE_AWAY_SECONDS", 1, 3600),
        name="ALERT_STORE_AWAY_SECONDS",
    )
    alert_cap_percent: int = environ.var(
        "90", converter=values.whole("ALERT_CAP_PERCENT", 2, 100), name="ALERT_CAP_PERCENT"
    )
    alert_refusals_per_minute: int = environ.var(
        "100",
        converter=values.whole("ALERT_REFUSALS_PER_MINUTE", 2, 1_000_000),
        name="ALERT_REFUSALS_PER_MINUTE",
    )
    alert_remind_minutes: int = environ.var(
        "60", converter=values.whole("ALERT_REMIND_MINUTES", 1, 10_080), name="ALERT_REMIND_MINUTES"
    )
    max_in_flight: int = environ.var(
        "256", converter=values.whole("MAX_IN_FLIGHT", 1, 10_000), name="MAX_IN_FLIGHT"
    )
    http_transport: str = environ.var(
        "fast",
        converter=values.one_of("HTTP_TRANSPORT", "fast", "tornado"),
        name="HTTP_TRANSPORT",
    )
    keep_alive_seconds: int = environ.var(
        "75", converter=values.whole("KEEP_ALIVE_SECONDS", 1, 3600), name="KEEP_ALIVE_SECONDS"
    )
    drain_seconds: int = environ.var(
        "1", converter=values.whole("DRAIN_SECONDS", 0, 5), name="DRAIN_SECONDS"
    )
    metrics: bool = environ.var("on", converter=values.switch("METRICS"), name="METRICS")
    metrics_host: str = environ.var(
        "127.0.0.1", converter=values.filled("METRICS_HOST", "settings.host"), name="METRICS_HOST"
    )
    metrics_port: int | None = environ.var(
        "",
        converter=values.unless_empty(values.whole("METRICS_PORT", 0, 65535)),
        name="METRICS_PORT",
    )
    locale: str = environ.var("pt_BR", converter=values.one_of("LOCALE", *LANGUAGES), name="LOCALE")
    debug: bool = environ.var("False", converter=values.switch("DEBUG"), name="DEBUG")
    log_level: str = environ.var(
        "INFO",
        converter=values.one_of("LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
        name="LOG_LEVEL",
    )

    @property
    def policy(self) -> Policy:
        """What holds for clients that the clients file gives nothing else."""
        return Policy(
            ttl_seconds=self.session_ttl_seconds,
            cap=self.session_cap,
            creates_per_minute=self.creates_per_minute,
        )


def load_settings(flags: Mapping[str, str]) -> Settings:
    """Read flags, environment and ``.env``, in this order of precedence.

    Raises ``SettingsError``, which names the variable.
    """
    settings: Settings = environ.to_config(Settings, environ={**_environment(), **flags})
    if settings.workers > 1 and settings.storage == "memory":
        raise SettingsError("WORKERS", "settings.workers_memory")
    return settings


def load_demo_settings(flags: Mapping[str, str]) -> Settings:
    """Read the settings of a demo: in memory, in one process, on loopback only.

    What belongs to production (Redis, clients, proxies, public addresses) is left out, so
    that a demo started beside a configured server cannot reach into it.
    """
    kept = (
        *("SESSION_TTL_SECONDS", "SESSION_CAP", "IFRAME_ROOT", "LOCALE", "LOG_LEVEL", "PORT"),
        "HTTP_TRANSPORT",
    )
    environment = {name: value for name, value in _environment().items() if name in kept}
    # No load balancer has to see that a demo is going: who stops it need not wait.
    chosen = {"LOG_LEVEL": "WARNING", "DRAIN_SECONDS": "0", **environment, **flags}
    chosen["STORAGE"] = "memory"
    settings: Settings = environ.to_config(Settings, environ=chosen)
    if settings.host not in LOOPBACK_HOSTS:
        raise SettingsError("HOST", "settings.demo_host")
    return settings


def _environment() -> dict[str, str]:
    try:
        file = dotenv_values(".env", interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(".env", "settings.env_file", reason=reason) from error
    return {name: value or "" for name, value in file.items()} | dict(os.environ)


def terminal_language() -> str:
    """Tell the language of the terminal, by the variables that POSIX names for it."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "pt" if chosen.startswith("pt") else "en"
