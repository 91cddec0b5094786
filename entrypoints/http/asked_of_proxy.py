"""What a browser has asked of a proxy that asks here whether to serve it."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from attrs import frozen

from domain.session_id import SessionId
from entrypoints.http.presented_id import FIELD

# As Traefik and Caddy name them, and deploy/nginx does.
URI, METHOD = "X-Forwarded-Uri", "X-Forwarded-Method"
_PAGES = frozenset({"document", "iframe", "frame", "embed", "object"})


@frozen
class AskedOfProxy:
    """The one session id of our form in the address, and whether it is worth one: a page by GET."""

    session_id: SessionId | None
    is_page: bool


def asked_of_proxy(headers: Mapping[str, str]) -> AskedOfProxy:
    """Read it from the headers that the proxy has added.

    Nothing is lost when somebody else has: he can redeem only what he holds.
    """
    uri, method = headers.get(URI, ""), headers.get(METHOD, "GET")
    # An application may have fields of this name for itself.
    values = parse_qs(uri.partition("?")[2]).get(FIELD, [])
    ids = [found for found in map(SessionId, values) if found.client_tag]
    is_page = method == "GET" and asks_for_page(headers)
    return AskedOfProxy(ids[0] if len(ids) == 1 else None, is_page)


def asks_for_page(headers: Mapping[str, str]) -> bool:
    """Tell a page from what a page loads (Fetch Metadata, W3C); old browsers do not say."""
    destination = headers.get("Sec-Fetch-Dest")
    if destination is not None:
        return destination.lower() in _PAGES
    return "text/html" in headers.get("Accept", "")
