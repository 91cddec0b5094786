"""A session as its owner sees it: by its fingerprint, never by an id or a digest."""

import orjson

from domain.grant import Grant
from domain.record import Record, State
from entrypoints.http.iso_time import iso_time
from entrypoints.http.openapi.schema import Schema, fields, instant, listed, nullable, text
from entrypoints.http.openapi.shared import CLIENT, FINGERPRINT, METADATA, SUBJECT

_GRANT: Schema = nullable(
    fields(
        {
            "expires_at": instant("grant_expires_at"),
            "ends_at": instant("grant_ends_at"),
            "origin": text("grant_origin"),
        },
        optional=("origin",),
    )
)
_TOLD: dict[str, Schema] = {
    "fingerprint": FINGERPRINT,
    "client": CLIENT,
    "state": text("state", enum=[state.value for state in State]),
    "expires_at": nullable(instant("expires_at")),
    "grant": {**_GRANT, "description": "api.field.record_grant"},
    "subject": SUBJECT,
}
LISTED = fields(_TOLD, optional=("subject",))
RECORD = fields({**_TOLD, "metadata": METADATA}, optional=("subject", "metadata"))
LOOKED_UP = fields(
    {**_TOLD, "metadata": METADATA, "others": listed("others", RECORD)},
    optional=("subject", "metadata", "others"),
)
"""A session in a list, one looked up, and this with those that share its fingerprint."""


def record_fields(record: Record, *, whole: bool) -> dict[str, object]:
    """Return the fields that tell of a session, with its metadata where it is ``whole``."""
    payload = record.payload
    told: dict[str, object] = {
        "fingerprint": record.digest.fingerprint,
        "client": record.client,
        "state": record.state.value,
        "expires_at": None if record.expires_at is None else iso_time(record.expires_at),
        "grant": None if record.grant is None else _grant_fields(record.grant),
    }
    if payload.subject is not None:
        told["subject"] = payload.subject
    if whole and payload.metadata is not None:
        told["metadata"] = orjson.Fragment(payload.metadata)  # it is kept as JSON
    return told


def _grant_fields(grant: Grant) -> dict[str, object]:
    told: dict[str, object] = {
        "expires_at": iso_time(grant.expires_at),
        "ends_at": iso_time(grant.ends_at),
    }
    if grant.origin:
        told["origin"] = grant.origin
    return told
