"""How framegate's answers are read, and its refusals."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

import httpx

from framegate_client.errors import (
    BadRequest,
    CapReached,
    FramegateError,
    KeyRejected,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)
from framegate_client.results import (
    CleanedUp,
    Grant,
    Health,
    KnownSession,
    Page,
    Redeemed,
    Revoked,
    Session,
    Status,
)

Fields = Mapping[str, Any]


def session(fields: Fields) -> Session:
    return Session(
        session_id=fields["session_id"],
        iframe_url=fields["iframe_url"],
        enter_url=fields.get("enter_url"),
        expires_in_seconds=fields["expires_in_seconds"],
        answer=fields,
    )


def sessions(fields: Fields) -> tuple[Session, ...]:
    shared = {name: value for name, value in fields.items() if name not in {"sessions", "count"}}
    return tuple(session({**shared, **one}) for one in fields["sessions"])


def redeemed(fields: Fields) -> Redeemed:
    if fields["valid"] is not True:
        raise ValueError("neither redeemed nor refused")
    return Redeemed(fields.get("subject"), fields.get("metadata"))


def status(fields: Fields) -> Status:
    return Status(
        total=fields["total_sessions"],
        active=fields["active_sessions"],
        used=fields["used_sessions"],
        created=fields["total_created"],
        redeemed=fields["total_used"],
        cap=fields["max_sessions"],
        storage=fields["storage"],
    )


def cleaned_up(fields: Fields) -> CleanedUp:
    return CleanedUp(fields["sessions_removed"], fields["sessions_remaining"])


def health(fields: Fields) -> Health:
    healthy = fields["status"] == "healthy"
    return Health(healthy, fields["message"], datetime.fromisoformat(fields["timestamp"]))


def page(fields: Fields) -> Page:
    return Page([known_session(one) for one in fields["sessions"]], fields["next"])


def known_session(fields: Fields) -> KnownSession:
    grant = fields["grant"]
    return KnownSession(
        fingerprint=fields["fingerprint"],
        client=fields["client"],
        state=fields["state"],
        expires_at=datetime.fromisoformat(fields["expires_at"]),
        subject=fields.get("subject"),
        metadata=fields.get("metadata"),
        grant=None if grant is None else _grant(grant),
    )


def _grant(fields: Fields) -> Grant:
    return Grant(
        expires_at=datetime.fromisoformat(fields["expires_at"]),
        ends_at=datetime.fromisoformat(fields["ends_at"]),
        origin=fields.get("origin"),
    )


def revoked(fields: Fields) -> Revoked:
    return Revoked(fields["sessions_revoked"], fields["grants_revoked"])


def fields_of(response: httpx.Response) -> Fields:
    """Return the object that an answer holds. Raises ``Unavailable`` where it is no such thing."""
    try:
        fields = response.json()
    except ValueError:
        fields = None
    if isinstance(fields, dict):
        return fields
    raise not_framegates(response)


def not_framegates(response: httpx.Response) -> Unavailable:
    """Make the error for an answer that framegate does not give."""
    host, code = response.request.url.host, response.status_code
    return Unavailable(
        f"{host} answered {code}, but not as framegate does: check the address, and what is between"
    )


def error_of(response: httpx.Response, fields: Fields) -> FramegateError:
    """Make the error that a refusal stands for."""
    code, detail = str(fields.get("code")), str(fields.get("detail"))
    match response.status_code:
        case HTTPStatus.UNAUTHORIZED:
            if code == "session_invalid":
                return Refused(fields.get("reason"))
            return KeyRejected(code)
        case HTTPStatus.TOO_MANY_REQUESTS:
            seconds = _retry_after(response)
            return CapReached(seconds) if code == "session_cap_reached" else RateLimited(seconds)
        case HTTPStatus.NOT_FOUND if code == "session_not_found":
            return NotFound(code, detail)
        case status_code if status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return BadRequest(code, detail)
        case status_code:
            return Unavailable(f"framegate answered {status_code} ({code}): {detail}")


def _retry_after(response: httpx.Response) -> int:
    text = response.headers.get("Retry-After", "")
    return int(text) if text.isascii() and text.isdigit() else 1
