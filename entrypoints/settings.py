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

__all__ = [
    "Settings",
    "SettingsError",
    "given_settings",
    "load_demo_settings",
    "load_settings",
    "terminal_language",
]

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


@environ.config(prefix="", frozen=True)
class Settings:
    """What the environment says, checked. Times are in seconds but where named otherwise."""

    redis_url: str | None = environ.var(
        "",
        converter=values.redis_url,
        name="REDIS_URL",
        help="`redis://`, `rediss://` or `unix://` address; wins over the parts below. Not "
        "beside Sentinels or a Cluster",
    )
    redis_host: str = environ.var(
        "localhost",
        converter=values.filled("REDIS_HOST", "settings.redis_host"),
        name="REDIS_HOST",
        help="name or address of Redis",
    )
    redis_port: int = environ.var(
        "6379", converter=values.whole("REDIS_PORT", 1, 65535), name="REDIS_PORT", help="its port"
    )
    redis_db: int = environ.var(
        "0", converter=values.whole("REDIS_DB", 0, 1_000_000), name="REDIS_DB", help="its database"
    )
    redis_username: str | None = environ.var(
        "",
        converter=values.optional,
        name="REDIS_USERNAME",
        help="its ACL user: [the rules it needs](redis.md#the-user)",
    )
    redis_password: str | None = environ.var(
        "", converter=values.secret, name="REDIS_PASSWORD", help="its password; never shown"
    )
    redis_tls: bool = environ.var(
        "False",
        converter=values.switch("REDIS_TLS"),
        name="REDIS_TLS",
        help="TLS to Redis, and to Sentinels",
    )
    redis_tls_ca: str | None = environ.var(
        "",
        converter=values.file("REDIS_TLS_CA"),
        name="REDIS_TLS_CA",
        help="PEM file of a CA of your own, with `REDIS_TLS` or `rediss://`",
    )
    redis_sentinels: tuple[tuple[str, int], ...] = environ.var(
        "",
        converter=values.addresses("REDIS_SENTINELS"),
        name="REDIS_SENTINELS",
        help="some [Sentinels](redis.md#sentinel) that know where the primary is",
    )
    redis_sentinel_service: str = environ.var(
        "", converter=values.text, name="REDIS_SENTINEL_SERVICE", help="the service that they watch"
    )
    redis_sentinel_password: str | None = environ.var(
        "",
        converter=values.secret,
        name="REDIS_SENTINEL_PASSWORD",
        help="their password, if they have one; never shown",
    )
    redis_cluster: bool = environ.var(
        "False",
        converter=values.switch("REDIS_CLUSTER"),
        name="REDIS_CLUSTER",
        help="whether it is a [Redis Cluster](redis.md#cluster)",
    )
    redis_nodes: tuple[tuple[str, int], ...] = environ.var(
        "",
        converter=values.addresses("REDIS_NODES"),
        name="REDIS_NODES",
        help="some of its nodes; else `REDIS_HOST`",
    )
    redis_timeout_ms: int = environ.var(
        "300",
        converter=values.whole("REDIS_TIMEOUT_MS", 10, 60_000, "ms"),
        name="REDIS_TIMEOUT_MS",
        help="how long connecting, a reply or an operation may take; then 503",
    )
    redis_in_flight: int = environ.var(
        "1024",
        converter=values.whole("REDIS_IN_FLIGHT", 1, 100_000, "commands"),
        name="REDIS_IN_FLIGHT",
        help="most commands of a worker that await their replies; beyond: 503",
    )
    grant_cache_seconds: int = environ.var(
        "2",
        converter=values.whole("GRANT_CACHE_SECONDS", 0, 60, "s"),
        name="GRANT_CACHE_SECONDS",
        help="how long what Redis says of a grant is relied on, where a revocation is not "
        "heard of at once",
    )
    single_use: str = environ.var(
        "strict",
        converter=values.one_of("SINGLE_USE", "strict", "durable"),
        name="SINGLE_USE",
        help="`durable` drops the fence against lost redeems: only with `appendfsync always` "
        "and no failover",
    )
    storage: str = environ.var(
        "redis",
        converter=values.one_of("STORAGE", "redis", "memory"),
        name="STORAGE",
        help="where sessions are; `memory` is for one worker, and forgets everything at a "
        "restart, unless `SNAPSHOT_DIR` is set",
    )
    session_ttl_seconds: int = environ.var(
        "1800",
        converter=values.whole("SESSION_TTL_SECONDS", 1, 86_400, "s"),
        name="SESSION_TTL_SECONDS",
        help="how long a session waits to be opened, for clients that the file gives nothing else",
    )
    session_cap: int = environ.var(
        "1000",
        converter=values.whole("SESSION_CAP", 1, 10_000_000, "sessions"),
        name="SESSION_CAP",
        help="how many active sessions such a client may have",
    )
    clients_file: Path | None = environ.var(
        "",
        converter=values.path,
        name="CLIENTS_FILE",
        help="TOML file of [clients and admins](#the-clients-file); `serve` does not start "
        "without a client",
    )
    iframe_root: Path | None = environ.var(
        "",
        converter=values.path,
        name="IFRAME_ROOT",
        help="folder of the protected page, `iframe.html`, and of what it loads; without it, a "
        "sample",
    )
    snapshot_dir: Path | None = environ.var(
        "",
        converter=values.path,
        name="SNAPSHOT_DIR",
        help="folder for [snapshots](snapshots.md), which must be there and be framegate's alone; "
        "without it there are none. With it `STORAGE=memory` goes on after a restart",
    )
    snapshot_every_minutes: int = environ.var(
        "15",
        converter=values.whole("SNAPSHOT_EVERY_MINUTES", 1, 10_080, "min"),
        name="SNAPSHOT_EVERY_MINUTES",
        help="how old the last one may grow",
    )
    snapshot_keep: int = environ.var(
        "96",
        converter=values.whole("SNAPSHOT_KEEP", 1, 100_000, "files"),
        name="SNAPSHOT_KEEP",
        help="so many are kept, the oldest go",
    )
    rate_limits: bool = environ.var(
        "on",
        converter=values.switch("RATE_LIMITS"),
        name="RATE_LIMITS",
        help="whether there are rates at all",
    )
    creates_per_minute: int = environ.var(
        "6000",
        converter=values.whole("CREATES_PER_MINUTE", 1, 10_000_000, "a minute"),
        name="CREATES_PER_MINUTE",
        help="creates of a client, unless the file gives it `creates_per_minute`; beyond: 429",
    )
    failed_redeems_per_minute: int = environ.var(
        "300",
        converter=values.whole("FAILED_REDEEMS_PER_MINUTE", 1, 10_000_000, "a minute"),
        name="FAILED_REDEEMS_PER_MINUTE",
        help="failed redeems of an address, per client, and as many grants that are none; "
        "beyond: 429",
    )
    # An empty one would listen everywhere.
    host: str = environ.var(
        "127.0.0.1",
        converter=values.filled("HOST", "settings.host"),
        name="HOST",
        help="name or address to listen on; `serve --host`",
    )
    port: int = environ.var(
        "8000",
        converter=values.whole("PORT", 0, 65535),
        name="PORT",
        help="port to listen on, 0 for any that is free; `serve --port`",
    )
    unix_socket: str | None = environ.var(
        "",
        converter=values.optional,
        name="UNIX_SOCKET",
        help="path of a socket (mode 0660: the proxy must be in the server's group) to listen "
        "on instead; see `TRUSTED_PROXIES`",
    )
    tls_cert_file: str | None = environ.var(
        "",
        converter=values.file("TLS_CERT_FILE"),
        name="TLS_CERT_FILE",
        help="PEM file of the certificate, read again on SIGHUP; without it: plain HTTP",
    )
    tls_key_file: str | None = environ.var(
        "",
        converter=values.file("TLS_KEY_FILE"),
        name="TLS_KEY_FILE",
        help="PEM file of its key, where that does not stand in the first",
    )
    workers: int = environ.var(
        "1",
        converter=values.whole("WORKERS", 1, 256),
        name="WORKERS",
        help="processes; `serve --workers`",
    )
    public_url: str = environ.var(
        "",
        converter=values.public_url,
        name="PUBLIC_URL",
        help="address that browsers know: goes before the path in `iframe_url`",
    )
    trusted_proxies: tuple[Network, ...] = environ.var(
        "",
        converter=values.networks,
        name="TRUSTED_PROXIES",
        help="whose `X-Forwarded-For` is believed; `unix` is who comes over `UNIX_SOCKET`. Set "
        "it behind a proxy: or all visitors have its address",
    )
    regions: str = environ.var(
        "off",
        converter=values.one_of("REGIONS", "off", "header", "maxmind", "embedded"),
        name="REGIONS",
        help="how the [country](regions.md) that a browser redeems from is told",
    )
    region_header: str = environ.var(
        "CF-IPCountry",
        converter=values.field_name("REGION_HEADER"),
        name="REGION_HEADER",
        help="with `header`: the trusted proxy's header that has it",
    )
    region_database: Path | None = environ.var(
        "", converter=values.path, name="REGION_DATABASE", help="with `maxmind`: its file"
    )
    audit_file: Path | None = environ.var(
        "",
        converter=values.path,
        name="AUDIT_FILE",
        help="file to append the [audit log](audit.md) to, as lines of JSON; its folder must "
        "be there. All workers, and several servers on one machine, may have the same",
    )
    audit_file_megabytes: int = environ.var(
        "100",
        converter=values.whole("AUDIT_FILE_MEGABYTES", 1, 100_000, "MB"),
        name="AUDIT_FILE_MEGABYTES",
        help="at this size it becomes `AUDIT_FILE.1`, what that was `.2`",
    )
    audit_file_keep: int = environ.var(
        "10",
        converter=values.whole("AUDIT_FILE_KEEP", 1, 1000, "files"),
        name="AUDIT_FILE_KEEP",
        help="so many of these are kept",
    )
    audit_stream_length: int = environ.var(
        "100000",
        converter=values.whole("AUDIT_STREAM_LENGTH", 0, 10_000_000, "events"),
        name="AUDIT_STREAM_LENGTH",
        help="events that are kept in Redis at least, and up to 1,000 more, for `framegate "
        "audit`; 0 for none. 100,000 take 15 MB in batches, 27 MB where they come one by one",
    )
    alert_webhook_url: str | None = environ.var(
        "",
        converter=values.webhook_url,
        name="ALERT_WEBHOOK_URL",
        help="where [alerts](alerts.md) are posted to; never logged",
    )
    alert_webhook_secret: bytes | None = environ.var(
        "",
        converter=values.webhook_secret,
        name="ALERT_WEBHOOK_SECRET",
        help="what they are signed with; `openssl rand -base64 32` makes one. Receiver and "
        "server know it",
    )
    alert_store_away_seconds: int = environ.var(
        "30",
        converter=values.whole("ALERT_STORE_AWAY_SECONDS", 1, 3600, "s"),
        name="ALERT_STORE_AWAY_SECONDS",
        help="how long the store has not answered when `store_away` is raised",
    )
    alert_cap_percent: int = environ.var(
        "90",
        converter=values.whole("ALERT_CAP_PERCENT", 2, 100, "%"),
        name="ALERT_CAP_PERCENT",
        help="share of a client's cap at which `cap_near` is raised",
    )
    alert_refusals_per_minute: int = environ.var(
        "100",
        converter=values.whole("ALERT_REFUSALS_PER_MINUTE", 2, 1_000_000, "a minute"),
        name="ALERT_REFUSALS_PER_MINUTE",
        help="refusals of a client's sessions at which `refusals_spike` is raised",
    )
    alert_remind_minutes: int = environ.var(
        "60",
        converter=values.whole("ALERT_REMIND_MINUTES", 1, 10_080, "min"),
        name="ALERT_REMIND_MINUTES",
        help="how often an alert that lasts is told again",
    )
    max_in_flight: int = environ.var(
        "256",
        converter=values.whole("MAX_IN_FLIGHT", 1, 10_000, "requests"),
        name="MAX_IN_FLIGHT",
        help="how many requests a worker works on at once. When it has been too busy for 0.25 "
        "s it takes 64. The others get 503 at once",
    )
    http_transport: str = environ.var(
        "fast",
        converter=values.one_of("HTTP_TRANSPORT", "fast", "tornado"),
        name="HTTP_TRANSPORT",
        help="Tornado's application over llhttp, or `tornado`, its own server: [why, and where "
        "they differ](adr/0010-a-transport-of-our-own.md)",
    )
    keep_alive_seconds: int = environ.var(
        "75",
        converter=values.whole("KEEP_ALIVE_SECONDS", 1, 3600, "s"),
        name="KEEP_ALIVE_SECONDS",
        help="how long an idle connection is kept",
    )
    drain_seconds: int = environ.var(
        "1",
        converter=values.whole("DRAIN_SECONDS", 0, 5, "s"),
        name="DRAIN_SECONDS",
        help="time between unready and closed, at a stop",
    )
    metrics: bool = environ.var(
        "on",
        converter=values.switch("METRICS"),
        name="METRICS",
        help="whether anything is [measured](metrics.md), and there are `/metrics`, for an "
        "admin's key, and the [dashboard](dashboard.md)",
    )
    metrics_host: str = environ.var(
        "127.0.0.1",
        converter=values.filled("METRICS_HOST", "settings.host"),
        name="METRICS_HOST",
        help="address of that port. In a container `0.0.0.0`, in a network that only Prometheus "
        "is in",
    )
    metrics_port: int | None = environ.var(
        "",
        converter=values.unless_empty(values.whole("METRICS_PORT", 0, 65535)),
        name="METRICS_PORT",
        help="a port that gives metrics without a key, 0 for any that is free; without it "
        "there is none",
    )
    locale: str = environ.var(
        "pt_BR",
        converter=values.one_of("LOCALE", *LANGUAGES),
        name="LOCALE",
        help="language for callers who accept neither Portuguese nor English",
    )
    debug: bool = environ.var(
        "False",
        converter=values.switch("DEBUG"),
        name="DEBUG",
        help="whether the log has everything, as `LOG_LEVEL=DEBUG`",
    )
    log_level: str = environ.var(
        "INFO",
        converter=values.one_of("LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
        name="LOG_LEVEL",
        help="least level of the log on standard error, JSON unless it is a terminal; audited "
        "events whatever the level",
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


def given_settings() -> Mapping[str, tuple[str, str]]:
    """Tell the text of each variable that is given, and where: ``.env`` or ``environment``."""
    from_file = {name: (text, ".env") for name, text in _env_file().items()}
    return from_file | {name: (text, "environment") for name, text in os.environ.items()}


def _environment() -> dict[str, str]:
    return _env_file() | dict(os.environ)


def _env_file() -> dict[str, str]:
    try:
        file = dotenv_values(".env", interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(".env", "settings.env_file", reason=reason) from error
    return {name: value or "" for name, value in file.items()}


def terminal_language() -> str:
    """Tell the language of the terminal, by the variables that POSIX names for it."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "pt" if chosen.startswith("pt") else "en"
