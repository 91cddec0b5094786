"""Creating again: what makes a create safe to send a second time.

A parent that has had no answer sends its create again, with the same idempotency key, and
is to get the same session. The session's id stands nowhere, so it has to be derived again:
from the client's key, which comes with each request and is kept nowhere either, and from a
salt that is kept. See docs/adr/0007.
"""

import hashlib
import hmac
import json

from attrs import field, frozen

from domain.payload import Payload
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


def digest_asked(ttl_seconds: object, payload: Payload) -> Digest:
    """Digest what a create asks for, so that another one is told apart."""
    metadata = json.loads(payload.metadata) if payload.metadata else None
    return Digest.of(json.dumps([ttl_seconds, payload.subject, metadata], sort_keys=True))


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


def _under(client_key: str, *parts: bytes) -> bytes:
    return hmac.digest(client_key.encode(), b"\0".join(parts), hashlib.sha256)
