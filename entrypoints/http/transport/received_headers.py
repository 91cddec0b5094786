"""The headers of a request, as the application gets them."""

from functools import cached_property

from tornado.httputil import HTTPHeaders

from entrypoints.http.transport.fields import Fields


class ReceivedHeaders(HTTPHeaders):
    """Tornado's headers, filled without checking again what the parser has checked.

    Tornado's own ``__init__`` and ``add`` would cost more than all the rest of a head; a test
    holds what is here to what they make of the same bytes. Who looks at them gets his own:
    the fields may be those of other requests, too.
    """

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    @cached_property
    def _as_list(self) -> dict[str, list[str]]:  # type: ignore[override] # Tornado fills it itself
        return {name: list(values) for name, values in self.fields.lists.items()}

    @cached_property
    def _combined_cache(self) -> dict[str, str]:  # type: ignore[override] # the same
        return dict(self.fields.combined)

    def copy(self) -> HTTPHeaders:
        return HTTPHeaders(self)

    __copy__ = copy
