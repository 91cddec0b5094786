import pytest

from domain.errors import FramegateError
from domain.refusal import Refusal, Refused
from domain.session import Standing


def test_the_reasons_are_these_six() -> None:
    names = {reason.value for reason in Refusal}
    assert names == {"unknown", "used", "expired", "revoked", "mismatch", "stale"}


@pytest.mark.parametrize("standing", set(Standing) - {Standing.ACTIVE}, ids=lambda s: s.value)
def test_every_way_of_having_ended_is_a_reason(standing: Standing) -> None:
    assert Refusal(standing.value).name == standing.name


@pytest.mark.parametrize("reason", Refusal, ids=lambda r: r.value)
def test_a_refusal_is_raised_with_its_reason(reason: Refusal) -> None:
    with pytest.raises(FramegateError) as raised:
        raise Refused(reason)
    assert isinstance(raised.value, Refused)
    assert raised.value.reason is reason
