"""What every session repository promises, on every store."""

import asyncio
from itertools import count

import pytest
from attrs import astuple

from domain.attempt import Attempt
from domain.errors import CapReached, DuplicateSession, IdempotencyConflict, RateLimited
from domain.figures import CleanUp, Figures
from domain.opening import Batch, Opened, Opening
from domain.payload import Payload
from domain.rate import Allowance, Rate
from domain.refusal import Refusal, Refused
from domain.repeat import Repeat
from domain.session import REMEMBERED_MS, Standing
from domain.session_id import Digest
from tests.support.worlds import START, World

_numbers = count()


def a_digest() -> Digest:
    return Digest.of(f"session {next(_numbers)}")


def refusal_of(world: World, digest: Digest) -> Refusal:
    with pytest.raises(Refused) as refused:
        world.redeem(digest)
    return refused.value.reason


def test_a_created_session_expires_after_its_time_to_live_on_the_stores_clock(world: World) -> None:
    session = world.create(a_digest(), ttl_ms=5_000)
    assert session.expires_at == START + 5_000
    assert session.standing(START) is Standing.ACTIVE


def test_a_session_is_redeemed_once(world: World) -> None:
    digest = a_digest()
    created = world.create(digest)
    redeemed = world.redeem(digest)
    assert (redeemed.digest, redeemed.expires_at) == (digest, created.expires_at)
    assert redeemed.ended is Standing.USED
    assert refusal_of(world, digest) is Refusal.USED


def test_the_winner_gets_what_the_session_carries(world: World) -> None:
    digest, payload = a_digest(), Payload("ana", '{"ação":"relatório"}')
    world.create(digest, payload=payload)
    assert world.redeem(digest).payload == payload


def test_a_session_without_a_payload_carries_nothing(world: World) -> None:
    digest = a_digest()
    world.create(digest)
    assert world.redeem(digest).payload == Payload()


def test_an_unknown_session_is_refused(world: World) -> None:
    assert refusal_of(world, a_digest()) is Refusal.UNKNOWN


def test_a_session_can_be_redeemed_until_the_millisecond_before_it_expires(world: World) -> None:
    digest = a_digest()
    world.create(digest, ttl_ms=5_000)
    world.advance(4_999)
    assert world.redeem(digest).ended is Standing.USED


def test_a_session_is_expired_from_the_millisecond_it_expires(world: World) -> None:
    digest = a_digest()
    world.create(digest, ttl_ms=5_000)
    world.advance(5_000)
    assert refusal_of(world, digest) is Refusal.EXPIRED


def test_a_revoked_session_is_refused_as_revoked(world: World) -> None:
    digest = a_digest()
    world.create(digest)
    assert world.revoke(digest).ended is Standing.REVOKED
    assert refusal_of(world, digest) is Refusal.REVOKED


def test_a_used_session_cannot_be_revoked(world: World) -> None:
    digest = a_digest()
    world.create(digest)
    world.redeem(digest)
    with pytest.raises(Refused) as refused:
        world.revoke(digest)
    assert refused.value.reason is Refusal.USED


def test_a_used_session_stays_used_after_its_expiry(world: World) -> None:
    digest = a_digest()
    world.create(digest, ttl_ms=5_000)
    world.redeem(digest)
    world.advance(5_000)
    assert refusal_of(world, digest) is Refusal.USED


@pytest.mark.parametrize("ended", ["used", "revoked", "expired"])
def test_an_ended_session_is_remembered_for_an_hour_after_its_expiry(
    world: World, ended: str
) -> None:
    digest = a_digest()
    world.create(digest, ttl_ms=5_000)
    if ended == "used":
        world.redeem(digest)
    elif ended == "revoked":
        world.revoke(digest)
    world.advance(5_000 + REMEMBERED_MS - 1)
    assert refusal_of(world, digest) is Refusal(ended)
    world.advance(1)
    assert refusal_of(world, digest) is Refusal.UNKNOWN


def test_one_clients_session_is_unknown_to_another(world: World) -> None:
    digest = a_digest()
    world.create(digest, client="portal")
    with pytest.raises(Refused) as refused:
        world.redeem(digest, client="other")
    assert refused.value.reason is Refusal.UNKNOWN
    assert world.redeem(digest, client="portal").ended is Standing.USED


@pytest.mark.parametrize("end", ["active", "used", "revoked", "expired"])
def test_a_digest_that_is_known_is_never_given_out_again(world: World, end: str) -> None:
    digest = a_digest()
    world.create(digest, ttl_ms=5_000)
    if end == "used":
        world.redeem(digest)
    elif end == "revoked":
        world.revoke(digest)
    elif end == "expired":
        world.advance(5_000)
    with pytest.raises(DuplicateSession):
        world.create(digest)


def test_the_cap_admits_exactly_as_many_as_it_says(world: World) -> None:
    for _ in range(3):
        world.create(a_digest(), cap=3)
    with pytest.raises(CapReached) as full:
        world.create(a_digest(), cap=3)
    assert full.value.cap == 3
    assert world.figures().active == 3


def test_a_full_cap_tells_when_the_next_session_expires(world: World) -> None:
    world.create(a_digest(), cap=2, ttl_ms=9_000)
    world.create(a_digest(), cap=2, ttl_ms=4_000)
    world.advance(1_500)
    with pytest.raises(CapReached) as full:
        world.create(a_digest(), cap=2)
    assert full.value.retry_after_ms == 2_500


@pytest.mark.parametrize("end", ["used", "revoked", "expired"])
def test_a_session_that_ends_frees_its_place_at_once(world: World, end: str) -> None:
    digest = a_digest()
    world.create(digest, cap=1, ttl_ms=5_000)
    if end == "used":
        world.redeem(digest)
    elif end == "revoked":
        world.revoke(digest)
    else:
        world.advance(5_000)
    assert world.create(a_digest(), cap=1).standing(START) is Standing.ACTIVE


def test_a_full_cap_is_never_reported_while_expired_entries_stand(world: World) -> None:
    # More than any store drops in one go, and all of them expired at once.
    for _ in range(200):
        world.create(a_digest(), cap=200, ttl_ms=1_000)
    world.advance(1_000)
    for _ in range(200):
        world.create(a_digest(), cap=200)
    assert world.figures().active == 200


def test_a_client_does_not_use_up_the_cap_of_another(world: World) -> None:
    world.create(a_digest(), cap=1, client="portal")
    world.create(a_digest(), cap=1, client="other")
    assert (world.figures("portal").active, world.figures("other").active) == (1, 1)


def test_figures_are_those_of_the_contracts_example(world: World) -> None:
    digests = [a_digest() for _ in range(4)]
    for digest in digests:
        world.create(digest)
    world.redeem(digests[0])
    figures = world.figures()
    assert figures == Figures(active=3, used=1, created=4, redeemed=1)
    assert figures.total == 4


def test_figures_count_the_used_until_their_expiry_and_not_after(world: World) -> None:
    digest = a_digest()
    world.create(digest, ttl_ms=5_000)
    world.redeem(digest)
    world.advance(4_999)
    assert world.figures().used == 1
    world.advance(1)
    assert world.figures() == Figures(active=0, used=0, created=1, redeemed=1)


def test_figures_do_not_count_refused_attempts(world: World) -> None:
    digest = a_digest()
    world.create(digest)
    world.redeem(digest)
    refusal_of(world, digest)
    refusal_of(world, a_digest())
    assert world.figures() == Figures(active=0, used=1, created=1, redeemed=1)


def test_clean_up_removes_the_expired_and_keeps_the_used_until_their_time(world: World) -> None:
    expired, used, active = a_digest(), a_digest(), a_digest()
    world.create(expired, ttl_ms=1_000)
    world.create(used, ttl_ms=9_000)
    world.create(active, ttl_ms=9_000)
    world.redeem(used)
    world.advance(1_000)
    assert world.clean_up() == CleanUp(removed=1, remaining=2)
    assert refusal_of(world, expired) is Refusal.UNKNOWN
    assert refusal_of(world, used) is Refusal.USED
    world.advance(8_000)
    assert world.clean_up() == CleanUp(removed=2, remaining=0)


def test_clean_up_removes_any_number_in_one_call(world: World) -> None:
    for _ in range(2_100):
        world.create(a_digest(), cap=5_000, ttl_ms=1_000)
    world.advance(1_000)
    assert world.clean_up() == CleanUp(removed=2_100, remaining=0)
    assert world.clean_up() == CleanUp(removed=0, remaining=0)


A_RATE = Rate(3, 10_000)


def test_creates_beyond_the_rate_are_refused_until_the_window_ends(world: World) -> None:
    left = [world.open(a_digest(), rate=A_RATE).creates for _ in range(3)]
    assert left == [Allowance(A_RATE, n, 10_000) for n in (2, 1, 0)]
    world.advance(9_999)
    with pytest.raises(RateLimited) as limited:
        world.open(a_digest(), rate=A_RATE)
    assert astuple(limited.value) == (3, 10_000, 1, 0)
    world.advance(1)
    assert world.open(a_digest(), rate=A_RATE).creates == Allowance(A_RATE, 2, 10_000)


def test_a_window_begins_with_the_first_in_it_and_does_not_move(world: World) -> None:
    world.open(a_digest(), rate=A_RATE)
    world.advance(4_000)
    assert world.open(a_digest(), rate=A_RATE).creates == Allowance(A_RATE, 1, 6_000)


def test_creates_that_the_cap_refuses_count_towards_the_rate(world: World) -> None:
    world.open(a_digest(), cap=1, rate=A_RATE)
    for _ in range(2):
        with pytest.raises(CapReached):
            world.open(a_digest(), cap=1, rate=A_RATE)
    with pytest.raises(RateLimited):
        world.open(a_digest(), cap=1, rate=A_RATE)


def test_without_a_rate_nothing_is_counted(world: World) -> None:
    for _ in range(5):
        assert world.open(a_digest()).creates is None
    assert world.open(a_digest(), rate=A_RATE).creates == Allowance(A_RATE, 2, 10_000)


def test_one_clients_creates_do_not_count_for_another(world: World) -> None:
    for _ in range(3):
        world.open(a_digest(), rate=A_RATE)
    assert world.open(a_digest(), rate=A_RATE, client="other").creates is not None


def test_failures_beyond_the_rate_are_limited_until_the_window_ends(world: World) -> None:
    attempt = Attempt("192.0.2.7", Rate(2, 10_000))
    for _ in range(2):
        with pytest.raises(Refused):
            world.redeem(a_digest(), attempt=attempt)
    world.advance(2_500)
    with pytest.raises(RateLimited) as limited:
        world.redeem(a_digest(), attempt=attempt)
    assert astuple(limited.value) == (2, 10_000, 7_500, 0)
    world.advance(7_500)
    with pytest.raises(Refused):
        world.redeem(a_digest(), attempt=attempt)


def test_nobody_is_kept_from_a_good_session_by_failures_from_the_same_address(
    world: World,
) -> None:
    attempt = Attempt("192.0.2.7", Rate(1, 10_000))
    good = a_digest()
    world.create(good)
    for error in (Refused, RateLimited):
        with pytest.raises(error):
            world.redeem(a_digest(), attempt=attempt)
    assert world.redeem(good, attempt=attempt).ended is Standing.USED
    with pytest.raises(RateLimited):
        world.redeem(good, attempt=attempt)


def test_successful_redeems_are_not_counted(world: World) -> None:
    attempt = Attempt("192.0.2.7", Rate(1, 10_000))
    for _ in range(3):
        digest = a_digest()
        world.create(digest)
        assert world.redeem(digest, attempt=attempt).ended is Standing.USED


def test_the_failures_of_one_address_do_not_count_for_another(world: World) -> None:
    rate = Rate(1, 10_000)
    for who in ("192.0.2.7", "192.0.2.8", "2001:db8::/64"):
        with pytest.raises(Refused):
            world.redeem(a_digest(), attempt=Attempt(who, rate))
        with pytest.raises(RateLimited):
            world.redeem(a_digest(), attempt=Attempt(who, rate))


def a_repeat(key: str, salt: bytes, asked: str = "this") -> Repeat:
    return Repeat(key=Digest.of(key), asked=Digest.of(asked), salt=salt)


def conflict_of(world: World, repeat: Repeat) -> str:
    with pytest.raises(IdempotencyConflict) as conflict:
        world.open(a_digest(), repeat=repeat)
    return conflict.value.problem


def test_a_create_that_comes_again_finds_its_session_and_the_salt_of_its_id(world: World) -> None:
    digest = a_digest()
    first = world.open(digest, ttl_ms=5_000, repeat=a_repeat("k", b"salt 1"))
    assert first.repeated_salt is None
    world.advance(2_000)
    again = world.open(a_digest(), ttl_ms=5_000, repeat=a_repeat("k", b"salt 2"))
    assert (again.session.digest, again.session.expires_at) == (digest, first.session.expires_at)
    assert (again.left_ms, again.repeated_salt) == (3_000, b"salt 1")
    assert world.figures().created == 1
    assert world.redeem(digest).ended is Standing.USED


def test_a_create_that_comes_again_needs_neither_place_nor_rate(world: World) -> None:
    digest = a_digest()
    for _ in range(3):
        opened = world.open(digest, cap=1, rate=Rate(1, 10_000), repeat=a_repeat("k", b"s"))
        assert opened.session.digest == digest


@pytest.mark.parametrize("end", ["used", "revoked"])
def test_a_create_that_comes_again_after_its_session_was_ended_is_a_conflict(
    world: World, end: str
) -> None:
    digest = a_digest()
    world.open(digest, repeat=a_repeat("k", b"s"))
    world.redeem(digest) if end == "used" else world.revoke(digest)
    assert conflict_of(world, a_repeat("k", b"t")) == "spent"


def test_a_create_that_comes_again_after_its_session_expired_opens_another(world: World) -> None:
    world.open(a_digest(), ttl_ms=5_000, repeat=a_repeat("k", b"s"))
    world.advance(5_000)
    digest = a_digest()
    assert world.open(digest, repeat=a_repeat("k", b"t")).repeated_salt is None
    again = world.open(a_digest(), repeat=a_repeat("k", b"u"))
    assert (again.session.digest, again.repeated_salt) == (digest, b"t")


def test_the_same_idempotency_key_for_something_else_is_a_conflict(world: World) -> None:
    world.open(a_digest(), repeat=a_repeat("k", b"s"))
    assert conflict_of(world, a_repeat("k", b"t", asked="something else")) == "reused"


def test_one_clients_idempotency_keys_mean_nothing_to_another(world: World) -> None:
    world.open(a_digest(), repeat=a_repeat("k", b"s"))
    assert world.open(a_digest(), repeat=a_repeat("k", b"t"), client="other").repeated_salt is None


def test_a_used_session_is_not_forgotten_as_the_one_of_its_key_before_its_time(
    world: World,
) -> None:
    digest = a_digest()
    world.open(digest, ttl_ms=5_000, repeat=a_repeat("k", b"s"))
    world.redeem(digest)
    world.advance(5_000 + REMEMBERED_MS - 1)
    assert conflict_of(world, a_repeat("k", b"t")) == "spent"
    world.advance(1)
    assert world.open(a_digest(), repeat=a_repeat("k", b"t")).repeated_salt is None


def test_of_many_creates_with_one_key_at_once_one_opens_and_the_others_find_it(
    world: World,
) -> None:
    async def race() -> list[Opened]:
        creates = (
            world.sessions.create(
                Opening(
                    client="portal",
                    digest=a_digest(),
                    ttl_ms=9_000,
                    cap=20,
                    repeat=a_repeat("k", str(n).encode()),
                )
            )
            for n in range(30)
        )
        return list(await asyncio.gather(*creates))

    opened = world.run(race())
    assert len({one.session.digest for one in opened}) == 1
    assert sum(one.repeated_salt is None for one in opened) == 1
    assert world.figures().active == 1


def test_of_many_redeems_at_once_exactly_one_wins(world: World) -> None:
    digest = a_digest()
    world.create(digest)

    async def race() -> list[object]:
        redeems = (world.sessions.redeem("portal", digest) for _ in range(50))
        return list(await asyncio.gather(*redeems, return_exceptions=True))

    outcomes = world.run(race())
    assert sum(not isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert {o.reason for o in outcomes if isinstance(o, Refused)} == {Refusal.USED}


def test_of_many_creates_at_once_the_cap_admits_exactly_its_number(world: World) -> None:
    async def race() -> list[object]:
        creates = (
            world.sessions.create(Opening(client="portal", digest=a_digest(), ttl_ms=9_000, cap=20))
            for _ in range(200)
        )
        return list(await asyncio.gather(*creates, return_exceptions=True))

    outcomes = world.run(race())
    assert sum(isinstance(outcome, CapReached) for outcome in outcomes) == 180
    assert world.figures().active == 20


def many(count: int) -> list[Digest]:
    return [a_digest() for _ in range(count)]


def test_a_batch_opens_all_its_sessions_at_once_and_alike(world: World) -> None:
    digests, payload = many(1000), Payload("ana", '{"ação":1}')
    opened = world.open_many(digests, ttl_ms=5_000, cap=1000, payload=payload)
    assert (opened.digests, opened.expires_at) == (tuple(digests), START + 5_000)
    assert (opened.left_ms, opened.repeated_salt, opened.creates) == (5_000, None, None)
    assert world.figures() == Figures(active=1000, created=1000)
    for digest in (digests[0], digests[500], digests[999]):
        assert world.redeem(digest).payload == payload
        assert refusal_of(world, digest) is Refusal.USED
    world.advance(5_000)
    assert refusal_of(world, digests[1]) is Refusal.EXPIRED


def test_a_batch_that_does_not_fit_opens_nothing(world: World) -> None:
    world.open_many(many(3), cap=5)
    with pytest.raises(CapReached):
        world.open_many(many(3), cap=5)
    assert world.figures() == Figures(active=3, created=3)
    assert len(world.open_many(many(2), cap=5).digests) == 2


def test_a_batch_that_does_not_fit_tells_when_enough_will_have_expired(world: World) -> None:
    for ttl_ms in (9_000, 2_000, 4_000):
        world.create(a_digest(), ttl_ms=ttl_ms)
    world.advance(1_000)
    for wanted, wait in ((1, 1_000), (2, 3_000), (3, 8_000)):
        with pytest.raises(CapReached) as full:
            world.open_many(many(wanted), cap=3)
        assert astuple(full.value) == (3, wait)


def test_a_lowered_cap_tells_when_so_many_have_expired_that_there_is_room(world: World) -> None:
    for ttl_ms in (9_000, 2_000, 4_000):
        world.create(a_digest(), ttl_ms=ttl_ms)
    with pytest.raises(CapReached) as full:
        world.create(a_digest(), cap=2)
    assert astuple(full.value) == (2, 4_000)


def test_a_batch_with_a_session_that_is_known_opens_nothing(world: World) -> None:
    used, active = a_digest(), a_digest()
    world.create(used)
    world.create(active)
    world.redeem(used)
    for known in (used, active):
        fresh = a_digest()
        with pytest.raises(DuplicateSession):
            world.open_many([fresh, known])
        assert refusal_of(world, fresh) is Refusal.UNKNOWN


def test_a_batch_counts_towards_the_rate_as_often_as_it_has_sessions(world: World) -> None:
    assert world.open_many(many(2), rate=A_RATE).creates == Allowance(A_RATE, 1, 10_000)
    world.advance(4_000)
    with pytest.raises(RateLimited) as limited:
        world.open_many(many(2), rate=A_RATE)
    assert astuple(limited.value) == (3, 10_000, 6_000, 1)
    assert world.open(a_digest(), rate=A_RATE).creates == Allowance(A_RATE, 0, 6_000)
    world.advance(6_000)
    assert world.open_many(many(3), rate=A_RATE).creates == Allowance(A_RATE, 0, 10_000)


def test_a_batch_that_comes_again_finds_its_sessions(world: World) -> None:
    digests = tuple(many(3))
    first = world.open_many(digests, ttl_ms=5_000, cap=3, repeat=a_repeat("k", b"salt 1"))
    assert first.repeated_salt is None
    world.advance(2_000)
    again = world.open_many(many(3), ttl_ms=5_000, cap=3, repeat=a_repeat("k", b"salt 2"))
    assert (again.digests, again.expires_at) == (digests, first.expires_at)
    assert (again.left_ms, again.repeated_salt) == (3_000, b"salt 1")
    assert world.figures().created == 3


@pytest.mark.parametrize("which", [0, 2])
def test_a_batch_comes_again_in_vain_once_any_of_its_sessions_has_been_used(
    world: World, which: int
) -> None:
    digests = many(3)
    world.open_many(digests, repeat=a_repeat("k", b"s"))
    world.redeem(digests[which])
    with pytest.raises(IdempotencyConflict) as conflict:
        world.open_many(many(3), repeat=a_repeat("k", b"t"))
    assert conflict.value.problem == "spent"
    assert world.figures().active == 2


def test_the_idempotency_key_of_a_batch_is_no_key_for_a_single_session(world: World) -> None:
    world.open_many(many(2), repeat=a_repeat("k", b"s", asked="two"))
    assert conflict_of(world, a_repeat("k", b"t", asked="one")) == "reused"


def test_a_batch_that_has_expired_unused_leaves_its_idempotency_key_for_another(
    world: World,
) -> None:
    world.open_many(many(2), ttl_ms=5_000, repeat=a_repeat("k", b"s"))
    world.advance(5_000)
    digests = tuple(many(2))
    assert world.open_many(digests, repeat=a_repeat("k", b"t")).repeated_salt is None
    again = world.open_many(many(2), repeat=a_repeat("k", b"u"))
    assert (again.digests, again.repeated_salt) == (digests, b"t")


def test_of_many_batches_at_once_as_many_are_opened_as_fit_whole(world: World) -> None:
    async def race() -> list[object]:
        batches = (
            world.sessions.create_many(
                Batch(client="portal", digests=tuple(many(7)), ttl_ms=9_000, cap=30)
            )
            for _ in range(20)
        )
        return list(await asyncio.gather(*batches, return_exceptions=True))

    outcomes = world.run(race())
    assert sum(isinstance(outcome, CapReached) for outcome in outcomes) == 16
    assert world.figures() == Figures(active=28, created=28)
