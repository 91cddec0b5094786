"""What stood behind a store that gave no answer, said without anything that was sent to it."""

import errno
import socket
import ssl

import pytest
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from adapters.redis.diagnosis import why_refused, why_unreachable
from adapters.redis.scripts import Script
from application.ports import Finding, StoreUnavailable
from tests.unit.catalogues import fill

WHERE = "redis.example:6379"
SCRIPT = Script(
    "one", "local a = 1\nredis.call('TIME')\nreturn a + redis.call('ZADD', KEYS[1], 1, 'x')"
)


def behind(*causes: BaseException) -> StoreUnavailable:
    """Chain the causes, the outermost first, as ``raise ... from`` does."""
    unavailable = StoreUnavailable("SomeError")
    outer: BaseException = unavailable
    for cause in causes:
        outer.__cause__ = outer = cause
    return unavailable


def refused(port: int) -> str:
    return f"[Errno {errno.ECONNREFUSED}] Connect call failed ('::1', {port})"


@pytest.mark.parametrize(
    ("causes", "what"),
    [
        ([AuthenticationError("invalid username-password pair")], "password"),
        ([AuthenticationError("Authentication required.")], "password"),
        ([BusyLoadingError("Redis is loading the dataset in memory")], "loading"),
        ([RedisConnectionError("x"), ssl.SSLError(1, "[SSL] wrong")], "tls"),
        ([RedisConnectionError("x"), socket.gaierror(-2, "Name not known")], "name"),
        ([TimeoutError()], "silent"),
        ([RedisTimeoutError("Timeout reading from socket")], "silent"),
        ([RedisTimeoutError("Timeout connecting to server"), TimeoutError()], "silent"),
        ([RedisConnectionError("x"), ConnectionRefusedError(111, "refused")], "refused"),
        ([OSError(f"Multiple exceptions: {refused(1)}, {refused(2)}")], "refused"),
        ([RedisConnectionError("Connection closed by server.")], "other"),
        ([RedisConnectionError("x"), OSError(errno.EHOSTUNREACH, "No route to host")], "other"),
    ],
)
def test_each_way_of_being_away_has_a_line_of_its_own(
    causes: list[BaseException], what: str
) -> None:
    finding = why_unreachable(behind(*causes), WHERE)
    assert finding.what == f"redis.unreachable.{what}"
    for text in fill(finding.what, finding.facts).values():
        assert WHERE in text


def test_what_the_system_says_is_told_and_what_a_server_says_is_not() -> None:
    told = why_unreachable(behind(OSError(errno.EHOSTUNREACH, "No route to host")), WHERE)
    assert told.facts["reason"] == "No route to host"
    hidden = why_unreachable(behind(ResponseError("unknown command 's3cret'")), WHERE)
    assert hidden.facts["reason"] == "SomeError"


# The same line of the same script in the words of Redis 6.2, of 7.0, and of 7.2 and Valkey.
REFUSALS = {
    "6.2": f"Error running script (call to f_{SCRIPT.sha}): @user_script:3: @user_script: 3: "
    "The user executing the script can't run this command or subcommand",
    "7.0": "The user executing the script can't run this command or subcommand "
    f"script: {SCRIPT.sha}, on @user_script:3.",
    "7.2": "ACL failure in script: User framegate has no permissions to run the 'zadd' command "
    f"script: {SCRIPT.sha}, on @user_script:3.",
}


@pytest.mark.parametrize("version", REFUSALS)
def test_the_command_that_a_script_may_not_run_is_found_in_every_versions_words(
    version: str,
) -> None:
    finding = why_refused(
        behind(ResponseError(REFUSALS[version])), [Script("other", "return 1"), SCRIPT]
    )
    assert finding == Finding.failed("redis.permissions.command", command="zadd")


def test_a_command_that_is_refused_outright_is_named() -> None:
    refusal = NoPermissionError("this user has no permissions to run the 'config|get' command")
    for finding in (why_refused(behind(refusal), []), why_unreachable(behind(refusal), WHERE)):
        assert finding == Finding.failed("redis.permissions.command", command="config|get")


@pytest.mark.parametrize(
    "text",
    [
        "this user has no permissions to access one of the keys used as arguments",
        "No permissions to access a key",
    ],
)
def test_keys_that_are_out_of_reach_are_told_from_commands(text: str) -> None:
    finding = why_refused(behind(NoPermissionError(text)), [SCRIPT])
    assert finding.what == "redis.permissions.keys"


def test_any_other_refusal_names_its_kind_only() -> None:
    finding = why_refused(behind(ResponseError("MISCONF Redis cannot write s3cret")), [SCRIPT])
    assert finding == Finding.failed("redis.refused", reason="SomeError")
