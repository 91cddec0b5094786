"""Which of a browser's grants a request is for, where it says so.

Iframes of one page share their cookies. The doorstep names the session of its own in the address of
the protected page, by its fingerprint, and what that page loads tells the address by ``Referer``:
so each frame goes on with its own grant, and not with a neighbour's once it has ended. A page that
such a page leads to is sent to its address with the name added, so that links carry it on.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from domain.session_id import is_fingerprint
from entrypoints.http.asked_of_proxy import asks_for_page

FIELD = "grant"


def named_in_query(query: Mapping[str, Sequence[bytes]]) -> str | None:
    """Return the fingerprint in an address."""
    return _only([value.decode("ascii", "replace") for value in query.get(FIELD, ())])


def named_by_page(headers: Mapping[str, str]) -> str | None:
    """Return the fingerprint in the address of the page that asks, where that is of this host."""
    try:
        page = urlsplit(headers.get("Referer", ""))
    except ValueError:
        return None
    if page.netloc.lower() != headers.get("Host", "").lower():
        return None
    return _only(parse_qs(page.query).get(FIELD, []))


def named(
    headers: Mapping[str, str], query: Mapping[str, Sequence[bytes]]
) -> tuple[str | None, bool]:
    """Return the fingerprint, and whether it is for a page whose own address lacks it."""
    if FIELD in query:
        return named_in_query(query), False
    fingerprint = named_by_page(headers)
    return fingerprint, fingerprint is not None and asks_for_page(headers)


def with_name(page: str, query: str, fingerprint: str) -> str:
    """Return the address of a page, relative to itself, with the name added."""
    return f"./{page}?{query}{'&' if query else ''}{FIELD}={fingerprint}"


def _only(values: Sequence[str]) -> str | None:
    return values[0] if len(values) == 1 and is_fingerprint(values[0]) else None
