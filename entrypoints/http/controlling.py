"""What may be asked of ``/auth/sessions``, and what comes back."""

from collections.abc import Mapping

from attrs import evolve

from domain.listing import Ended, Listed
from entrypoints.http.base import BaseHandler
from entrypoints.http.credentials import KEY_CODES
from entrypoints.http.cursor import CURSOR_CODES
from entrypoints.http.openapi.operation import Operation, Who, offers, told
from entrypoints.http.openapi.schema import Schema, fields, listed, nullable, text, whole
from entrypoints.http.openapi.shared import CLIENT, FINGERPRINT, STORAGE, SUBJECT
from entrypoints.http.query_fields import QUERY_CODES
from entrypoints.http.session_record import LISTED as LISTED_RECORD
from entrypoints.http.session_record import LOOKED_UP

MOST_LISTED = 1000
LISTED = 100

LIST_QUERY: Mapping[str, Schema] = {
    "state": text(
        "listed_state", enum=[each.value for each in Listed], default=Listed.ACTIVE.value
    ),
    "client": CLIENT,
    "subject": SUBJECT,
    "limit": whole("limit", 1, maximum=MOST_LISTED, default=LISTED),
    "after": text("after"),
}
REVOKE_QUERY: Mapping[str, Schema] = {
    "subject": SUBJECT,
    "client": CLIENT,
    "all": text("all", enum=["true"]),
}
ENDED = fields(
    {
        "sessions_revoked": whole("sessions_revoked"),
        "grants_revoked": whole("grants_revoked"),
        "storage": STORAGE,
    }
)

LIST = Operation(
    name="list_sessions",
    group="control",
    who=Who.KEY,
    query=LIST_QUERY,
    answers={
        200: told(
            fields(
                {
                    "sessions": listed("sessions_listed", LISTED_RECORD),
                    "next": nullable(text("next")),
                }
            )
        )
    },
    raises=(
        *(*KEY_CODES, *QUERY_CODES, *CURSOR_CODES, "state_invalid", "limit_invalid"),
        *("subject_invalid", "client_not_found", "store_unavailable"),
    ),
)
REVOKE_MANY = Operation(
    name="revoke_sessions",
    group="control",
    who=Who.KEY,
    query=REVOKE_QUERY,
    answers={200: told(ENDED)},
    raises=(
        *(*KEY_CODES, *QUERY_CODES, "filter_missing", "all_invalid"),
        *("subject_invalid", "client_not_found", "store_unavailable"),
    ),
)
LOOK_UP = Operation(
    name="look_up_session",
    group="control",
    who=Who.KEY,
    path={"fingerprint": FINGERPRINT},
    answers={200: told(LOOKED_UP)},
    raises=(*KEY_CODES, "fingerprint_invalid", "session_not_found", "store_unavailable"),
)
REVOKE = evolve(LOOK_UP, name="revoke_session", answers={200: told(ENDED)})

OF_MANY = offers(GET=LIST, DELETE=REVOKE_MANY)
OF_ONE = offers(GET=LOOK_UP, DELETE=REVOKE)


def answer_ended(handler: BaseHandler, ended: Ended) -> None:
    """Say what has been revoked."""
    handler.answer(
        {
            "sessions_revoked": ended.sessions,
            "grants_revoked": ended.grants,
            "storage": handler.face.storage,
        }
    )
