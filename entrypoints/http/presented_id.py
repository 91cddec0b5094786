"""The session id that a request presents."""

from domain.session_id import SessionId
from entrypoints.http.bad_input import BadInput
from entrypoints.http.incoming import Incoming
from entrypoints.http.json_body import json_object

FIELD = "session_id"


def id_in_query(incoming: Incoming) -> SessionId:
    """Return the id in the query. Raises ``BadInput``, ``MalformedSessionId``."""
    return SessionId.presented(_only(_query_values(incoming)))


def id_in_query_or_body(incoming: Incoming) -> SessionId:
    """Return the id from the query or the JSON body, not from both.

    Raises ``BadInput``, ``MalformedSessionId``.
    """
    values: list[object] = [*_query_values(incoming)]
    body = json_object(incoming)
    if FIELD in body:
        values.append(body[FIELD])
    return SessionId.presented(_only(values))


def _query_values(incoming: Incoming) -> list[str]:
    # Not get_query_arguments(): it strips and replaces characters, and an id is taken as
    # it comes or not at all. Bytes that are not UTF-8 become what no id can hold.
    raw = incoming.query.get(FIELD, ())
    return [value.decode("utf-8", errors="replace") for value in raw]


def _only(values: "list[object] | list[str]") -> str:
    if not values:
        raise BadInput("session_id_missing")
    if len(values) > 1:
        raise BadInput("session_id_repeated")
    if not isinstance(values[0], str):
        raise BadInput("session_id_not_text")
    return values[0]
