"""What lets a create come again without the id standing anywhere."""

import hashlib
import hmac

from domain.payload import Payload
from domain.repeat import (
    SALT_BYTES,
    SECRET_BYTES,
    Repeat,
    derive_secret,
    digest_asked,
    stand_in,
)
from domain.session_id import Digest

SALT = bytes(SALT_BYTES)


def test_the_same_key_idempotency_key_and_salt_give_the_same_secret() -> None:
    assert derive_secret("fgk_a", "order 1", SALT) == derive_secret("fgk_a", "order 1", SALT)


def test_the_secret_is_hmac_sha256_under_the_clients_key() -> None:
    message = b"framegate session id 1\0" + SALT + b"\0order 1"
    expected = hmac.new(b"fgk_a", message, hashlib.sha256).digest()[:24]
    assert derive_secret("fgk_a", "order 1", SALT) == expected
    assert SECRET_BYTES == 24


def test_another_key_idempotency_key_or_salt_gives_another_secret() -> None:
    secrets = {
        derive_secret("fgk_a", "order 1", SALT),
        derive_secret("fgk_b", "order 1", SALT),
        derive_secret("fgk_a", "order 2", SALT),
        derive_secret("fgk_a", "order 1", b"\1" * SALT_BYTES),
    }
    assert len(secrets) == 4


def test_what_is_asked_for_is_told_apart() -> None:
    asked = {
        digest_asked(None, Payload()),
        digest_asked(2, Payload()),
        digest_asked(None, Payload("ana")),
        digest_asked(None, Payload("ana", "{}")),
        digest_asked(None, Payload(None, "{}")),
    }
    assert len(asked) == 5
    assert digest_asked(None, Payload("ana")) in asked


def test_the_order_of_metadata_does_not_matter() -> None:
    one, other = Payload(None, '{"a":1,"b":[2,1]}'), Payload(None, '{"b":[2,1],"a":1}')
    assert digest_asked(None, one) == digest_asked(None, other)


def test_what_stands_for_an_idempotency_key_cannot_be_had_without_the_clients_key() -> None:
    message = b"framegate idempotency key 1\0order 1"
    expected = hmac.new(b"fgk_a", message, hashlib.sha256).digest()
    assert stand_in("fgk_a", "order 1") == Digest(expected)
    assert stand_in("fgk_b", "order 1") != stand_in("fgk_a", "order 1")
    assert stand_in("fgk_a", "order 2") != stand_in("fgk_a", "order 1")


def test_a_repeat_does_not_show_its_salt() -> None:
    repeat = Repeat(key=Digest.of("k"), asked=Digest.of("a"), salt=b"secret salt")
    assert "secret salt" not in repr(repeat)
