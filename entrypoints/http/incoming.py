"""What a request says, however it has travelled."""

from collections.abc import Mapping, Sequence

from attrs import define
from tornado.locale import Locale

from entrypoints.http.language import accepted_language
from entrypoints.http.request_size import Body


@define
class Incoming:
    """What a route needs of a request.

    ``query`` holds the bytes of each field, which may be no UTF-8; ``remote`` is the caller's
    address, ``locale`` that of callers who name no language there is. ``peer`` is the address of
    the connection, a proxy's where there is one.
    """

    headers: Mapping[str, str]
    query: Mapping[str, Sequence[bytes]]
    remote: str
    locale: str
    body: Body
    peer: str = ""

    @property
    def asks_to_close(self) -> bool:
        """Whether the caller wants this to be the last on its connection."""
        return self.headers.get("Connection", "").lower() == "close"

    @property
    def language(self) -> Locale:
        """The language to answer in."""
        return accepted_language(self.headers.get("Accept-Language"), self.locale)
