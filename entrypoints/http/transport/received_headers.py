"""The headers of a request, as the application gets them."""

from typing import Any

from tornado.httputil import HTTPHeaders

from entrypoints.http.plain_fields import JudgedHeaders
from entrypoints.http.transport.fields import Fields

_TORNADOS = frozenset({"_as_list", "_combined_cache"})


class ReceivedHeaders(JudgedHeaders):
    """Tornado's headers, filled without checking again what the parser has checked.

    Tornado's own ``__init__`` and ``add`` would cost more than all the rest of a head; a test
    holds what is here to what they make of the same bytes. Who looks at them gets his own:
    the fields may be those of other requests, too.
    """

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.plain = fields.plain

    def __getattr__(self, name: str) -> Any:
        if name not in _TORNADOS:
            raise AttributeError(name)
        self._as_list = {each: list(values) for each, values in self.fields.lists.items()}
        self._combined_cache = dict(self.fields.combined)
        return vars(self)[name]

    def copy(self) -> HTTPHeaders:
        return HTTPHeaders(self)

    __copy__ = copy
