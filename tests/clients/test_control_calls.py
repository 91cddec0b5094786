"""What the calls that list, look up and revoke send, and what they read in the answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from domain.session_id import SessionId
from framegate_client import Client, Grant, KnownSession, NotFound, Revoked
from tests.clients.waiting import Connect

ACTIVE = {
    "fingerprint": "0123456789ab",
    "client": "portal",
    "state": "active",
    "expires_at": "2030-01-02T03:04:05.678Z",
    "grant": None,
}
USED = {
    "fingerprint": "ba9876543210",
    "client": "portal",
    "state": "used",
    "expires_at": "2030-01-02T03:04:05+00:00",
    "subject": "ana",
    "metadata": {"report": 7},
    "grant": {
        "expires_at": "2030-01-02T03:30:00Z",
        "ends_at": "2030-01-02T11:00:00Z",
        "origin": "https://portal.example",
    },
}
REVOKED = {"sessions_revoked": 2, "grants_revoked": 1, "storage": "redis"}

SESSION_ID = "fgs_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

Asked = list[tuple[str, str]]
Ask = Callable[..., tuple[Client, Asked]]


@pytest.fixture
def ask(connect: Connect, kind: str) -> Ask:
    """Make a client that is answered with these, one after the other, and what it has asked."""

    def made(*answers: Any) -> tuple[Client, Asked]:
        asked: Asked = []
        left = list(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append((request.method, request.url.raw_path.decode()))
            fields = left.pop(0)
            return httpx.Response(fields.get("status", 200), json=fields)

        transport = httpx.MockTransport(answer)
        http = (httpx.Client if kind == "sync" else httpx.AsyncClient)(transport=transport)
        return connect("http://framegate.example", "fgk_any", http_client=http), asked

    return made


def test_all_sessions_are_listed_over_the_pages(ask: Ask) -> None:
    first = {"sessions": [ACTIVE, USED], "next": "a cursor&"}
    client, asked = ask(first, {"sessions": [], "next": "more"}, {"sessions": [USED], "next": None})

    listed = list(client.sessions(state="granted", client="portal", subject="ana", page_size=2))

    assert [one.fingerprint for one in listed] == ["0123456789ab", "ba9876543210", "ba9876543210"]
    query = "/auth/sessions?state=granted&limit=2&client=portal&subject=ana"
    assert asked == [
        ("GET", query),
        ("GET", f"{query}&after=a+cursor%26"),
        ("GET", f"{query}&after=more"),
    ]


def test_a_list_without_filters_is_of_what_is_active(ask: Ask) -> None:
    client, asked = ask({"sessions": [], "next": None})

    assert list(client.sessions()) == []
    assert asked == [("GET", "/auth/sessions?state=active&limit=100")]


def test_a_session_is_looked_up_by_fingerprint_with_all_that_is_known(ask: Ask) -> None:
    client, asked = ask(ACTIVE, USED)

    assert client.look_up("0123456789ab") == KnownSession(
        fingerprint="0123456789ab",
        client="portal",
        state="active",
        expires_at=datetime(2030, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        subject=None,
        metadata=None,
        grant=None,
    )
    assert client.look_up("ba9876543210").grant == Grant(
        expires_at=datetime(2030, 1, 2, 3, 30, tzinfo=UTC),
        ends_at=datetime(2030, 1, 2, 11, tzinfo=UTC),
        origin="https://portal.example",
    )
    assert asked[0] == ("GET", "/auth/sessions/0123456789ab")


def test_an_id_is_looked_up_and_revoked_without_being_sent(ask: Ask) -> None:
    client, asked = ask(ACTIVE, REVOKED)

    client.look_up(SESSION_ID)
    client.revoke(SESSION_ID)

    address = f"/auth/sessions/{SessionId(SESSION_ID).digest.fingerprint}"
    assert asked == [("GET", address), ("DELETE", address)]


@pytest.mark.parametrize(
    ("whose", "query"),
    [
        ({"subject": "ana & co"}, "subject=ana+%26+co"),
        ({"client": "portal"}, "client=portal"),
        ({"subject": "ana", "client": "portal"}, "subject=ana&client=portal"),
        ({"everything": True}, "all=true"),
    ],
)
def test_many_are_revoked_by_whose_they_are(ask: Ask, whose: dict[str, Any], query: str) -> None:
    client, asked = ask(REVOKED)

    assert client.revoke_all(**whose) == Revoked(sessions=2, grants=1)
    assert asked == [("DELETE", f"/auth/sessions?{query}")]


@pytest.mark.parametrize(
    "whose", [{}, {"subject": None}, {"subject": "ana", "everything": True}], ids=str
)
def test_everything_is_revoked_only_by_who_says_so(ask: Ask, whose: dict[str, Any]) -> None:
    client, asked = ask()

    with pytest.raises(ValueError, match="say whose"):
        client.revoke_all(**whose)
    assert asked == []


def test_a_session_that_nobody_knows_is_not_found(ask: Ask) -> None:
    unknown = {"status": 404, "code": "session_not_found", "detail": "no such session"}
    client, _ = ask(unknown, unknown)

    with pytest.raises(NotFound):
        client.look_up("0123456789ab")
    with pytest.raises(NotFound, match="no such session"):
        client.revoke("0123456789ab")
