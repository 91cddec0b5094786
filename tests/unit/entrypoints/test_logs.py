import asyncio
import errno
import json
import logging
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from domain.grant_token import GrantToken
from domain.hiding import hide_secrets
from domain.key import compose_key
from domain.session_id import Digest, SessionId
from entrypoints import audit_lines
from entrypoints.audit_lines import tell
from entrypoints.logs import configure_logs
from tests.unit.logging_kept import audit, logging_kept

ID = SessionId.compose("0123abcd", bytes(range(200, 224))).text
KEY = compose_key(bytes(range(200, 232)))
TOKEN = GrantToken.compose("0123abcd", Digest.of("session"), bytes(range(200, 224))).text
SECRETS = pytest.mark.parametrize(
    ("secret", "left"),
    [
        (ID, "fgs_0123abcd_[redacted]"),
        (KEY, "fgk_[redacted]"),
        (TOKEN, "fgg_0123abcd_[redacted]"),
    ],
    ids=["id", "key", "token"],
)


class Terminal(StringIO):
    """Where a person watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def stream() -> Iterator[StringIO]:
    lines = StringIO()
    with logging_kept():
        configure_logs("INFO", lines)
        yield lines


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    lines = Terminal()
    with logging_kept():
        configure_logs("INFO", lines)
        yield lines


def logger() -> Any:
    return structlog.stdlib.get_logger("framegate.test")


def only_line(stream: StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


def cut(text: str) -> str:
    return hide_secrets(text)


def fail_with(secret: str) -> None:
    local_variable = secret
    raise ValueError(f"cannot look up {local_variable}")  # noqa: EM102 as a library would


@SECRETS
def test_a_secret_alone_is_cut_out_and_its_kind_is_left(secret: str, left: str) -> None:
    assert cut(secret) == left


@SECRETS
@pytest.mark.parametrize(
    "around",
    [
        "GET /client/iframe.html?session_id={}&a=b HTTP/1.1",
        "session_id={}",
        '{{"session_id": "{}"}}',
        "Authorization: Bearer {}",
        "({})",
        "'{}'",
        "a\n{}\nb",
        "{0} and {0}",
        "https://gate.example/#{}",
    ],
)
def test_a_secret_in_a_text_is_cut_out_of_it(secret: str, left: str, around: str) -> None:
    assert cut(around.format(secret)) == around.format(left)


@SECRETS
@pytest.mark.parametrize(
    "around",
    ["next=%2Fiframe.html%3Fsession_id%3D{}", "id_{}", "b'\\n{}'"],
    ids=["percent-encoded", "after an underscore", "after an escape"],
)
def test_a_secret_is_cut_out_whatever_stands_before_it(secret: str, left: str, around: str) -> None:
    assert cut(around.format(secret)) == around.format(left)


@SECRETS
def test_the_beginning_of_a_secret_is_cut_out_too(secret: str, left: str) -> None:
    assert cut(secret[:25]) == left


@pytest.mark.parametrize(
    "text", ["", "fgs_", "fgk_", "fgs_0123abcd", "a session", "ba7816bf8f01", "fgk keys", "réf"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert cut(text) == text


@SECRETS
@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
def test_no_level_writes_a_secret(secret: str, left: str, level: str) -> None:
    lines = StringIO()
    with logging_kept():
        configure_logs("DEBUG", lines)
        getattr(logger(), level)(f"about {secret}", value=f"{secret}!")
    told = only_line(lines)
    assert (told["event"], told["value"]) == (f"about {left}", f"{left}!")
    assert secret not in lines.getvalue()


@SECRETS
def test_a_library_does_not_write_a_secret_either(stream: StringIO, secret: str, left: str) -> None:
    logging.getLogger("some.library").warning("cannot find %s", secret)
    assert only_line(stream)["event"] == f"cannot find {left}"


@SECRETS
@pytest.mark.parametrize("library", [True, False], ids=["of a library", "of ours"])
def test_an_exception_is_written_without_secrets(
    stream: StringIO, secret: str, left: str, library: bool
) -> None:
    try:
        fail_with(secret)
    except ValueError:
        (logging.getLogger("some.library") if library else logger()).exception("it failed")
    told = only_line(stream)
    assert told["exception"].startswith("Traceback (most recent call last):")
    assert told["exception"].endswith(f"ValueError: cannot look up {left}")
    assert secret not in stream.getvalue()


@SECRETS
def test_a_chain_of_exceptions_and_its_notes_are_written_without_secrets(
    stream: StringIO, secret: str, left: str
) -> None:
    try:
        try:
            fail_with(secret)
        except ValueError as error:
            error.add_note(f"the id was {secret}")
            raise RuntimeError(secret) from error
    except RuntimeError:
        logger().exception("it failed")
    assert f"the id was {left}" in only_line(stream)["exception"]
    assert f"RuntimeError: {left}" in only_line(stream)["exception"]
    assert secret not in stream.getvalue()


@SECRETS
@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda secret: [secret], id="list"),
        pytest.param(lambda secret: {"session_id": secret}, id="mapping"),
        pytest.param(lambda secret: secret.encode(), id="bytes"),
        pytest.param(ValueError, id="exception"),
    ],
)
def test_a_secret_inside_another_value_is_not_written(
    stream: StringIO, secret: str, left: str, wrap: Any
) -> None:
    logger().info("it happened", value=wrap(secret))
    assert only_line(stream)["event"] == "it happened"
    assert secret not in stream.getvalue()
    assert left in stream.getvalue()


@SECRETS
def test_a_terminal_shows_no_secret_and_no_local_variables(
    terminal: Terminal, secret: str, left: str
) -> None:
    try:
        fail_with(secret)
    except ValueError:
        logger().exception(f"about {secret}", value=secret)
    shown = terminal.getvalue()
    assert f"about {left}" in shown
    assert f"ValueError: cannot look up {left}" in shown
    assert "local_variable =" not in shown.replace("local_variable = secret", "")
    assert secret not in shown


def test_where_nobody_watches_each_event_is_one_line_of_json(stream: StringIO) -> None:
    logger().info("one\nand more", text="ação", number=1, nothing=None, yes=True)
    logging.getLogger("some.library").warning("two")
    one, two = (json.loads(line) for line in stream.getvalue().splitlines())
    assert one["timestamp"].endswith("Z")
    assert two["timestamp"].endswith("Z")
    del one["timestamp"], two["timestamp"]
    assert one == {
        "event": "one\nand more",
        "logger": "framegate.test",
        "level": "info",
        "text": "ação",
        "number": 1,
        "nothing": None,
        "yes": True,
    }
    assert two == {"event": "two", "logger": "some.library", "level": "warning"}


def test_accents_are_written_as_they_are(stream: StringIO) -> None:
    logger().info("sessão")
    assert "sessão" in stream.getvalue()


def test_where_a_person_watches_a_line_is_not_json(terminal: Terminal) -> None:
    logger().info("it happened", number=1)
    (line,) = terminal.getvalue().splitlines()
    assert "it happened" in line
    with pytest.raises(json.JSONDecodeError):
        json.loads(line)


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("DEBUG", ["debug", "info", "warning", "error", "critical"]),
        ("INFO", ["info", "warning", "error", "critical"]),
        ("WARNING", ["warning", "error", "critical"]),
        ("ERROR", ["error", "critical"]),
        ("CRITICAL", ["critical"]),
    ],
)
def test_only_what_is_at_the_level_or_above_is_written(level: str, written: list[str]) -> None:
    lines = StringIO()
    with logging_kept():
        configure_logs(level, lines)
        for name in ("debug", "info", "warning", "error", "critical"):
            getattr(logger(), name)("it happened")
    assert [json.loads(line)["level"] for line in lines.getvalue().splitlines()] == written


@pytest.mark.parametrize("library", ["asyncio", "tornado.general"])
def test_the_chatter_of_libraries_about_connections_is_not_written(
    stream: StringIO, library: str
) -> None:
    logging.getLogger(library).info("a connection")
    logging.getLogger(library).warning("a problem")
    assert only_line(stream)["event"] == "a problem"


def test_a_library_is_as_quiet_as_everything_else_above_a_warning() -> None:
    lines = StringIO()
    with logging_kept():
        configure_logs("ERROR", lines)
        logging.getLogger("asyncio").warning("a problem")
        logging.getLogger("asyncio").error("a fault")
    assert only_line(lines)["event"] == "a fault"


def test_configuring_twice_writes_each_line_once() -> None:
    first, second = StringIO(), StringIO()
    with logging_kept():
        configure_logs("INFO", first)
        configure_logs("INFO", second)
        logger().info("it happened")
    assert first.getvalue() == ""
    assert only_line(second)["event"] == "it happened"


@pytest.mark.parametrize("level", ["WARNING", "ERROR", "CRITICAL"])
def test_the_audit_log_is_written_however_quiet_everything_else_is_to_be(level: str) -> None:
    lines = StringIO()
    with logging_kept():
        configure_logs(level, lines)
        structlog.stdlib.get_logger("framegate.server").info("chatter")
        audit("session_created")
    assert only_line(lines)["event"] == "session_created"


def test_a_line_begins_with_when_how_grave_and_what(stream: StringIO) -> None:
    logger().warning("it happened", client="portal")
    assert list(only_line(stream))[:3] == ["timestamp", "level", "event"]


def test_audit_lines_of_one_pass_of_the_loop_leave_together_and_in_order() -> None:
    class Counting(StringIO):
        writes = 0

        def flush(self) -> None:
            self.writes += 1

    async def tell_two_and_more() -> None:
        audit("first")
        audit("second")
        assert lines.getvalue() == ""
        await asyncio.sleep(0)
        assert lines.writes == 1
        audit("third")
        logger().info("fourth")  # which is no part of the audit log, and leaves at once

    lines = Counting()
    with logging_kept():
        configure_logs("INFO", lines)
        asyncio.run(tell_two_and_more())
    told = [json.loads(line)["event"] for line in lines.getvalue().splitlines()]
    assert told == ["first", "second", "third", "fourth"]
    assert lines.writes == 2


def test_a_line_is_dated_when_it_happened_and_not_when_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments = iter([1_700_000_000_000_000_000, 1_800_000_000_000_000_000])

    async def tell_and_wait() -> None:
        audit("it happened")
        assert lines.getvalue() == ""

    lines = StringIO()
    with logging_kept():
        configure_logs("INFO", lines)
        monkeypatch.setattr(time, "time_ns", lambda: next(moments))
        asyncio.run(tell_and_wait())
    assert only_line(lines)["timestamp"] == "2023-11-14T22:13:20.000000Z"


def test_a_line_that_cannot_be_made_costs_no_other_and_is_told_of() -> None:
    def broken() -> bytes:
        raise LookupError("facts that cannot be had")

    async def tell_three() -> None:
        audit("first")
        tell(broken)
        logger().warning("our own")
        audit("third")

    lines = StringIO()
    with logging_kept():
        configure_logs("INFO", lines)
        asyncio.run(tell_three())
        assert audit_lines.lost() == 1
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["event"] for line in told] == ["first", "log_line_lost", "our own", "third"]
    assert told[1]["problem"] == "LookupError"


def test_a_log_that_cannot_be_written_stops_nobody_and_what_was_lost_is_told() -> None:
    class Full(StringIO):
        is_full = True

        def write(self, text: str) -> int:
            if self.is_full:
                raise OSError(errno.ENOSPC, "no space left")
            return super().write(text)

    lines = Full()
    with logging_kept():
        configure_logs("INFO", lines)
        audit("first")
        logger().warning("second")
        logging.getLogger("some.library").warning("third")
        lines.is_full = False
        lost = audit_lines.lost()
        audit("fourth")
        audit("fifth")
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["event"] for line in told] == ["log_line_lost", "fourth", "fifth"]
    assert told[0]["lines"] == 3
    assert lost == 3


def test_no_audit_line_is_lost_when_the_loop_ends() -> None:
    async def tell_one() -> None:
        audit("the last")

    lines = StringIO()
    with logging_kept():
        configure_logs("INFO", lines)
        asyncio.run(tell_one())
    assert only_line(lines)["event"] == "the last"
