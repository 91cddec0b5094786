"""JSON bodies, read strictly: what two parsers could read differently is refused."""

import json
from collections.abc import Collection
from typing import NoReturn

from entrypoints.http.bad_input import BadInput
from entrypoints.http.incoming import Incoming

MOST_DEPTH = 16

BODY_CODES = (
    *("content_type_not_json", "body_not_json", "body_not_object"),
    *("body_repeats_field", "body_too_deep"),
)
"""What can be the matter with a body, whichever fields may stand in it."""
FIELD_CODES = (*BODY_CODES, "field_unknown")


def json_object(incoming: Incoming, fields: Collection[str] | None = None) -> dict[str, object]:
    """Return the JSON object in the request's body, ``{}`` where there is no body.

    ``fields`` are the names that may stand in it, ``None`` allows any. Raises ``BadInput``
    for a body that is too large, has another content type, is not valid JSON in UTF-8
    (RFC 8259), names a field twice, nests deeper than 16 levels or is not an object.
    """
    body = incoming.body.read()
    if not body:
        return {}
    media_type = incoming.headers.get("Content-Type", "").partition(";")[0]
    if media_type.strip().lower() != "application/json":
        raise BadInput("content_type_not_json")
    value = _parse(body)
    if not isinstance(value, dict):
        raise BadInput("body_not_object")
    unknown = set(value) - set(fields) if fields is not None else set()
    if unknown:
        raise BadInput("field_unknown", known=", ".join(fields or ()))
    return value


def _parse(body: bytes) -> object:
    try:
        value: object = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # lone surrogates do not encode
    except (ValueError, RecursionError) as error:
        raise BadInput("body_not_json") from error
    if _is_deeper_than(value, MOST_DEPTH):
        raise BadInput("body_too_deep", most_levels=MOST_DEPTH)
    return value


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise BadInput("body_repeats_field")
    return value


def _refuse_constant(_: str) -> NoReturn:
    # NaN and Infinity: Python reads them, JSON does not have them.
    raise BadInput("body_not_json")


def _is_deeper_than(value: object, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(value, dict | list) for value in layer)
