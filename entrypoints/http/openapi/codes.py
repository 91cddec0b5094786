"""Every code that can be answered, each with an example of its problem."""

from collections.abc import Mapping

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
from domain.payload import MOST_METADATA_BYTES, MOST_SUBJECT_CHARACTERS
from domain.policy import MOST_AT_ONCE, Policy
from domain.rate import MINUTE_MS
from domain.refusal import Refusal, Refused
from domain.repeat import MOST_CHARACTERS
from entrypoints.http.admission import Overloaded
from entrypoints.http.bad_input import BadInput
from entrypoints.http.controlling import MOST_LISTED
from entrypoints.http.dashboard.audience import MOST_VIEWERS
from entrypoints.http.dashboard.full import DashboardFull
from entrypoints.http.ended import told_to_holder
from entrypoints.http.enter import HOLDS
from entrypoints.http.json_body import MOST_DEPTH
from entrypoints.http.problems import Problem, problem_of
from entrypoints.http.request_size import MOST_HEADER_BYTES, MOST_TARGET_BYTES, too_large

_POLICY = Policy()

ERRORS: tuple[BaseException | None, ...] = (
    HTTPError(400),
    *(MalformedSessionId(problem) for problem in ("empty", "too_long", "not_printable_ascii")),
    BadInput("session_id_missing"),
    BadInput("session_id_repeated"),
    BadInput("session_id_not_text"),
    BadInput("body_not_json"),
    BadInput("body_not_object"),
    BadInput("body_repeats_field"),
    BadInput("body_too_deep", most_levels=MOST_DEPTH),
    BadInput("body_not_form"),
    BadInput("field_unknown", known="…"),
    BadInput("idempotency_key_invalid", most_characters=MOST_CHARACTERS),
    InvalidCount(MOST_AT_ONCE),
    InvalidTtl(_POLICY.ttl_seconds),
    InvalidSubject(MOST_SUBJECT_CHARACTERS),
    InvalidMetadata(MOST_METADATA_BYTES),
    BadInput("hold_unknown", known=", ".join(HOLDS)),
    BadInput("parent_not_text"),
    BadInput("query_unknown", known="…"),
    BadInput("query_repeated", field="…"),
    BadInput("query_not_text", field="…"),
    BadInput("fingerprint_invalid"),
    BadInput("state_invalid"),
    BadInput("limit_invalid", most=MOST_LISTED),
    BadInput("cursor_invalid"),
    BadInput("filter_missing"),
    BadInput("all_invalid"),
    InvalidPeriod(),
    BadInput("step_invalid"),
    BadInput("by_invalid"),
    BadInput("format_invalid"),
    *(KeyRejected(problem) for problem in ("missing", "unknown", "wrong_kind")),
    SignedOut(),
    Refused(Refusal.UNKNOWN),
    BadInput("prefetch_refused"),
    BadInput("not_to_be_shown"),
    BadInput("origin_foreign"),
    HTTPError(404),
    BadInput("client_unknown"),
    SessionNotFound(),
    ClientNotFound(),
    HTTPError(405),
    IdempotencyConflict("spent"),
    too_large(),
    BadInput("address_too_long", most_bytes=MOST_TARGET_BYTES),
    BadInput("content_type_not_json"),
    IdempotencyConflict("reused"),
    CapReached(_POLICY.cap, _POLICY.ttl_seconds * 1000),
    RateLimited(_POLICY.creates_per_minute, MINUTE_MS, MINUTE_MS),
    BadInput("headers_too_large", most_bytes=MOST_HEADER_BYTES),
    None,
    StoreUnavailable("away"),
    Overloaded(),
    DashboardFull(MOST_VIEWERS),
)
"""One of each; ``None`` is what nobody has thought of."""

_REFUSED = problem_of(Refused(Refusal.UNKNOWN))
_KNOWN = sorted(
    [*map(problem_of, ERRORS), told_to_holder(_REFUSED, holds=True)],
    key=lambda problem: problem.status,
)
KNOWN: Mapping[str, Problem] = {problem.code: problem for problem in _KNOWN}
"""The problems by code, in the order of their statuses."""

EVERYWHERE = (
    *("bad_request", "body_too_large", "address_too_long", "headers_too_large"),
    *("internal_error", "overloaded"),
)
"""Codes that any request may be answered with, before it is looked what it asks for."""
