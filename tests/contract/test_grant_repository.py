"""What every store promises about grants."""

import asyncio
from itertools import count

import pytest

from domain.attempt import Attempt
from domain.errors import RateLimited
from domain.grant import Grant, Granting
from domain.payload import Payload
from domain.rate import Rate
from domain.refusal import Refusal, Refused
from domain.session_id import Digest
from tests.support.redis_server import RedisServer
from tests.support.worlds import START, World, real_world

_numbers = count()
TOKEN, OTHER = Digest.of("token"), Digest.of("another token")
ORIGIN = "https://portal.example"
PAYLOAD = Payload("ana", '{"ação":"a\\nb"}')


def granting(ttl_ms: int = 60_000, idle_ms: int = 5_000, origin: str = ORIGIN) -> Granting:
    return Granting(token=TOKEN, ttl_ms=ttl_ms, idle_ms=idle_ms, origin=origin)


GRANTING = granting()


def redeemed(world: World, wish: Granting | None = GRANTING, payload: Payload = PAYLOAD) -> Digest:
    digest = Digest.of(f"session {next(_numbers)}")
    world.create(digest, ttl_ms=1_000, payload=payload)
    world.redeem(digest, granting=wish)
    return digest


def refusal_of(world: World, session: Digest, token: Digest = TOKEN) -> Refusal:
    with pytest.raises(Refused) as refused:
        world.use_grant(session, token)
    return refused.value.reason


@pytest.mark.parametrize("payload", [PAYLOAD, Payload()], ids=["payload", "none"])
@pytest.mark.parametrize("origin", [ORIGIN, ""], ids=["origin", "no origin"])
def test_a_redeem_gives_a_grant_with_all_that_it_stands_for(
    world: World, payload: Payload, origin: str
) -> None:
    session = redeemed(world, granting(origin=origin), payload)
    world.advance(1_000)  # the session's own time is over, the grant's is not
    assert world.use_grant(session, TOKEN) == Grant(
        client="portal",
        session=session,
        token=TOKEN,
        payload=payload,
        origin=origin,
        ends_at=START + 60_000,
        idle_ms=5_000,
        expires_at=START + 6_000,
    )


def test_a_redeem_that_wants_none_gives_none(world: World) -> None:
    assert refusal_of(world, redeemed(world, None)) is Refusal.UNKNOWN


def test_whoever_is_refused_gets_no_grant(world: World) -> None:
    session = redeemed(world, None)
    with pytest.raises(Refused):
        world.redeem(session, granting=granting())
    assert refusal_of(world, session) is Refusal.UNKNOWN


def test_of_many_who_redeem_at_once_the_winner_alone_has_a_grant(world: World) -> None:
    session = Digest.of(f"session {next(_numbers)}")
    world.create(session)
    tokens = [Digest.of(f"token {n}") for n in range(20)]

    async def redeem(token: Digest) -> bool:
        try:
            wish = Granting(token=token, ttl_ms=60_000, idle_ms=5_000)
            await world.sessions.redeem("portal", session, granting=wish)
        except Refused:
            return False
        return True

    async def race() -> list[bool]:
        return await asyncio.gather(*map(redeem, tokens))

    won = world.run(race())
    assert sum(won) == 1
    for token, has_won in zip(tokens, won, strict=True):
        if has_won:
            assert world.use_grant(session, token).token == token
        else:
            assert refusal_of(world, session, token) is Refusal.UNKNOWN


@pytest.mark.parametrize("raw", [bytes(32), bytes(range(32)), b"\n" * 32, b"\xff" * 32])
def test_a_token_may_have_any_digest(world: World, raw: bytes) -> None:
    token = Digest(raw)
    session = redeemed(world, Granting(token=token, ttl_ms=60_000, idle_ms=5_000))
    assert world.use_grant(session, token).payload == PAYLOAD
    assert refusal_of(world, session) is Refusal.UNKNOWN


def test_another_token_opens_nothing(world: World) -> None:
    session = redeemed(world)
    assert refusal_of(world, session, OTHER) is Refusal.UNKNOWN
    world.use_grant(session, TOKEN)


def test_of_several_that_are_shown_the_first_that_holds_is_used_and_no_other(world: World) -> None:
    unknown, expired = Digest.of("never given"), redeemed(world, granting(idle_ms=1))
    world.advance(1)
    first, second = redeemed(world), redeemed(world)
    world.advance(2_000)
    shown = [(each, TOKEN) for each in (unknown, expired, first, second)]

    used = world.run(world.grants.use("portal", (first, OTHER), *shown))

    assert (used.session, used.expires_at) == (first, START + 7_001)
    world.advance(3_000)
    assert refusal_of(world, second) in {Refusal.EXPIRED, Refusal.UNKNOWN}  # nobody has used it
    assert world.use_grant(first, TOKEN).session == first


def test_of_several_of_which_none_holds_the_first_says_why(world: World) -> None:
    session = redeemed(world)
    shown = [(session, OTHER), (Digest.of("never given"), TOKEN)]
    with pytest.raises(Refused) as refused:
        world.run(world.grants.use("portal", *shown))
    assert refused.value.reason is Refusal.UNKNOWN
    world.use_grant(session, TOKEN)


def test_who_shows_too_many_that_do_not_hold_is_told_to_wait(world: World) -> None:
    here, there = (Attempt(who, Rate(2, 1_000)) for who in ("here", "there"))

    def count(attempt: Attempt, client: str = "portal") -> None:
        world.run(world.grants.count_refusal(client, attempt))

    count(here)
    world.advance(400)
    count(here)
    with pytest.raises(RateLimited) as limited:
        count(here)
    assert (limited.value.most, limited.value.retry_after_ms) == (2, 600)
    count(there)
    count(here, "other")
    world.advance(600)
    count(here)


def test_a_grant_of_one_client_is_none_of_another(world: World) -> None:
    session = redeemed(world)
    with pytest.raises(Refused):
        world.use_grant(session, TOKEN, client="other")
    assert not world.revoke_grant(session, client="other")
    world.use_grant(session, TOKEN)


def test_each_use_puts_the_expiry_off_but_not_beyond_the_end(world: World) -> None:
    session = redeemed(world, granting(ttl_ms=12_000))
    for _ in range(2):
        world.advance(4_999)
        world.use_grant(session, TOKEN)
    world.advance(2_001)
    assert world.use_grant(session, TOKEN).expires_at == START + 12_000
    world.advance(1)
    assert refusal_of(world, session) is Refusal.EXPIRED


def test_a_grant_that_nobody_uses_expires(world: World) -> None:
    session = redeemed(world)
    world.advance(5_000)
    assert refusal_of(world, session) is Refusal.EXPIRED


def test_a_revoked_grant_opens_nothing_and_is_revoked_once(world: World) -> None:
    session = redeemed(world)
    assert world.revoke_grant(session)
    assert refusal_of(world, session) is Refusal.UNKNOWN
    assert not world.revoke_grant(session)


def test_an_expired_grant_cannot_be_revoked_any_more(world: World) -> None:
    session = redeemed(world)
    world.advance(5_000)
    assert not world.revoke_grant(session)


def test_a_replaced_grant_goes_on_for_ten_seconds_and_no_use_puts_that_off(world: World) -> None:
    session = redeemed(world, granting(idle_ms=60_000))
    replaced = world.replace_grant(session, TOKEN)
    assert (replaced.ends_at, replaced.expires_at) == (START + 10_000, START + 10_000)
    world.advance(9_999)
    assert world.use_grant(session, TOKEN) == replaced
    world.advance(1)
    assert refusal_of(world, session) is Refusal.EXPIRED


def test_to_be_replaced_lengthens_no_grant(world: World) -> None:
    session = redeemed(world, granting(ttl_ms=8_000))
    assert world.replace_grant(session, TOKEN).expires_at == START + 5_000
    world.advance(4_000)
    world.use_grant(session, TOKEN)
    assert world.replace_grant(session, TOKEN).ends_at == START + 8_000


def test_who_does_not_hold_a_grant_cannot_replace_it(world: World) -> None:
    session = redeemed(world)
    for token, client in [(OTHER, "portal"), (TOKEN, "other")]:
        with pytest.raises(Refused) as refused:
            world.replace_grant(session, token, client)
        assert refused.value.reason is Refusal.UNKNOWN
    assert world.use_grant(session, TOKEN).ends_at == START + 60_000


def test_a_grant_outlives_a_failover(world: World) -> None:
    session = redeemed(world)
    world.fail_over()
    world.use_grant(session, TOKEN)


def test_expired_grants_do_not_pile_up_in_redis(redis_server: RedisServer) -> None:
    world = real_world(redis_server.address)
    for _ in range(70):
        redeemed(world, granting(idle_ms=1))
    world.advance(1)
    redeemed(world)
    redeemed(world)
    grants = [f"fg:{{portal}}:{part}" for part in ("grants", "granted")]
    assert world.run(world.link.ask("ZCARD", grants[0])) == 2
    assert world.run(world.link.ask("HLEN", grants[1])) == 2
    world.close()
