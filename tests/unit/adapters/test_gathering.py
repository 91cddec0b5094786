import asyncio

from attrs import Factory, define, field

from adapters.gathering import (
    BATCH,
    EVERY_SECONDS,
    LONGEST_PAUSE_SECONDS,
    TOLD_AGAIN_SECONDS,
    Gathering,
    NotTaken,
    Trouble,
    Writer,
)
from tests.support.stepped_loop import in_a_stepped_loop, passes, step


@define
class Notebook(Writer):
    """Writes what it is given, unless a test says why not, and hangs where it says so."""

    written: list[list[int]] = Factory(list)
    numbers: list[int] = Factory(list)
    problem: str | None = None
    hangs: bool = False
    said: list[tuple[object, ...]] = Factory(list)

    async def write(self, number: int, lines: bytes, count: int) -> None:
        assert count == lines.count(b"\n") + 1
        self.numbers.append(number)
        if self.hangs:
            await asyncio.Event().wait()
        if self.problem is not None:
            raise NotTaken(self.problem)
        self.written.append([int(line) for line in lines.split(b"\n")])

    def gathering(self, most_kept: int = 10_000) -> Gathering:
        trouble = Trouble(
            lambda problem, lost: self.said.append((problem, lost)),
            lambda lost: self.said.append(("again", lost)),
        )
        gathering = Gathering(self, trouble, most_kept)
        gathering.start()
        return gathering


def tell(gathering: Gathering, *numbers: int) -> None:
    for number in numbers:
        gathering.take(b"%d" % number, 1)


async def moment(seconds: float = EVERY_SECONDS) -> None:
    await passes()
    step(seconds)
    await passes(20)


@in_a_stepped_loop
async def test_what_is_told_within_a_moment_is_written_together_and_in_order() -> None:
    book = Notebook()
    gathering = book.gathering()
    tell(gathering, 1, 2, 3)
    await passes()
    assert book.written == []
    await moment()
    tell(gathering, 4)
    await moment()
    assert book.written == [[1, 2, 3], [4]]
    await gathering.close()
    assert book.said == []


@in_a_stepped_loop
async def test_many_are_written_in_batches_of_a_bounded_size() -> None:
    book = Notebook()
    gathering = book.gathering()
    tell(gathering, *range(2 * BATCH + 1))
    await moment()
    assert [len(batch) for batch in book.written] == [BATCH, BATCH, 1]
    assert [at for batch in book.written for at in batch] == list(range(2 * BATCH + 1))
    assert book.numbers == [0, 1, 2]
    await gathering.close()


@in_a_stepped_loop
async def test_a_batch_that_was_not_taken_comes_again_under_its_number() -> None:
    book = Notebook(problem="full")
    gathering = book.gathering()
    tell(gathering, 1, 2)
    await moment()
    tell(gathering, 3)
    book.problem = None
    await moment(LONGEST_PAUSE_SECONDS)
    assert book.written == [[1, 2], [3]]
    assert book.numbers == [0, 0, 1]
    assert book.said == [("full", 0), ("again", 0)]
    await gathering.close()


@define
class Busy(Notebook):
    """As many more have come whenever a batch has been written."""

    gathers: Gathering = field(init=False)
    more: list[int] = Factory(list)

    async def write(self, number: int, lines: bytes, count: int) -> None:
        await super().write(number, lines, count)
        if self.more:
            tell(self.gathers, *range(self.more.pop(0)))


@in_a_stepped_loop
async def test_what_comes_while_others_are_written_waits_for_its_turn_unless_it_fills_a_batch() -> (
    None
):
    book = Busy(more=[BATCH, BATCH - 1, 2, 1])
    book.gathers = book.gathering()
    tell(book.gathers, 0)
    await moment()
    assert list(map(len, book.written)) == [1, BATCH]
    await moment()
    assert list(map(len, book.written)) == [1, BATCH, BATCH - 1]
    await book.gathers.close()
    assert list(map(len, book.written)) == [1, BATCH, BATCH - 1, 2, 1]


@define
class Forgetful(Notebook):
    """Writes the first batch, says that it did not, and knows it when it comes again."""

    taken: set[int] = Factory(set)

    async def write(self, number: int, lines: bytes, count: int) -> None:
        if number not in self.taken:
            self.taken.add(number)
            await super().write(number, lines, count)
            if number == 0:
                raise NotTaken("no answer in time")


@in_a_stepped_loop
async def test_what_comes_while_an_answer_is_lost_is_written_once_like_all_else() -> None:
    book = Forgetful()
    gathering = book.gathering()
    tell(gathering, 1, 2)
    await moment()
    tell(gathering, 3)
    await moment(LONGEST_PAUSE_SECONDS)
    assert [at for batch in book.written for at in batch] == [1, 2, 3]
    await gathering.close()


@in_a_stepped_loop
async def test_what_is_too_much_to_keep_is_lost_and_that_is_counted_and_told() -> None:
    book = Notebook(problem="full")
    gathering = book.gathering(most_kept=2)
    tell(gathering, 1, 2, 3, 4, 5)
    assert gathering.lost == 3
    assert not gathering.is_in_trouble
    await moment()
    assert book.said == [("full", 3)]
    assert gathering.is_in_trouble
    tell(gathering, 6)
    book.problem = None
    await moment(LONGEST_PAUSE_SECONDS)
    assert book.said[1:] == [("again", 1)]
    assert not gathering.is_in_trouble
    assert book.written == [[1, 2]]
    assert gathering.lost == 4
    await gathering.close()


@in_a_stepped_loop
async def test_trouble_that_goes_on_is_told_once_a_minute_and_tried_ever_more_slowly() -> None:
    book = Notebook(problem="full")
    gathering = book.gathering()
    tell(gathering, 1)
    for _ in range(int(2 * TOLD_AGAIN_SECONDS)):
        await moment(1)
    assert 2 <= len(book.said) <= 3
    tries = len(book.numbers)
    assert tries <= 2 * TOLD_AGAIN_SECONDS / LONGEST_PAUSE_SECONDS + 8
    await gathering.close()


@in_a_stepped_loop
async def test_the_last_events_are_written_when_it_is_closed() -> None:
    book = Notebook()
    gathering = book.gathering()
    await passes()
    tell(gathering, 1)
    await gathering.close()
    assert book.written == [[1]]
    assert gathering.lost == 0


@in_a_stepped_loop
async def test_a_writer_that_hangs_holds_up_neither_who_tells_nor_for_long_who_stops() -> None:
    book = Notebook(hangs=True)
    gathering = book.gathering(most_kept=2)
    tell(gathering, 1)
    await moment()
    tell(gathering, 2, 3)
    closing = asyncio.ensure_future(gathering.close())
    await moment(1)
    await closing
    assert book.said == [("stopped", 3)]
    assert gathering.lost == 3


@in_a_stepped_loop
async def test_what_comes_in_one_piece_is_written_in_one() -> None:
    book = Notebook()
    gathering = book.gathering()
    gathering.take(b"\n".join([b"1"] * (BATCH - 1)), BATCH - 1)
    gathering.take(b"2\n3", 2)
    gathering.take(b"\n".join([b"4"] * (BATCH + 1)), BATCH + 1)
    await moment()
    assert [len(batch) for batch in book.written] == [BATCH - 1, 2, BATCH + 1]
    await gathering.close()


@in_a_stepped_loop
async def test_of_a_piece_that_does_not_fit_the_first_lines_are_kept() -> None:
    book = Notebook()
    gathering = book.gathering(most_kept=3)
    gathering.take(b"1\n2", 2)
    gathering.take(b"3\n4\n5", 3)
    gathering.take(b"6", 1)
    assert gathering.lost == 3
    await moment()
    assert book.written == [[1, 2, 3]]
    tell(gathering, 7)
    await moment()
    assert book.written[1:] == [[7]]
    await gathering.close()
