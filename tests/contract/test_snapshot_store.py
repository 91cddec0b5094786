"""What every store promises about being read as a whole and put back, whatever it is by then."""

from collections.abc import Iterator
from itertools import count

import pytest

from adapters.memory.snapshots import PIECE
from adapters.redis.scripts import SingleUse
from domain.figures import Figures
from domain.grant import Granting
from domain.listing import Listed
from domain.payload import Payload
from domain.record import Record, State
from domain.refusal import Refusal, Refused
from domain.session import REMEMBERED_MS
from domain.session_id import Digest
from domain.snapshot import Part
from domain.usage import DAY_MS, HOUR_MS, KEPT_DAYS, Count, Counted
from tests.support.redis_server import RedisServer
from tests.support.worlds import (
    START,
    MemoryWorld,
    World,
    real_world,
)

_numbers = count()
ANA = Payload("ana", '{"plan":"x"}')
TOKEN = Digest.of("token")
GRANTING = Granting(token=TOKEN, ttl_ms=600_000, idle_ms=300_000, origin="https://portal.example")

TTL_MS = 60_000


@pytest.fixture
def source() -> Iterator[MemoryWorld]:
    """A store in memory, which can have a final snapshot."""
    made = MemoryWorld()
    yield made
    made.close()


def opened(world: World, ttl_ms: int = TTL_MS, payload: Payload = ANA) -> Digest:
    digest = Digest.of(f"session {next(_numbers)}")
    world.create(digest, ttl_ms=ttl_ms, payload=payload)
    return digest


def granted(world: World) -> Digest:
    digest = opened(world)
    world.redeem(digest, granting=GRANTING)
    return digest


def refusal_of(world: World, digest: Digest) -> Refusal:
    with pytest.raises(Refused) as refused:
        world.redeem(digest)
    return refused.value.reason


def refusal_of_grant(world: World, digest: Digest) -> Refusal:
    with pytest.raises(Refused) as refused:
        world.use_grant(digest, TOKEN)
    return refused.value.reason


def records_in(parts: list[Part]) -> dict[Digest, Record]:
    return {record.digest: record for part in parts for record in part.records}


def test_a_snapshot_has_sessions_by_what_they_are_and_the_counters(world: World) -> None:
    used, revoked, active = (opened(world) for _ in range(3))
    expired = opened(world, ttl_ms=1)
    world.redeem(used)
    world.revoke(revoked)
    world.advance(1)
    parts = world.read()
    states = {digest: record.state for digest, record in records_in(parts).items()}
    assert states[used] is State.USED
    assert states[revoked] is State.REVOKED
    assert states[active] is State.ACTIVE
    assert states[expired] in {State.EXPIRED, State.ACTIVE}  # Redis need not have looked yet
    expiries = {record.expires_at for record in records_in(parts).values()}
    assert expiries == {START + TTL_MS, START + 1}
    assert {(part.created, part.redeemed) for part in parts} == {(0, 0), (4, 1)}


def test_a_snapshot_that_is_not_final_has_no_payload_and_no_grant(world: World) -> None:
    opened(world)
    granted(world)
    records = records_in(world.read()).values()
    assert len(records) == 2
    assert all(record.payload == Payload() and record.grant is None for record in records)


def test_many_sessions_are_read_in_pieces_each_once(world: World) -> None:
    digests = [Digest.of(f"one of many {n}") for n in range(2 * PIECE + 1)]
    for start in range(0, len(digests), 1000):
        world.open_many(digests[start : start + 1000], cap=10_000)
    parts = world.read()
    read = [record.digest for part in parts for record in part.records]
    assert sorted(read, key=lambda digest: digest.raw) == sorted(digests, key=lambda d: d.raw)
    assert len(parts) > 2


def test_an_old_snapshot_over_a_newer_state_revives_nothing(world: World) -> None:
    used, revoked, left = (opened(world) for _ in range(3))
    held = granted(world)
    old = world.read()
    world.redeem(used)
    world.revoke(revoked)
    world.revoke_grant(held)
    younger = opened(world)
    before = world.figures()
    done = world.put_back(old)
    assert (done.revived, done.refused, done.grants) == (0, 0, 0)
    assert refusal_of(world, used) is Refusal.USED
    assert refusal_of(world, revoked) is Refusal.REVOKED
    assert refusal_of_grant(world, held) is Refusal.UNKNOWN
    assert world.figures() == before
    world.redeem(left)
    world.redeem(younger)


def test_in_an_emptied_store_what_was_active_is_known_and_refused(world: World) -> None:
    active, used, revoked, held = opened(world), opened(world), opened(world), granted(world)
    old = world.read()
    world.redeem(used)
    world.revoke(revoked)
    world.lose_everything()
    done = world.put_back(old)
    assert (done.revived, done.refused, done.grants) == (0, 4, 0)
    for digest in (active, used, revoked):
        assert refusal_of(world, digest) is Refusal.STALE
    assert refusal_of(world, held) is Refusal.USED
    assert refusal_of_grant(world, held) is Refusal.UNKNOWN
    assert world.listed(Listed.ACTIVE) == world.listed(Listed.GRANTED) == []


def test_in_an_emptied_store_replays_are_recognised_and_figures_go_on(world: World) -> None:
    used, revoked = opened(world), opened(world)
    world.redeem(used)
    world.revoke(revoked)
    old, before = world.read(), world.figures()
    world.lose_everything()
    world.put_back(old)
    assert world.figures() == before
    assert refusal_of(world, used) is Refusal.USED
    assert refusal_of(world, revoked) is Refusal.REVOKED
    world.redeem(opened(world))
    assert (world.figures().created, world.figures().redeemed) == (3, 2)


def test_what_one_store_had_another_knows(world: World, source: MemoryWorld) -> None:
    used, active = opened(world), opened(world)
    world.redeem(used)
    source.put_back(world.read())
    assert source.figures() == Figures(active=0, used=1, created=2, redeemed=1)
    assert refusal_of(source, used) is Refusal.USED
    assert refusal_of(source, active) is Refusal.STALE


def test_what_was_refused_stays_so_until_it_is_forgotten(world: World, source: World) -> None:
    active = opened(source, ttl_ms=1_000)
    world.put_back(source.read())
    world.advance(999)
    assert refusal_of(world, active) is Refusal.STALE
    world.advance(1)
    assert refusal_of(world, active) is Refusal.EXPIRED
    world.advance(REMEMBERED_MS)
    assert refusal_of(world, active) is Refusal.UNKNOWN


def test_what_would_be_forgotten_is_not_put_back(world: World, source: World) -> None:
    used, active = opened(source, ttl_ms=1_000), opened(source, ttl_ms=1_000)
    source.redeem(used)
    old = source.read()
    world.advance(1_000 + REMEMBERED_MS)
    assert world.put_back(old).refused == 0
    assert {refusal_of(world, digest) for digest in (used, active)} == {Refusal.UNKNOWN}


def test_an_end_that_was_seen_is_put_back_over_what_seems_active(
    world: World, source: World
) -> None:
    """A store that has lost its last moments does not know of it."""
    used, revoked = opened(source), opened(source)
    for digest in (used, revoked):
        world.create(digest, ttl_ms=TTL_MS, payload=ANA)
    source.redeem(used)
    source.revoke(revoked)
    assert world.put_back(source.read()).refused == 2
    assert refusal_of(world, used) is Refusal.USED
    assert refusal_of(world, revoked) is Refusal.REVOKED
    assert world.listed(Listed.ACTIVE) == []


def test_an_end_that_was_seen_takes_the_place_of_one_that_was_assumed(
    world: World, source: World
) -> None:
    used = opened(source)
    world.put_back(source.read())
    source.redeem(used)
    world.put_back(source.read())
    assert refusal_of(world, used) is Refusal.USED
    assert world.figures().used == 1


def test_of_counters_the_larger_stay(world: World, source: World) -> None:
    for _ in range(3):
        opened(world)
    world.redeem(opened(world))
    for _ in range(2):
        source.redeem(opened(source))
    world.put_back(source.read())
    assert (world.figures().created, world.figures().redeemed) == (4, 2)


def test_usage_comes_back_as_it_was(world: World, source: World) -> None:
    source.redeem(opened(source), region="BR")
    source.advance(DAY_MS)
    opened(source)
    counted = source.usage()
    world.put_back(source.read())
    assert world.usage() == counted
    assert len(counted) == 3


def test_of_usage_each_larger_number_stays(world: World) -> None:
    hour = START // HOUR_MS * HOUR_MS
    for created, redeemed in (4, 7), (5, 6):
        counts = [
            Count(hour=hour, what=Counted.CREATED, many=created),
            Count(hour=hour, what=Counted.REDEEMED, region="BR", many=redeemed),
        ]
        world.put_back([Part(client="portal", counts=counts)])
    assert world.usage() == {(hour, "created", ""): 5, (hour, "redeemed", "BR"): 7}


def test_usage_that_is_too_old_to_be_kept_does_not_come_back(world: World) -> None:
    today = START // DAY_MS
    for days, kept in (KEPT_DAYS, True), (KEPT_DAYS + 1, False):
        hour = (today - days) * DAY_MS
        count = Count(hour=hour, what=Counted.CREATED, many=1)
        world.put_back([Part(client="portal", counts=[count])])
        assert (hour in {counted.hour for part in world.read() for counted in part.counts}) is kept


def test_a_final_snapshot_brings_back_sessions_and_grants(world: World, source: World) -> None:
    active, expiring, held = opened(source), opened(source, ttl_ms=1_000), granted(source)
    last = source.read(final=True)
    world.advance(1_000)
    done = world.put_back(last, final=True)
    assert (done.revived + done.refused, done.grants) == (3, 1)
    assert refusal_of(world, expiring) is Refusal.EXPIRED
    assert refusal_of(world, held) is Refusal.USED
    assert world.use_grant(held, TOKEN).origin == "https://portal.example"
    assert world.use_grant(held, TOKEN).payload == ANA
    won = world.redeem(active)
    assert (won.payload, won.expires_at) == (ANA, START + TTL_MS)
    assert refusal_of(world, active) is Refusal.USED


def test_a_final_snapshot_that_was_used_up_brings_back_neither(world: World, source: World) -> None:
    active, held = opened(source), granted(source)
    world.put_back(source.read(final=True), final=False)
    assert refusal_of(world, active) is Refusal.STALE
    assert refusal_of_grant(world, held) is Refusal.UNKNOWN


def test_to_put_a_final_snapshot_back_again_revives_nothing(world: World, source: World) -> None:
    used, revoked, held, left = opened(source), opened(source), granted(source), opened(source)
    last = source.read(final=True)
    world.put_back(last, final=True)
    world.redeem(used)
    world.revoke(revoked)
    for final in (True, False):
        again = world.put_back(last, final=final)
        assert (again.revived, again.refused, again.grants) == (0, 0, 0)
    assert refusal_of(world, used) is Refusal.USED
    assert refusal_of(world, revoked) is Refusal.REVOKED
    world.use_grant(held, TOKEN)
    world.redeem(left)


def test_revived_sessions_live_as_long_as_those_that_are_created_here(
    world: World, source: World
) -> None:
    revived = opened(source)
    world.put_back(source.read(final=True), final=True)
    beside = opened(world, ttl_ms=10 * TTL_MS)
    assert world.figures().active == 2
    world.redeem(revived)
    world.advance(10 * TTL_MS - 1)
    world.redeem(beside)


def test_what_a_failover_has_made_stale_no_final_snapshot_revives(
    world: World, source: World
) -> None:
    active = opened(source)
    last = source.read(final=True)
    world.put_back(last)
    world.put_back(last, final=True)
    assert refusal_of(world, active) is Refusal.STALE


def test_revived_sessions_are_of_the_stores_own_life(redis_server: RedisServer) -> None:
    """In ``strict`` they are lost with it as all others are."""
    source = MemoryWorld()
    active = opened(source)
    world = real_world(redis_server.address, SingleUse.STRICT, stepped_incarnation=True)
    world.put_back(source.read(final=True), final=True)
    assert [record.digest for record in world.listed(Listed.ACTIVE)] == [active]
    world.fail_over()
    assert refusal_of(world, active) is Refusal.STALE
    world.close()
    source.close()


def test_all_of_a_client_has_an_end_in_redis_too(redis_server: RedisServer) -> None:
    """Whatever is put back, no key is left for ever."""
    source = MemoryWorld()
    opened(source)
    granted(source)
    source.revoke(opened(source))
    last = source.read(final=True)
    for final in (True, False):
        world = real_world(redis_server.address)
        world.put_back(last, final=final)
        keys = world.run(world.link.ask("KEYS", "fg:*"))
        assert keys
        assert all(world.run(world.link.ask("PTTL", key)) > 0 for key in keys)
        world.close()
    source.close()
