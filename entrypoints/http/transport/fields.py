"""The fields of a request's head, read by llhttp, and remembered: callers repeat themselves."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import httptools
from attrs import frozen

from entrypoints.http.plain_fields import plain_fields

CHUNKED = -1
_MOST_DIGITS = 20

# A program that calls often says the same each time, but for the first line.
_REMEMBERED = 256
_MOST_REMEMBERED_BYTES = 1024

# llhttp knows some methods only, and other protocols beside HTTP: it gets a first line of ours.
_FIRST_LINES = {b"0": b"GET / HTTP/1.0\r\n", b"1": b"GET / HTTP/1.1\r\n"}


class MalformedError(Exception):
    """A request that is not HTTP, or whose end could be understood in two ways."""


@frozen(eq=False)
class Fields:
    """The fields of a head; many requests may share them, so nobody may change them.

    ``lists`` has the values of each name in its normal form, ``combined`` those of the names
    that have one value only; ``plain`` is what ``plain_fields`` says of them. ``length`` is
    that of the body in bytes, or ``CHUNKED``, or ``None`` where they tell none.
    """

    lists: Mapping[str, list[str]]
    combined: Mapping[str, str]
    plain: Mapping[str, str] | None
    keep_alive: bool
    length: int | None


class FieldsReader:
    """Reads the fields of one whole head after the other, of any connection."""

    def __init__(self) -> None:
        self._lists: dict[str, list[str]] = {}
        self._combined: dict[str, str] = {}
        self._keep_alive: bool | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._recall = lru_cache(_REMEMBERED)(self._parse)

    def read(self, minor: bytes, lines: bytes) -> Fields:
        """Read the lines after the first, and the empty one. Raises ``MalformedError``.

        ``minor`` is that of the version: ``0`` or ``1``.
        """
        read = self._recall if len(lines) <= _MOST_REMEMBERED_BYTES else self._parse
        return read(minor, lines)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a field, when the parser says so: space may stand only after its value."""
        known = _normal(name)
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

    def _parse(self, minor: bytes, lines: bytes) -> Fields:
        self._lists, self._combined = {}, {}
        keep_alive = self._feed(_FIRST_LINES[minor] + lines)
        told = [(name, value) for name, values in self._lists.items() for value in values]
        plain = plain_fields(told)
        return Fields(
            lists=self._lists,
            combined=self._combined,
            plain=None if plain is None else MappingProxyType(plain),
            keep_alive=keep_alive,
            length=self._length(minor),
        )

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


@lru_cache(1000)  # as many as Tornado remembers; what callers make up must not take up more
def _normal(name: bytes) -> str:
    """Return the name as Tornado writes it: ``Http-Header-Case``."""
    return "-".join(word.capitalize() for word in str(name, "latin-1").split("-"))
