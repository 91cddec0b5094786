"""What a browser has asked of the application, and what framegate is asked about it.

docs/gate.md of framegate says what it goes by.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import quote_from_bytes, urlsplit

from attrs import frozen

Line = tuple[str, str]

_JUDGED = (
    "accept",
    "accept-language",
    "origin",
    "purpose",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-fetch-user",
    "sec-purpose",
    "x-moz",
    "x-purpose",
)
_COOKIE, _TOKEN = "__Host-fg", "fgg_"
_CLAIM = "x-framegate-"
_MOST_TARGET = 4 * 1024
_PLAIN = (
    "!#$%&'()*+,/:;=?@[]~"  # with letters, digits, and -._ these stand in an address as they are
)


@frozen(kw_only=True)
class Asked:
    """A browser's request. Headers have their names in lower case, each once."""

    method: str
    path: bytes
    query: bytes
    headers: Mapping[str, str]
    peer: str | None
    scheme: str


def by_name(lines: Iterable[Line]) -> dict[str, str]:
    """Put headers that came more than once together, as HTTP says (RFC 9110 section 5.3)."""
    headers: dict[str, str] = {}
    for name, value in lines:
        key = name.lower()
        # HTTP/2 sends each cookie by itself (RFC 9113 section 8.2.3).
        separator = "; " if key == "cookie" else ", "
        headers[key] = f"{headers[key]}{separator}{value}" if key in headers else value
    return headers


def is_claim(name: str) -> bool:
    """Tell a header that says who somebody is; only a gate may say so, none from outside.

    In CGI's manner, as WSGI and proxies have it, ``-`` and ``_`` are the same.
    """
    return name.lower().replace("_", "-").startswith(_CLAIM)


def question(asked: Asked) -> dict[str, bytes]:
    """Return the headers that framegate is asked with.

    Of the cookies and credentials it gets those that are its own, of the referrer the origin:
    the rest is none of its business.
    """
    headers = asked.headers
    lines = {name: headers[name] for name in _JUDGED if name in headers}
    grants = [one for one in headers.get("cookie", "").split("; ") if one.startswith(_COOKIE)]
    if grants:
        lines["cookie"] = "; ".join(grants)
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.startswith(_TOKEN):
        lines["authorization"] = headers["authorization"]
    if "referer" in headers:
        lines["referer"] = _origin_of(headers["referer"])
    lines["x-forwarded-uri"] = _target(asked)
    lines["x-forwarded-method"] = asked.method
    lines["x-forwarded-proto"] = asked.scheme
    if "host" in headers:
        lines["x-forwarded-host"] = headers["host"]
    # What is in front of the application comes first. framegate believes as far as it trusts.
    way = [headers.get("x-forwarded-for"), asked.peer]
    if any(way):
        lines["x-forwarded-for"] = ", ".join(filter(None, way))
    return {name: value.encode("latin-1", "replace") for name, value in lines.items()}


def _target(asked: Asked) -> str:
    """Return the address. One that is too long for framegate opens nothing, but may be passed."""
    target = asked.path + (b"?" + asked.query if asked.query else b"")
    return quote_from_bytes(target, _PLAIN) if len(target) <= _MOST_TARGET else "/"


def _origin_of(referrer: str) -> str:
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return referrer  # for framegate to judge
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else referrer
