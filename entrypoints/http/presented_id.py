"""The session id that a request presents."""

from collections.abc import Mapping, Sequence

from domain.session_id import SessionId
from entrypoints.http.bad_input import BadInput
from entrypoints.http.incoming import Incoming
from entrypoints.http.json_body import json_object

FIELD = "session_id"

ID_CODES = (
    *("session_id_missing", "session_id_repeated", "session_id_empty"),
    *("session_id_too_long", "session_id_not_printable_ascii"),
)
ID_IN_BODY_CODES = (*ID_CODES, "session_id_not_text")


def id_in_query(incoming: Incoming) -> SessionId:
    """Return the id in the query. Raises ``BadInput``, ``MalformedSessionId``."""
    return SessionId.presented(_only(incoming.query.get(FIELD, ())))


def id_in_query_or_body(incoming: Incoming) -> SessionId:
    """Return the id from the query or the JSON body, not from both.

    Raises ``BadInput``, ``MalformedSessionId``.
    """
    values: Sequence[object] = incoming.query.get(FIELD, ())
    body = json_object(incoming)
    if FIELD in body:
        values = [*values, body[FIELD]]
    return SessionId.presented(_only(values))


def id_in(fields: Mapping[str, object]) -> SessionId:
    """Return the id in the fields of a body. Raises ``BadInput``, ``MalformedSessionId``."""
    return SessionId.presented(_only([fields[FIELD]] if FIELD in fields else ()))


def _only(values: Sequence[object]) -> str:
    if not values:
        raise BadInput("session_id_missing")
    if len(values) > 1:
        raise BadInput("session_id_repeated")
    value = values[0]
    if isinstance(value, bytes):
        # From the query. Not get_query_arguments(): it strips and replaces characters, and an
        # id is taken as it comes or not at all. What is no UTF-8 becomes what no id can hold.
        return value.decode("utf-8", errors="replace")
    if not isinstance(value, str):
        raise BadInput("session_id_not_text")
    return value
