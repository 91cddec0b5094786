import base64
import hashlib
import re

import pytest
from attrs.exceptions import FrozenInstanceError

from domain.errors import MalformedSessionId
from domain.session_id import Digest, SessionId

TAG = "0123abcd"
SECRET = bytes(range(24))
LEAST_SECRET = "A" * 22  # 16 bytes in base64

MALFORMED = [
    pytest.param("", "empty", id="empty"),
    pytest.param("a" * 129, "too_long", id="129 characters"),
    pytest.param("a" * 100_000, "too_long", id="very long"),
    pytest.param("\ud800" * 129, "too_long", id="too long and not ASCII"),
    pytest.param("\0", "not_printable_ascii", id="NUL alone"),
    pytest.param("fgs_\0", "not_printable_ascii", id="NUL"),
    pytest.param("fgs_a\n", "not_printable_ascii", id="newline at the end"),
    pytest.param("a\r\nSet-Cookie: b", "not_printable_ascii", id="header injection"),
    pytest.param("a\tb", "not_printable_ascii", id="tab"),
    pytest.param("a\x7f", "not_printable_ascii", id="delete"),
    pytest.param("sessão", "not_printable_ascii", id="accent"),
    pytest.param("a\u200b", "not_printable_ascii", id="zero-width space"),
    pytest.param("\uff46gs", "not_printable_ascii", id="full-width letter"),
    pytest.param("\ud800", "not_printable_ascii", id="lone surrogate"),
    pytest.param("a\udcff", "not_printable_ascii", id="escaped byte"),
]

FOREIGN = [
    pytest.param("a", id="one letter"),
    pytest.param("~" * 128, id="128 characters"),
    pytest.param(" ", id="a space"),
    pytest.param("550e8400-e29b-41d4-a716-446655440000", id="a UUID"),
    pytest.param("<script>alert(1)</script>", id="markup"),
    pytest.param("fg:{portal}:active", id="a key of the store"),
    pytest.param("' OR 1=1 --", id="SQL"),
    pytest.param(f"fgk_{'A' * 43}", id="a key"),
    pytest.param(f"fgs_{TAG}", id="no secret"),
    pytest.param(f"fgs_{TAG}_{'A' * 21}", id="a short secret"),
    pytest.param(f"fgs_{TAG[:7]}_{LEAST_SECRET}", id="a short tag"),
    pytest.param(f"fgs_{TAG}0_{LEAST_SECRET}", id="a long tag"),
    pytest.param(f"fgs_{TAG.upper()}_{LEAST_SECRET}", id="a tag in capitals"),
    pytest.param(f"fgs_ghijklmn_{LEAST_SECRET}", id="a tag that is not hexadecimal"),
    pytest.param(f"FGS_{TAG}_{LEAST_SECRET}", id="the prefix in capitals"),
    pytest.param(f"xfgs_{TAG}_{LEAST_SECRET}", id="something before"),
    pytest.param(f"fgs_{TAG}_{LEAST_SECRET} ", id="a space after"),
    pytest.param(f"fgs_{TAG}_{LEAST_SECRET}=", id="padding after"),
    pytest.param(f"fgs_{TAG}_{LEAST_SECRET}+/", id="the wrong base64"),
]


def test_an_id_is_the_prefix_the_tag_and_the_secret_in_url_safe_base64() -> None:
    text = SessionId.compose(TAG, SECRET).text
    assert re.fullmatch(r"fgs_0123abcd_[A-Za-z0-9_-]{32}", text)
    assert base64.urlsafe_b64decode(text.removeprefix(f"fgs_{TAG}_")) == SECRET


def test_every_byte_of_the_secret_counts() -> None:
    others = {
        SessionId.compose(TAG, SECRET[:i] + b"\xff" + SECRET[i + 1 :]).text for i in range(24)
    }
    assert len(others) == 24


@pytest.mark.parametrize("size", [16, 17, 18, 24, 32])
def test_an_id_has_no_padding_and_is_one_that_may_be_presented(size: int) -> None:
    composed = SessionId.compose(TAG, b"\xff" * size)
    assert "=" not in composed.text
    assert SessionId.presented(composed.text) == composed
    assert composed.client_tag == TAG


@pytest.mark.parametrize("size", [0, 1, 15])
def test_fewer_than_128_random_bits_make_no_id(size: int) -> None:
    with pytest.raises(ValueError, match=f"needs 16 random bytes, got {size}"):
        SessionId.compose(TAG, b"\xff" * size)


@pytest.mark.parametrize(("text", "problem"), MALFORMED)
def test_what_no_id_could_be_is_malformed(text: str, problem: str) -> None:
    with pytest.raises(MalformedSessionId) as malformed:
        SessionId.presented(text)
    assert malformed.value.problem == problem


def test_the_error_does_not_repeat_what_was_presented() -> None:
    nearly = SessionId.compose(TAG, SECRET).text + "\n"
    with pytest.raises(MalformedSessionId) as malformed:
        SessionId.presented(nearly)
    assert TAG not in f"{malformed.value!r} {malformed.value}"


@pytest.mark.parametrize("text", FOREIGN)
def test_a_foreign_text_is_well_formed_but_belongs_to_no_client(text: str) -> None:
    presented = SessionId.presented(text)
    assert presented.text == text
    assert presented.client_tag is None


def test_128_characters_are_an_id_and_129_are_none() -> None:
    longest = f"fgs_{TAG}_".ljust(128, "A")
    assert SessionId.presented(longest).client_tag == TAG
    with pytest.raises(MalformedSessionId):
        SessionId.presented(longest + "A")


def test_an_id_with_a_newline_after_it_has_no_tag() -> None:
    assert SessionId(f"fgs_{TAG}_{LEAST_SECRET}").client_tag == TAG
    assert SessionId(f"fgs_{TAG}_{LEAST_SECRET}\n").client_tag is None


def test_the_digest_is_the_sha256_of_the_text() -> None:
    session_id = SessionId.compose(TAG, SECRET)
    assert session_id.digest.raw == hashlib.sha256(session_id.text.encode("ascii")).digest()
    assert session_id.digest == Digest.of(session_id.text)


def test_the_fingerprint_is_the_first_12_hex_digits_of_the_digest() -> None:
    digest = Digest.of("abc")  # FIPS 180-2, appendix B.1
    assert digest.fingerprint == "ba7816bf8f01"


def test_different_texts_have_different_digests() -> None:
    assert Digest.of("a") != Digest.of("b")
    assert len({Digest.of("a"), Digest.of("a"), Digest.of("b")}) == 2


def test_no_representation_of_an_id_shows_its_text() -> None:
    session_id = SessionId.compose(TAG, SECRET)
    shown = f"{session_id!r} {session_id} {[session_id]} {session_id.digest!r}"
    assert session_id.text not in shown
    assert TAG not in shown


@pytest.mark.parametrize(
    ("thing", "name"),
    [(SessionId("a"), "text"), (Digest.of("a"), "raw")],
    ids=["id", "digest"],
)
def test_ids_and_digests_cannot_be_changed(thing: object, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(thing, name, "b")


def test_ids_made_together_are_those_made_one_by_one() -> None:
    secrets = bytes(range(24)) + b"\xff" * 24 + b"\xfb\xef\xbe" * 8
    assert SessionId.compose_many("0123abcd", secrets, 24) == tuple(
        SessionId.compose("0123abcd", secrets[at : at + 24]) for at in (0, 24, 48)
    )


@pytest.mark.parametrize(("length", "size"), [(24, 12), (40, 20), (50, 24)])
def test_ids_are_not_made_of_too_few_bytes_or_of_such_as_do_not_come_out_even(
    length: int, size: int
) -> None:
    with pytest.raises(ValueError, match="session ids cannot be made"):
        SessionId.compose_many("0123abcd", bytes(length), size)
