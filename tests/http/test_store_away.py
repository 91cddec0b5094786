"""While the store is away: honest 503s, and everything else goes on."""

from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tornado.web import Application

from tests.http.fakes import AwayHealth, AwaySessions, GatedSessions, assemble
from tests.http.house import (
    ADMIN_KEY,
    OTHER_KEY,
    PORTAL_KEY,
    PORTAL_ORIGINS,
    STRANGE_KEY,
    unknown_id,
)
from tests.http.pages import page_of
from tests.http.talk import (
    CLEANUP,
    CREATE,
    DEMO,
    HEALTH,
    IFRAME,
    LIVEZ,
    READYZ,
    SESSIONS,
    STATUS,
    VALIDATE,
    Api,
    at,
    code_of,
    fields,
    until,
)

pytestmark = pytest.mark.gen_test


@pytest.fixture
def app(tmp_path: Path) -> Application:
    return assemble(tmp_path, AwaySessions(), AwayHealth()).application


NEED_THE_STORE = [
    ("POST", CREATE, PORTAL_KEY),
    ("GET", at(VALIDATE, unknown_id()), None),
    ("GET", at(VALIDATE, unknown_id()), PORTAL_KEY),
    ("POST", at(VALIDATE, unknown_id()), None),
    ("GET", STATUS, PORTAL_KEY),
    ("GET", STATUS, ADMIN_KEY),
    ("DELETE", CLEANUP, ADMIN_KEY),
    ("GET", SESSIONS, PORTAL_KEY),
    ("GET", f"{SESSIONS}/0123456789ab", ADMIN_KEY),
    ("DELETE", f"{SESSIONS}/0123456789ab", PORTAL_KEY),
    ("DELETE", f"{SESSIONS}?all=true", ADMIN_KEY),
    ("DELETE", f"{SESSIONS}?subject=ana", PORTAL_KEY),
]


@pytest.mark.parametrize(
    ("method", "path", "key"),
    NEED_THE_STORE,
    ids=[
        *("create", "validate", "validate with a key", "validate by POST"),
        *("own status", "whole status", "clean-up"),
        *("list", "look up", "revoke", "revoke all", "revoke a subject"),
    ],
)
async def test_what_needs_the_store_is_unavailable_for_now(
    api: Api, method: str, path: str, key: str | None
) -> None:
    response = await api.send(method, path, key=key, body=b"" if method == "POST" else None)

    assert (response.code, code_of(response)) == (503, "store_unavailable")
    assert response.headers["Retry-After"] == "1"
    assert fields(response)["detail"].startswith("O armazenamento de sessões não respondeu.")


async def test_a_head_is_unavailable_too(api: Api) -> None:
    response = await api.send("HEAD", STATUS, key=PORTAL_KEY)

    assert (response.code, response.body) == (503, b"")


async def test_the_iframe_is_a_page_that_its_own_client_may_frame(api: Api) -> None:
    response = await api.open_iframe(unknown_id())

    assert (response.code, page_of(response).code) == (503, "store_unavailable")
    assert response.headers["Retry-After"] == "1"
    assert response.headers["Cache-Control"] == "no-store"
    framing = f"frame-ancestors {' '.join(PORTAL_ORIGINS)}"
    assert response.headers["Content-Security-Policy"].endswith(framing)
    assert "X-Frame-Options" not in response.headers


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("pt-BR", "Sem conexão com o Redis."),
        ("en", "No connection to Redis."),
    ],
)
async def test_health_says_so_in_the_form_its_consumers_know(
    api: Api, language: str, message: str
) -> None:
    response = await api.send("GET", HEALTH, headers={"Accept-Language": language})

    assert response.code == 503
    health = fields(response)
    assert health.keys() == {"status", "message", "timestamp"}
    assert health["status"] == "unhealthy"
    assert health["message"].startswith(message)
    assert datetime.fromisoformat(health["timestamp"]).utcoffset() is not None
    assert response.headers["Retry-After"] == "1"


async def test_the_server_lives_but_is_not_ready(api: Api) -> None:
    alive = await api.send("GET", LIVEZ)
    ready = await api.send("GET", READYZ)

    assert (alive.code, fields(alive)) == (200, {"status": "alive"})
    assert (ready.code, fields(ready)) == (503, {"status": "store_unavailable"})


async def test_static_files_are_served(api: Api) -> None:
    assert (await api.send("GET", "/static/framegate.css")).code == 200


@pytest.mark.parametrize(
    ("method", "path", "key", "status", "code"),
    [
        ("POST", CREATE, None, 401, "key_missing"),
        ("POST", CREATE, STRANGE_KEY, 401, "key_unknown"),
        ("DELETE", CLEANUP, PORTAL_KEY, 401, "key_wrong_kind"),
        ("GET", VALIDATE, None, 400, "session_id_missing"),
        ("GET", at(VALIDATE, unknown_id()), OTHER_KEY, 401, "session_invalid"),
        ("PUT", STATUS, None, 405, "method_not_allowed"),
        ("GET", "/nothing", None, 404, "not_found"),
    ],
    ids=[
        *("no key", "strange key", "wrong kind", "no id", "mismatch"),
        *("method", "address"),
    ],
)
async def test_what_needs_no_store_to_be_refused_is_refused(
    api: Api, method: str, path: str, key: str | None, status: int, code: str
) -> None:
    body = b"" if method in {"POST", "PUT"} else None

    response = await api.send(method, path, key=key, body=body)

    assert (response.code, code_of(response)) == (status, code)


async def test_the_log_says_what_was_seen_once_a_second_and_no_id(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrypoints.rarely.EVERY_SECONDS", 0.05)
    session_id = unknown_id()

    with capture_logs() as lines:
        for _ in range(3):
            await api.redeem(session_id)
        await until(lambda: sum(line["times"] for line in lines) == 3)

    assert len(lines) < 3
    assert {(line["event"], line["log_level"], line["problem"]) for line in lines} == {
        ("store_unavailable", "warning", "timeout")
    }
    assert session_id not in repr(lines)


class TestInDemoMode:
    @pytest.fixture
    def app(self, tmp_path: Path) -> Application:
        return assemble(tmp_path, AwaySessions(), AwayHealth(), demo=True).application

    async def test_the_demo_page_is_served(self, api: Api) -> None:
        assert (await api.send("GET", DEMO)).code == 200

    async def test_creating_is_unavailable_for_now(self, api: Api) -> None:
        response = await api.send("POST", CREATE, body=b"")

        assert (response.code, code_of(response)) == (503, "store_unavailable")

    async def test_the_refusal_says_that_this_is_a_demo(self, api: Api) -> None:
        response = await api.send("GET", at(IFRAME, unknown_id("demo")))

        assert response.code == 503
        assert "Modo de demonstração" in page_of(response).text


class TestAStoreThatNeverAnswers:
    @pytest.fixture
    def app(self, tmp_path: Path) -> Application:
        return assemble(tmp_path, GatedSessions(), request_seconds=0.05).application

    async def test_costs_a_request_no_more_than_its_deadline(self, api: Api) -> None:
        response = await api.redeem(unknown_id())

        assert (response.code, code_of(response)) == (503, "store_unavailable")
