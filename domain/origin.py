"""Web origins (RFC 6454): who embeds an iframe, in the one form in which two can be compared."""

import re

SELF = "'self'"
"""Stands for framegate's own origin in a client's list, as in CSP."""

ANY_PORT = ":*"
"""Stands for every port of the host before it, as in CSP. For the own machine only: elsewhere
each port may be somebody else's."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:]+\])"
_PORT = r"[1-9][0-9]{0,4}"
# Scheme, host, port, nothing after.
_ORIGIN = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>{_PORT}))?")
_DEFAULT_PORTS = {"https": "443", "http": "80"}


def may_be_listed(text: str) -> bool:
    """Tell whether a client may list it."""
    if text.endswith(ANY_PORT):
        host = text.removesuffix(ANY_PORT)
        return is_loopback(f"{host}:1")
    return text == SELF or _ORIGIN.fullmatch(text) is not None


def same_form(text: str) -> str | None:
    """Write an origin as browsers do (section 6.2): in small letters, without a default port.

    ``None`` for what is no origin of a web page; ``null``, which browsers send where they do
    not want to tell, is none.
    """
    origin = _ORIGIN.fullmatch(text)
    if origin is None:
        return None
    host, port = host_of(text), origin["port"]
    suffix = "" if port in (None, _DEFAULT_PORTS[origin["scheme"]]) else f":{port}"
    return f"{origin['scheme']}://{host}{suffix}"


def host_of(text: str) -> str | None:
    """Return an origin's host in small letters, ``None`` for what is no origin."""
    origin = _ORIGIN.fullmatch(text)
    return origin["host"].lower() if origin else None


def is_loopback(origin: str) -> bool:
    """Tell whether an origin is of the machine itself."""
    return host_of(origin) in _LOOPBACK


def is_among(origin: str, listed: tuple[str, ...]) -> bool:
    """Tell whether an origin, in the ``same_form``, is one of a client's list."""
    return any(
        same_form(each) == origin
        or (each.endswith(ANY_PORT) and _with_any_port(origin) == each.lower())
        for each in listed
    )


def _with_any_port(origin: str) -> str:
    scheme = origin.partition("://")[0]
    return f"{scheme}://{host_of(origin)}{ANY_PORT}"
