"""The headers of a request, as the application gets them."""

from functools import lru_cache

from tornado.httputil import HTTPHeaders

_KNOWN_NAMES = 1000
"""As many as Tornado remembers; what callers make up must not take up more."""


class ReceivedHeaders(HTTPHeaders):
    """Tornado's headers, filled without checking again what the parser has checked.

    Tornado's own ``__init__`` and ``add`` would cost more than all the rest of a request's
    head. A test holds what is here to what Tornado makes of the same bytes.
    """

    def __init__(self) -> None:
        self._as_list: dict[str, list[str]] = {}
        self._combined_cache: dict[str, str] = {}

    def receive(self, name: bytes, value: bytes) -> None:
        """Take in a line's name and value, both valid, the value without space before it."""
        known = normal(name)
        text = str(value, "latin-1").rstrip(" \t")
        if known in self._as_list:
            self._as_list[known].append(text)
            self._combined_cache.pop(known, None)
        else:
            self._as_list[known] = [text]
            self._combined_cache[known] = text

    def copy(self) -> HTTPHeaders:
        return HTTPHeaders(self)

    __copy__ = copy


@lru_cache(_KNOWN_NAMES)
def normal(name: bytes) -> str:
    """Return the name as Tornado writes it: ``Http-Header-Case``."""
    return "-".join(word.capitalize() for word in str(name, "latin-1").split("-"))
