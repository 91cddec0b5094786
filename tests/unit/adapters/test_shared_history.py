import os

from attrs import evolve

from adapters.metrics.board import Board
from adapters.metrics.board_readings import reading_of
from adapters.metrics.event_meter import EventMeter
from adapters.metrics.meter import Meter
from adapters.metrics.shared_history import SharedHistory
from domain.events import RedeemRefused, SessionCreated
from domain.readings import STEPS, Reading
from domain.refusal import Refusal
from tests.unit.adapters.test_board_readings import left_by


def reading(at: int, created: int = 0) -> Reading:
    meter = Meter()
    come = [SessionCreated(at=at, remote="", client="portal")] * created
    refused = RedeemRefused(at=at, remote="", client="portal", reason=Refusal.USED)
    EventMeter(meter).take([*come, refused])
    meter.counts["keys_rejected",] += 3
    meter.timings["http_request_duration_seconds", "create_session", "2xx"].take(0.3)
    meter.timings["event_loop_lag_seconds",].take(0.001)
    return evolve(reading_of(left_by(meter), at), alerts=())


def shared(places: int, sheet_bytes: int = 1 << 16) -> Board:
    board = Board(sheet_bytes)
    board.share(places)
    return board


def test_what_a_worker_has_read_another_goes_on_from_when_it_is_gone() -> None:
    board = shared(2)
    readings = [reading(1, created=1), reading(2, created=4)]
    child = os.fork()
    if child == 0:
        history = SharedHistory(board)
        for each in readings:
            history.leave(1, each)
        os._exit(0)
    os.waitpid(child, 0)

    assert SharedHistory(board).begin() == readings


def test_who_has_gone_on_leaves_what_was_before_as_well() -> None:
    board = shared(1)
    SharedHistory(board).leave(0, reading(1))
    second = SharedHistory(board)
    second.begin()
    second.leave(0, reading(2))

    assert SharedHistory(board).begin() == [reading(1), reading(2)]


def test_of_several_histories_the_one_that_reaches_furthest_up_is_gone_on_from() -> None:
    board = shared(3)
    stopped, going_on = SharedHistory(board), SharedHistory(board)
    stopped.leave(0, reading(1))
    going_on.leave(1, reading(2))

    assert SharedHistory(board).begin() == [reading(2)]


def test_where_nobody_has_read_there_is_nothing_to_go_on_from() -> None:
    assert SharedHistory(shared(2)).begin() == []
    assert SharedHistory().begin() == []


def test_no_more_is_kept_than_is_shown() -> None:
    history = SharedHistory(shared(1, sheet_bytes=1 << 20))
    for at in range(STEPS + 10):
        history.leave(0, reading(at))

    assert [each.at for each in SharedHistory(history.board).begin()] == [*range(9, STEPS + 10)]


def test_where_not_all_has_room_the_latest_are_kept() -> None:
    history = SharedHistory(shared(1, sheet_bytes=1000))
    for at in range(10):
        history.leave(0, reading(at))

    kept = [each.at for each in SharedHistory(history.board).begin()]
    assert 1 < len(kept) < 10
    assert kept == [*range(10 - len(kept), 10)]
