"""Errors are frozen, and Python writes on every exception that passes through it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from attrs import asdict
from attrs.exceptions import FrozenInstanceError

from domain import errors
from domain.errors import (
    CapReached,
    ClientNotFound,
    DuplicateSession,
    FramegateError,
    IdempotencyConflict,
    InvalidClient,
    InvalidCount,
    InvalidMetadata,
    InvalidPeriod,
    InvalidPolicy,
    InvalidSubject,
    InvalidTtl,
    MalformedSessionId,
    RateLimited,
    SessionNotFound,
)
from domain.refusal import Refusal, Refused

EXAMPLES: dict[type[FramegateError], dict[str, Any]] = {
    MalformedSessionId: {"problem": "empty"},
    CapReached: {"cap": 3, "retry_after_ms": 5},
    RateLimited: {"most": 3, "window_ms": 60_000, "retry_after_ms": 5, "left": 0},
    IdempotencyConflict: {"problem": "spent"},
    DuplicateSession: {},
    SessionNotFound: {},
    ClientNotFound: {},
    InvalidCount: {"most_sessions": 1000},
    InvalidTtl: {"most_seconds": 1800},
    InvalidSubject: {"most_characters": 256},
    InvalidMetadata: {"most_bytes": 2048},
    InvalidPeriod: {},
    InvalidPolicy: {"part": "cap", "value": 0, "least": 1, "most": 9},
    InvalidClient: {"name": "a", "problem": "origin", "value": "b"},
    Refused: {"reason": Refusal.USED},
}
EACH = pytest.mark.parametrize(
    ("kind", "facts"), EXAMPLES.items(), ids=[kind.__name__ for kind in EXAMPLES]
)


@contextmanager
def a_resource() -> Iterator[None]:
    yield


@contextmanager
def a_cleaning_up(failure: FramegateError) -> Iterator[None]:
    try:
        yield
    finally:
        raise failure


@contextmanager
def a_translation() -> Iterator[None]:
    try:
        yield
    except FramegateError as error:
        raise RuntimeError from error


def test_every_error_of_the_domain_is_among_the_examples() -> None:
    classes = {
        thing
        for thing in vars(errors).values()
        if isinstance(thing, type) and issubclass(thing, FramegateError)
    }
    assert classes - {FramegateError} == EXAMPLES.keys() - {Refused}


@EACH
def test_an_error_can_be_raised_and_caught_as_itself_and_as_framegates(
    kind: type[FramegateError], facts: dict[str, Any]
) -> None:
    error = kind(**facts)
    for wider in (kind, FramegateError, Exception):
        with pytest.raises(wider) as raised:
            raise error
        assert raised.value is error


@EACH
def test_an_error_tells_its_facts(kind: type[FramegateError], facts: dict[str, Any]) -> None:
    error = kind(**facts)
    assert asdict(error) == facts  # type: ignore[arg-type] # the base class is no attrs class
    for name, value in facts.items():
        assert getattr(error, name) == value
        assert repr(value) in repr(error)


@EACH
def test_an_error_keeps_its_cause(kind: type[FramegateError], facts: dict[str, Any]) -> None:
    error = kind(**facts)
    cause = KeyError("the library's own")
    with pytest.raises(kind) as raised:
        raise error from cause
    assert raised.value.__cause__ is cause
    assert raised.value.__suppress_context__


@EACH
def test_an_error_keeps_the_one_it_was_raised_in(
    kind: type[FramegateError], facts: dict[str, Any]
) -> None:
    error = kind(**facts)
    before = KeyError("before")
    with pytest.raises(kind) as raised, a_cleaning_up(error):
        raise before
    assert raised.value.__context__ is before


@EACH
def test_an_error_takes_notes(kind: type[FramegateError], facts: dict[str, Any]) -> None:
    error = kind(**facts)
    error.add_note("seen by a test")
    with pytest.raises(kind) as raised:
        raise error
    assert "seen by a test" in raised.value.__notes__


@EACH
def test_an_error_passes_through_context_managers(
    kind: type[FramegateError], facts: dict[str, Any]
) -> None:
    error = kind(**facts)
    stack = ExitStack()
    stack.enter_context(a_resource())
    with pytest.raises(kind) as raised, a_resource(), stack:
        raise error
    assert raised.value is error
    assert raised.value.__traceback__ is not None


@EACH
def test_an_error_can_be_the_cause_of_another(
    kind: type[FramegateError], facts: dict[str, Any]
) -> None:
    error = kind(**facts)
    with pytest.raises(RuntimeError) as raised, a_translation():
        raise error
    assert raised.value.__cause__ is error


@EACH
def test_an_error_can_travel_in_a_group(kind: type[FramegateError], facts: dict[str, Any]) -> None:
    error = kind(**facts)
    caught: list[BaseException] = []
    try:
        raise ExceptionGroup("of tasks", [error, KeyError()])
    except* FramegateError as group:
        caught.extend(group.exceptions)
    except* KeyError:
        pass
    assert caught == [error]


@EACH
def test_the_facts_of_an_error_cannot_be_changed(
    kind: type[FramegateError], facts: dict[str, Any]
) -> None:
    error = kind(**facts)
    for name in facts:
        with pytest.raises(FrozenInstanceError):
            setattr(error, name, None)
    assert asdict(error) == facts  # type: ignore[arg-type] # the base class is no attrs class


def test_two_errors_with_the_same_facts_are_two_errors() -> None:
    assert CapReached(1, 2) != CapReached(1, 2)
    assert len({CapReached(1, 2), CapReached(1, 2)}) == 2
