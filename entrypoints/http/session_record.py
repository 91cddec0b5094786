"""A session as its owner sees it: by its fingerprint, never by an id or a digest."""

import orjson

from domain.grant import Grant
from domain.record import Record
from entrypoints.http.iso_time import iso_time


def record_fields(record: Record, *, whole: bool) -> dict[str, object]:
    """Return the fields that tell of a session, with its metadata where it is ``whole``."""
    payload = record.payload
    fields: dict[str, object] = {
        "fingerprint": record.digest.fingerprint,
        "client": record.client,
        "state": record.state.value,
        "expires_at": None if record.expires_at is None else iso_time(record.expires_at),
        "grant": None if record.grant is None else _grant_fields(record.grant),
    }
    if payload.subject is not None:
        fields["subject"] = payload.subject
    if whole and payload.metadata is not None:
        fields["metadata"] = orjson.Fragment(payload.metadata)  # it is kept as JSON
    return fields


def _grant_fields(grant: Grant) -> dict[str, object]:
    fields: dict[str, object] = {
        "expires_at": iso_time(grant.expires_at),
        "ends_at": iso_time(grant.ends_at),
    }
    if grant.origin:
        fields["origin"] = grant.origin
    return fields
