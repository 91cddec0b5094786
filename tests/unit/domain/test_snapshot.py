import pytest
from attrs import evolve

from domain.grant import Grant
from domain.payload import EMPTY, Payload
from domain.record import Record, State, record_of_granted
from domain.refusal import Refusal
from domain.session import REMEMBERED_MS, Session, Standing
from domain.session_id import Digest
from domain.snapshot import (
    Part,
    PutBack,
    grant_after,
    session_after,
)

NOW, LIFE = 1_000_000, "this life"
DIGEST, TOKEN = Digest.of("session"), Digest.of("token")
ANA = Payload("ana")
ACTIVE = Session(client="portal", digest=DIGEST, expires_at=NOW + 1, incarnation=LIFE, payload=ANA)
STALE = evolve(ACTIVE, incarnation="another life")
USED, REVOKED = (evolve(ACTIVE, ended=ended) for ended in (Standing.USED, Standing.REVOKED))
GRANT = Grant(
    client="portal",
    session=DIGEST,
    token=TOKEN,
    payload=ANA,
    ends_at=NOW + 9,
    idle_ms=5,
    expires_at=NOW + 1,
)


def record(state: State, expires_at: int | None = NOW + 1) -> Record:
    return Record(client="portal", digest=DIGEST, state=state, expires_at=expires_at, payload=ANA)


def refusal_after(there: Session | None, state: State, *, final: bool = False) -> Refusal | None:
    after = session_after(there, record(state), NOW, LIFE, final=final)
    return after.refusal(NOW, LIFE) if after else Refusal.UNKNOWN


@pytest.mark.parametrize("state", [State.ACTIVE, State.EXPIRED, State.STALE])
def test_what_may_have_been_used_since_is_refused(state: State) -> None:
    assert refusal_after(None, state) is Refusal.STALE


@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("state", [State.USED, State.REVOKED])
def test_what_has_ended_is_refused_for_what_it_is(state: State, *, final: bool) -> None:
    assert refusal_after(None, state, final=final) == state.value


@pytest.mark.parametrize("state", [State.EXPIRED, State.STALE])
def test_a_final_snapshot_revives_only_what_was_active(state: State) -> None:
    assert refusal_after(None, State.ACTIVE, final=True) is None
    assert refusal_after(None, state, final=True) is Refusal.STALE


@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("there", [USED, REVOKED, STALE, ACTIVE])
def test_what_is_there_wins_over_what_was_active(there: Session, *, final: bool) -> None:
    assert session_after(there, record(State.ACTIVE), NOW, LIFE, final=final) is there


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("there", [USED, REVOKED])
def test_an_end_that_is_there_stays(there: Session, state: State) -> None:
    assert session_after(there, record(state), NOW, LIFE, final=True) is there


@pytest.mark.parametrize("there", [ACTIVE, STALE])
def test_whoever_saw_a_session_end_is_right(there: Session) -> None:
    assert refusal_after(there, State.USED) is Refusal.USED
    assert refusal_after(there, State.REVOKED) is Refusal.REVOKED


def test_only_what_is_active_again_carries_anything() -> None:
    for state, final, payload in [
        (State.ACTIVE, True, ANA),
        (State.ACTIVE, False, EMPTY),
        (State.USED, True, EMPTY),
    ]:
        after = session_after(None, record(state), NOW, LIFE, final=final)
        assert after is not None
        assert after.payload == payload


@pytest.mark.parametrize("state", State)
def test_what_is_forgotten_stays_so(state: State) -> None:
    old = record(state, NOW - REMEMBERED_MS)
    assert session_after(None, old, NOW, LIFE, final=True) is None
    just = record(state, NOW - REMEMBERED_MS + 1)
    assert session_after(None, just, NOW, LIFE, final=True) is not None


def test_a_grant_whose_session_is_forgotten_makes_none() -> None:
    held = record_of_granted(GRANT, None)
    assert session_after(None, held, NOW, LIFE, final=True) is None
    assert session_after(ACTIVE, held, NOW, LIFE, final=True) is ACTIVE


def test_a_grant_comes_back_from_a_final_snapshot_only() -> None:
    held = record_of_granted(GRANT, NOW)
    assert grant_after(None, held, NOW, final=True) == GRANT
    assert grant_after(None, held, NOW, final=False) is None


def test_a_grant_that_is_there_stays_as_it_is() -> None:
    there = evolve(GRANT, expires_at=NOW + 5)
    assert grant_after(there, record_of_granted(GRANT, NOW), NOW, final=True) is there


def test_a_grant_that_has_expired_does_not_come_back() -> None:
    held = record_of_granted(GRANT, NOW)
    assert grant_after(None, held, NOW + 1, final=True) is None


def test_what_was_put_back_adds_up() -> None:
    one = PutBack(revived=1, refused=2, unchanged=3, grants=4)
    assert one + one == PutBack(revived=2, refused=4, unchanged=6, grants=8)


def test_a_part_need_not_say_anything() -> None:
    assert Part(client="portal").records == ()
