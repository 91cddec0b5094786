"""Random sequences of operations, losses and restores: nothing that has ended ever comes back."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.figures import Figures
from domain.grant import Grant, Granting
from domain.payload import Payload
from domain.record import State, record_of_granted, record_of_session
from domain.refusal import Refusal, Refused
from domain.session import REMEMBERED_MS, Session, Standing
from domain.session_id import Digest
from domain.snapshot import Part, PutBack, grant_after, session_after
from tests.contract.test_state_machine import QUIET
from tests.support.redis_server import RedisServer
from tests.support.worlds import START, MemoryWorld, World, real_world

TOKEN = Digest.of("token")
GRANTING = Granting(token=TOKEN, ttl_ms=40_000_000, idle_ms=30_000_000)
TTLS = [1_000, 2_000, 5_000]
STEPS = [1, 999, 2_000, REMEMBERED_MS]


class Model:
    """The specification, without any cleverness."""

    def __init__(self) -> None:
        self.now = START
        self.life = 0
        self.lose_everything()

    def lose_everything(self) -> None:
        self.sessions: dict[Digest, Session] = {}
        self.grants: dict[Digest, Grant] = {}
        self.created = self.redeemed = 0

    @property
    def known(self) -> dict[Digest, Session]:
        return {d: s for d, s in self.sessions.items() if not s.is_forgotten(self.now)}

    def parts(self) -> list[Part]:
        """Take what a final snapshot has."""
        records = [
            record_of_session(s, None, self.now, str(self.life)) for s in self.known.values()
        ]
        grants = [record_of_granted(grant, None) for grant in self.grants.values()]
        counters = Part(client="portal", created=self.created, redeemed=self.redeemed)
        return [Part(client="portal", records=[*records, *grants]), counters]

    def put_back(self, parts: list[Part], *, final: bool) -> PutBack:
        done = Counter[str]()
        for part in parts:
            self.created = max(self.created, part.created)
            self.redeemed = max(self.redeemed, part.redeemed)
            for record in part.records:
                there, held = self.known.get(record.digest), self.grants.get(record.digest)
                life = str(self.life)
                session = session_after(there, record, self.now, life, final=final)
                if session is not None and session is not there:
                    self.sessions[record.digest] = session
                    refused = session.refusal(self.now, life)
                    revives = final and record.state is State.ACTIVE
                    assert refused is not None or revives
                    done["revived" if revives else "refused"] += 1
                elif record.expires_at is not None:
                    done["unchanged"] += 1
                grant = grant_after(held, record, self.now, final=final)
                if grant is not None and grant is not held:
                    self.grants[record.digest] = grant
                    done["grants"] += 1
        return PutBack(**done)

    def end(self, digest: Digest, how: Callable[[Session, int, str], Session]) -> Session:
        if digest not in self.known:
            raise Refused(Refusal.UNKNOWN)
        self.sessions[digest] = how(self.known[digest], self.now, str(self.life))
        return self.sessions[digest]

    def figures(self) -> Figures:
        known = self.known.values()
        used = [s for s in known if s.ended is Standing.USED]
        return Figures(
            active=sum(s.is_active(self.now, str(self.life)) for s in known),
            used=sum(s.expires_at > self.now for s in used),
            created=self.created,
            redeemed=self.redeemed,
        )


def reason_of(operation: Callable[[], object]) -> Refusal | None:
    try:
        operation()
    except Refused as refused:
        return refused.reason
    return None


class RestoresAgainstDomain(RuleBasedStateMachine):
    """Keeps in mind, over all losses, what has ended; the store and the model do not."""

    sessions = Bundle("sessions")
    snapshots = Bundle("snapshots")
    final_snapshots = Bundle("final_snapshots")

    make_world: ClassVar[Callable[[], World]]

    @initialize()
    def begin(self) -> None:
        self.world = type(self).make_world()
        self.model = Model()
        self.number = 0
        self.ended: set[Digest] = set()
        self.revoked_grants: set[Digest] = set()

    @rule(target=sessions, ttl_ms=st.sampled_from(TTLS), subject=st.sampled_from([None, "ana"]))
    def create(self, ttl_ms: int, subject: str | None) -> Digest:
        self.number += 1  # ids are random: none comes twice
        digest, payload = Digest.of(f"session {self.number}"), Payload(subject)
        session = self.world.create(digest, ttl_ms=ttl_ms, payload=payload)
        self.model.created += 1
        self.model.sessions[digest] = Session(
            client="portal",
            digest=digest,
            expires_at=session.expires_at,
            incarnation=str(self.model.life),
            payload=payload,
        )
        return digest

    @rule(digest=sessions)
    def redeem(self, digest: Digest) -> None:
        before = self.model.known.get(digest)
        expected = reason_of(lambda: self.model.end(digest, Session.redeem))
        assert reason_of(lambda: self.world.redeem(digest, granting=GRANTING)) == expected
        if expected is None and before is not None:
            assert digest not in self.ended, "it has come back"
            self.ended.add(digest)
            self.model.redeemed += 1
            grant = GRANTING.grant("portal", digest, before.payload, self.model.now)
            self.model.grants[digest] = grant

    @rule(digest=sessions)
    def revoke(self, digest: Digest) -> None:
        expected = reason_of(lambda: self.model.end(digest, Session.revoke))
        assert reason_of(lambda: self.world.revoke(digest)) == expected
        if expected is None:
            assert digest not in self.ended, "it has come back"
            self.ended.add(digest)

    @rule(digest=sessions)
    def use_grant(self, digest: Digest) -> None:
        grant = self.model.grants.get(digest)
        holds = grant is not None and self.model.now < grant.expires_at
        used = reason_of(lambda: self.world.use_grant(digest, TOKEN)) is None
        assert used == holds
        if grant is not None and holds:
            assert digest not in self.revoked_grants, "it has come back"
            self.model.grants[digest] = grant.use(TOKEN, self.model.now)

    @rule(digest=sessions)
    def revoke_grant(self, digest: Digest) -> None:
        self.world.revoke_grant(digest)
        if self.model.grants.pop(digest, None):
            self.revoked_grants.add(digest)

    @rule(ms=st.sampled_from(STEPS))
    def advance(self, ms: int) -> None:
        self.world.advance(ms)
        self.model.now += ms

    @rule()
    def fail_over(self) -> None:
        self.world.fail_over()
        self.model.life += 1

    @rule()
    def lose_everything(self) -> None:
        self.world.lose_everything()
        self.model.lose_everything()

    @rule(target=snapshots)
    def take(self) -> list[Part]:
        return self.world.read()

    @rule(target=final_snapshots)
    def stop(self) -> list[Part]:
        parts = self.world.read(final=True) if self.is_in_memory else self.model.parts()
        self.lose_everything()
        return parts

    @rule(parts=snapshots)
    def put_back(self, parts: list[Part]) -> None:
        expected = self.model.put_back(parts, final=False)
        assert self.world.put_back(parts) == expected

    @rule(target=snapshots, parts=consumes(final_snapshots))
    def put_back_the_final_one(self, parts: list[Part]) -> list[Part]:
        expected = self.model.put_back(parts, final=True)
        assert self.world.put_back(parts, final=True) == expected
        return parts  # it is used up, and a snapshot as any other

    @rule(digest=sessions)
    @precondition(lambda self: self.number)
    def look(self, digest: Digest) -> None:
        known = self.model.known.get(digest)
        found = [record.state for record in self.world.find(digest.fingerprint)]
        if known is not None:
            record = record_of_session(known, None, self.model.now, str(self.model.life))
            assert found == [record.state]

    @invariant()
    def figures_agree(self) -> None:
        assert self.world.figures() == self.model.figures()

    @property
    def is_in_memory(self) -> bool:
        return isinstance(self.world, MemoryWorld)

    def teardown(self) -> None:
        self.world.close()


def machine_for(make: Callable[[], World]) -> type[RestoresAgainstDomain]:
    class Machine(RestoresAgainstDomain):
        make_world = staticmethod(make)

    return Machine


FEW = settings(QUIET, max_examples=25)


def test_in_memory_nothing_that_has_ended_comes_back() -> None:
    run_state_machine_as_test(machine_for(MemoryWorld), settings=FEW)


def test_in_redis_nothing_that_has_ended_comes_back(redis_server: RedisServer) -> None:
    make = partial(real_world, redis_server.address, stepped_incarnation=True)
    run_state_machine_as_test(machine_for(make), settings=FEW)


# Each is a plausible slip in a script.
SLIPS = {
    "takes an end that was seen for what is lost": (
        "({ used = USED, revoked = REVOKED })[state]",
        "nil",
    ),
    "lets the smaller number win": ("or 0) < tonumber(ARGV[i", "or 0) > tonumber(ARGV[i"),
    "puts back over what is active": ("REVOKED, EXPIRED, STALE, ACTIVE })", "REVOKED, EXPIRED })"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_the_comparison_notices_a_script_that(redis_server: RedisServer, slip: str) -> None:
    address, wrong = redis_server.address, SLIPS[slip]
    make = partial(real_world, address, stepped_incarnation=True, slip=wrong)
    quick = settings(QUIET, max_examples=1000, report_multiple_bugs=False)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_for(make), settings=quick)
