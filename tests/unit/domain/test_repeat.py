"""What lets a create come again without the id standing anywhere."""

import hashlib
import hmac

from domain.payload import Payload
from domain.repeat import SALT_BYTES, SECRET_BYTES, Repeat, derive_secret, digest_asked
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
        digest_asked(1000, Payload()),
        digest_asked(2000, Payload()),
        digest_asked(1000, Payload("ana")),
        digest_asked(1000, Payload("ana", "{}")),
        digest_asked(1000, Payload(None, "{}")),
    }
    assert len(asked) == 5
    assert digest_asked(1000, Payload("ana")) in asked


def test_a_repeat_does_not_show_its_salt() -> None:
    repeat = Repeat(key=Digest.of("k"), asked=Digest.of("a"), salt=b"secret salt")
    assert "secret salt" not in repr(repeat)
