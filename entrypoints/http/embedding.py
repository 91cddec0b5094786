"""Which page embeds the iframe that a browser asks for, as far as it tells."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from domain.origin import host_of, same_form
from entrypoints.http.bad_input import BadInput

# Fetch Metadata (W3C): what is asked for to be shown inside another page.
UNSEEN_CODES = ("not_to_be_shown",)

_FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})
_SHOWN = _FRAMES | {"document"}

_UNTOLD = frozenset({"", "null"})  # a sandboxed page, say, has no origin to be told (Fetch, 3.1)
UNREADABLE = "?"
"""Stands for an ``Origin`` that is no web page's, and that nobody can list."""


def embedding_origin(headers: Mapping[str, str], public_url: str) -> str | None:
    """Return the origin of the page that embeds what is asked for.

    ``None`` where nothing is embedded, where the browser does not tell, or where it names
    framegate's own host: a page that was let in may lead on inside its frame. Browsers tell by
    ``Origin`` when they post, by ``Referer`` otherwise, unless the page's ``Referrer-Policy`` keeps
    them from it. Neither can be set by a page's scripts.
    """
    if headers.get("Sec-Fetch-Dest", "").lower() not in _FRAMES:
        return None
    if headers.get("Origin"):
        return asking_origin(headers, public_url)
    return foreign_origin(origin_of(headers.get("Referer", "")), headers, public_url)


def asking_origin(headers: Mapping[str, str], public_url: str) -> str | None:
    """Return the ``Origin`` of a request, as ``foreign_origin`` does.

    One that cannot be understood is ``UNREADABLE`` and so nobody's: two lines, or a slip.
    """
    told = headers.get("Origin", "")
    if told in _UNTOLD or same_form(told):
        return foreign_origin(told, headers, public_url)
    return UNREADABLE


def refuse_unseen(headers: Mapping[str, str], *, scripts_may_ask: bool = False) -> None:
    """Raise ``BadInput`` (403) for what another site's page asks for not to show it to anybody.

    A script or an image of any page could use an address up (Fetch Metadata, W3C). Where
    ``scripts_may_ask``, one that asks by CORS, to read the answer, is a program like any other.
    """
    destination = headers.get("Sec-Fetch-Dest", "").lower()
    if not destination or destination in _SHOWN:
        return
    if scripts_may_ask and destination == "empty" and headers.get("Sec-Fetch-Mode") == "cors":
        return
    if headers.get("Sec-Fetch-Site", "").lower() in {"cross-site", "same-site"}:
        raise BadInput("not_to_be_shown")


def foreign_origin(told: str, headers: Mapping[str, str], public_url: str) -> str | None:
    """Return an origin as browsers write it; ``None`` for framegate's own, and for what is none."""
    origin = same_form(told)
    if origin is None or host_of(origin) in _own_hosts(headers, public_url):
        return None
    return origin


def origin_of(url: str) -> str:
    """Return the part of an address that tells whose it is, and nothing of what it asks for."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def _own_hosts(headers: Mapping[str, str], public_url: str) -> set[str | None]:
    # A proxy that asks here whether to serve a page tells where that is by X-Forwarded-Host.
    names = (headers.get("Host", ""), headers.get("X-Forwarded-Host", ""))
    return {urlsplit(public_url).hostname, *(host_of(f"http://{name}") for name in names)} - {None}
