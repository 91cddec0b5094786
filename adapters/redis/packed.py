"""What a session carries, as the bytes that Redis keeps."""

import json

from domain.payload import EMPTY, Payload


def pack(payload: Payload) -> bytes:
    """Write it down; nothing where it is empty."""
    if payload.subject is None and payload.metadata is None:
        return b""
    return json.dumps([payload.subject, payload.metadata]).encode()


def beginning_of(subject: str | None) -> bytes:
    """Return what ``pack`` begins with where it writes down this subject, whatever comes after."""
    return b"" if subject is None else f"[{json.dumps(subject)}, ".encode()


def unpack(packed: bytes) -> Payload:
    """Read what ``pack`` has written."""
    return Payload(*json.loads(packed)) if packed else EMPTY
