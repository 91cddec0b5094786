import os

from adapters.metrics.board import Board


def test_what_one_process_leaves_another_finds() -> None:
    board = Board()
    board.share(2)
    child = os.fork()
    if child == 0:
        board.put(1, b"from the child")
        os._exit(0)
    os.waitpid(child, 0)

    assert board.all() == [(b"", False), (b"from the child", True)]


def test_the_last_that_was_left_counts_however_often() -> None:
    board = Board()
    board.share(1)
    for turn in range(5):
        board.put(0, b"%d" % turn * 40)
        assert board.get(0) == b"%d" % turn * 40


def test_who_dies_while_it_writes_leaves_what_it_wrote_before() -> None:
    board = Board(sheet_bytes=64)
    board.share(1)
    board.put(0, b"whole")
    board.put(0, b"the next")
    assert board._memory is not None
    torn = board._memory[:].index(b"the next")
    board._memory[torn : torn + 3] = b"XXX"

    assert board.get(0) == b"whole"


def test_a_vacant_place_keeps_what_was_left_and_says_that_it_is_vacant() -> None:
    board = Board()
    board.share(1)
    board.put(0, b"counts")
    board.vacate(0)
    assert board.all() == [(b"counts", False)]

    board.put(0, b"more")
    assert board.all() == [(b"more", True)]


def test_a_place_takes_as_much_as_fits_and_no_more() -> None:
    board = Board(sheet_bytes=64)
    board.share(2)
    assert board.put(0, b"x" * 48)
    assert not board.put(0, b"y" * 49)
    assert (board.get(0), board.get(1)) == (b"x" * 48, b"")


def test_alone_there_is_one_place() -> None:
    board = Board()
    board.put(0, b"mine")
    assert (board.get(0), board.all()) == (b"mine", [(b"mine", True)])
