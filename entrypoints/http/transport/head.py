"""Reading the head of a request: its first line by Tornado's rule, its fields by llhttp."""

import re

import httptools
from attrs import define
from tornado.httputil import HTTPHeaders, RequestStartLine

from entrypoints.http.transport.received_headers import ReceivedHeaders, normal

CHUNKED = -1
_MOST_DIGITS = 20

# llhttp knows some methods only, and other protocols beside HTTP: it gets a first line of ours.
_FIRST_LINE = re.compile(
    rb"(?:\r\n)?([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e\x80-\xff]+) HTTP/1\.([01])\r\n"
)
_STANDS_FOR_IT = {b"0": b"GET / HTTP/1.0\r\n", b"1": b"GET / HTTP/1.1\r\n"}
_VERSIONS = {b"0": "HTTP/1.0", b"1": "HTTP/1.1"}


class MalformedError(Exception):
    """A request that is not HTTP, or whose end could be understood in two ways."""


@define
class Head:
    """A request's head. ``length`` is that of its body in bytes, or ``CHUNKED``."""

    start_line: RequestStartLine
    headers: HTTPHeaders
    keep_alive: bool
    length: int


class HeadReader:
    """Reads one whole head after the other, of any connection."""

    def __init__(self) -> None:
        self._lists: dict[str, list[str]] = {}
        self._combined: dict[str, str] = {}
        self._keep_alive: bool | None = None
        self._parser = httptools.HttpRequestParser(self)

    def read(self, head: bytes) -> Head:
        """Read what ends with the first empty line. Raises ``MalformedError``."""
        found = _FIRST_LINE.match(head)
        if found is None:
            raise MalformedError
        method, target, minor = found.groups()
        self._lists, self._combined = {}, {}
        keep_alive = self._feed(_STANDS_FOR_IT[minor] + head[found.end() :])
        headers = ReceivedHeaders(self._lists, self._combined)
        start_line = RequestStartLine(
            str(method, "latin-1"), str(target, "latin-1"), _VERSIONS[minor]
        )
        length = self._length(minor)
        if minor == b"0":
            # As Tornado has it; what follows a POST may be a body that says no length.
            ends = length is not None or start_line.method in {"GET", "HEAD"}
            keep_alive = ends and headers.get("Connection", "").lower() == "keep-alive"
        return Head(start_line, headers, keep_alive, length or 0)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a field, when the parser says so: space may stand only after its value."""
        known = normal(name)
        text = str(value, "latin-1").rstrip(" \t")
        if known in self._lists:
            self._lists[known].append(text)
            self._combined.pop(known, None)
        else:
            self._lists[known] = [text]
            self._combined[known] = text

    def on_headers_complete(self) -> None:
        """Take note, when the parser says so, that the head is whole."""
        self._keep_alive = self._parser.should_keep_alive()

    def _feed(self, head: bytes) -> bool:
        self._keep_alive = None
        as_new = False
        try:
            self._parser.feed_data(head)
            as_new = not self._awaits_more()
        except httptools.HttpParserUpgrade:
            pass  # nobody here speaks another protocol: it is a request like others
        except httptools.HttpParserError as error:
            raise MalformedError from error
        finally:
            if not as_new:
                self._parser = httptools.HttpRequestParser(self)
        if self._keep_alive is None:
            raise MalformedError
        return self._keep_alive

    def _awaits_more(self) -> bool:
        """Tell whether the parser waits for a body, or takes the connection for closed."""
        body = (
            "Transfer-Encoding" in self._lists or self._combined.get("Content-Length", "0") != "0"
        )
        return body or not self._keep_alive

    def _length(self, minor: bytes) -> int | None:
        has_length = "Content-Length" in self._lists
        if "Transfer-Encoding" in self._lists:
            coding = self._combined.get("Transfer-Encoding", "").lower()
            if has_length or minor != b"1" or coding != "chunked":
                raise MalformedError
            return CHUNKED
        if not has_length:
            return None
        digits = self._combined["Content-Length"]  # one, and of nothing else, as llhttp has seen
        if len(digits) > _MOST_DIGITS:
            raise MalformedError
        return int(digits)
