import pytest

from domain.grant import Grant, Granting
from domain.payload import Payload
from domain.refusal import Refusal, Refused
from domain.session_id import Digest

NOW = 1_700_000_000_000
TTL_MS, IDLE_MS = 10_000, 3_000
SESSION, TOKEN, OTHER = map(Digest.of, ("session", "token", "another token"))
PAYLOAD = Payload("ana")


def a_grant(ttl_ms: int = TTL_MS, idle_ms: int = IDLE_MS) -> Grant:
    granting = Granting(token=TOKEN, ttl_ms=ttl_ms, idle_ms=idle_ms, origin="https://a.example")
    return granting.grant("portal", SESSION, PAYLOAD, NOW)


def refusal(grant: Grant, token: Digest, now: int) -> Refusal:
    with pytest.raises(Refused) as refused:
        grant.use(token, now)
    return refused.value.reason


def test_a_grant_holds_what_its_session_carried_and_where_it_is_embedded() -> None:
    grant = a_grant()
    assert (grant.client, grant.session, grant.payload) == ("portal", SESSION, PAYLOAD)
    assert grant.origin == "https://a.example"


def test_a_grant_is_used_until_the_millisecond_before_it_was_idle_for_too_long() -> None:
    a_grant().use(TOKEN, NOW + IDLE_MS - 1)
    assert refusal(a_grant(), TOKEN, NOW + IDLE_MS) is Refusal.EXPIRED


def test_each_use_puts_the_expiry_off() -> None:
    used = a_grant().use(TOKEN, NOW + 2_000)
    assert used.expires_at == NOW + 2_000 + IDLE_MS
    assert used.use(TOKEN, NOW + 4_999).ends_at == NOW + TTL_MS


def test_no_use_puts_it_off_beyond_the_end() -> None:
    grant = a_grant()
    for at in range(2_000, TTL_MS, 2_000):
        grant = grant.use(TOKEN, NOW + at)
    assert grant.expires_at == NOW + TTL_MS
    grant.use(TOKEN, NOW + TTL_MS - 1)
    assert refusal(grant, TOKEN, NOW + TTL_MS) is Refusal.EXPIRED


def test_a_grant_that_lives_shorter_than_it_may_be_idle_ends_all_the_same() -> None:
    assert a_grant(ttl_ms=1_000).expires_at == NOW + 1_000


@pytest.mark.parametrize("at", [NOW, NOW + IDLE_MS])
def test_a_stranger_does_not_learn_that_there_is_a_grant(at: int) -> None:
    assert refusal(a_grant(), OTHER, at) is Refusal.UNKNOWN


def test_a_replaced_grant_ends_after_a_moment() -> None:
    grant = a_grant(ttl_ms=60_000, idle_ms=60_000).replaced(TOKEN, NOW + 5_000)
    assert (grant.ends_at, grant.expires_at) == (NOW + 15_000, NOW + 15_000)
    assert grant.use(TOKEN, NOW + 14_999).expires_at == NOW + 15_000
    assert refusal(grant, TOKEN, NOW + 15_000) is Refusal.EXPIRED


def test_no_replacing_makes_it_end_later() -> None:
    grant = a_grant(ttl_ms=60_000, idle_ms=60_000).replaced(TOKEN, NOW)
    assert grant.replaced(TOKEN, NOW + 9_999) == grant
    assert a_grant().replaced(TOKEN, NOW + 1) == a_grant()


@pytest.mark.parametrize(
    ("token", "at", "reason"),
    [(OTHER, NOW, Refusal.UNKNOWN), (TOKEN, NOW + IDLE_MS, Refusal.EXPIRED)],
)
def test_who_does_not_hold_a_grant_replaces_none(token: Digest, at: int, reason: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        a_grant().replaced(token, at)
    assert refused.value.reason is reason


@pytest.mark.parametrize("origin", [None, "https://a.example"])
def test_a_grant_is_for_the_page_that_embedded_it(origin: str | None) -> None:
    a_grant().embedded_by(origin)


def test_a_grant_is_for_no_other_page() -> None:
    with pytest.raises(Refused) as refused:
        a_grant().embedded_by("https://b.example")
    assert refused.value.reason is Refusal.MISMATCH


def test_a_grant_of_which_nobody_told_where_it_is_embedded_is_held_to_no_page() -> None:
    granting = Granting(token=TOKEN, ttl_ms=TTL_MS, idle_ms=IDLE_MS)
    granting.grant("portal", SESSION, PAYLOAD, NOW).embedded_by("https://b.example")
