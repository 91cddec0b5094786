"""The one table that turns errors into statuses and codes."""

import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from attrs import asdict, field, frozen
from tornado.web import HTTPError

from application.authenticate import KeyRejected
from application.check_pass import SignedOut
from application.ports import StoreUnavailable
from domain.errors import (
    CapReached,
    ClientNotFound,
    IdempotencyConflict,
    InvalidCount,
    InvalidMetadata,
    InvalidPeriod,
    InvalidSubject,
    InvalidTtl,
    MalformedSessionId,
    RateLimited,
    SessionNotFound,
)
from domain.rate import Allowance, Rate
from domain.refusal import Refused
from entrypoints.http.admission import Overloaded
from entrypoints.http.bad_input import BadInput
from entrypoints.http.dashboard.full import DashboardFull
from entrypoints.http.rate_limit import rate_limit_fields


@frozen
class Problem:
    """What a caller is told: a status, a code for programs, facts for the text for people.

    ``closes`` where he had better not come again over the same connection.
    """

    status: int
    code: str
    facts: Mapping[str, Any] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)
    closes: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether it is no fault of the caller."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _cap_reached(error: CapReached) -> Problem:
    seconds = max(1, math.ceil(error.retry_after_ms / 1000))
    facts = {"cap": error.cap, "seconds": seconds}
    return Problem(429, "session_cap_reached", facts, {"Retry-After": str(seconds)})


def _rate_limited(error: RateLimited) -> Problem:
    allowance = Allowance(Rate(error.most, error.window_ms), error.left, error.retry_after_ms)
    fields = rate_limit_fields(allowance)
    seconds = max(1, math.ceil(error.retry_after_ms / 1000))
    headers = {**dict(fields), "Retry-After": str(seconds)}
    return Problem(429, "rate_limited", {"seconds": seconds}, headers)


_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="framegate"'}  # RFC 6750 section 3

_COME_BACK = {"Retry-After": "1"}
_COME_BACK_LATER = {"Retry-After": "10"}

_TABLE: dict[type[BaseException], Callable[[Any], Problem]] = {
    Refused: lambda _: Problem(401, "session_invalid"),
    KeyRejected: lambda e: Problem(401, f"key_{e.problem}", {}, _CHALLENGE),
    SignedOut: lambda _: Problem(401, "signed_out"),
    CapReached: _cap_reached,
    RateLimited: _rate_limited,
    IdempotencyConflict: lambda e: Problem(
        422 if e.problem == "reused" else 409, f"idempotency_key_{e.problem}"
    ),
    StoreUnavailable: lambda _: Problem(503, "store_unavailable", {}, _COME_BACK),
    Overloaded: lambda _: Problem(503, "overloaded", {}, _COME_BACK, closes=True),
    DashboardFull: lambda e: Problem(503, "dashboard_full", {"most": e.most}, _COME_BACK_LATER),
    MalformedSessionId: lambda e: Problem(400, f"session_id_{e.problem}"),
    InvalidCount: lambda e: Problem(400, "count_invalid", asdict(e)),
    InvalidTtl: lambda e: Problem(400, "ttl_invalid", asdict(e)),
    InvalidSubject: lambda e: Problem(400, "subject_invalid", asdict(e)),
    InvalidMetadata: lambda e: Problem(400, "metadata_invalid", asdict(e)),
    InvalidPeriod: lambda _: Problem(400, "period_invalid"),
    SessionNotFound: lambda _: Problem(404, "session_not_found"),
    ClientNotFound: lambda _: Problem(404, "client_not_found"),
    BadInput: lambda e: Problem(e.status, e.code, e.facts),
}

_BY_STATUS = {404: "not_found", 405: "method_not_allowed"}


def problem_of(error: BaseException | None) -> Problem:
    """Tell what to answer; anything that is in no table is a fault of ours, a 500."""
    if error is not None and type(error) in _TABLE:
        return _TABLE[type(error)](error)
    if isinstance(error, HTTPError) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Problem(error.status_code, _BY_STATUS.get(error.status_code, "bad_request"))
    return Problem(500, "internal_error")
