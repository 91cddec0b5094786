import re

import pytest

from domain.grant_token import GrantToken, hide_tokens
from domain.session_id import Digest

TAG = "0123abcd"
SESSION = Digest(bytes(range(200, 232)))
SECRET = bytes(range(24))


def a_token() -> GrantToken:
    return GrantToken.compose(TAG, SESSION, SECRET)


def test_a_token_has_the_prefix_the_tag_and_room_for_the_session_and_the_secret() -> None:
    assert re.fullmatch(rf"fgg_{TAG}_[A-Za-z0-9_-]{{75}}", a_token().text)


def test_a_presented_token_tells_whose_it_is_and_of_which_session() -> None:
    presented = GrantToken.presented(a_token().text)
    assert presented == a_token()
    assert presented is not None
    assert (presented.client_tag, presented.session) == (TAG, SESSION)
    assert presented.digest == Digest.of(a_token().text)


def test_a_secret_has_128_bits_at_least() -> None:
    assert GrantToken.presented(GrantToken.compose(TAG, SESSION, bytes(16)).text)
    with pytest.raises(ValueError, match="16 random bytes, got 15"):
        GrantToken.compose(TAG, SESSION, bytes(15))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        f"fgs_{TAG}_{'A' * 75}",
        f"fgg_{TAG}_{'A' * 63}",
        f"fgg_{TAG}_{'A' * 97}",
        f"fgg_{TAG}_{'A' * 74}=",
        f"fgg_{TAG}_{'A' * 74}+",
        f"fgg_{TAG.upper()}_{'A' * 75}",
        f" {a_token().text}",
        f"{a_token().text}\n",
        # One character beyond whole groups of four holds no byte.
        f"fgg_{TAG}_{'A' * 69}",
    ],
)
def test_what_has_not_the_form_of_a_token_is_none(text: str) -> None:
    assert GrantToken.presented(text) is None


def test_a_token_shows_its_text_to_nobody_who_prints_it() -> None:
    assert a_token().text not in repr(a_token())


@pytest.mark.parametrize("around", ["{}", "Cookie: __Host-fg={}", "a{}.{}", "({})"])
def test_a_token_in_a_text_is_cut_out_of_it(around: str) -> None:
    text = a_token().text
    assert hide_tokens(around.format(text, text)) == around.format(
        f"fgg_{TAG}_[redacted]", f"fgg_{TAG}_[redacted]"
    )
