"""The gates, before real applications in processes of their own: one list for all of them."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from framegate_client import Client, Session
from tests.clients.browser import FRAME, Browser
from tests.clients.running import Running, running_application
from tests.clients.waiting import PATIENCE_SECONDS
from tests.support.framegate_server import KEYS, FramegateServer
from tests.support.leaks import SECRET
from tests.support.redis_server import free_port

APPLICATIONS = ["starlette", "flask", "django", "tornado"]
with_websockets = pytest.mark.parametrize("name", ["starlette", "tornado"], indirect=True)
FRAMING = "frame-ancestors https://portal.example"


@pytest.fixture(scope="module", params=APPLICATIONS)
def name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def application(
    name: str, framegate: FramegateServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Running]]:
    with running_application(name, framegate.url, tmp_path_factory.mktemp(name)) as application:
        yield application


@pytest.fixture
def base(application: tuple[str, Running]) -> str:
    return application[0]


@pytest.fixture
def browser(base: str) -> Browser:
    return Browser(base)


@pytest.fixture
def stranger(base: str) -> Browser:
    return Browser(base)


@pytest.fixture(scope="module")
def portal(framegate: FramegateServer) -> Iterator[Client]:
    with Client(framegate.url, KEYS.portal, timeout_seconds=PATIENCE_SECONDS) as client:
        yield client


@pytest.fixture
def session(portal: Client) -> Session:
    return portal.create_session(subject="Conceição <ana@a.example>", metadata={"ação": [1, "ç"]})


def page(session: Session, path: str = "/reports/7") -> str:
    return f"{path}?view=all&session_id={session.session_id}"


def test_a_page_opens_once_and_then_for_the_browser_that_opened_it(
    browser: Browser, stranger: Browser, session: Session
) -> None:
    opened = browser.open(page(session))
    refused = stranger.open(page(session))
    reloaded = browser.open(page(session))
    data = browser.load("/data.json")

    assert [one.status_code for one in (opened, refused, reloaded, data)] == [200, 401, 200, 200]
    assert stranger.load("/data.json").status_code == 401
    assert "Set-Cookie" not in reloaded.headers


def test_the_application_is_told_who_has_come_in(browser: Browser, session: Session) -> None:
    for answer in (browser.open(page(session)), browser.load("/data.json")):
        assert answer.json()["visitor"] == {
            "client": "portal",
            "session": session.fingerprint,
            "subject": "Conceição <ana@a.example>",
            "metadata": {"ação": [1, "ç"]},
        }


def test_a_session_that_carries_nothing_is_told_as_nothing(
    browser: Browser, portal: Client
) -> None:
    visitor = browser.open(page(portal.create_session())).json()["visitor"]

    assert (visitor["subject"], visitor["metadata"]) == (None, None)


@pytest.mark.parametrize(
    "claim", ["X-Framegate-Subject", "x-framegate-subject", "X_Framegate_Subject"]
)
def test_who_somebody_is_cannot_be_said_from_outside(
    browser: Browser, session: Session, claim: str
) -> None:
    for answer in (
        browser.open(page(session), **{claim: "root"}),
        browser.load("/data.json", **{claim: "root"}),
    ):
        assert answer.status_code == 200
        assert answer.json()["claims"] == []
        assert "root" not in answer.text


def test_a_claim_opens_nothing_and_reaches_no_open_path(
    stranger: Browser,
) -> None:
    claims = {"X-Framegate-Client": "portal", "X_Framegate_Subject": "root"}

    assert stranger.open("/", **claims).status_code == 401
    health = stranger.load("/healthz", **claims)
    assert health.status_code == 200
    assert health.json() == {"visitor": None, "claims": []}


@pytest.mark.parametrize("path", ["/healthz/", "/healthz/..", "/healthz;a", "/Healthz", "/health"])
def test_a_path_is_left_open_as_it_is_and_no_other(stranger: Browser, path: str) -> None:
    assert stranger.load(path).status_code == 401


def test_who_is_refused_gets_framegates_own_answer(stranger: Browser, session: Session) -> None:
    stranger.open(page(session))
    refused = Browser(stranger.base).load(page(session))

    assert refused.status_code == 401
    assert refused.json()["code"] == "session_invalid"
    assert refused.headers["Content-Type"].startswith("application/json")
    assert refused.headers["Cache-Control"] == "no-store"
    assert "visitor" not in refused.text


def test_the_answer_is_in_the_language_of_the_browser(stranger: Browser) -> None:
    texts = {
        stranger.load("/", **{"Accept-Language": language}).json()["detail"]
        for language in ("pt-BR", "en")
    }

    assert len(texts) == 2


def test_a_prefetch_burns_nothing(browser: Browser, session: Session) -> None:
    ahead = browser.open(page(session), **{"Sec-Purpose": "prefetch;prerender"})

    assert ahead.status_code == 403
    assert browser.open(page(session)).status_code == 200


@pytest.mark.parametrize(("method", "headers"), [("HEAD", FRAME), ("POST", FRAME), ("GET", {})])
def test_only_a_page_that_somebody_asks_for_is_worth_a_session(
    browser: Browser, session: Session, method: str, headers: dict[str, str]
) -> None:
    assert browser.send(method, page(session), **headers).status_code == 401
    assert browser.open(page(session)).status_code == 200


def test_who_asks_by_head_gets_the_same_head_and_no_body(
    browser: Browser, stranger: Browser, session: Session
) -> None:
    browser.open(page(session))

    allowed, refused = browser.send("HEAD", "/"), stranger.send("HEAD", "/")

    assert (allowed.status_code, refused.status_code) == (200, 401)
    assert refused.content == b""


def test_the_session_s_client_may_frame_the_page_and_no_other_site_is_told_its_address(
    browser: Browser, session: Session
) -> None:
    answers = browser.open(page(session)), browser.load("/data.json")

    # Who has come in before may have framegate's own page around it.
    for answer, framing in zip(answers, (FRAMING, f"{FRAMING} 'self'"), strict=True):
        assert answer.headers.get_list("Content-Security-Policy") == [framing]
        assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}


def test_a_frame_in_somebody_elses_page_burns_nothing(browser: Browser, session: Session) -> None:
    assert browser.open(page(session), Referer="https://evil.example/").status_code == 401

    assert browser.open(page(session), Referer="https://portal.example/").status_code == 200
    assert browser.open("/next", Referer=f"{browser.base}/reports/7").status_code == 200


def test_a_policy_of_the_applications_own_holds_beside(browser: Browser, session: Session) -> None:
    answer = browser.open(page(session, "/own-policy"))

    assert answer.text == "own"
    assert answer.headers.get_list("Content-Security-Policy") == ["img-src 'self'", FRAMING]
    assert answer.headers.get_list("Referrer-Policy") == ["no-referrer"]


def test_what_is_posted_arrives(browser: Browser, session: Session, name: str) -> None:
    browser.open(page(session))

    answer = browser.send("POST", "/echo", content=b"x" * 100_000)

    assert answer.status_code == 200
    assert answer.content.endswith(b"x" * 100_000)
    assert Browser(browser.base).send("POST", "/echo", content=b"x").status_code == 401
    if name == "tornado":
        assert answer.content.startswith(b"prepared: ")
        assert answer.headers["X-Prepared"] == "yes"


def test_a_page_that_fails_when_it_is_opened_can_be_reloaded(
    browser: Browser, session: Session
) -> None:
    assert browser.open(page(session, "/broken")).status_code == 500
    assert browser.open(page(session)).status_code == 200


def test_a_long_address_goes_on_by_grant_and_opens_nothing(
    browser: Browser, session: Session, portal: Client
) -> None:
    browser.open(page(session))
    filters = f"/data.json?filter={'x' * 5000}"

    assert browser.load(filters).status_code == 200
    other = portal.create_session()
    assert Browser(browser.base).open(f"{filters}&session_id={other.session_id}").status_code == 401
    assert Browser(browser.base).open(page(other)).status_code == 200


def test_cookies_of_the_applications_own_do_not_disturb(browser: Browser, session: Session) -> None:
    browser.open(page(session))
    browser.cookies["own"] = "x" * 9000

    assert browser.load("/data.json").status_code == 200


def test_of_many_who_hold_a_session_at_once_one_comes_in(base: str, session: Session) -> None:
    barrier = Barrier(12)

    def open_it(browser: Browser) -> int:
        barrier.wait()
        return browser.open(page(session)).status_code

    with ThreadPoolExecutor(12) as threads:
        statuses = list(threads.map(open_it, [Browser(base) for _ in range(12)]))

    assert sorted(statuses) == [200] + [401] * 11


def test_what_goes_on_at_once_is_not_mixed_up(base: str, portal: Client) -> None:
    browsers = {name: Browser(base) for name in "abcdefgh"}
    for name, browser in browsers.items():
        browser.open(page(portal.create_session(subject=name)))

    def subject(name: str) -> str:
        subject: str = browsers[name].load("/data.json").json()["visitor"]["subject"]
        return subject

    with ThreadPoolExecutor(8) as threads:
        names = list(browsers) * 5
        assert list(threads.map(subject, names)) == names
    assert Browser(base).load("/data.json").status_code == 401


def test_without_framegate_nothing_is_open(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with running_application(name, nowhere, tmp_path_factory.mktemp(name)) as (base, program):
        stranger = Browser(base)

        for answer in (stranger.open("/"), stranger.open("/?session_id=fgs_0")):
            assert answer.status_code == 503
            assert "Temporarily unavailable" in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
        assert stranger.load("/healthz").status_code == 200
        assert "framegate gave no answer: ConnectError" in program.log


@with_websockets
def test_a_websocket_is_accepted_from_who_holds_a_grant(
    base: str, browser: Browser, session: Session
) -> None:
    browser.open(page(session))

    async def first_message() -> str | bytes | None:
        request = HTTPRequest(f"{base.replace('http', 'ws')}/live", headers=browser.headers)
        connection = await websocket_connect(request)
        message = await connection.read_message()
        assert await connection.read_message() is None  # closed by the application
        connection.close()
        return message

    assert asyncio.run(first_message()) == "portal"


@with_websockets
def test_a_websocket_is_refused_to_a_stranger(stranger: Browser) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
    }

    assert stranger.load("/live", **handshake).status_code in {401, 403}


def test_no_secret_has_been_logged_even_at_debug(
    application: tuple[str, Running], browser: Browser, session: Session
) -> None:
    browser.open(page(session))

    log = application[1].log

    assert "receive_response_headers" in log
    assert "_[redacted]" in log
    assert not SECRET.search(log.encode())
