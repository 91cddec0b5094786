"""The headers of a request, as the application gets them."""

from functools import lru_cache

from tornado.httputil import HTTPHeaders

_KNOWN_NAMES = 1000
"""As many as Tornado remembers; what callers make up must not take up more."""


class ReceivedHeaders(HTTPHeaders):
    """Tornado's headers, filled without checking again what the parser has checked.

    ``lists`` has the values of each name in its normal form, ``combined`` those of the names
    that have one value only. Tornado's own ``__init__`` and ``add`` would cost more than all
    the rest of a head; a test holds what is here to what they make of the same bytes.
    """

    def __init__(self, lists: dict[str, list[str]], combined: dict[str, str]) -> None:
        self._as_list = lists
        self._combined_cache = combined

    def copy(self) -> HTTPHeaders:
        return HTTPHeaders(self)

    __copy__ = copy


@lru_cache(_KNOWN_NAMES)
def normal(name: bytes) -> str:
    """Return the name as Tornado writes it: ``Http-Header-Case``."""
    return "-".join(word.capitalize() for word in str(name, "latin-1").split("-"))
