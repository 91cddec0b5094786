import errno
import fcntl
import multiprocessing
import os
import stat
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from adapters.rotating_file import RotatingFile, aside

LINE = b"123456789\n"
WRITERS, LINES = 4, 200


@pytest.fixture
def file(tmp_path: Path) -> Iterator[RotatingFile]:
    made = RotatingFile(tmp_path / "audit.log", most_bytes=3 * len(LINE), keep=2)
    yield made
    made.close()


def test_only_its_owner_may_read_it(file: RotatingFile) -> None:
    file.append(LINE)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_what_is_there_stays_when_it_is_opened_again(file: RotatingFile) -> None:
    file.append(LINE)
    file.close()
    file.append(LINE)
    assert file.path.read_bytes() == 2 * LINE


def test_it_is_put_aside_when_more_would_make_it_too_large_and_not_before(
    file: RotatingFile,
) -> None:
    for _ in range(3):
        file.append(LINE)
    assert file.path.read_bytes() == 3 * LINE
    assert not aside(file.path, 1).exists()
    file.append(LINE)
    assert file.path.read_bytes() == LINE
    assert aside(file.path, 1).read_bytes() == 3 * LINE


def test_only_so_many_are_kept_the_latest(file: RotatingFile) -> None:
    for number in range(5):
        file.append(b"%d" % number * 29 + b"\n")
    assert sorted(path.name for path in file.path.parent.iterdir()) == [
        "audit.log",
        "audit.log.1",
        "audit.log.2",
    ]
    beginnings = [
        path.read_bytes()[:1] for path in (file.path, *(aside(file.path, n) for n in (1, 2)))
    ]
    assert beginnings == [b"4", b"3", b"2"]


def test_what_is_larger_than_a_file_may_be_is_written_all_the_same(file: RotatingFile) -> None:
    file.append(10 * LINE)
    assert file.path.read_bytes() == 10 * LINE


def test_a_file_that_was_moved_away_or_removed_is_made_anew(file: RotatingFile) -> None:
    file.append(LINE)
    file.path.rename(file.path.with_name("moved"))
    file.append(LINE)
    assert file.path.read_bytes() == LINE
    assert file.path.with_name("moved").read_bytes() == LINE
    file.path.unlink()
    file.append(LINE)
    assert file.path.read_bytes() == LINE


def test_half_a_line_of_who_died_over_it_spoils_no_other(file: RotatingFile) -> None:
    file.path.write_bytes(b"half a l")
    file.append(LINE)
    assert file.path.read_bytes() == b"half a l\n" + LINE


def test_a_full_disk_is_an_error_and_can_be_tried_again() -> None:
    full = RotatingFile(Path("/dev/full"), most_bytes=100, keep=1)
    for _ in range(2):
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            full.append(LINE)
    full.close()


def test_of_a_write_that_fails_half_way_nothing_is_left(
    file: RotatingFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.append(LINE)
    write = os.write

    def little_room(descriptor: int, data: bytes) -> int:
        if len(data) == len(LINE):
            return write(descriptor, data[:4])
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", little_room)
        with pytest.raises(OSError, match="no space"):
            file.append(LINE)
    assert file.path.read_bytes() == LINE


def write_many(file: RotatingFile, start: Barrier, name: bytes) -> None:
    start.wait()
    for number in range(LINES):
        file.append(name * 50 + b" %d\n" % number)


def test_processes_that_write_at_once_lose_and_tear_nothing_while_it_is_put_aside(
    tmp_path: Path,
) -> None:
    file = RotatingFile(tmp_path / "audit.log", most_bytes=4000, keep=WRITERS * LINES)
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(WRITERS)
    names = [b"a", b"b", b"c", b"d"]
    writers = [fork.Process(target=write_many, args=(file, start, name)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    files = [file.path]
    while (older := aside(file.path, len(files))).exists():
        files.append(older)
    assert len(files) > 5
    assert all(path.stat().st_size <= 4000 for path in files)
    lines = b"".join(path.read_bytes() for path in reversed(files)).splitlines()
    for name in names:
        own = [line for line in lines if line.startswith(name)]
        assert own == [name * 50 + b" %d" % number for number in range(LINES)]


def test_who_waits_for_another_writer_goes_on_where_that_one_has_put_it_aside(
    file: RotatingFile, tmp_path: Path
) -> None:
    other = RotatingFile(tmp_path / "audit.log", most_bytes=3 * len(LINE), keep=2)
    file.append(3 * LINE)
    other.append(LINE)
    file.append(LINE)
    assert file.path.read_bytes() == 2 * LINE
    with file.path.open() as free:  # nobody holds it between two writes
        fcntl.flock(free, fcntl.LOCK_EX | fcntl.LOCK_NB)
    other.close()
