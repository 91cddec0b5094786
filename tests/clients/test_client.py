"""Both clients, against the real server."""

from pathlib import Path

import pytest

from domain.session_id import SessionId
from framegate_client import (
    BadRequest,
    CapReached,
    Client,
    FramegateError,
    KeyRejected,
    RateLimited,
    Refused,
    Session,
    Unavailable,
)
from tests.clients.conftest import SLOW_KEY, SMALL_KEY, environment
from tests.clients.waiting import Connect
from tests.support.framegate_server import KEYS, FramegateServer, running_framegate
from tests.support.redis_server import free_port


@pytest.fixture
def portal(connect: Connect, framegate: FramegateServer) -> Client:
    return connect(framegate.url, KEYS.portal)


def test_a_session_hands_over_once_what_it_was_created_with(portal: Client) -> None:
    session = portal.create_session(subject="Conceição", metadata={"report": [7, "ç"]})

    redeemed = portal.redeem(session.session_id)

    assert redeemed.subject == "Conceição"
    assert redeemed.metadata == {"report": [7, "ç"]}
    with pytest.raises(Refused) as refused:
        portal.redeem(session.session_id)
    assert refused.value.reason == "used"


def test_a_session_without_wishes_carries_nothing(portal: Client) -> None:
    redeemed = portal.redeem(portal.create_session().session_id)

    assert (redeemed.subject, redeemed.metadata) == (None, None)


def test_a_session_tells_where_it_opens_and_how_long_it_lives(portal: Client) -> None:
    session = portal.create_session(ttl_seconds=60)

    assert session.iframe_url.endswith(f"/client/iframe.html?session_id={session.session_id}")
    assert 30 < session.expires_in_seconds <= 60
    assert session.answer["session_id"] == session.session_id
    assert session.answer["storage"] == "memory"


def test_many_sessions_come_at_once_each_good_for_one_redeem(portal: Client) -> None:
    sessions = portal.create_sessions(3, subject="ana", ttl_seconds=60)

    assert len({session.session_id for session in sessions}) == 3
    for session in sessions:
        assert session.answer["iframe_url"] == session.iframe_url
        assert 30 < session.expires_in_seconds <= 60
        assert portal.redeem(session.session_id).subject == "ana"


def test_the_same_idempotency_key_gets_the_same_session(portal: Client, kind: str) -> None:
    key = f"order-of-{kind}"

    first, again = (portal.create_session(subject="ana", idempotency_key=key) for _ in range(2))

    assert first.session_id == again.session_id
    portal.redeem(first.session_id)
    with pytest.raises(BadRequest) as spent:
        portal.create_session(subject="ana", idempotency_key=key)
    assert spent.value.code == "idempotency_key_spent"


def test_only_who_has_a_key_is_told_why_a_session_is_refused(
    connect: Connect, framegate: FramegateServer, portal: Client
) -> None:
    elses = connect(framegate.url, KEYS.other).create_session().session_id

    for session_id, reason in ((f"fgs_00000000_{'x' * 32}", "unknown"), (elses, "mismatch")):
        with pytest.raises(Refused) as told:
            portal.redeem(session_id)
        with pytest.raises(Refused) as untold:
            connect(framegate.url).redeem(f"{session_id}x")
        assert told.value.reason == reason
        assert untold.value.reason is None


def test_what_can_be_no_id_is_no_refusal(portal: Client) -> None:
    with pytest.raises(BadRequest) as malformed:
        portal.redeem("")

    assert malformed.value.code == "session_id_empty"


@pytest.mark.parametrize("wish", [{"ttl_seconds": 0}, {"subject": 7}, {"colour": "blue"}], ids=str)
def test_a_wish_that_cannot_be_met_is_refused_with_a_text_that_says_why(
    portal: Client, wish: dict[str, object]
) -> None:
    with pytest.raises(BadRequest) as refused:
        portal.create_session(**wish)  # type: ignore[arg-type]

    (name,) = wish
    assert name in refused.value.detail or refused.value.code == "field_unknown"
    assert refused.value.code in str(refused.value)


def test_a_key_that_does_not_open_a_route_is_rejected_by_its_kind(
    connect: Connect, framegate: FramegateServer, portal: Client
) -> None:
    for client, code in (
        (connect(framegate.url), "key_missing"),
        (connect(framegate.url, "fgk_nobodys"), "key_unknown"),
    ):
        with pytest.raises(KeyRejected) as rejected:
            client.create_session()
        assert rejected.value.code == code
    with pytest.raises(KeyRejected, match="key_wrong_kind"):
        portal.clean_up()


@pytest.mark.parametrize(("key", "error"), [(SMALL_KEY, CapReached), (SLOW_KEY, RateLimited)])
def test_a_full_cap_and_a_spent_rate_say_when_to_come_again(
    connect: Connect,
    framegate: FramegateServer,
    key: str,
    error: type[FramegateError],
) -> None:
    client = connect(framegate.url, key)

    with pytest.raises(error) as refused:
        [client.create_session() for _ in range(2)]

    assert isinstance(refused.value, CapReached | RateLimited)
    assert 1 <= refused.value.retry_after <= 1800
    assert str(refused.value.retry_after) in str(refused.value)


def test_the_figures_are_the_clients_own(connect: Connect, framegate: FramegateServer) -> None:
    other = connect(framegate.url, KEYS.other)
    before = other.status()
    session = other.create_session()
    other.create_session()
    other.redeem(session.session_id)

    after = other.status()

    assert after.active - before.active == 1
    assert after.used - before.used == 1
    assert after.total - before.total == 2
    assert after.created - before.created == 2
    assert after.redeemed - before.redeemed == 1
    assert (after.cap, after.storage) == (1000, "memory")


def test_an_admin_cleans_up(connect: Connect, framegate: FramegateServer, portal: Client) -> None:
    portal.create_session()

    done = connect(framegate.url, KEYS.ops).clean_up()

    assert done.removed >= 0
    assert done.remaining >= 1


def test_health_is_told_to_anyone(connect: Connect, framegate: FramegateServer) -> None:
    health = connect(framegate.url).health()

    assert health.healthy
    assert health.message
    assert health.at.tzinfo is not None


def test_a_framegate_without_its_store_is_unavailable_and_says_that_it_is_not_healthy(
    connect: Connect, tmp_path: Path
) -> None:
    away = {"STORAGE": "redis", "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    with running_framegate(tmp_path, environment(tmp_path) | away, "serve") as server:
        portal = connect(server.url, KEYS.portal)

        assert not portal.health().healthy
        with pytest.raises(Unavailable, match=r"503 .store_unavailable"):
            portal.create_session()


def test_a_session_is_called_by_its_fingerprint(portal: Client) -> None:
    session = portal.create_session()

    assert len(session.fingerprint) == 12
    assert session.fingerprint in repr(session)
    assert session.session_id not in repr(session)
    assert session.session_id not in f"{[session]} {session}"


def test_the_fingerprint_of_an_id_is_the_servers() -> None:
    session = Session("fgs_0", "", None, 1, {})

    assert session.fingerprint == SessionId("fgs_0").digest.fingerprint
