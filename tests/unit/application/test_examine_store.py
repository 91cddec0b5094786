import asyncio

from application.examine_store import ExamineStore
from application.ports import Finding, Verdict
from tests.unit.application.fakes import Inspection


def test_what_was_found_is_told_in_its_order() -> None:
    found = (Finding.failed("redis.eviction.on", policy="allkeys-lru"), Finding.ok("redis.reached"))
    assert asyncio.run(ExamineStore(Inspection(*found)).execute()) == found


def test_a_finding_says_how_grave_it_is_and_what_it_is_about() -> None:
    note = Finding.note("redis.clock.apart", seconds=7)
    assert (note.verdict, note.what, note.facts) == (
        Verdict.NOTE,
        "redis.clock.apart",
        {"seconds": 7},
    )
