"""Which of a browser's grants a request is for, where it says so.

Iframes of one page share their cookies. The doorstep names the session of its own in the address of
the protected page, by its fingerprint, and what that page loads tells the address by ``Referer``:
so each frame goes on with its own grant, and not with a neighbour's once it has ended.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from domain.session_id import is_fingerprint

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


def _only(values: Sequence[str]) -> str | None:
    return values[0] if len(values) == 1 and is_fingerprint(values[0]) else None
