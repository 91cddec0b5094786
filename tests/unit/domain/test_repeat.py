"""What lets a create come again without the id standing anywhere."""

import hashlib
import hmac

import pytest
from attrs import evolve

from domain.errors import IdempotencyConflict
from domain.payload import Payload
from domain.repeat import (
    SALT_BYTES,
    SECRET_BYTES,
    Repeat,
    derive_secret,
    derive_secrets,
    digest_asked,
    is_answered,
    stand_in,
)
from domain.session import Session, Standing
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


def test_the_secrets_of_a_batch_are_derived_each_with_its_number() -> None:
    secrets = derive_secrets("fgk_a", "order 1", SALT, 300)
    message = b"framegate session id of a batch 1\0" + SALT + b"\0\0\1\2" + b"\0order 1"
    expected = hmac.new(b"fgk_a", message, hashlib.sha256).digest()[:24]
    assert secrets[258 * 24 : 259 * 24] == expected
    each = {secrets[at : at + 24] for at in range(0, len(secrets), 24)}
    assert len(each) == 300
    assert derive_secret("fgk_a", "order 1", SALT) not in each


def test_a_batch_asks_for_something_else_than_a_single_session() -> None:
    nothing = Payload()
    asked = {digest_asked(None, nothing), digest_asked(None, nothing, 1)}
    asked |= {digest_asked(None, nothing, 2), digest_asked(2, nothing, 1)}
    assert len(asked) == 4


def a_session(ended: Standing | None = None, incarnation: str = "now") -> Session:
    return Session(
        client="a", digest=Digest.of("b"), expires_at=9, incarnation=incarnation, ended=ended
    )


ACTIVE, USED, REVOKED = a_session(), a_session(Standing.USED), a_session(Standing.REVOKED)
STALE = a_session(incarnation="before")
A_REPEAT = Repeat(key=Digest.of("k"), asked=Digest.of("this"), salt=SALT)


@pytest.mark.parametrize(
    "opened", [[STALE], [None], [], [STALE, None]], ids=["stale", "forgotten", "none", "both"]
)
def test_what_nobody_can_open_any_more_makes_room_for_something_new(
    opened: list[Session | None],
) -> None:
    assert not is_answered(A_REPEAT, A_REPEAT, opened, 1, "now")
    assert not is_answered(evolve(A_REPEAT, asked=Digest.of("that")), A_REPEAT, opened, 1, "now")


@pytest.mark.parametrize("opened", [[ACTIVE], [ACTIVE, ACTIVE]])
def test_a_repeat_is_answered_while_all_of_its_sessions_are_active(
    opened: list[Session | None],
) -> None:
    assert is_answered(A_REPEAT, A_REPEAT, opened, 1, "now")
    assert not is_answered(A_REPEAT, A_REPEAT, opened, 9, "now")


@pytest.mark.parametrize(
    "opened", [[USED], [REVOKED], [ACTIVE, USED], [ACTIVE, None], [USED, STALE]]
)
def test_a_repeat_conflicts_once_any_of_its_sessions_is_gone(
    opened: list[Session | None],
) -> None:
    for again, problem in ((A_REPEAT, "spent"), (evolve(A_REPEAT, asked=Digest.of("x")), "reused")):
        with pytest.raises(IdempotencyConflict) as conflict:
            is_answered(again, A_REPEAT, opened, 1, "now")
        assert conflict.value.problem == problem
