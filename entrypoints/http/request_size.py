"""How large a request may be, and what is done with one that is larger.

Tornado alone would end its connection unanswered (head) or with a bare 400 (body).
"""

import sys

from attrs import define, field
from tornado.httputil import HTTPServerRequest

from entrypoints.http.bad_input import BadInput

MOST_TARGET_BYTES = 4 * 1024
MOST_HEADER_BYTES = 8 * 1024
MOST_BODY_BYTES = 16 * 1024
MOST_DISCARDED_BYTES = 1024 * 1024
"""How much of a body that is too large is read and thrown away, so that its sender, who is
still sending, gets to read the 413. Above that the connection is closed on him."""

_MOST_DIGITS = 18  # more than these are too many bytes, whatever the digits say


def check_head(request: HTTPServerRequest) -> None:
    """Judge a request by its head. Raises ``BadInput``: 414, 431 or 413."""
    if len(request.uri or "") > MOST_TARGET_BYTES:
        raise BadInput("address_too_long", most_bytes=MOST_TARGET_BYTES)
    if sum(len(k) + len(v) + 4 for k, v in request.headers.get_all()) > MOST_HEADER_BYTES:
        raise BadInput("headers_too_large", most_bytes=MOST_HEADER_BYTES)
    # From here on the size is judged here, and not by Tornado.
    limit = getattr(request.connection, "set_max_body_size", None)
    if limit is not None:
        limit(sys.maxsize)
    declared = request.headers.get("Content-Length", "0")
    # Whoever waits to be told to go on has sent nothing that would have to be thrown away.
    bearable = MOST_BODY_BYTES if "Expect" in request.headers else MOST_DISCARDED_BYTES
    is_number = declared.isascii() and declared.isdigit()
    if is_number and (len(declared) > _MOST_DIGITS or int(declared) > bearable):
        raise too_large()


def too_large() -> BadInput:
    """Make the error for a body that is too large."""
    return BadInput("body_too_large", most_bytes=MOST_BODY_BYTES)


@define
class Body:
    """A request's body, of which no more than the first 16 KiB are kept."""

    _kept: bytearray = field(factory=bytearray)
    _received: int = 0

    def receive(self, chunk: bytes) -> None:
        """Take in the next part. Raises ``BadInput`` for a body that does not end."""
        self._received += len(chunk)
        if self._received <= MOST_BODY_BYTES:
            self._kept += chunk
        elif self._received >= MOST_DISCARDED_BYTES:
            raise too_large()

    def read(self) -> bytes:
        """Return the whole body. Raises ``BadInput`` where it is too large."""
        if self._received > MOST_BODY_BYTES:
            raise too_large()
        return bytes(self._kept)
