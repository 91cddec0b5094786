"""Why Redis gave no answer or refused, as an operator would say it."""

import errno
import re
import socket
import ssl
from collections.abc import Iterable, Iterator

from redis.asyncio.sentinel import MasterNotFoundError
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    RedisClusterException,
    RedisError,
)
from redis.exceptions import TimeoutError as RedisTimeoutError

from adapters.redis.scripts import Script
from application.ports import Finding, StoreUnavailable

# The server's texts have changed from version to version: 6.2 and 7.0 leave out the command
# that a script may not run, and all of them tell the script and its line.
_NOT_PERMITTED = re.compile(r"no permissions|can't run this command", re.IGNORECASE)
_NAMED = re.compile(r"'([\w|-]+)' command")
_IN_SCRIPT = re.compile(r"\b(?:f_)?([0-9a-f]{40})\b.*user_script:\s*(\d+)", re.DOTALL)
_REFUSED = f"[Errno {errno.ECONNREFUSED}]"
_CALLS = re.compile(r"redis\.call\('(\w+)'")

# The first that is among the causes says most.
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (MasterNotFoundError, "redis.unreachable.sentinel"),
    (AuthenticationError, "redis.unreachable.password"),
    (BusyLoadingError, "redis.unreachable.loading"),
    (ssl.SSLError, "redis.unreachable.tls"),
    (socket.gaierror, "redis.unreachable.name"),
    (TimeoutError, "redis.unreachable.silent"),
    (RedisTimeoutError, "redis.unreachable.silent"),
    (RedisClusterException, "redis.unreachable.no_cluster"),
    (BaseException, "redis.unreachable.other"),
)


def why_unreachable(unavailable: StoreUnavailable, where: str) -> Finding:
    """Say why the first question had no answer."""
    causes = list(_causes(unavailable))
    if lacking := _lacking(causes, ()):
        return lacking
    what = next(what for kind, what in _KINDS if any(isinstance(c, kind) for c in causes))
    # By the text: of a name with several addresses, asyncio puts what each said into one error.
    if any(isinstance(c, OSError) and _REFUSED in str(c) for c in causes):
        what = "redis.unreachable.refused"
    reasons = [_reason(cause) for cause in causes]
    return Finding.failed(
        what, where=where, reason=next(filter(None, reasons), unavailable.problem)
    )


def why_refused(unavailable: StoreUnavailable, scripts: Iterable[Script]) -> Finding:
    """Say why a Redis that was reached did not do what it was asked."""
    lacking = _lacking(list(_causes(unavailable)), scripts)
    return lacking or Finding.failed("redis.refused", reason=unavailable.problem)


def _lacking(causes: Iterable[BaseException], scripts: Iterable[Script]) -> Finding | None:
    for cause in causes:
        text = str(cause)
        if isinstance(cause, RedisError) and _NOT_PERMITTED.search(text):
            if command := _command_of(text, scripts):
                return Finding.failed("redis.permissions.command", command=command)
            return Finding.failed("redis.permissions.keys")
    return None


def _command_of(refusal: str, scripts: Iterable[Script]) -> str | None:
    if named := _NAMED.search(refusal):
        return named[1]
    if found := _IN_SCRIPT.search(refusal):
        for script in scripts:
            if script.sha == found[1]:
                line = script.text.splitlines()[int(found[2]) - 1]
                return "/".join(dict.fromkeys(_CALLS.findall(line))).lower() or None
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(cause: BaseException) -> str | None:
    """Return what the operating system or TLS says: never a text that the server wrote."""
    if isinstance(cause, ssl.SSLError):
        # Which of the two it has depends on where in the handshake it came from.
        return getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
    return cause.strerror if isinstance(cause, OSError) else None
