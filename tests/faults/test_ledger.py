"""The judge is judged first: what it must find, and what it must let pass."""

import pytest

from domain.session_id import Digest
from tests.faults.ledger import Ledger, Outcome

WON, REFUSED, UNKNOWN = Outcome.WON, Outcome.REFUSED, Outcome.UNKNOWN


def ledger_of(*outcomes: Outcome) -> Ledger:
    ledger = Ledger()
    ledger.issue("an id")
    for asker, outcome in enumerate(outcomes):
        ledger.record("an id", outcome, door="a server", asker=asker, moment="at noon")
    return ledger


@pytest.mark.parametrize(
    "outcomes",
    [
        [],
        [WON],
        [REFUSED, WON, REFUSED],
        [UNKNOWN, REFUSED],
        [UNKNOWN, UNKNOWN, WON, REFUSED],
    ],
)
def test_at_most_one_win_passes(outcomes: list[Outcome]) -> None:
    ledger_of(*outcomes).judge()


@pytest.mark.parametrize("outcomes", [[WON, WON], [WON, UNKNOWN, WON], [UNKNOWN, WON, WON]])
def test_a_second_win_is_found_with_who_won_it_where_and_when(outcomes: list[Outcome]) -> None:
    ledger = ledger_of(*outcomes)
    with pytest.raises(AssertionError) as found:
        ledger.judge()
    message = str(found.value)
    assert "1 of 1 ids were redeemed twice" in message
    assert f"{Digest.of('an id').fingerprint} was won 2 times" in message
    last = len(outcomes) - 1
    assert f"won by racer {last} through a server at noon" in message


def test_a_ledger_shows_no_id() -> None:
    ledger = ledger_of(WON, WON)
    with pytest.raises(AssertionError) as found:
        ledger.judge()
    assert "an id" not in f"{found.value}{ledger}"


def test_only_ids_that_were_issued_can_be_entered() -> None:
    with pytest.raises(KeyError):
        ledger_of().record("another", WON, door="a server", asker=0, moment="at noon")


def test_an_id_that_is_issued_again_is_found() -> None:
    with pytest.raises(AssertionError, match="was issued twice"):
        ledger_of(WON).issue("an id")
