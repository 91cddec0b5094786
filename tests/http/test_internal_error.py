"""A fault of ours is told in one word outside, and in full but without secrets inside."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from tornado.web import Application

from adapters.memory.sessions import MemorySessions
from entrypoints.logs import configure_logs
from tests.http.fakes import IndiscreetRedeem, assemble
from tests.http.house import PORTAL_KEY, PORTAL_ORIGINS
from tests.http.pages import page_of
from tests.http.talk import CREATE, VALIDATE, Api, code_of, fields
from tests.support.worlds import SteppedClock
from tests.unit.logging_kept import logging_kept

pytestmark = pytest.mark.gen_test


@pytest.fixture
def app(tmp_path: Path) -> Application:
    sessions = MemorySessions(SteppedClock())
    return assemble(tmp_path, sessions, redeem=IndiscreetRedeem).application


@contextmanager
def logs_as_in_production() -> Iterator[io.StringIO]:
    """Log as a server does, and have everything back as it was afterwards."""
    stream = io.StringIO()
    with logging_kept():
        configure_logs("DEBUG", stream)
        structlog.configure(cache_logger_on_first_use=False)  # or the loggers would never let go
        yield stream


async def test_a_program_is_told_that_it_was_our_fault_and_no_more(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.redeem(session_id)

    assert (response.code, code_of(response)) == (500, "internal_error")
    assert fields(response).keys() == {"detail", "code"}
    for part in (session_id, "Traceback", "RuntimeError", "could not redeem", ".py"):
        assert part.encode() not in response.body
    assert session_id not in str(response.headers)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Server" not in response.headers


async def test_a_client_with_a_key_is_told_no_more_either(api: Api) -> None:
    response = await api.redeem(await api.create(PORTAL_KEY), key=PORTAL_KEY)

    assert fields(response).keys() == {"detail", "code"}


async def test_a_person_gets_a_page(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.open_iframe(session_id)

    page = page_of(response)
    assert (response.code, page.code, page.lang) == (500, "internal_error", "pt-BR")
    assert "Erro interno" in page.text
    for part in (session_id, "Traceback", "RuntimeError", "could not redeem"):
        assert part.encode() not in response.body
    framing = f"frame-ancestors {' '.join(PORTAL_ORIGINS)}"
    assert response.headers["Content-Security-Policy"].endswith(framing)


async def test_the_log_has_the_error_without_the_id(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    with logs_as_in_production() as stream:
        await api.redeem(session_id)
        await api.open_iframe(session_id)

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    errors = [line for line in lines if line["level"] == "error"]
    assert [(line["event"], line["method"], line["route"]) for line in errors] == [
        ("uncaught_exception", "GET", "ValidateSessionRoute"),
        ("uncaught_exception", "GET", "OpenIframeRoute"),
    ]
    assert all("RuntimeError: could not redeem fgs_" in line["exception"] for line in errors)
    assert all("_[redacted]" in line["exception"] for line in errors)
    assert session_id not in stream.getvalue()
    assert session_id.split("_", 2)[2] not in stream.getvalue()


async def test_no_other_library_logs_the_request(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    session_id = await api.create(PORTAL_KEY)

    await api.redeem(session_id)
    await api.send("GET", f"{VALIDATE}?session_id={session_id}&session_id=x")
    await api.send("GET", f"/nothing/{session_id}")

    assert session_id not in caplog.text


async def test_an_id_that_was_given_out_before_is_a_fault_of_ours(api: Api) -> None:
    """The application here has a source of randomness that repeats itself."""
    first = await api.send("POST", CREATE, key=PORTAL_KEY, body=b"")
    second = await api.send("POST", CREATE, key=PORTAL_KEY, body=b"")

    assert first.code == 200
    assert (second.code, code_of(second)) == (500, "internal_error")
