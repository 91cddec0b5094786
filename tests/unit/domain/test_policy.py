import pytest
from attrs.exceptions import FrozenInstanceError

from domain.errors import CapReached, InvalidCount, InvalidPolicy, InvalidTtl
from domain.policy import Policy, ensure_room, lacking
from domain.rate import Rate


def test_sessions_live_half_an_hour_and_a_thousand_may_be_active_unless_told() -> None:
    assert Policy() == Policy(ttl_seconds=1800, cap=1000)


@pytest.mark.parametrize("ttl", [1, 1800, 86_400])
def test_a_policy_may_let_sessions_live_from_a_second_to_a_day(ttl: int) -> None:
    assert Policy(ttl_seconds=ttl).ttl_seconds == ttl


@pytest.mark.parametrize("ttl", [-1, 0, 86_401])
def test_any_other_time_to_live_is_refused(ttl: int) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        Policy(ttl_seconds=ttl)
    error = refused.value
    assert (error.part, error.value, error.least, error.most) == ("ttl_seconds", ttl, 1, 86_400)


@pytest.mark.parametrize("cap", [1, 1000, 10_000_000])
def test_a_policy_may_allow_one_to_ten_million_active_sessions(cap: int) -> None:
    assert Policy(cap=cap).cap == cap


@pytest.mark.parametrize("cap", [-1, 0, 10_000_001])
def test_any_other_cap_is_refused(cap: int) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        Policy(cap=cap)
    error = refused.value
    assert (error.part, error.value, error.least, error.most) == ("cap", cap, 1, 10_000_000)


@pytest.mark.parametrize("creates", [1, 6000, 10_000_000])
def test_a_policy_may_allow_one_to_ten_million_creates_a_minute(creates: int) -> None:
    assert Policy(creates_per_minute=creates).create_rate == Rate(creates, 60_000)


@pytest.mark.parametrize("creates", [-1, 0, 10_000_001])
def test_any_other_rate_is_refused(creates: int) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        Policy(creates_per_minute=creates)
    assert refused.value.part == "creates_per_minute"


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Policy().cap = 2  # type: ignore[misc]


@pytest.mark.parametrize("seconds", [1, 1800, 86_400])
def test_a_session_lives_as_long_as_the_policy_says_where_nothing_is_requested(
    seconds: int,
) -> None:
    assert Policy(ttl_seconds=seconds).ttl_ms() == seconds * 1000


@pytest.mark.parametrize("requested", [1, 2, 1799, 1800])
def test_a_parent_may_request_a_shorter_life(requested: int) -> None:
    assert Policy(ttl_seconds=1800).ttl_ms(requested) == requested * 1000


@pytest.mark.parametrize(
    "requested",
    [0, -1, 1801, 10**30, True, False, 1.0, 1.5, float("nan"), "1", "", [], {}, b"1"],
    ids=repr,
)
def test_any_other_request_is_refused_and_told_the_most(requested: object) -> None:
    with pytest.raises(InvalidTtl) as refused:
        Policy(ttl_seconds=1800).ttl_ms(requested)
    assert refused.value.most_seconds == 1800


@pytest.mark.parametrize(("active", "cap"), [(0, 1), (1, 2), (999, 1000)])
def test_there_is_room_below_the_cap(active: int, cap: int) -> None:
    ensure_room(active, cap, retry_after_ms=5)  # does not raise


@pytest.mark.parametrize(("active", "cap"), [(1, 1), (2, 1), (1000, 1000)])
def test_there_is_none_at_the_cap_or_above_it(active: int, cap: int) -> None:
    with pytest.raises(CapReached) as full:
        ensure_room(active, cap, retry_after_ms=5)
    assert (full.value.cap, full.value.retry_after_ms) == (cap, 5)


@pytest.mark.parametrize(
    ("policy", "limited", "most"),
    [
        (Policy(cap=5_000), True, 1000),
        (Policy(cap=50), True, 50),
        (Policy(cap=5_000, creates_per_minute=70), True, 70),
        (Policy(cap=5_000, creates_per_minute=70), False, 1000),
    ],
)
def test_a_batch_may_be_as_large_as_could_ever_be_had(
    policy: Policy, limited: bool, most: int
) -> None:
    assert policy.batch_size(1, limited=limited) == 1
    assert policy.batch_size(most, limited=limited) == most
    for wrong in (most + 1, 0, -1, None, True, "3", 3.0):
        with pytest.raises(InvalidCount) as refused:
            policy.batch_size(wrong, limited=limited)
        assert refused.value.most_sessions == most


def test_there_is_room_for_several_up_to_the_cap() -> None:
    ensure_room(3, 5, 0, 2)
    with pytest.raises(CapReached) as full:
        ensure_room(3, 5, 7, 3)
    assert (full.value.cap, full.value.retry_after_ms) == (5, 7)


@pytest.mark.parametrize(
    ("active", "wanted", "short"), [(3, 2, 0), (3, 3, 1), (5, 1, 1), (7, 1, 3), (2, 9, 2)]
)
def test_so_many_have_to_end_that_there_is_room(active: int, wanted: int, short: int) -> None:
    assert lacking(active, 5, wanted) == short
