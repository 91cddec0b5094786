"""What a session carries, and digests, as the bytes that Redis keeps or tells."""

import json

from domain.payload import EMPTY, Payload
from domain.session_id import DIGEST_BYTES, Digest


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


def digests_in(packed: bytes) -> list[Digest]:
    """Take digests apart that stand one after the other."""
    return [Digest(packed[at : at + DIGEST_BYTES]) for at in range(0, len(packed), DIGEST_BYTES)]
