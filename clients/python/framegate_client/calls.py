"""What can be asked of framegate: one call each, and how to read its answer."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from attrs import evolve, field, frozen

from framegate_client import reading
from framegate_client.fingerprints import fingerprint_of
from framegate_client.results import (
    CleanedUp,
    Health,
    KnownSession,
    Page,
    Redeemed,
    Revoked,
    Session,
    Status,
)
from framegate_client.visible import check_visible

T = TypeVar("T")


@frozen
class Call(Generic[T]):
    """One request, and what makes a result of the fields of its answer.

    Only one that is known by an idempotency key may be sent ``again_if_lost``.
    """

    method: str
    path: str
    read: Callable[[Mapping[str, Any]], T]
    query: Mapping[str, str] = field(factory=dict)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(factory=dict)
    again_if_lost: bool = False
    answered_by: tuple[int, ...] = (200,)


class Wishes(TypedDict, total=False):
    """How sessions are to be created; all may be left out.

    ``subject``: whom they are for, 1 to 256 characters. ``metadata``: anything else to hand over,
    at most 2,048 bytes as JSON. ``ttl_seconds``: how long they live, no longer than the client's
    own setting. ``idempotency_key``: 1 to 255 visible ASCII characters, by which framegate knows
    that the same create has come again and answers with the same session.
    ``again_if_lost``: send it once more where no answer came; needs an ``idempotency_key``.
    """

    subject: str | None
    metadata: Mapping[str, Any] | None
    ttl_seconds: int | None
    idempotency_key: str | None
    again_if_lost: bool


_HOW_TO_SEND = {"idempotency_key", "again_if_lost"}


class Filters(TypedDict, total=False):
    """Which sessions to list.

    ``state``: ``active``, or ``granted`` for those that browsers go on with. ``client``: for
    admins. ``page_size``: how many to ask for at a time, 1 to 1000.
    """

    state: str
    client: str | None
    subject: str | None
    page_size: int


def create_session(**wishes: Unpack[Wishes]) -> Call[Session]:
    return _create("/auth/create-session", reading.session, wishes)


def create_sessions(count: int, **wishes: Unpack[Wishes]) -> Call[tuple[Session, ...]]:
    return _create("/auth/create-sessions", reading.sessions, wishes, count=count)


def _create(
    path: str, read: Callable[[Mapping[str, Any]], T], wishes: Wishes, **fields: Any
) -> Call[T]:
    key, again = wishes.get("idempotency_key"), wishes.get("again_if_lost", False)
    if again and key is None:
        raise ValueError("again_if_lost needs an idempotency_key: without one it may create two")
    # What framegate does not know it refuses by name.
    body = {**fields, **{name: wish for name, wish in wishes.items() if name not in _HOW_TO_SEND}}
    headers = {} if key is None else {"Idempotency-Key": check_visible(key, "the idempotency key")}
    return Call("POST", path, read, body=_given(body) or None, headers=headers, again_if_lost=again)


def redeem(session_id: str) -> Call[Redeemed]:
    body = {"session_id": session_id}  # not in the address, which others may write down
    return Call("POST", "/auth/validate-session", reading.redeemed, body=body)


def status() -> Call[Status]:
    return Call("GET", "/auth/session-status", reading.status)


def clean_up() -> Call[CleanedUp]:
    return Call("DELETE", "/auth/cleanup-sessions", reading.cleaned_up)


def health() -> Call[Health]:
    return Call("GET", "/auth/redis-health", reading.health, answered_by=(200, 503))


def sessions(
    *,
    state: str = "active",
    client: str | None = None,
    subject: str | None = None,
    page_size: int = 100,
) -> Call[Page]:
    filters = {"client": client, "subject": subject}
    query = {"state": state, "limit": str(page_size), **_given(filters)}
    return Call("GET", "/auth/sessions", reading.page, query=query)


def next_page(call: Call[Page], page: Page) -> Call[Page] | None:
    if page.after is None:
        return None
    return evolve(call, query={**call.query, "after": page.after})


def look_up(fingerprint_or_id: str) -> Call[KnownSession]:
    return Call("GET", _address(fingerprint_or_id), reading.known_session)


def revoke(fingerprint_or_id: str) -> Call[Revoked]:
    return Call("DELETE", _address(fingerprint_or_id), reading.revoked)


def revoke_all(
    *, subject: str | None = None, client: str | None = None, everything: bool = False
) -> Call[Revoked]:
    query = _given({"subject": subject, "client": client})
    if bool(query) == everything:
        # A subject that happens to be None must not end everybody's sessions.
        raise ValueError("say whose sessions to revoke: a subject, a client, or everything=True")
    query = query or {"all": "true"}
    return Call("DELETE", "/auth/sessions", reading.revoked, query=query)


def _address(fingerprint_or_id: str) -> str:
    return f"/auth/sessions/{fingerprint_of(fingerprint_or_id)}"


def _given(wishes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wishes.items() if value is not None}
