"""What a variable may be: each converter takes its text, or says what is wrong with it."""

import base64
import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from attrs import frozen
from tornado.httputil import HTTPHeaders

from entrypoints.http.proxies import UNIX, Network

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

# Without options in the query: they would go past the limits that are set here.
_REDIS_URL = re.compile(
    r"rediss?://([^\s/?#@]*@)?([^\s/?#@:\[\]]+|\[[0-9a-fA-F:]+\])(:[0-9]+)?(/[0-9]*)?"
    r"|unix://([^\s/?#@]*@)?/[^\s?#]+(\?db=[0-9]+)?"
)
_HOST_AND_PORT = re.compile(
    r"(\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:/@\[\]]+)):(?P<port>\d{1,5})"
)
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_WEBHOOK_URL = re.compile(r"https?://[^\s/?#@]+([/?][^\s#]*)?")
_PUBLIC_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")


class SettingsError(Exception):
    """A variable cannot be what it is. ``key`` names the text, ``facts`` fill it in."""

    def __init__(self, variable: str, key: str, **facts: object) -> None:
        super().__init__(f"{variable}: {key}")
        self.key = key
        self.facts = {"variable": variable, **facts}


@frozen
class Taker(Generic[T_co]):
    """A converter, and in words what it takes: for the reference, which is made of them."""

    take: Callable[[str], T_co]
    allowed: str

    def __call__(self, text: str) -> T_co:
        """Take a text. Raises ``SettingsError``."""
        return self.take(text)


def taking(allowed: str) -> Callable[[Callable[[str], T]], Taker[T]]:
    """Make a converter of a function."""
    return lambda take: Taker(take, allowed)


def whole(variable: str, least: int, most: int, unit: str = "") -> Taker[int]:
    """Take a whole number from ``least`` to ``most``, of a unit where it has one."""

    @taking(f"{least:,} to {most:,} {unit}".rstrip())
    def convert(text: str | int) -> int:
        text = str(text).strip()
        digits = text.lstrip("0") or "0"  # int() minds how many there are
        fits = text.isascii() and text.isdigit() and len(digits) <= len(str(most))
        if not fits or not least <= int(digits) <= most:
            raise SettingsError(variable, "settings.number", least=least, most=most)
        return int(digits)

    return convert


def unless_empty(taker: Taker[T]) -> Taker[T | None]:
    """Take what another takes, or an empty text, which is none."""
    return Taker(lambda text: taker(text) if text else None, taker.allowed)


def one_of(variable: str, *choices: str) -> Taker[str]:
    """Take one of the choices, as it is written."""

    @taking(" ".join(f"`{choice}`" for choice in choices))
    def convert(text: str) -> str:
        if text not in choices:
            raise SettingsError(variable, "settings.choice", choices=", ".join(choices))
        return text

    return convert


def switch(variable: str) -> Taker[bool]:
    """Take a yes or a no."""
    words = {"true": True, "1": True, "on": True, "yes": True}
    words |= {"false": False, "0": False, "off": False, "no": False, "": False}

    @taking("`on` `off`")
    def convert(text: str | bool) -> bool:
        try:
            return words[str(text).strip().lower()]
        except KeyError:
            raise SettingsError(
                variable, "settings.choice", choices="True, False, on, off"
            ) from None

    return convert


@taking("an address, without options")
def redis_url(text: str) -> str | None:
    """Take the URL of a Redis."""
    if not text:
        return None
    if not _REDIS_URL.fullmatch(text) or not _has_sound_port(text):
        raise SettingsError("REDIS_URL", "settings.redis_url")
    return Secret(text)


@taking("an address of http or https")
def public_url(text: str) -> str:
    """Take the address that browsers know, without a slash at its end."""
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


@taking("an address of http or https")
def webhook_url(text: str) -> str | None:
    """Take where alerts are posted to. Often whoever knows it may post there: it is not shown."""
    if text and not _WEBHOOK_URL.fullmatch(text):
        raise SettingsError("ALERT_WEBHOOK_URL", "settings.webhook_url")
    return secret(text)


@taking("24 to 64 bytes in base64, with `whsec_` before it or without")
def webhook_secret(text: str) -> bytes | None:
    """Take a secret in the form of Standard Webhooks: 24 to 64 bytes, in base64."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b"?"
    if text and len(key) not in range(24, 65):
        raise SettingsError("ALERT_WEBHOOK_SECRET", "settings.webhook_secret")
    return SecretBytes(key) if text else None


def filled(variable: str, key: str) -> Taker[str]:
    """Take any text but an empty one; ``key`` says why."""

    @taking("a text")
    def convert(text: str) -> str:
        if not text.strip():
            raise SettingsError(variable, key)
        return text.strip()

    return convert


def file(variable: str) -> Taker[str | None]:
    """Take the name of a file that is there."""

    @taking("a file that is there")
    def convert(text: str) -> str | None:
        try:
            there = not text or Path(text).is_file()
        except (OSError, ValueError):  # longer than any name may be, or no name at all
            there = False
        if not there:
            raise SettingsError(variable, "settings.file", path=text)
        return text or None

    return convert


@taking("addresses, networks and `unix`, with commas between")
def networks(text: str) -> tuple[Network, ...]:
    """Take a list of addresses or networks, and ``unix`` for who comes over a unix socket."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(UNIX if part == "unix" else ipaddress.ip_network(part) for part in parts)
    except ValueError:
        raise SettingsError("TRUSTED_PROXIES", "settings.trusted_proxies") from None


def addresses(variable: str) -> Taker[tuple[tuple[str, int], ...]]:
    """Take a list of hosts and ports."""

    @taking("`host:port,host:port`")
    def convert(text: str) -> tuple[tuple[str, int], ...]:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        found = [_HOST_AND_PORT.fullmatch(part) for part in parts]
        addresses = tuple((f["v6"] or f["host"], int(f["port"])) for f in found if f)
        if len(addresses) < len(parts) or not all(0 < port < 1 << 16 for _, port in addresses):
            raise SettingsError(variable, "settings.addresses")
        return addresses

    return convert


def field_name(variable: str) -> Taker[str]:
    """Take the name of a header, and spell it as headers are looked up."""

    @taking("a header's name")
    def convert(text: str) -> str:
        if not _FIELD_NAME.fullmatch(text):
            raise SettingsError(variable, "settings.field_name")
        (name,) = HTTPHeaders({text: ""})
        return str(name)

    return convert


@taking("a path")
def path(text: str) -> Path | None:
    """Take a path."""
    return Path(text) if text else None


@taking("a text")
def text(text: str) -> str:
    """Take any text."""
    return text


@taking("a text")
def optional(text: str) -> str | None:
    """Take a text; an empty one is none."""
    return text or None


class Secret(str):
    """A text that does not show in a representation of what holds it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'[hidden]'"


class SecretBytes(bytes):
    """The same for bytes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'[hidden]'"


@taking("a text")
def secret(text: str) -> Secret | None:
    """Take a text that is not to be shown; an empty one is none."""
    return Secret(text) if text else None
