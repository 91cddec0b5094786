"""Whether a contestant does what all are compared on."""

import pytest

from bench.serving import NotTheSame, try_flow
from tests.unit.bench.pretended_peer import Manners, pretended_peer


def test_a_contestant_that_does_the_same_is_let_in() -> None:
    with pretended_peer(Manners()) as url:
        try_flow(url)


@pytest.mark.parametrize(
    ("manners", "what"),
    [
        (Manners(lets_anybody_create=True), "a create without a key"),
        (Manners(redeems_for_ever=True), "the same redeem again"),
        (Manners(refuses_from=2), "a redeem is answered 503"),
    ],
)
def test_a_contestant_that_saves_itself_the_trouble_is_not(manners: Manners, what: str) -> None:
    with pretended_peer(manners) as url, pytest.raises(NotTheSame, match=what):
        try_flow(url)
