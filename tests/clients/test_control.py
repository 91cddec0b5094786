"""Listing, looking up and revoking, against the real server."""

import pytest

from framegate_client import Client, KeyRejected, NotFound, Refused
from tests.clients.browser import FRAME
from tests.clients.waiting import Connect
from tests.support.framegate_server import KEYS, FramegateServer
from tests.support.http_call import call


@pytest.fixture
def portal(connect: Connect, framegate: FramegateServer) -> Client:
    return connect(framegate.url, KEYS.portal)


@pytest.fixture
def subject(kind: str, request: pytest.FixtureRequest) -> str:
    return f"{request.function.__name__} {kind}"


def opened(portal: Client, framegate: FramegateServer, subject: str) -> tuple[str, dict[str, str]]:
    """Open a page; return the session's id, and what the browser goes on with."""
    session_id = portal.create_session(subject=subject).session_id
    uri = {"X-Forwarded-Uri": f"/?session_id={session_id}"}
    answer = call("GET", f"{framegate.url}/auth/check", headers=FRAME | uri)
    assert answer.status == 200
    return session_id, {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}


def test_a_session_is_known_until_it_is_used_and_after(portal: Client, subject: str) -> None:
    session = portal.create_session(subject=subject, metadata={"report": 7})

    known = portal.look_up(session.fingerprint)

    assert known == portal.look_up(session.session_id)
    assert (known.client, known.state, known.subject) == ("portal", "active", subject)
    assert known.metadata == {"report": 7}
    assert known.expires_at.tzinfo is not None
    assert known.grant is None
    assert portal.redeem(session.session_id).subject == subject
    assert portal.look_up(session.fingerprint).state == "used"


def test_all_pages_are_listed(portal: Client, subject: str) -> None:
    made = portal.create_sessions(5, subject=subject)

    listed = list(portal.sessions(subject=subject, page_size=2))

    assert {one.fingerprint for one in listed} == {session.fingerprint for session in made}
    assert len(listed) == 5
    assert {one.state for one in listed} == {"active"}


def test_what_browsers_go_on_with_is_listed(
    portal: Client, framegate: FramegateServer, subject: str
) -> None:
    session_id, _ = opened(portal, framegate, subject)

    (granted,) = portal.sessions(state="granted", subject=subject)

    assert granted.fingerprint == portal.look_up(session_id).fingerprint
    assert granted.grant is not None
    assert granted.grant.expires_at <= granted.grant.ends_at


def test_a_revoked_session_is_refused(portal: Client) -> None:
    session = portal.create_session()

    revoked = portal.revoke(session.fingerprint)

    assert (revoked.sessions, revoked.grants) == (1, 0)
    with pytest.raises(Refused) as refused:
        portal.redeem(session.session_id)
    assert refused.value.reason == "revoked"


def test_a_subjects_sessions_and_grants_end_at_once(
    portal: Client, framegate: FramegateServer, subject: str
) -> None:
    _, grant = opened(portal, framegate, subject)
    portal.create_sessions(2, subject=subject)
    kept = portal.create_session(subject="another")

    revoked = portal.revoke_all(subject=subject)

    assert (revoked.sessions, revoked.grants) == (2, 1)
    assert call("GET", f"{framegate.url}/auth/check", headers=grant).status == 401
    assert list(portal.sessions(subject=subject)) == []
    assert portal.redeem(kept.session_id).subject == "another"


def test_only_ones_own_sessions_are_known(
    connect: Connect, framegate: FramegateServer, portal: Client
) -> None:
    fingerprint = portal.create_session().fingerprint

    for ask in (Client.look_up, Client.revoke):
        other = connect(framegate.url, KEYS.other)
        with pytest.raises(NotFound):
            getattr(other, ask.__name__)(fingerprint)
    assert connect(framegate.url, KEYS.ops).look_up(fingerprint).client == "portal"
    with pytest.raises(KeyRejected):
        connect(framegate.url).look_up(fingerprint)
