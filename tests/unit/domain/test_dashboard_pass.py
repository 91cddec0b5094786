import pytest

from domain.client import Admin
from domain.dashboard_pass import DashboardPass
from domain.key import digest_key

OLD, NEW, STRANGE = digest_key("old"), digest_key("new"), digest_key("nobody's")
END = 1_700_000_000_000
OPS = Admin(name="ops", keys=frozenset({OLD, NEW}))
GIVEN = DashboardPass.give("ops", END, OLD)


def shown(text: str) -> DashboardPass:
    presented = DashboardPass.presented(text)
    assert presented is not None
    return presented


def test_it_holds_until_its_end_and_not_at_it() -> None:
    assert shown(GIVEN.text).holds(OPS, END - 1)
    assert not shown(GIVEN.text).holds(OPS, END)


@pytest.mark.parametrize("keys", [{NEW}, {STRANGE}, {NEW, STRANGE}, set()])
def test_it_ends_with_the_key_that_it_was_given_for(keys: set[str]) -> None:
    rotated = Admin(name="ops", keys=frozenset(keys))
    assert not GIVEN.holds(rotated, 0)
    assert GIVEN.holds(Admin(name="ops", keys=frozenset({OLD})), 0)


def test_it_is_no_other_admins() -> None:
    assert not GIVEN.holds(Admin(name="root", keys=OPS.keys), 0)
    taken = GIVEN.text.replace("ops", "root")
    assert not shown(taken).holds(Admin(name="root", keys=OPS.keys), 0)


def test_nobody_can_give_himself_more_time() -> None:
    longer = GIVEN.text.replace(str(END), str(END + 1))
    assert not shown(longer).holds(OPS, 0)


@pytest.mark.parametrize("at", range(43))
def test_no_letter_of_the_seal_can_be_another(at: int) -> None:
    start, seal = GIVEN.text[:-43], GIVEN.text[-43:]
    # Two bits of the last letter stand for nothing in base64: it has to be the same nevertheless.
    other = "B" if seal[at] == "A" else "A"
    assert not shown(start + seal[:at] + other + seal[at + 1 :]).holds(OPS, 0)


OTHER_FORMS = [
    *("", ".", "ops", f"ops.{END}", f"ops.{END}.", f"ops.-1.{GIVEN.seal}"),
    *(f"ops.0{END}.{GIVEN.seal}", f"Ops.{END}.{GIVEN.seal}", "ópera.1.é"),
    *(f"{GIVEN.text}x", f" {GIVEN.text}", f"{GIVEN.text}\n"),
]


@pytest.mark.parametrize("text", OTHER_FORMS)
def test_what_has_another_form_is_none(text: str) -> None:
    assert DashboardPass.presented(text) is None


def test_the_seal_is_in_no_repr() -> None:
    assert GIVEN.seal not in repr(GIVEN)
