"""Creating again: what makes a create safe to send a second time.

A parent that has had no answer sends its create again, with the same idempotency key, and
is to get the same session. The session's id stands nowhere, so it has to be derived again:
from the client's key, which comes with each request and is kept nowhere either, and from a
salt that is kept. See docs/adr/0007.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence

from attrs import field, frozen

from domain.errors import IdempotencyConflict
from domain.payload import Payload
from domain.session import Session, Standing
from domain.session_id import Digest

SALT_BYTES = 24
SECRET_BYTES = 24
MOST_CHARACTERS = 255


@frozen(kw_only=True)
class Repeat:
    """What a store keeps beside the session of a create that may come again.

    ``key`` stands for the idempotency key, ``asked`` for what was asked for with it, ``salt``
    is what the session's id was derived with.
    """

    key: Digest
    asked: Digest
    salt: bytes = field(repr=False)


def digest_asked(ttl_seconds: object, payload: Payload, count: int | None = None) -> Digest:
    """Digest what a create asks for, so that another one is told apart.

    ``count`` is that of a batch; a create of one session has none.
    """
    metadata = json.loads(payload.metadata) if payload.metadata else None
    asked = [ttl_seconds, payload.subject, metadata, *([] if count is None else [count])]
    return Digest.of(json.dumps(asked, sort_keys=True))


def is_answered(
    repeat: Repeat, first: Repeat, opened: Sequence[Session | None], now: int, incarnation: str
) -> bool:
    """Tell whether a create that comes again is answered with what the first one opened.

    It is as long as all of that is active. Where it was lost or has expired unused, nobody
    could open it any more, and something new may take its place. ``None`` is a session that
    has been forgotten. Raises ``IdempotencyConflict``.
    """
    active = [session for session in opened if session and session.is_active(now, incarnation)]
    spent = {Standing.USED, Standing.REVOKED}
    if not active and not any(session and session.ended in spent for session in opened):
        return False
    if first.asked != repeat.asked:
        raise IdempotencyConflict("reused")
    if len(active) < len(opened):
        raise IdempotencyConflict("spent")
    return True


def stand_in(client_key: str, idempotency_key: str) -> Digest:
    """Return what an idempotency key is kept as.

    Under the client's key, because what parents choose (order numbers) can be guessed.
    """
    return Digest(_under(client_key, b"framegate idempotency key 1", idempotency_key.encode()))


def derive_secret(client_key: str, idempotency_key: str, salt: bytes) -> bytes:
    """Derive the 24 secret bytes of a session id.

    HMAC-SHA256 under the client's key, which has 256 random bits (RFC 2104; as a key
    derivation RFC 5869 section 2.3, one block). Nobody without that key can compute it,
    whatever of the store they have seen.
    """
    purpose = b"framegate session id 1"
    return _under(client_key, purpose, salt, idempotency_key.encode())[:SECRET_BYTES]


def derive_secrets(client_key: str, idempotency_key: str, salt: bytes, count: int) -> bytes:
    """Derive the secrets of a batch, 24 bytes each, one after the other.

    In the same way, each from its number in the batch as well.
    """
    purpose = b"framegate session id of a batch 1"
    # What comes before the idempotency key is of one length, so no two can look the same.
    return b"".join(
        _under(client_key, purpose, salt + number.to_bytes(4), idempotency_key.encode())[
            :SECRET_BYTES
        ]
        for number in range(count)
    )


def _under(client_key: str, *parts: bytes) -> bytes:
    return hmac.digest(client_key.encode(), b"\0".join(parts), hashlib.sha256)
