"""What every store promises about looking at sessions, and taking many back."""

from itertools import count

import pytest

from adapters.redis.control import LOOK_AT, LOOK_INTO
from domain.grant import Granting
from domain.listing import Ended, Listed, Position
from domain.payload import Payload
from domain.record import State
from domain.refusal import Refusal, Refused
from domain.session import REMEMBERED_MS
from domain.session_id import Digest
from tests.support.redis_server import RedisServer
from tests.support.worlds import START, World, real_world

_numbers = count()
ANA, RUI = Payload("ana", '{"plan":"x"}'), Payload("rui")
TOKEN = Digest.of("token")
GRANTING = Granting(token=TOKEN, ttl_ms=60_000, idle_ms=5_000, origin="https://portal.example")


def opened(
    world: World, payload: Payload = ANA, ttl_ms: int = 1_000, client: str = "portal"
) -> Digest:
    digest = Digest.of(f"session {next(_numbers)}")
    world.create(digest, ttl_ms=ttl_ms, payload=payload, client=client)
    return digest


def granted(world: World, payload: Payload = ANA, ttl_ms: int = 1_000) -> Digest:
    digest = opened(world, payload, ttl_ms)
    world.redeem(digest, granting=GRANTING)
    return digest


def alike(raw: bytes) -> Digest:
    """Make a digest that shares its fingerprint with the others made here."""
    return Digest(b"alike!" + raw.ljust(26, b"."))


def by_bytes(digest: Digest) -> bytes:
    return digest.raw


def state_of(world: World, digest: Digest) -> State:
    (record,) = world.find(digest.fingerprint)
    assert record.digest == digest
    return record.state


def refusal_of(world: World, digest: Digest) -> Refusal:
    with pytest.raises(Refused) as refused:
        world.redeem(digest)
    return refused.value.reason


def names(world: World, listed: Listed, subject: str | None = None, most: int = 1000) -> list[str]:
    return [r.digest.fingerprint for r in world.listed(listed, subject=subject, most=most)]


def test_an_active_session_is_found_with_what_it_carries_and_stays_active(world: World) -> None:
    digest = opened(world)
    for _ in range(2):
        (record,) = world.find(digest.fingerprint)
        assert (record.client, record.state) == ("portal", State.ACTIVE)
        assert (record.expires_at, record.payload, record.grant) == (START + 1_000, ANA, None)
    assert world.redeem(digest).payload == ANA


@pytest.mark.parametrize("payload", [ANA, RUI, Payload()], ids=["both", "subject", "nothing"])
def test_a_used_session_is_found_with_its_grant(world: World, payload: Payload) -> None:
    digest = granted(world, payload)
    (record,) = world.find(digest.fingerprint)
    assert (record.state, record.expires_at) == (State.USED, START + 1_000)
    assert record.payload == payload
    assert record.grant == world.use_grant(digest, TOKEN)


def test_a_look_does_not_put_off_the_expiry_of_a_grant(world: World) -> None:
    digest = granted(world)
    world.advance(4_999)
    assert world.find(digest.fingerprint)[0].grant is not None
    world.advance(1)
    assert world.find(digest.fingerprint)[0].grant is None


def test_what_has_ended_tells_how_and_nothing_that_it_carried(world: World) -> None:
    used, revoked, expired = opened(world), opened(world), opened(world)
    world.redeem(used)
    world.revoke(revoked)
    world.advance(1_000)
    for digest, state in [(used, "used"), (revoked, "revoked"), (expired, "expired")]:
        (record,) = world.find(digest.fingerprint)
        assert (record.state, record.payload, record.grant) == (state, Payload(), None)
        assert record.expires_at == START + 1_000
    world.advance(REMEMBERED_MS)
    assert not any(world.find(digest.fingerprint) for digest in (used, revoked, expired))


def test_a_session_that_is_forgotten_is_found_as_long_as_its_grant_holds(world: World) -> None:
    digest = granted(world)
    world.advance(1_000)
    world.clean_up()
    (record,) = world.find(digest.fingerprint)
    assert (record.state, record.expires_at, record.payload) == (State.USED, None, ANA)
    (record,) = world.listed(Listed.GRANTED)
    assert (record.digest, record.state, record.expires_at) == (digest, State.USED, None)
    assert world.revoke_grant(digest)
    assert world.find(digest.fingerprint) in ((), [])


def test_a_fingerprint_that_names_nothing_and_one_of_another_client_find_nothing(
    world: World,
) -> None:
    elsewhere = opened(world, client="other")
    assert not world.find(elsewhere.fingerprint)
    assert not world.find("0" * 12)
    assert world.find(elsewhere.fingerprint, client="other")


def test_a_fingerprint_is_found_at_the_front_of_a_digest_only(world: World) -> None:
    inside = Digest(b"." * 6 + b"alike!" + b"." * 20)
    world.create(inside)
    world.create(Digest(b"." * 5 + b"!" + b"alike!" * 4 + b".."))
    assert not world.find(alike(b"").fingerprint)
    world.create(alike(b""))
    assert [r.digest for r in world.find(alike(b"").fingerprint)] == [alike(b"")]


def test_all_that_share_a_fingerprint_are_found(world: World) -> None:
    active, used = alike(b"active"), alike(b"used")
    for digest in (active, used):
        world.create(digest)
    world.redeem(used, granting=GRANTING)
    found = {record.digest: record.state for record in world.find(active.fingerprint)}
    assert found == {active: State.ACTIVE, used: State.USED}


def test_a_list_has_what_is_active_or_granted_in_the_order_of_expiry(world: World) -> None:
    late, early = opened(world, ttl_ms=3_000), opened(world, RUI, ttl_ms=2_000)
    gone, entered = opened(world, ttl_ms=1_000), granted(world)
    world.advance(1_000)
    first, second = world.listed(Listed.ACTIVE)
    assert (first.digest, first.expires_at, first.payload) == (early, START + 2_000, RUI)
    assert (second.digest, second.state, second.grant) == (late, State.ACTIVE, None)
    (one,) = world.listed(Listed.GRANTED)
    assert (one.digest, one.state, one.expires_at) == (entered, State.USED, START + 1_000)
    assert one.grant is not None
    assert one.grant.origin == "https://portal.example"
    assert gone.fingerprint not in names(world, Listed.ACTIVE)


@pytest.mark.parametrize("listed", Listed)
@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_pages_put_together_are_the_whole(world: World, listed: Listed, most: int) -> None:
    digests = [Digest(bytes([n]) * 32) for n in (0, 10, 128, 255)]
    digests += [Digest.of(f"one of seven {n}") for n in range(3)]
    for n, digest in enumerate(digests):
        world.create(digest, ttl_ms=5_000 + n // 4)
        if listed is Listed.GRANTED:
            wish = Granting(token=TOKEN, ttl_ms=60_000, idle_ms=9_000 + n // 4)
            world.redeem(digest, granting=wish)
    whole = [r.digest for r in world.listed(listed)]
    assert whole == sorted(digests[:4], key=by_bytes) + sorted(digests[4:], key=by_bytes)
    assert [r.digest for r in world.listed(listed, most=most)] == whole
    assert world.page(listed, most=7).end is None


def test_what_goes_and_comes_between_pages_moves_nothing_else(world: World) -> None:
    digests = [opened(world, ttl_ms=1_000 + n) for n in range(8)]
    page = world.page(Listed.ACTIVE, most=4)
    assert [r.digest for r in page.records] == digests[:4]
    for gone in (0, 2, 3, 4):
        world.redeem(digests[gone])
    opened(world, ttl_ms=500)
    world.advance(1)
    rest = world.page(Listed.ACTIVE, most=1000, after=page.end)
    assert [r.digest for r in rest.records] == digests[5:]


def test_a_position_tells_no_more_than_an_expiry_and_a_fingerprint(world: World) -> None:
    digest, _ = opened(world, ttl_ms=1_000), opened(world, ttl_ms=2_000)
    page = world.page(Listed.ACTIVE, most=1)
    assert page.end == Position(START + 1_000, digest.fingerprint)


SUBJECTS = [
    "ana",
    "an",
    "ana ",
    "Ana",
    "a",
    "ção",
    "日本",
    '"',
    '"]',
    "a\\",
    "null",
    "%",
    "[.*",
    "\u200d",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_exactly_that_one(world: World, subject: str) -> None:
    for one in SUBJECTS:
        for metadata in (None, '{"a":"x\\ny"}'):
            opened(world, Payload(one, metadata), ttl_ms=60_000)
            granted(world, Payload(one, metadata), ttl_ms=60_000)
    opened(world, Payload(None, '{"ana":1}'), ttl_ms=60_000)
    opened(world, Payload(), ttl_ms=60_000)
    for listed in Listed:
        found = world.listed(listed, subject=subject, most=1)
        assert [r.payload.subject for r in found] == [subject] * 2
    assert world.revoke_subject(subject) == Ended(sessions=2, grants=2)
    assert world.revoke_subject(subject) == Ended()
    left = [r.payload.subject for listed in Listed for r in world.listed(listed)]
    assert len(left) == 4 * (len(SUBJECTS) - 1) + 2
    assert subject not in left


def test_what_a_subject_has_is_revoked_and_the_rest_stays(world: World) -> None:
    hers, entered, his = opened(world), granted(world), opened(world, RUI)
    elsewhere = opened(world, client="other")
    assert world.revoke_subject("ana") == Ended(sessions=1, grants=1)
    assert refusal_of(world, hers) is Refusal.REVOKED
    assert state_of(world, hers) is State.REVOKED
    assert state_of(world, entered) is State.USED
    with pytest.raises(Refused):
        world.use_grant(entered, TOKEN)
    world.redeem(his)
    world.redeem(elsewhere, client="other")


def test_all_of_a_client_is_revoked_and_nothing_of_another(world: World) -> None:
    active, entered = [opened(world) for _ in range(3)], granted(world)
    elsewhere = opened(world, client="other")
    assert world.revoke_all() == Ended(sessions=3, grants=1)
    assert world.revoke_all() == Ended()
    for digest in active:
        assert state_of(world, digest) is State.REVOKED
        assert refusal_of(world, digest) is Refusal.REVOKED
    with pytest.raises(Refused):
        world.use_grant(entered, TOKEN)
    assert world.figures().active == 0
    assert world.figures().created == 4
    world.redeem(elsewhere, client="other")


def test_what_has_expired_or_been_used_is_not_revoked(world: World) -> None:
    expired, used = opened(world, ttl_ms=10), opened(world)
    world.redeem(used)
    without_use = granted(world)
    world.advance(5_000)
    fresh = opened(world)
    assert world.revoke_all() == Ended(sessions=1)
    for digest, state in [(expired, "expired"), (used, "used"), (fresh, "revoked")]:
        assert state_of(world, digest) == state
    assert state_of(world, without_use) is State.USED


def test_after_all_is_revoked_a_client_goes_on_as_before(world: World) -> None:
    opened(world)
    world.revoke_all()
    digest = opened(world)
    assert names(world, Listed.ACTIVE) == [digest.fingerprint]
    world.advance(999)
    assert world.redeem(digest, granting=GRANTING).payload == ANA
    assert world.use_grant(digest, TOKEN).payload == ANA


def test_many_are_found_listed_and_revoked_in_steps(redis_server: RedisServer) -> None:
    world = real_world(redis_server.address)
    total, hers = 2 * LOOK_AT + 7, 4 * LOOK_INTO + 3
    digests = [Digest.of(f"one of many {n}") for n in range(total)]
    for at in range(0, total, 1000):
        several = digests[at : at + 1000]
        payload = ANA if at < hers else RUI
        world.open_many(several, cap=total, ttl_ms=60_000 + at // 3000, payload=payload)
    for digest in (digests[0], digests[LOOK_AT], digests[-1]):
        assert state_of(world, digest) is State.ACTIVE
    assert len(set(names(world, Listed.ACTIVE, most=999))) == total
    of_ana = names(world, Listed.ACTIVE, "ana", most=700)
    assert len(of_ana) == len(set(of_ana)) == 9000
    assert world.revoke_subject("ana") == Ended(sessions=9000)
    assert world.revoke_all() == Ended(sessions=total - 9000)
    assert {state_of(world, digest) for digest in digests[::997]} == {State.REVOKED}
    world.close()


def test_of_too_many_that_are_revoked_those_that_expire_last_are_remembered(
    redis_server: RedisServer,
) -> None:
    world = real_world(redis_server.address, most_remembered=1000)
    digests = [Digest.of(f"one too many {n}") for n in range(2500)]
    for at in range(0, 2500, 500):
        world.open_many(digests[at : at + 500], cap=2500, ttl_ms=60_000 + at)
    assert world.revoke_all() == Ended(sessions=2500)
    assert state_of(world, digests[-1]) is State.REVOKED
    assert not world.find(digests[0].fingerprint)
    assert refusal_of(world, digests[0]) is Refusal.UNKNOWN
    left = world.run(world.link.ask("KEYS", "fg:{portal}:*"))
    assert {key.split(b":")[2] for key in left} == {b"counters", b"revoked"}
    world.close()
