"""What the documents say of events, operations and alerts is what there is."""

import re
from pathlib import Path

import attrs

from adapters.audit_entry import NAMES
from adapters.redis.scripts import SingleUse, load_scripts
from domain.alerts import Limits
from domain.events import Event
from domain.refusal import Refusal

DOCS = Path(__file__).parents[2] / "docs"
EVERYWHERE = {field.name for field in attrs.fields(Event)}


def rows(name: str, heading: str) -> list[list[str]]:
    """Return the cells of the table whose first column is headed so."""
    text = (DOCS / name).read_text()
    table = text.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def test_every_event_and_every_field_of_it_is_documented() -> None:
    told = {names(row[0])[0]: names(row[1]) for row in rows("audit.md", "event")}
    assert told == {
        name: [field.name for field in attrs.fields(kind) if field.name not in EVERYWHERE]
        for kind, name in NAMES.items()
    }


def test_every_event_there_is_has_a_name() -> None:
    kinds = set[type[Event]]()
    left = [Event]
    while left:
        kinds |= set(left := [kind for each in left for kind in each.__subclasses__()])
    # By name: attrs makes each class twice, and the first of the two may still be about.
    assert {kind.__name__ for kind in kinds} == {kind.__name__ for kind in NAMES}


def test_every_reason_is_documented() -> None:
    (refused,) = [row for row in rows("audit.md", "event") if "redeem_refused" in row[0]]
    assert set(names(refused[2])) | {"used"} == {reason.value for reason in Refusal}


def test_every_operation_that_is_timed_is_documented() -> None:
    told = {name for row in rows("metrics.md", "operation") for name in names(row[0])}
    scripts = {script.name for script in load_scripts(SingleUse.STRICT).all}
    assert told == scripts - {"take_down", "events_after", "latest_events", "claim"}


def test_every_alert_is_documented() -> None:
    assert [names(row[0])[0] for row in rows("alerts.md", "alert")] == [
        rule.name for rule in Limits().all
    ]
