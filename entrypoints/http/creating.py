"""What the routes that create have in common: how they are asked, and how they answer."""

from collections.abc import Collection, Mapping
from typing import Any

from application.authenticate import Authenticate
from domain.payload import Payload
from domain.rate import Allowance
from entrypoints.http.answer import Answer
from entrypoints.http.credentials import bearer_key
from entrypoints.http.face import Face
from entrypoints.http.idempotency_key import idempotency_key
from entrypoints.http.incoming import Incoming
from entrypoints.http.json_body import json_object
from entrypoints.http.rate_limit import rate_limit_fields

CARRIED = ("subject", "metadata")
REPLAYED = ("Idempotent-Replayed", "true")


def asked_for(
    incoming: Incoming, authenticate: Authenticate, fields: Collection[str]
) -> dict[str, Any]:
    """Return what a request to create asks for, as ``CreateRequest`` takes it.

    ``fields`` are those that may stand in its body. Raises ``KeyRejected``,
    ``BadInput``, ``InvalidSubject``, ``InvalidMetadata``.
    """
    key = bearer_key(incoming.headers)
    client = authenticate.client(key, remote=incoming.remote)
    body = json_object(incoming, fields)
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
    face: Face, fields: Mapping[str, object], creates: Allowance | None, *, repeated: bool
) -> Answer:
    """Answer with what was created; ``creates`` is what is left of the client's rate."""
    lines = (*rate_limit_fields(creates), *([REPLAYED] if repeated else ()))
    return face.answers.fields(fields, lines=lines)
