"""The fields of a request about which there is nothing out of the ordinary."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tornado.httputil import (
    HTTPHeaders,
    HTTPInputError,
    HTTPServerRequest,
    RequestStartLine,
)

from entrypoints.http.head import Line
from entrypoints.http.request_size import MOST_BODY_BYTES, MOST_HEADER_BYTES

_UNUSUAL = frozenset({"Expect", "Transfer-Encoding", "Upgrade"})
_LENGTH = re.compile(r"[0-9]{1,5}", re.ASCII)


class JudgedHeaders(HTTPHeaders):
    """Headers whose ``plain`` fields are known."""

    plain: Mapping[str, str] | None


def plain_fields_of(headers: HTTPHeaders) -> Mapping[str, str] | None:
    """Return what ``plain_fields`` says of them, anew only where nobody has asked before."""
    if isinstance(headers, JudgedHeaders):
        return headers.plain
    return plain_fields(headers.get_all())


def plain_fields(lines: Iterable[Line]) -> Mapping[str, str] | None:
    """Return the fields of a head, ``None`` where one of them is out of the ordinary."""
    lines = list(lines)
    fields = dict(lines)
    length = fields.get("Content-Length", "0")
    size = sum(map(len, fields)) + sum(map(len, fields.values())) + 4 * len(lines)
    if (
        len(fields) == len(lines)  # or one came twice
        and _UNUSUAL.isdisjoint(fields)
        and _LENGTH.fullmatch(length)
        and int(length) <= MOST_BODY_BYTES
        and size <= MOST_HEADER_BYTES
        and _is_sound(fields.get("Host"))
    ):
        return fields
    return None


@lru_cache(maxsize=256)
def _is_sound(host: str | None) -> bool:
    """Have Tornado judge a host name, once."""
    if host is None:
        return False
    try:
        line = RequestStartLine("GET", "/", "HTTP/1.1")
        HTTPServerRequest(headers=HTTPHeaders({"Host": host}), start_line=line)
    except HTTPInputError:
        return False
    return True
