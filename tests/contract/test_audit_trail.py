"""What was audited is read again, wherever it is kept."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pytest

from adapters.audit_entry import entry_lines
from adapters.audit_file import AuditFile
from adapters.audit_file_trail import FileTrail
from adapters.memory.audit_trail import MemoryTrail
from adapters.redis.address import RedisLimits
from adapters.redis.audit_stream import AuditStream
from adapters.redis.audit_trail import RedisTrail
from adapters.redis.client import make_carrier
from adapters.redis.link import RedisLink
from adapters.redis.scripts import SingleUse, load_scripts
from adapters.rotating_file import RotatingFile
from adapters.system import SystemRandomness
from application.audit_ports import AuditTrail
from application.ports import StoreUnavailable
from application.read_audit import LOOK_AT, ReadAudit, ReadAuditRequest
from domain.audit import Entry, Wanted
from domain.events import Event, RedeemRefused, ReplayAttempted, SessionCreated, SessionsRevoked
from domain.refusal import Refusal

T = TypeVar("T")
NOW = 1_700_000_000_123
PLACE: dict[str, Any] = {"remote": "192.0.2.7", "client": "portal"}


class Kept(ABC):
    """A trail, run from plain functions, and what brings events to it."""

    trail: AuditTrail

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    @abstractmethod
    def take(self, *events: Event) -> None:
        """Take them down."""

    def run(self, operation: Coroutine[object, object, T]) -> T:
        return self._runner.run(operation)

    def read(self, **wanted: Any) -> list[Entry]:
        """Read all that there is, stretch by stretch."""
        read, entries, after = ReadAudit(self.trail), list[Entry](), None
        while True:
            request = ReadAuditRequest(wanted=Wanted(**wanted), after=after)
            stretch = self.run(read.execute(request))
            entries += stretch.entries
            if stretch.reaches_the_end:
                return entries
            assert stretch.end != after
            after = stretch.end

    def close(self) -> None:
        self._runner.close()


class KeptInMemory(Kept):
    def __init__(self) -> None:
        super().__init__()
        self.trail = self.sink = MemoryTrail(5000)

    def take(self, *events: Event) -> None:
        for event in events:
            self.sink.take([event])


class KeptInFile(Kept):
    """Small enough that the larger tests have some put aside."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.file = RotatingFile(folder / "audit.log", most_bytes=100_000, keep=5)
        self.file.try_out()
        self._lines = AuditFile(self.file)
        self.trail = FileTrail(self.file.path)

    def take(self, *events: Event) -> None:
        self.run(self._lines.write(0, entry_lines(events), len(events)))

    def close(self) -> None:
        self.file.close()
        super().close()


class KeptInRedis(Kept):
    def __init__(self, link: RedisLink) -> None:
        super().__init__()
        self._link = link
        self._scripts = load_scripts(SingleUse.DURABLE)
        self.trail = RedisTrail(link, self._scripts)
        self.stream = self.writer()
        self.batches = 0
        self.run(link.ask_each("FLUSHALL"))

    def writer(self, length: int = 5000) -> AuditStream:
        return AuditStream(self._link, self._scripts, SystemRandomness(), length)

    def take(self, *events: Event) -> None:
        self.run(self.stream.write(self.batches, entry_lines(events), len(events)))
        self.batches += 1

    def close(self) -> None:
        self.run(self._link.close())
        super().close()


STORES = ["memory", "file", "redis_server", "cluster"]


@pytest.fixture(params=STORES)
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    made = make(request, request.param)
    yield made
    made.close()


@pytest.fixture(params=STORES[2:])
def in_redis(request: pytest.FixtureRequest) -> Iterator[KeptInRedis]:
    made = make(request, request.param)
    assert isinstance(made, KeptInRedis)
    yield made
    made.close()


def make(request: pytest.FixtureRequest, store: str) -> Kept:
    if store == "memory":
        return KeptInMemory()
    if store == "file":
        return KeptInFile(request.getfixturevalue("tmp_path"))
    address = request.getfixturevalue(store).address
    return KeptInRedis(RedisLink(make_carrier(address, RedisLimits(timeout_seconds=30)), 30))


def created(at: int, client: str = "portal") -> SessionCreated:
    return SessionCreated(at=at, remote="192.0.2.7", client=client, fingerprint="0123456789ab")


def times(entries: Sequence[Entry]) -> list[int]:
    return [entry.at for entry in entries]


def test_an_event_is_read_with_its_name_and_all_its_facts(kept: Kept) -> None:
    kept.take(
        ReplayAttempted(at=NOW, fingerprint="0123456789ab", reason=Refusal.USED, **PLACE),
        SessionsRevoked(at=NOW, scope="all", sessions=2, grants=0, complete=False, **PLACE),
    )
    replay, revoked = kept.read()
    assert (replay.event, replay.at) == ("replay_attempted", NOW)
    assert replay.facts == {**PLACE, "fingerprint": "0123456789ab", "reason": "used"}
    assert (revoked.event, revoked.facts) == (
        "sessions_revoked",
        {**PLACE, "scope": "all", "sessions": 2, "grants": 0, "complete": False},
    )


def test_events_are_read_in_their_order_however_many_there_are(kept: Kept) -> None:
    assert kept.read() == []
    count = 2 * LOOK_AT + 1
    for start in range(0, count, 500):
        kept.take(*map(created, range(NOW + start, NOW + min(start + 500, count))))
    assert times(kept.read()) == list(range(NOW, NOW + count))
    assert len({entry.position for entry in kept.read()}) == count
    assert times(kept.run(kept.trail.latest(3))) == [NOW + count - n for n in (3, 2, 1)]


def test_the_latest_are_all_where_there_are_no_more(kept: Kept) -> None:
    assert kept.run(kept.trail.latest(3)) == []
    kept.take(created(NOW), created(NOW + 1))
    assert times(kept.run(kept.trail.latest(3))) == [NOW, NOW + 1]


def test_who_follows_gets_each_event_once(kept: Kept) -> None:
    read, wanted = ReadAudit(kept.trail), Wanted()
    kept.take(created(NOW))
    first = kept.run(read.execute(ReadAuditRequest(wanted=wanted)))
    nothing = kept.run(read.execute(ReadAuditRequest(wanted=wanted, after=first.end)))
    kept.take(created(NOW + 1))
    second = kept.run(read.execute(ReadAuditRequest(wanted=wanted, after=nothing.end)))
    assert list(map(times, [first.entries, nothing.entries, second.entries])) == [
        [NOW],
        [],
        [NOW + 1],
    ]


def test_what_is_not_asked_for_is_left_out(kept: Kept) -> None:
    refused = RedeemRefused(at=NOW + 1, reason=Refusal.STALE, **PLACE)
    replay = ReplayAttempted(at=NOW + 2, reason=Refusal.USED, **PLACE)
    kept.take(created(NOW), refused, replay, created(NOW + 3, "other"))
    assert times(kept.read(since=NOW + 2)) == [NOW + 2, NOW + 3]
    assert times(kept.read(client="other")) == [NOW + 3]
    assert times(kept.read(reason="used")) == [NOW + 2]
    assert times(kept.read(events=["redeem_refused", "replay_attempted"])) == [NOW + 1, NOW + 2]
    assert times(kept.read(events=["redeem_refused"], client="other")) == []


def test_memory_keeps_the_latest_and_goes_on_for_who_was_left_behind() -> None:
    trail = MemoryTrail(3)
    for at in range(5):
        trail.take([created(at)])
    stretch = asyncio.run(trail.after("1", 10))
    assert times(stretch.entries) == [2, 3, 4]
    assert stretch.missed == 1
    assert stretch.reaches_the_end
    assert times(asyncio.run(trail.latest(10))) == [2, 3, 4]


@pytest.fixture(params=["memory", *STORES[2:]])
def trimmed(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """One that keeps ten events, and what comes with them."""
    made = make(request, request.param)
    if isinstance(made, KeptInRedis):
        made.stream = made.writer(length=10)
    else:
        assert isinstance(made, KeptInMemory)
        made.trail = made.sink = MemoryTrail(10)
    yield made
    made.close()


def test_who_falls_behind_is_told_how_many_events_are_missed(trimmed: Kept) -> None:
    read, after, found, missed = ReadAudit(trimmed.trail), None, list[int](), list[int]()
    batches = iter(range(NOW, NOW + 200, 4))
    for more in (9, 1, 0, 12, 2, 20):  # batches of four
        for start in islice(batches, more):
            trimmed.take(*map(created, range(start, start + 4)))
        stretch = trimmed.run(read.execute(ReadAuditRequest(wanted=Wanted(), after=after)))
        after, found = stretch.end, [*found, *times(stretch.entries)]
        missed.append(stretch.missed)
    assert [many > 0 for many in missed] == [False, False, False, True, False, True]
    assert found[-1] == NOW + 4 * 44 - 1
    assert len(found) + sum(missed) == found[-1] - found[0] + 1


def test_who_asks_for_other_events_is_told_of_all_that_are_missed(trimmed: Kept) -> None:
    read, wanted = ReadAudit(trimmed.trail), Wanted(client="other")
    trimmed.take(created(NOW))
    first = trimmed.run(read.execute(ReadAuditRequest(wanted=wanted)))
    for number in range(1, 30):
        trimmed.take(created(NOW + number))
    behind = trimmed.run(read.execute(ReadAuditRequest(wanted=wanted, after=first.end)))
    assert (behind.entries, behind.missed > 0) == ([], True)


def test_who_follows_a_file_misses_nothing_when_it_is_put_aside(tmp_path: Path) -> None:
    kept = KeptInFile(tmp_path)
    kept.file.most_bytes = 300  # two lines
    read = ReadAudit(kept.trail)
    kept.take(created(NOW))
    first = kept.run(read.execute(ReadAuditRequest(wanted=Wanted())))
    for number in range(1, 6):
        kept.take(created(NOW + number))
    rest = kept.run(read.execute(ReadAuditRequest(wanted=Wanted(), after=first.end)))
    assert times(rest.entries) == list(range(NOW + 1, NOW + 6))
    kept.close()


def test_a_file_that_is_not_there_is_said_and_a_line_that_is_none_is_left_out(
    tmp_path: Path,
) -> None:
    nowhere = FileTrail(tmp_path / "nowhere.log")
    with pytest.raises(StoreUnavailable, match="No such file"):
        asyncio.run(nowhere.latest(1))
    kept = KeptInFile(tmp_path)
    kept.file.append(b'{"half of a li')
    kept.take(created(NOW))
    kept.file.append(b"[1]\n\xff\n")
    assert times(kept.read()) == [NOW]
    kept.close()


def test_a_batch_that_comes_again_is_not_doubled(in_redis: KeptInRedis) -> None:
    batch = entry_lines([created(NOW), created(NOW + 1)])
    for number in (0, 0, 1, 1, 0):
        in_redis.run(in_redis.stream.write(number, batch, 2))
    assert times(in_redis.read()) == [NOW, NOW + 1] * 2


def test_batches_of_two_writers_are_no_repeats_of_each_other(in_redis: KeptInRedis) -> None:
    for writer in (in_redis.writer(), in_redis.writer()):
        in_redis.run(writer.write(0, entry_lines([created(NOW)]), 1))
    assert times(in_redis.read()) == [NOW, NOW]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_stream_is_bounded_and_keeps_the_latest(in_redis: KeptInRedis, size: int) -> None:
    stream = in_redis.writer(length=100)
    for number in range(700 // size):
        batch = map(created, range(NOW + size * number, NOW + size * (number + 1)))
        in_redis.run(stream.write(number, entry_lines(batch), size))
    kept = times(in_redis.read())
    last = NOW + 700 // size * size
    assert 100 <= len(kept) <= 100 + 2 * size
    assert kept == list(range(last - len(kept), last))


def test_many_small_batches_make_room_for_large_ones_soon(in_redis: KeptInRedis) -> None:
    stream = in_redis.writer(length=300)
    for number in range(300):
        in_redis.run(stream.write(number, entry_lines([created(NOW + number)]), 1))
    for number in range(300, 305):
        in_redis.run(stream.write(number, entry_lines([created(NOW + number)] * 300), 300))
    assert len(in_redis.read()) <= 900


def test_the_latest_are_read_across_batches_and_no_more_of_one_than_asked(
    in_redis: KeptInRedis,
) -> None:
    for start in range(0, 60, 3):
        in_redis.take(*map(created, range(NOW + start, NOW + start + 3)))
    for count in (1, 2, 3, 4, 25, 59, 60, 99):
        latest = times(in_redis.run(in_redis.trail.latest(count)))
        assert latest == list(range(NOW + max(60 - count, 0), NOW + 60))


def test_a_stretch_ends_soon_after_it_has_as_many_as_were_asked_for(in_redis: KeptInRedis) -> None:
    for start in range(0, 60, 3):
        in_redis.take(*map(created, range(NOW + start, NOW + start + 3)))
    read, position = list[int](), in_redis.trail.start_of(0)
    for _ in range(5):
        stretch = in_redis.run(in_redis.trail.after(position, 10))
        read, position = [*read, *times(stretch.entries)], stretch.end
        assert 0 < len(stretch.entries) <= 12
    assert (len(read), stretch.reaches_the_end) == (60, True)
    assert read == list(range(NOW, NOW + 60))


def test_everything_that_is_kept_expires(in_redis: KeptInRedis) -> None:
    in_redis.take(created(NOW))
    for key in in_redis.stream.keys:
        assert in_redis.run(in_redis._link.ask("PTTL", key)) > 0
