from functools import reduce
from operator import add

import pytest
from attrs import fields
from attrs.exceptions import FrozenInstanceError

from domain.figures import CleanUp, Figures

# Powers of two: no sum of other figures equals the right one.
ONE = Figures(active=1, used=2, created=4, redeemed=8)
OTHER = Figures(active=16, used=32, created=64, redeemed=128)


def test_the_total_is_what_is_active_and_what_is_used() -> None:
    assert ONE.total == 3


def test_an_empty_store_has_nothing() -> None:
    assert Figures() == Figures(active=0, used=0, created=0, redeemed=0)
    assert Figures().total == 0
    assert CleanUp() == CleanUp(removed=0, remaining=0)


def test_figures_add_up_part_by_part() -> None:
    total = ONE + OTHER
    assert total == Figures(active=17, used=34, created=68, redeemed=136)


def test_clean_ups_add_up_part_by_part() -> None:
    total = CleanUp(removed=1, remaining=2) + CleanUp(removed=4, remaining=8)
    assert total == CleanUp(removed=5, remaining=10)


@pytest.mark.parametrize("kind", [Figures, CleanUp])
def test_every_part_takes_part_in_a_sum(kind: type[Figures] | type[CleanUp]) -> None:
    parts = [part.name for part in fields(kind)]
    ones = kind(**dict.fromkeys(parts, 1))
    assert reduce(add, [ones] * 3, kind()) == kind(**dict.fromkeys(parts, 3))


@pytest.mark.parametrize(
    ("thing", "name"),
    [(Figures(), "active"), (CleanUp(), "removed")],
    ids=["figures", "clean-up"],
)
def test_figures_cannot_be_changed(thing: object, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(thing, name, 1)
