"""What the routes that create have in common: how they are asked, and how they answer."""

from collections.abc import Collection, Mapping
from typing import Any

from application.authenticate import Authenticate
from domain.payload import Payload
from domain.rate import Allowance
from domain.repeat import MOST_CHARACTERS
from entrypoints.http.answer import Answer
from entrypoints.http.credentials import ONE_KIND_CODES, bearer_key
from entrypoints.http.face import Face
from entrypoints.http.idempotency_key import IDEMPOTENCY_CODES, idempotency_key
from entrypoints.http.incoming import Incoming
from entrypoints.http.json_body import FIELD_CODES, json_object
from entrypoints.http.openapi.operation import JSON, Operation, Who, told
from entrypoints.http.openapi.schema import Schema, fields, strict, text
from entrypoints.http.openapi.shared import LIFETIME, STORAGE, WISHES
from entrypoints.http.rate_limit import RATE_LIMIT_FIELDS, rate_limit_fields

CARRIED = ("subject", "metadata")
REPLAYED = ("Idempotent-Replayed", "true")

_IDEMPOTENCY_KEY = text(
    "idempotency_key", pattern="^[!-~]+$", minLength=1, maxLength=MOST_CHARACTERS + 2
)


def creates(
    name: str, wishes: Mapping[str, Schema], answer: Mapping[str, Schema], *codes: str
) -> Operation:
    """Declare a create: what may be wished for, and what its answer has of its own.

    Its ``codes`` come on top of those that every create may be refused with.
    """
    answer = {**answer, **LIFETIME, "storage": STORAGE}
    headers = {**RATE_LIMIT_FIELDS, REPLAYED[0]: text("replayed", enum=[REPLAYED[1]])}
    return Operation(
        name=name,
        group="sessions",
        who=Who.CLIENT,
        headers={"Idempotency-Key": _IDEMPOTENCY_KEY},
        bodies={JSON: strict(wishes, optional=WISHES)},
        answers={200: told(fields(answer), headers)},
        raises=(
            *(*ONE_KIND_CODES, *FIELD_CODES, *IDEMPOTENCY_CODES, *codes),
            *("subject_invalid", "metadata_invalid", "ttl_invalid"),
            *("session_cap_reached", "rate_limited", "store_unavailable"),
        ),
    )


def asked_for(
    incoming: Incoming, authenticate: Authenticate, known: Collection[str]
) -> dict[str, Any]:
    """Return what a request to create asks for, as ``CreateRequest`` takes it.

    ``known`` are the fields that may stand in its body. Raises ``KeyRejected``,
    ``BadInput``, ``InvalidSubject``, ``InvalidMetadata``.
    """
    key = bearer_key(incoming.headers)
    client = authenticate.client(key, remote=incoming.remote)
    body = json_object(incoming, known)
    wishes: dict[str, Any] = {}
    if body:
        wishes = {name: value for name, value in body.items() if name not in CARRIED}
        wishes["payload"] = Payload.of(*map(body.get, CARRIED))
    return {
        **wishes,
        "client": client,
        "remote": incoming.remote,
        "idempotency_key": idempotency_key(incoming.headers),
        "client_key": key,
    }


def lifetime(left_ms: int) -> dict[str, int]:
    """Say how long a session has to live."""
    seconds = left_ms // 1000
    return {"expires_in_minutes": seconds // 60, "expires_in_seconds": seconds}


def answer_created(
    face: Face, created: Mapping[str, object], creates: Allowance | None, *, repeated: bool
) -> Answer:
    """Answer with what was created; ``creates`` is what is left of the client's rate."""
    lines = (*rate_limit_fields(creates), *([REPLAYED] if repeated else ()))
    return face.answers.fields(created, lines=lines)
