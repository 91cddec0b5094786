"""Random sequences of operations: every store gives the answers of the plain domain objects."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, NoReturn

import pytest
from attrs import astuple
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.attempt import Attempt
from domain.errors import CapReached, DuplicateSession, IdempotencyConflict, RateLimited
from domain.figures import CleanUp, Figures
from domain.grant import Grant, Granting
from domain.listing import Ended, Listed
from domain.payload import Payload
from domain.policy import ensure_room
from domain.rate import Rate, Window
from domain.record import Record, record_of_granted, record_of_session
from domain.refusal import Refusal, Refused
from domain.repeat import Repeat
from domain.session import REMEMBERED_MS, Session, Standing
from domain.session_id import Digest
from domain.usage import HOUR_MS, Counted
from tests.support.redis_cluster import RedisNodes
from tests.support.redis_sentinel import WatchedRedis
from tests.support.redis_server import RedisServer
from tests.support.worlds import START, MemoryWorld, RedisWorld, World, fake_world, real_world

DIGESTS = [Digest.of(f"session {n}") for n in range(8)]
SUBJECTS = [None, "ana", "rui"]
PAYLOADS = [Payload(), Payload("ana"), Payload(None, '{"a":1}'), Payload("rui", '{"ação":[]}')]

TTLS = [1, 1_000, 2_000, 5_000]
STEPS = [1, 500, 1_000]
# Where a session's rules change, and the millisecond before.
BOUNDARIES = [-1, 0, REMEMBERED_MS - 1, REMEMBERED_MS]
CAPS = [1, 2, 4]
RATES = [None, None, Rate(2, 1_000), Rate(5, 4_000)]
ATTEMPTS = [None, None, Attempt("here", Rate(2, 2_000)), Attempt("there", Rate(1, 2_000))]
REGIONS = ["", "", "BR", "PT"]
TOKENS = [*3 * [Digest.of("one token")], Digest.of("another token")]
LOOKED_AT = [
    (listed, *asked)
    for listed in Listed
    for asked in [(None, 1), (None, 2), (None, 1000), ("ana", 1), ("rui", 1000)]
]
LASTING = Granting(token=TOKENS[0], ttl_ms=20_000, idle_ms=20_000)
GRANTINGS = [
    None,
    Granting(token=TOKENS[0], ttl_ms=4_000, idle_ms=1_500, origin="https://a.example"),
    Granting(token=TOKENS[0], ttl_ms=1_000, idle_ms=1_000),
]


def repeats(what: str) -> list[Repeat | None]:
    """Make what may come again; what is asked for by a batch, no single create asks for."""
    asked = [("j", "a"), ("k", "a"), ("k", "b")]
    return [
        None,
        None,
        *(
            Repeat(key=Digest.of(key), asked=Digest.of(f"{a} {what}"), salt=f"{key}{a}".encode())
            for key, a in asked
        ),
    ]


class Model:
    """The specification: the domain's session and nothing else, without any cleverness."""

    def __init__(self) -> None:
        self.now = START
        self.life = 0
        self.sessions: dict[Digest, Session] = {}
        self.created = self.redeemed = 0
        self.creates = Window()
        self.failures: dict[str, Window] = {}
        self.repeats: dict[Digest, tuple[Repeat, list[Digest]]] = {}
        self.grants: dict[Digest, Grant] = {}
        self.usage: Counter[tuple[int, Counted, str]] = Counter()

    def count(self, what: Counted, many: int = 1, region: str = "") -> None:
        self.usage[self.now // HOUR_MS * HOUR_MS, what, region] += many

    def _known(self) -> dict[Digest, Session]:
        self.sessions = {d: s for d, s in self.sessions.items() if not s.is_forgotten(self.now)}
        return self.sessions

    def _active(self) -> list[Session]:
        return [s for s in self._known().values() if s.is_active(self.now, str(self.life))]

    def comes_again(self, digest: Digest) -> bool:
        """Whether it is of a session that was forgotten, and an idempotency key still names it.

        Ids are random: no rule says what such a key then answers, and no store need ask.
        """
        named = any(digest in digests for _, digests in self.repeats.values())
        return named and digest not in self._known()

    def _earlier(self, repeat: Repeat) -> tuple[int, bytes] | None:
        first, digests = self.repeats.get(repeat.key, (repeat, []))
        known = [s for s in map(self._known().get, digests) if s]
        active = [s for s in known if s.is_active(self.now, str(self.life))]
        if not active and all(s.ended is None for s in known):
            return None
        if first.asked != repeat.asked:
            raise IdempotencyConflict("reused")
        if len(active) < len(digests):
            raise IdempotencyConflict("spent")
        return active[0].expires_at, first.salt

    def create(
        self,
        digest: Digest,
        ttl_ms: int,
        cap: int,
        payload: Payload,
        rate: Rate | None,
        repeat: Repeat | None,
    ) -> tuple[int, bytes | None]:
        if repeat and (earlier := self._earlier(repeat)):
            return earlier
        if rate:
            self.creates = self.creates.admit(self.now, rate).counted()
        if digest in self._known():
            raise DuplicateSession
        self._ensure_room(cap, 1)
        session = Session(
            client="portal",
            digest=digest,
            expires_at=self.now + ttl_ms,
            incarnation=str(self.life),
            payload=payload,
        )
        self.sessions[digest] = session
        self.created += 1
        self.count(Counted.CREATED)
        if repeat:
            self.repeats[repeat.key] = repeat, [digest]
        return session.expires_at, None

    def create_many(
        self,
        digests: list[Digest],
        ttl_ms: int,
        cap: int,
        payload: Payload,
        rate: Rate | None,
        repeat: Repeat | None,
    ) -> tuple[int, bytes | None]:
        """One after the other, and as if nothing had been where one of them cannot be."""
        if repeat and (earlier := self._earlier(repeat)):
            return earlier
        if rate:
            self.creates = self.creates.admit(self.now, rate, len(digests)).counted(len(digests))
        if self._known().keys() & set(digests):
            raise DuplicateSession
        self._ensure_room(cap, len(digests))
        for digest in digests:
            self.create(digest, ttl_ms, cap, payload, None, None)
        if repeat:
            self.repeats[repeat.key] = repeat, digests
        return self.now + ttl_ms, None

    def _ensure_room(self, cap: int, wanted: int) -> None:
        active = self._active()
        try:
            ensure_room(len(active), cap, self._room_in(active, cap, wanted), wanted)
        except CapReached:
            self.count(Counted.CAP_REACHED)
            raise

    def _room_in(self, active: list[Session], cap: int, wanted: int) -> int:
        """When so many have expired that the others and what is wanted fit in."""
        ends = sorted(s.expires_at for s in active)
        for already_gone, end in enumerate(ends, start=1):
            if len(ends) - already_gone + wanted <= cap:
                return end - self.now
        return ends[-1] - self.now if ends else 0

    def redeem(
        self, digest: Digest, attempt: Attempt | None, granting: Granting | None, region: str
    ) -> Session:
        try:
            redeemed = self.end(digest, Session.redeem)
        except Refused as refused:
            self.refuse(refused.reason, attempt, region)
        self.count(Counted.REDEEMED, region=region)
        if granting:
            grant = granting.grant("portal", digest, redeemed.payload, self.now)
            self.grants[digest] = grant
        return redeemed

    def refuse(self, reason: Refusal, attempt: Attempt | None, region: str) -> NoReturn:
        if attempt is not None:
            window = self.failures.get(attempt.who, Window()).admit(self.now, attempt.rate)
            self.failures[attempt.who] = window.counted()
        self.count(Counted.of(reason), region=region)
        raise Refused(reason)

    def revoke(self, digest: Digest) -> Session:
        revoked = self.end(digest, Session.revoke)
        self.count(Counted.REVOKED)
        return revoked

    def use_grant(self, digest: Digest, token: Digest) -> Grant:
        if digest not in self.grants:
            raise Refused(Refusal.UNKNOWN)
        self.grants[digest] = self.grants[digest].use(token, self.now)
        return self.grants[digest]

    def replace_grant(self, digest: Digest, token: Digest) -> Grant:
        if digest not in self.grants:
            raise Refused(Refusal.UNKNOWN)
        self.grants[digest] = self.grants[digest].replaced(token, self.now)
        return self.grants[digest]

    def revoke_grant(self, digest: Digest) -> bool:
        grant = self.grants.pop(digest, None)
        return grant is not None and self.now < grant.expires_at

    def _live(self) -> list[Grant]:
        return [grant for grant in self.grants.values() if self.now < grant.expires_at]

    def find(self, digest: Digest) -> list[Record]:
        session, grant = self._known().get(digest), None
        if digest in self.grants and self.now < self.grants[digest].expires_at:
            grant = self.grants[digest]
        if session is not None:
            return [record_of_session(session, grant, self.now, str(self.life))]
        return [] if grant is None else [record_of_granted(grant, None)]

    def listed(self, listed: Listed, subject: str | None) -> list[Record]:
        if listed is Listed.ACTIVE:
            found = [(s.expires_at, s.digest.raw) for s in self._active()]
        else:
            found = [(grant.expires_at, grant.session.raw) for grant in self._live()]
        records = [record for _, raw in sorted(found) for record in self.find(Digest(raw))]
        return [r for r in records if subject in {None, r.payload.subject}]

    def revoke_many(self, subject: str | None) -> Ended:
        active, granted = (self.listed(listed, subject) for listed in Listed)
        for record in active:
            self.revoke(record.digest)
        for record in granted:
            del self.grants[record.digest]
        return Ended(sessions=len(active), grants=len(granted))

    def end(self, digest: Digest, how: Callable[[Session, int, str], Session]) -> Session:
        session = self._known().get(digest)
        if session is None:
            raise Refused(Refusal.UNKNOWN)
        self.sessions[digest] = how(session, self.now, str(self.life))
        return self.sessions[digest]

    def figures(self) -> Figures:
        used = [s for s in self._known().values() if s.ended is Standing.USED]
        return Figures(
            active=len(self._active()),
            used=sum(s.expires_at > self.now for s in used),
            created=self.created,
            redeemed=self.redeemed,
        )

    def clean_up(self) -> CleanUp:
        due = [d for d, s in self._known().items() if s.expires_at <= self.now]
        for digest in due:
            del self.sessions[digest]
        return CleanUp(removed=len(due), remaining=self.figures().total)


def outcome_of(operation: Callable[[], object]) -> object:
    """What an operation came to, as something that two stores can be compared by."""
    try:
        return operation()
    except Refused as refused:
        return refused.reason
    except CapReached as full:
        return ("full", full.cap, full.retry_after_ms)
    except DuplicateSession:
        return "duplicate"
    except RateLimited as limited:
        return ("limited", *astuple(limited))
    except IdempotencyConflict as conflict:
        return conflict.problem


def grant_of(operation: Callable[[], Grant]) -> Grant | None:
    """What a use of a grant came to. When one that has expired is unknown, a store may choose."""
    try:
        return operation()
    except Refused:
        return None


class StoreAgainstDomain(RuleBasedStateMachine):
    """Does everything to the store under test and to the model, and compares the answers."""

    known = Bundle("known")
    granted = Bundle("granted")

    make_world: ClassVar[Callable[[], World]]
    fails_over: ClassVar[bool]

    @initialize()
    def begin(self) -> None:
        self.world = type(self).make_world()
        self.model = Model()
        self.batch: Any = None

    @rule(
        target=known,
        digest=st.sampled_from(DIGESTS),
        ttl_ms=st.sampled_from(TTLS),
        cap=st.sampled_from(CAPS),
        payload=st.sampled_from(PAYLOADS),
        rate=st.sampled_from(RATES),
        repeat=st.sampled_from(repeats("alone")),
    )
    def create(
        self,
        digest: Digest,
        ttl_ms: int,
        cap: int,
        payload: Payload,
        rate: Rate | None,
        repeat: Repeat | None,
    ) -> Digest:
        assume(not self.model.comes_again(digest))
        expected = outcome_of(lambda: self.model.create(digest, ttl_ms, cap, payload, rate, repeat))

        def create_there() -> object:
            opened = self.world.open(
                digest, ttl_ms=ttl_ms, cap=cap, payload=payload, rate=rate, repeat=repeat
            )
            return opened.session.expires_at, opened.repeated_salt

        assert outcome_of(create_there) == expected
        return digest

    @rule(digest=known)
    def open_it_again(self, digest: Digest) -> None:
        self._open(digest, None)

    @rule(
        target=known,
        digests=st.lists(st.sampled_from(DIGESTS), min_size=1, max_size=4, unique=True),
        ttl_ms=st.sampled_from(TTLS),
        cap=st.sampled_from(CAPS),
        payload=st.sampled_from(PAYLOADS),
        rate=st.sampled_from(RATES),
        repeat=st.sampled_from(repeats("together")),
    )
    def create_many(
        self,
        digests: list[Digest],
        ttl_ms: int,
        cap: int,
        payload: Payload,
        rate: Rate | None,
        repeat: Repeat | None,
    ) -> Digest:
        assume(not any(map(self.model.comes_again, digests)))
        expected = outcome_of(
            lambda: self.model.create_many(digests, ttl_ms, cap, payload, rate, repeat)
        )

        def create_there() -> object:
            opened = self.world.open_many(
                digests, ttl_ms=ttl_ms, cap=cap, payload=payload, rate=rate, repeat=repeat
            )
            assert opened.repeated_salt or opened.digests == tuple(digests)
            return opened.expires_at, opened.repeated_salt

        assert outcome_of(create_there) == expected
        if repeat and isinstance(expected, tuple):
            self.batch = digests, ttl_ms, cap, payload, rate, repeat
        return digests[0]

    @precondition(lambda self: self.batch)
    @rule(number=st.integers(0, 3))
    def lose_one_of_a_batch_and_ask_for_it_again(self, number: int) -> None:
        digests = self.batch[0]
        self.redeem(digests[number % len(digests)], None, None, "")
        self.create_many(*self.batch)

    @rule(
        target=granted,
        digest=known,
        attempt=st.sampled_from(ATTEMPTS),
        granting=st.sampled_from(GRANTINGS),
        region=st.sampled_from(REGIONS),
    )
    def redeem(
        self, digest: Digest, attempt: Attempt | None, granting: Granting | None, region: str
    ) -> Any:
        expected = outcome_of(
            lambda: self._facts(self.model.redeem(digest, attempt, granting, region))
        )
        self.model.redeemed += isinstance(expected, tuple) and expected[0] == digest
        got = outcome_of(
            lambda: self._facts(
                self.world.redeem(digest, attempt=attempt, granting=granting, region=region)
            )
        )
        assert got == expected
        return digest if digest in self.model.grants else multiple()

    @rule(
        digest=st.sampled_from(DIGESTS),
        attempt=st.sampled_from(ATTEMPTS),
        fits=st.sampled_from([True, True, False]),
    )
    def redeem_anything(self, digest: Digest, attempt: Attempt | None, *, fits: bool) -> None:
        if fits:
            self.redeem(digest, attempt, None, "")
        else:
            expected = outcome_of(lambda: self.model.refuse(Refusal.MISMATCH, attempt, "BR"))
            assert outcome_of(lambda: self.world.refuse(attempt, "BR")) == expected

    @rule(digest=granted, token=st.sampled_from(TOKENS))
    def use_grant(self, digest: Digest, token: Digest) -> None:
        expected = grant_of(lambda: self.model.use_grant(digest, token))
        assert grant_of(lambda: self.world.use_grant(digest, token)) == expected

    @rule(digest=granted, steps=st.lists(st.sampled_from(STEPS), min_size=2, max_size=8))
    def go_on_using_a_grant(self, digest: Digest, steps: list[int]) -> None:
        for ms in steps:
            self.let_time_pass(ms)
            self.use_grant(digest, TOKENS[0])

    @rule(digest=granted)
    def revoke_grant(self, digest: Digest) -> None:
        assert self.world.revoke_grant(digest) == self.model.revoke_grant(digest)

    @rule(digest=granted, offset=st.sampled_from([-1, 0]))
    def step_to_the_end_of_the_grant_of(self, digest: Digest, offset: int) -> None:
        grant = self.model.grants.get(digest)
        if grant is not None and grant.expires_at + offset > self.model.now:
            self.let_time_pass(grant.expires_at + offset - self.model.now)
            self.use_grant(digest, TOKENS[0])

    @rule(digest=known)
    def revoke(self, digest: Digest) -> None:
        expected = outcome_of(lambda: self._facts(self.model.revoke(digest)))
        assert outcome_of(lambda: self._facts(self.world.revoke(digest))) == expected

    @rule()
    def figures(self) -> None:
        assert self.world.figures() == self.model.figures()
        assert self.world.usage() == self.model.usage

    @rule()
    def clean_up(self) -> None:
        assert self.world.clean_up() == self.model.clean_up()

    @rule(ms=st.sampled_from(STEPS))
    def let_time_pass(self, ms: int) -> None:
        self.world.advance(ms)
        self.model.now += ms

    @rule(digest=known, offset=st.sampled_from(BOUNDARIES))
    def step_to_a_boundary_of(self, digest: Digest, offset: int) -> None:
        session = self.model.sessions.get(digest)
        if session is not None and session.expires_at + offset > self.model.now:
            self.let_time_pass(session.expires_at + offset - self.model.now)
            self.figures()
            self.redeem(digest, None, None, "")

    @rule(digest=known, attempt=st.sampled_from(ATTEMPTS), offset=st.sampled_from([-1, 0]))
    def step_to_the_end_of_a_window(
        self, digest: Digest, attempt: Attempt | None, offset: int
    ) -> None:
        model = self.model
        window = model.failures.get(attempt.who) if attempt else model.creates
        if window is not None and window.ends_at + offset > model.now:
            self.let_time_pass(window.ends_at + offset - model.now)
            if attempt:
                self.redeem(digest, attempt, None, "")
            else:
                self._open(digest, RATES[-1])

    def _open(self, digest: Digest, rate: Rate | None) -> None:
        if not self.model.comes_again(digest):
            self.create(digest, TTLS[-1], 1000, Payload(), rate, None)

    @rule(really=st.sampled_from([True, False, False]))
    def fail_over(self, *, really: bool) -> None:
        if self.fails_over and really:
            self.world.fail_over()
            self.model.life += 1

    @rule()
    def forget_scripts(self) -> None:
        if isinstance(self.world, RedisWorld):
            self.world.forget_scripts()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()

    @staticmethod
    def _facts(session: Session) -> tuple[object, ...]:
        return (session.digest, session.expires_at, session.payload, session.ended)


class ControlAgainstDomain(StoreAgainstDomain):
    """Looks at sessions as well, and takes many back."""

    @rule(
        target=StoreAgainstDomain.granted,
        digest=st.sampled_from(DIGESTS),
        ttl_ms=st.sampled_from(TTLS),
        payload=st.sampled_from(PAYLOADS),
        granting=st.sampled_from([*GRANTINGS, LASTING]),
    )
    def come_in(
        self, digest: Digest, ttl_ms: int, payload: Payload, granting: Granting | None
    ) -> Any:
        self.create(digest, ttl_ms, 1000, payload, None, None)
        return self.redeem(digest, None, granting, "")

    @rule(digest=StoreAgainstDomain.granted, token=st.sampled_from(TOKENS))
    def replace_grant(self, digest: Digest, token: Digest) -> None:
        expected = grant_of(lambda: self.model.replace_grant(digest, token))
        assert grant_of(lambda: self.world.replace_grant(digest, token)) == expected

    @rule(
        digest=st.sampled_from(DIGESTS),
        payload=st.sampled_from(PAYLOADS),
        granting=st.sampled_from([*GRANTINGS, LASTING]),
        everybody=st.booleans(),
    )
    def come_in_and_be_taken_back(
        self, digest: Digest, payload: Payload, granting: Granting | None, *, everybody: bool
    ) -> None:
        if not self.model.comes_again(digest):
            self.come_in(digest, TTLS[-1], payload, granting)
            self.revoke_many(None if everybody else payload.subject)

    @rule(subject=st.sampled_from([None, "ana", "rui"]))
    def revoke_many(self, subject: str | None) -> None:
        expected = self.model.revoke_many(subject)
        if subject is None:
            assert self.world.revoke_all() == expected
        else:
            assert self.world.revoke_subject(subject) == expected
        self.look_at_all()

    @rule()
    def look_at_all(self) -> None:
        found = self.world.find_each(digest.fingerprint for digest in DIGESTS)
        assert list(map(list, found)) == list(map(self.model.find, DIGESTS))
        expected = [self.model.listed(listed, subject) for listed, subject, _ in LOOKED_AT]
        assert self.world.listed_each(LOOKED_AT) == expected


def machine_for(
    make: Any, *, fails_over: bool, base: type[StoreAgainstDomain] = ControlAgainstDomain
) -> type[StoreAgainstDomain]:
    class Machine(base):  # type: ignore[valid-type, misc] # one of two classes
        make_world = staticmethod(make)

    Machine.fails_over = fails_over
    return Machine


QUIET = settings(
    max_examples=120,
    phases=[Phase.generate],
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_memory_gives_the_answers_of_the_domain() -> None:
    run_state_machine_as_test(machine_for(MemoryWorld, fails_over=True), settings=QUIET)


def test_fakeredis_gives_the_answers_of_the_domain() -> None:
    # It knows no INFO, so it runs as durable, and nothing becomes stale there.
    few = settings(QUIET, max_examples=30)  # it is the slowest of the stores
    run_state_machine_as_test(machine_for(fake_world, fails_over=False), settings=few)


def test_redis_gives_the_answers_of_the_domain(redis_server: RedisServer) -> None:
    make = partial(real_world, redis_server.address, stepped_incarnation=True)
    run_state_machine_as_test(machine_for(make, fails_over=True), settings=QUIET)


def test_redis_behind_sentinels_gives_the_answers_of_the_domain(sentinels: WatchedRedis) -> None:
    make = partial(real_world, sentinels.address, stepped_incarnation=True)
    few = settings(QUIET, max_examples=15)  # it is the same Redis, reached in another way
    run_state_machine_as_test(machine_for(make, fails_over=True), settings=few)


def test_a_cluster_gives_the_answers_of_the_domain(cluster: RedisNodes) -> None:
    make = partial(real_world, cluster.address, stepped_incarnation=True)
    few = settings(QUIET, max_examples=15)  # the same
    run_state_machine_as_test(machine_for(make, fails_over=True), settings=few)


# Each is a plausible slip in a script.
SLIPS = {
    "runs a millisecond late": ("local now = store_time()", "local now = store_time() - 1"),
    "counts a batch as one": ("created + WANTED", "created + 1"),
    "lets a batch of any size in": ("active + WANTED > cap then", "active >= cap then"),
    "counts a batch once towards the rate": ("creates = creates + WANTED", "creates = creates + 1"),
    "lets a batch come in over a session that is known": ("set == ACTIVE or", "set ~= ACTIVE and"),
    "answers with a batch of which one is gone": ("active < several", "active < 1"),
    "leaves a used session active": ("redis.call('ZREM', ACTIVE, digest)", ""),
    "admits one above the cap": ("WANTED > cap", "WANTED > cap + 1"),
    "counts expired sessions": (
        "return redis.call('ZCOUNT', set, '(' .. now, '+inf')",
        "return redis.call('ZCARD', set)",
    ),
    "lets a session survive a failover": ("redis.call('UNLINK', ACTIVE, PAYLOADS)", ""),
    "gives a digest out again": ("or remembered(USED, DIGESTS)", ""),
    "loses what a session carries": ("payload or ''", "''"),
    "remembers a millisecond too long": (
        "now < expires_at + REMEMBERED_MS",
        "now <= expires_at + REMEMBERED_MS",
    ),
    "lets one create too many through": ("WANTED > most", "WANTED > most + 1"),
    "keeps a window open a millisecond too long": (
        "now >= creates_end",
        "now > creates_end",
    ),
    "lets one more fail": ("failures >= most", "failures > most"),
    "does not tell requests apart": ("first[2] ~= asked", "false"),
    "opens a spent session's key again": ("reason == 'used' or", ""),
    "holds up who has waited": ("if now >= ends_at then", "if now > ends_at then"),
    "counts a batch as one create of the hour": ("'created', WANTED)", "'created', 1)"),
    "does not count who was turned away": ("count(redis.call, 'cap_reached', 1)", ""),
    "counts where nobody came from": ("'redeemed', 1, region)", "'redeemed', 1)"),
    "counts a revoke that came too late": ("if ended ~= 'revoked' then", "if true then"),
}


# Where there are more grants to be looked at.
SLIPS_OF_CONTROL = {
    "lets a replaced grant go on for longer than it would": (
        "math.min(now + tonumber(ARGV[4]), tonumber(string.sub(facts, 33, 45)))",
        "now + tonumber(ARGV[4])",
    ),
    "lets a replaced grant expire no sooner": (
        "expires_at = math.min(expires_at, ends_at)",
        "",
    ),
    "takes any token": ("string.sub(facts, 1, 32) ~= token", "false"),
    "lets a grant be used a millisecond too long": (
        "now >= tonumber(expires_at) then",
        "now > tonumber(expires_at) then",
    ),
    "puts the end of a grant off for ever": (
        "math.min(now + idle_ms, ends_at)",
        "now + idle_ms",
    ),
    "does not put the expiry of a grant off": (
        "redis.call('ZADD', GRANTS, expires_at, session)",
        "",
    ),
    "lists what has expired": ("redis.call('ZCOUNT', SET, '-inf', now))", "0)"),
    "leaves out who expires in the same millisecond": (
        "local first = redis.call('ZCOUNT', set, '-inf', '(' .. expires_at)",
        "local first = redis.call('ZCOUNT', set, '-inf', expires_at)",
    ),
    "lists the last of a page again": ("return first\nend", "return math.max(0, first - 1)\nend"),
    "takes any subject": ("== beginning", "~= nil"),
    "finds no session that has only a grant": (
        "{ ACTIVE, USED, REVOKED, EXPIRED, STALE, GRANTS }",
        "{ ACTIVE, USED, REVOKED, EXPIRED, STALE }",
    ),
    "lets the grants of a subject be": ("redis.call('ZREM', GRANTS, unpack(digests))", ""),
    "lets all grants be": ("redis.call('UNLINK', PAYLOADS, GRANTS, GRANTED)", ""),
    "forgets what all were revoked for": (
        "redis.call('RENAME', ACTIVE, ENDED)",
        "redis.call('UNLINK', ACTIVE)",
    ),
    "does not count what a subject lost": ("count(redis.call, 'revoked', #digests)", ""),
    "does not count what all lost": ("count(redis.call, 'revoked', sessions)", ""),
    "counts a grant that has expired": (
        "redis.call('ZCARD', ACTIVE), unexpired(GRANTS)",
        "redis.call('ZCARD', ACTIVE), redis.call('ZCARD', GRANTS)",
    ),
}


@pytest.mark.parametrize("slip", [*SLIPS, *SLIPS_OF_CONTROL])
def test_the_comparison_notices_a_script_that(redis_server: RedisServer, slip: str) -> None:
    wrong, base = SLIPS.get(slip), StoreAgainstDomain
    if wrong is None:
        wrong, base = SLIPS_OF_CONTROL[slip], ControlAgainstDomain
    make = partial(real_world, redis_server.address, stepped_incarnation=True, slip=wrong)
    quick = settings(QUIET, max_examples=1000, report_multiple_bugs=False)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_for(make, fails_over=True, base=base), settings=quick)
