"""What a caller is told whose request does not get as far as a handler."""

from enum import Enum

from entrypoints.http.bad_input import BadInput
from entrypoints.http.canned import CannedAnswer
from entrypoints.http.face import Face
from entrypoints.http.head import date_line
from entrypoints.http.request_size import MOST_HEADER_BYTES, MOST_TARGET_BYTES, too_large


class Refusal(Enum):
    """Why a request gets no further. The texts are those of the handlers."""

    MALFORMED = BadInput("bad_request")
    ADDRESS_TOO_LONG = BadInput("address_too_long", most_bytes=MOST_TARGET_BYTES)
    HEADERS_TOO_LARGE = BadInput("headers_too_large", most_bytes=MOST_HEADER_BYTES)
    BODY_TOO_LARGE = too_large()


class Refusals:
    """The answers."""

    def __init__(self, face: Face) -> None:
        self._answers = {each: CannedAnswer.of(face, each.value) for each in Refusal}

    def answer(self, refusal: Refusal, request: bytes) -> bytes:
        """Return the bytes to send, in the language that the request asks for."""
        first, rest = self._answers[refusal].to(request).split(b"\r\n", 1)
        return b"%s\r\n%s%s" % (first, date_line(), rest)


def too_long(head: bytes) -> Refusal:
    """Tell what it is that is too long in a head, of which ``head`` is the beginning."""
    first = head[2:].partition(b"\r\n")[0]
    if len(first) < len(head) - 2:
        return Refusal.HEADERS_TOO_LARGE
    return Refusal.ADDRESS_TOO_LONG if b" " in first else Refusal.MALFORMED
