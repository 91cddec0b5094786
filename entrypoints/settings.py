"""Settings: the only reader of the environment and of the ``.env`` file."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import environ
from dotenv import dotenv_values

from domain.policy import Policy
from entrypoints.http.proxies import Network
from entrypoints.texts import LANGUAGES

# Without options in the query: they would go past the limits that are set here.
_REDIS_URL = re.compile(
    r"rediss?://([^\s/?#@]*@)?([^\s/?#@:\[\]]+|\[[0-9a-fA-F:]+\])(:[0-9]+)?(/[0-9]*)?"
    r"|unix://([^\s/?#@]*@)?/[^\s?#]+(\?db=[0-9]+)?"
)
_HOST_AND_PORT = re.compile(
    r"(\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:/@\[\]]+)):(?P<port>\d{1,5})"
)
_PUBLIC_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


class SettingsError(Exception):
    """A variable cannot be what it is. ``key`` names the text, ``facts`` fill it in."""

    def __init__(self, variable: str, key: str, **facts: object) -> None:
        super().__init__(f"{variable}: {key}")
        self.key = key
        self.facts = {"variable": variable, **facts}


def _whole(variable: str, least: int, most: int) -> Callable[[str], int]:
    def convert(text: str | int) -> int:
        text = str(text).strip()
        digits = text.lstrip("0") or "0"  # int() minds how many there are
        fits = text.isascii() and text.isdigit() and len(digits) <= len(str(most))
        if not fits or not least <= int(digits) <= most:
            raise SettingsError(variable, "settings.number", least=least, most=most)
        return int(digits)

    return convert


def _one_of(variable: str, *choices: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in choices:
            raise SettingsError(variable, "settings.choice", choices=", ".join(choices))
        return text

    return convert


def _switch(variable: str) -> Callable[[str], bool]:
    words = {"true": True, "1": True, "on": True, "yes": True}
    words |= {"false": False, "0": False, "off": False, "no": False, "": False}

    def convert(text: str | bool) -> bool:
        try:
            return words[str(text).strip().lower()]
        except KeyError:
            raise SettingsError(variable, "settings.choice", choices="True, False") from None

    return convert


def _redis_url(text: str) -> str | None:
    if not text:
        return None
    if not _REDIS_URL.fullmatch(text) or not _has_sound_port(text):
        raise SettingsError("REDIS_URL", "settings.redis_url")
    return Secret(text)


def _public_url(text: str) -> str:
    if text and not _is_public_url(text):
        raise SettingsError("PUBLIC_URL", "settings.public_url")
    return text.rstrip("/")


def _is_public_url(text: str) -> bool:
    return bool(_PUBLIC_URL.fullmatch(text)) and _has_sound_port(text)


def _has_sound_port(url: str) -> bool:
    try:
        _ = urlsplit(url).port  # is parsed when it is asked for
    except ValueError:
        return False
    return True


def _filled(variable: str, key: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if not text.strip():
            raise SettingsError(variable, key)
        return text.strip()

    return convert


def _file(variable: str) -> Callable[[str], str | None]:
    def convert(text: str) -> str | None:
        try:
            there = not text or Path(text).is_file()
        except (OSError, ValueError):  # longer than any name may be, or no name at all
            there = False
        if not there:
            raise SettingsError(variable, "settings.file", path=text)
        return text or None

    return convert


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise SettingsError("TRUSTED_PROXIES", "settings.trusted_proxies") from None


def _addresses(variable: str) -> Callable[[str], tuple[tuple[str, int], ...]]:
    def convert(text: str) -> tuple[tuple[str, int], ...]:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        found = [_HOST_AND_PORT.fullmatch(part) for part in parts]
        addresses = tuple((f["v6"] or f["host"], int(f["port"])) for f in found if f)
        if len(addresses) < len(parts) or not all(0 < port < 1 << 16 for _, port in addresses):
            raise SettingsError(variable, "settings.addresses")
        return addresses

    return convert


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _optional(text: str) -> str | None:
    return text or None


class Secret(str):
    """A text that does not show in a representation of what holds it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'[hidden]'"


def _secret(text: str) -> Secret | None:
    return Secret(text) if text else None


@environ.config(prefix="", frozen=True)
class Settings:
    """What the environment says, checked. Times are in seconds but where named otherwise."""

    redis_url: str | None = environ.var("", converter=_redis_url, name="REDIS_URL")
    redis_host: str = environ.var(
        "localhost", converter=_filled("REDIS_HOST", "settings.redis_host"), name="REDIS_HOST"
    )
    redis_port: int = environ.var(
        "6379", converter=_whole("REDIS_PORT", 1, 65535), name="REDIS_PORT"
    )
    redis_db: int = environ.var("0", converter=_whole("REDIS_DB", 0, 1_000_000), name="REDIS_DB")
    redis_username: str | None = environ.var("", converter=_optional, name="REDIS_USERNAME")
    redis_password: str | None = environ.var("", converter=_secret, name="REDIS_PASSWORD")
    redis_tls: bool = environ.var("False", converter=_switch("REDIS_TLS"), name="REDIS_TLS")
    redis_tls_ca: str | None = environ.var("", converter=_file("REDIS_TLS_CA"), name="REDIS_TLS_CA")
    redis_sentinels: tuple[tuple[str, int], ...] = environ.var(
        "", converter=_addresses("REDIS_SENTINELS"), name="REDIS_SENTINELS"
    )
    redis_sentinel_service: str = environ.var("", name="REDIS_SENTINEL_SERVICE")
    redis_sentinel_password: str | None = environ.var(
        "", converter=_secret, name="REDIS_SENTINEL_PASSWORD"
    )
    redis_cluster: bool = environ.var(
        "False", converter=_switch("REDIS_CLUSTER"), name="REDIS_CLUSTER"
    )
    redis_nodes: tuple[tuple[str, int], ...] = environ.var(
        "", converter=_addresses("REDIS_NODES"), name="REDIS_NODES"
    )
    redis_timeout_ms: int = environ.var(
        "300", converter=_whole("REDIS_TIMEOUT_MS", 10, 60_000), name="REDIS_TIMEOUT_MS"
    )
    redis_connections: int = environ.var(
        "256", converter=_whole("REDIS_CONNECTIONS", 1, 10_000), name="REDIS_CONNECTIONS"
    )
    single_use: str = environ.var(
        "strict", converter=_one_of("SINGLE_USE", "strict", "durable"), name="SINGLE_USE"
    )
    storage: str = environ.var(
        "redis", converter=_one_of("STORAGE", "redis", "memory"), name="STORAGE"
    )
    session_ttl_seconds: int = environ.var(
        "1800", converter=_whole("SESSION_TTL_SECONDS", 1, 86_400), name="SESSION_TTL_SECONDS"
    )
    session_cap: int = environ.var(
        "1000", converter=_whole("SESSION_CAP", 1, 10_000_000), name="SESSION_CAP"
    )
    clients_file: Path | None = environ.var("", converter=_path, name="CLIENTS_FILE")
    iframe_root: Path | None = environ.var("", converter=_path, name="IFRAME_ROOT")
    rate_limits: bool = environ.var("on", converter=_switch("RATE_LIMITS"), name="RATE_LIMITS")
    creates_per_minute: int = environ.var(
        "6000", converter=_whole("CREATES_PER_MINUTE", 1, 10_000_000), name="CREATES_PER_MINUTE"
    )
    failed_redeems_per_minute: int = environ.var(
        "300",
        converter=_whole("FAILED_REDEEMS_PER_MINUTE", 1, 10_000_000),
        name="FAILED_REDEEMS_PER_MINUTE",
    )
    # An empty one would listen everywhere.
    host: str = environ.var("127.0.0.1", converter=_filled("HOST", "settings.host"), name="HOST")
    port: int = environ.var("8000", converter=_whole("PORT", 0, 65535), name="PORT")
    workers: int = environ.var("1", converter=_whole("WORKERS", 1, 256), name="WORKERS")
    public_url: str = environ.var("", converter=_public_url, name="PUBLIC_URL")
    trusted_proxies: tuple[Network, ...] = environ.var(
        "", converter=_networks, name="TRUSTED_PROXIES"
    )
    max_in_flight: int = environ.var(
        "256", converter=_whole("MAX_IN_FLIGHT", 1, 10_000), name="MAX_IN_FLIGHT"
    )
    keep_alive_seconds: int = environ.var(
        "75", converter=_whole("KEEP_ALIVE_SECONDS", 1, 3600), name="KEEP_ALIVE_SECONDS"
    )
    drain_seconds: int = environ.var(
        "1", converter=_whole("DRAIN_SECONDS", 0, 5), name="DRAIN_SECONDS"
    )
    locale: str = environ.var("pt_BR", converter=_one_of("LOCALE", *LANGUAGES), name="LOCALE")
    debug: bool = environ.var("False", converter=_switch("DEBUG"), name="DEBUG")
    log_level: str = environ.var(
        "INFO",
        converter=_one_of("LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
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
    kept = ("SESSION_TTL_SECONDS", "SESSION_CAP", "IFRAME_ROOT", "LOCALE", "LOG_LEVEL", "PORT")
    environment = {name: value for name, value in _environment().items() if name in kept}
    chosen = {"LOG_LEVEL": "WARNING", **environment, **flags, "STORAGE": "memory"}
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
