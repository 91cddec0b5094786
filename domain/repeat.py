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

_PURPOSE = b"framegate session id 1"


@frozen(kw_only=True)
class Repeat:
    """What a store keeps beside the session of a create that may come again.

    ``key`` is the digest of the idempotency key, ``asked`` that of what was asked for with
    it, ``salt`` what the session's id was derived with.
    """

    key: Digest
    asked: Digest
    salt: bytes = field(repr=False)


def digest_asked(ttl_ms: int, payload: Payload) -> Digest:
    """Digest what a create asks for, so that another one is told apart."""
    return Digest.of(json.dumps([ttl_ms, payload.subject, payload.metadata]))


def derive_secret(client_key: str, idempotency_key: str, salt: bytes) -> bytes:
    """Derive the 24 secret bytes of a session id.

    HMAC-SHA256 under the client's key, which has 256 random bits (RFC 2104; as a key
    derivation RFC 5869 section 2.3, one block). Nobody without that key can compute it,
    whatever of the store they have seen.
    """
    message = b"\0".join([_PURPOSE, salt, idempotency_key.encode()])
    return hmac.digest(client_key.encode(), message, hashlib.sha256)[:SECRET_BYTES]
