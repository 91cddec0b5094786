"""Reading the head of a request: its first line by Tornado's rule, its fields by llhttp."""

import re

from attrs import define
from tornado.httputil import RequestStartLine

from entrypoints.http.transport.fields import FieldsReader, MalformedError
from entrypoints.http.transport.received_headers import ReceivedHeaders

_FIRST_LINE = re.compile(
    rb"(?:\r\n)?([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e\x80-\xff]+) HTTP/1\.([01])\r\n"
)
_VERSIONS = {b"0": "HTTP/1.0", b"1": "HTTP/1.1"}


@define
class Head:
    """A request's head. ``length`` is that of its body in bytes, or ``CHUNKED``."""

    start_line: RequestStartLine
    headers: ReceivedHeaders
    keep_alive: bool
    length: int


class HeadReader:
    """Reads one whole head after the other, of any connection."""

    def __init__(self) -> None:
        self._fields = FieldsReader()

    def read(self, head: bytes) -> Head:
        """Read what ends with the first empty line. Raises ``MalformedError``."""
        found = _FIRST_LINE.match(head)
        if found is None:
            raise MalformedError
        method, target, minor = found.groups()
        fields = self._fields.read(minor, head[found.end() :])
        start_line = RequestStartLine(
            str(method, "latin-1"), str(target, "latin-1"), _VERSIONS[minor]
        )
        keep_alive, length = fields.keep_alive, fields.length
        if minor == b"0":
            # As Tornado has it; what follows a POST may be a body that says no length.
            ends = length is not None or start_line.method in {"GET", "HEAD"}
            keep_alive = ends and fields.combined.get("Connection", "").lower() == "keep-alive"
        return Head(start_line, ReceivedHeaders(fields), keep_alive, length or 0)
