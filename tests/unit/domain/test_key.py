import base64
import hashlib
import re

import pytest

from domain.key import KEY_BYTES, compose_key, digest_key, is_key_digest

DIGEST = "sha256:" + "0123456789abcdef" * 4


def test_a_key_is_the_prefix_and_256_bits_in_url_safe_base64() -> None:
    secret = bytes(range(224, 256))
    key = compose_key(secret)
    assert re.fullmatch(r"fgk_[A-Za-z0-9_-]{43}", key)
    assert base64.urlsafe_b64decode(key.removeprefix("fgk_") + "=") == secret
    assert len(secret) == KEY_BYTES


def test_different_secrets_make_different_keys() -> None:
    assert compose_key(b"\0" * 32) != compose_key(b"\0" * 31 + b"\1")


def test_the_digest_is_the_sha256_of_the_keys_text() -> None:
    key = compose_key(b"k" * 32)
    assert digest_key(key) == "sha256:" + hashlib.sha256(key.encode("ascii")).hexdigest()


@pytest.mark.parametrize(
    "text",
    ["", "a", "ção", "\xff", "a" * 100_000, "\udcff"],
    ids=["empty", "one letter", "accents", "Latin-1", "very long", "an escaped byte"],
)
def test_any_text_that_is_brought_as_a_key_has_a_digest(text: str) -> None:
    assert is_key_digest(digest_key(text))


def test_a_digest_has_the_form_of_a_digest() -> None:
    assert is_key_digest(DIGEST)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("sha256:", id="no digits"),
        pytest.param(DIGEST[:-1], id="63 digits"),
        pytest.param(DIGEST + "0", id="65 digits"),
        pytest.param(DIGEST.upper(), id="capitals"),
        pytest.param(DIGEST.replace("f", "F"), id="digits in capitals"),
        pytest.param(DIGEST.replace("f", "g"), id="not hexadecimal"),
        pytest.param(DIGEST.replace("sha256", "sha512"), id="another algorithm"),
        pytest.param(DIGEST.removeprefix("sha256:"), id="no algorithm"),
        pytest.param(" " + DIGEST, id="a space before"),
        pytest.param(DIGEST + "\n", id="a newline after"),
        pytest.param(compose_key(b"k" * 32), id="the key itself"),
    ],
)
def test_nothing_else_has(text: str) -> None:
    assert not is_key_digest(text)
