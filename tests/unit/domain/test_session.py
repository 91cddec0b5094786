"""The specification itself: every transition from every state."""

from collections.abc import Callable

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError

from domain.payload import Payload
from domain.refusal import Refusal, Refused
from domain.session import REMEMBERED_MS, Session, Standing
from domain.session_id import Digest

NOW = 1_700_000_000_000
EXPIRY = NOW + 60_000
LAST_MOMENT = EXPIRY - 1

HERE = "the store's incarnation"
ELSEWHERE = "the incarnation after a failover"

ACTIVE = Session(
    client="portal",
    digest=Digest.of("a session"),
    expires_at=EXPIRY,
    incarnation=HERE,
    payload=Payload("ana", '{"a":1}'),
)
USED = evolve(ACTIVE, ended=Standing.USED)
REVOKED = evolve(ACTIVE, ended=Standing.REVOKED)

Operation = Callable[[Session, int, str], Session]

REDEEM_AND_REVOKE = pytest.mark.parametrize(
    ("operation", "becomes"),
    [(Session.redeem, Standing.USED), (Session.revoke, Standing.REVOKED)],
    ids=["redeem", "revoke"],
)

# For each way of having ended: when and under which incarnation somebody comes.
ENDED = [
    pytest.param(session, now, incarnation, reason, id=f"{reason.value} {when} {where}")
    for session, reason in ((USED, Refusal.USED), (REVOKED, Refusal.REVOKED))
    for now, when in (
        (0, "long before"),
        (NOW, "in time"),
        (LAST_MOMENT, "at the last moment"),
        (EXPIRY, "at the expiry"),
        (EXPIRY + REMEMBERED_MS, "when forgotten"),
    )
    for incarnation, where in ((HERE, "here"), (ELSEWHERE, "elsewhere"))
] + [
    pytest.param(ACTIVE, now, incarnation, Refusal.EXPIRED, id=f"expired {when} {where}")
    for now, when in (
        (EXPIRY, "at the expiry"),
        (EXPIRY + 1, "after it"),
        (EXPIRY + REMEMBERED_MS, "when forgotten"),
    )
    for incarnation, where in ((HERE, "here"), (ELSEWHERE, "elsewhere"))
]


def reason_of(operation: Operation, session: Session, now: int, incarnation: str) -> Refusal:
    with pytest.raises(Refused) as refused:
        operation(session, now, incarnation)
    return refused.value.reason


@REDEEM_AND_REVOKE
@pytest.mark.parametrize("now", [0, NOW, LAST_MOMENT])
def test_an_active_session_ends_once_as_asked(
    operation: Operation, becomes: Standing, now: int
) -> None:
    ended = operation(ACTIVE, now, HERE)
    assert ended == evolve(ACTIVE, ended=becomes)
    assert ended.standing(now) is becomes


@REDEEM_AND_REVOKE
def test_a_transition_leaves_the_session_it_started_from_alone(
    operation: Operation, becomes: Standing
) -> None:
    before = evolve(ACTIVE)
    ended = operation(ACTIVE, NOW, HERE)
    assert ended.ended is becomes
    assert before == ACTIVE


@pytest.mark.parametrize(("session", "now", "incarnation", "reason"), ENDED)
@REDEEM_AND_REVOKE
def test_what_has_ended_never_ends(
    operation: Operation,
    becomes: Standing,
    session: Session,
    now: int,
    incarnation: str,
    reason: Refusal,
) -> None:
    del becomes
    assert reason_of(operation, session, now, incarnation) is reason
    assert session.refusal(now, incarnation) is reason
    assert session.standing(now).value == reason.value
    assert not session.is_active(now, incarnation)


@REDEEM_AND_REVOKE
@pytest.mark.parametrize("now", [NOW, LAST_MOMENT])
def test_an_active_session_of_another_incarnation_is_stale(
    operation: Operation, becomes: Standing, now: int
) -> None:
    del becomes
    assert reason_of(operation, ACTIVE, now, ELSEWHERE) is Refusal.STALE
    assert ACTIVE.refusal(now, ELSEWHERE) is Refusal.STALE
    assert not ACTIVE.is_active(now, ELSEWHERE)


def test_a_stale_session_can_be_ended_under_its_own_incarnation() -> None:
    assert ACTIVE.refusal(NOW, ELSEWHERE) is Refusal.STALE
    assert ACTIVE.redeem(NOW, HERE).ended is Standing.USED


def test_having_ended_goes_before_expiry_and_expiry_before_staleness() -> None:
    assert USED.refusal(EXPIRY, ELSEWHERE) is Refusal.USED
    assert REVOKED.refusal(EXPIRY, ELSEWHERE) is Refusal.REVOKED
    assert ACTIVE.refusal(EXPIRY, ELSEWHERE) is Refusal.EXPIRED
    assert ACTIVE.refusal(LAST_MOMENT, ELSEWHERE) is Refusal.STALE
    assert ACTIVE.refusal(LAST_MOMENT, HERE) is None


def test_a_session_is_active_until_the_millisecond_before_it_expires() -> None:
    assert ACTIVE.standing(LAST_MOMENT) is Standing.ACTIVE
    assert ACTIVE.is_active(LAST_MOMENT, HERE)


def test_a_session_is_expired_from_the_millisecond_it_expires() -> None:
    assert ACTIVE.standing(EXPIRY) is Standing.EXPIRED
    assert not ACTIVE.is_active(EXPIRY, HERE)


@pytest.mark.parametrize("session", [ACTIVE, USED, REVOKED], ids=["expired", "used", "revoked"])
def test_a_session_is_remembered_for_an_hour_after_its_expiry_however_it_ended(
    session: Session,
) -> None:
    assert not session.is_forgotten(EXPIRY + 3_600_000 - 1)
    assert session.is_forgotten(EXPIRY + 3_600_000)


def test_a_session_carries_nothing_and_has_not_ended_unless_told() -> None:
    session = Session(client="a", digest=Digest.of("b"), expires_at=1, incarnation="c")
    assert session.payload == Payload()
    assert session.ended is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("ended", None), ("expires_at", EXPIRY * 2), ("incarnation", ELSEWHERE), ("client", "b")],
)
def test_a_session_cannot_be_changed(name: str, value: object) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(USED, name, value)
    assert evolve(ACTIVE, ended=Standing.USED) == USED


def test_a_session_takes_no_further_attributes() -> None:
    with pytest.raises((AttributeError, FrozenInstanceError)):
        setattr(ACTIVE, "redeemed_by", "ana")  # noqa: B010 mypy knows it better
