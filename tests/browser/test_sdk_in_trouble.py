"""What the browser SDK and the doorstep do when something around them goes wrong."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define, evolve
from playwright.sync_api import Browser, Page, expect

from tests.browser.parent_site import (
    Parent,
    await_heard,
    go_offline,
    running_parent,
    shown,
    stop_time,
    told,
)
from tests.support.framegate_server import FramegateServer, write_clients
from tests.support.http_call import Answer
from tests.support.redis_server import free_port
from tests.support.waiting import until

EMBED = "document.querySelector('framegate-embed')"
SLOWLY = "Opening the report"
AWAY = Answer(503, {}, b"")
PAGE_FOR_PEOPLE = Answer(200, {"Content-Type": "text/html"}, b"<!DOCTYPE html>")
ANSWER = 10_000
PATIENCE_SECONDS = 60
PAGE = """<!DOCTYPE html><html data-shown><title>Report</title><h1>Report</h1>
<div style="height: 100px"></div>"""
PUT_IN = "html => { document.body.innerHTML = html; }"
PUT_IN_AND_LOAD = f"""html => {{
  document.body.innerHTML = html;
  return new Promise((done) => {{ {EMBED}.frame.onload = () => done(); }});
}}"""
LISTEN = f"""() => {{
  window.said = [];
  for (const type of ["ready", "refused", "expired", "error"]) {{
    {EMBED}.addEventListener(type, () => said.push(type));
  }}
}}"""
NEVER_SETTLES = """async gate => {
  const { embed } = await import(`${gate}/sdk/framegate.js`);
  const report = embed(document.body, { src: gate, session: () => new Promise(() => {}) });
  report.addEventListener("error", ({ detail }) => heard.push({ type: "error", ...detail }));
}"""
FORM = """
<iframe name="report" title="Report"></iframe>
<form method="post" action="{gate}/client/enter" target="report">
  <input name="session_id"><button>Open</button>
</form>"""


@define
class Gate:
    """framegate, which can be stopped and started again at its address."""

    folder: Path
    environment: dict[str, str]
    server: FramegateServer

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server = FramegateServer(self.folder, self.environment, "serve")


@pytest.fixture(scope="module")
def port() -> int:
    """The parent's; framegate knows it as an origin."""
    return free_port()


@pytest.fixture(scope="module")
def one_gate(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Gate]:
    folder = tmp_path_factory.mktemp("gate")
    (folder / "pages").mkdir()
    (folder / "pages" / "iframe.html").write_text(PAGE)
    environment = {
        "PORT": str(free_port()),
        "STORAGE": "memory",
        "CLIENTS_FILE": str(write_clients(folder / "c.toml", origin=f"http://localhost:{port}")),
        "DRAIN_SECONDS": "0",
        "IFRAME_ROOT": str(folder / "pages"),
    }
    gate = Gate(folder, environment, FramegateServer(folder, environment, "serve"))
    yield gate
    gate.stop()


@pytest.fixture
def gate(one_gate: Gate) -> Gate:
    if one_gate.server.process.poll() is not None:
        one_gate.start()
    return one_gate


@pytest.fixture
def parent(port: int, gate: Gate) -> Iterator[Parent]:
    with running_parent(port, gate.server.url, gate.server.url) as parent:
        yield parent


def expect_shown(page: Page) -> None:
    expect(shown(page).locator("html[data-shown]")).to_be_attached()


def test_a_frame_that_framegate_did_not_answer_opens_when_it_is_back(
    page: Page, parent: Parent, gate: Gate
) -> None:
    def give_the_last() -> Answer:
        answer = parent.create()
        parent.gives = None
        gate.stop()
        return answer

    parent.gives = give_the_last
    parent.show(page, parent.embed())
    assert await_heard(page, "error")[0]["code"] == "no_answer"

    gate.start()

    expect_shown(page)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("/client/iframe.html?session_id=", "session_id_empty"),
        ("/client/nothing.html", "not_found"),
    ],
    ids=["wrongly-asked", "not-there"],
)
def test_a_page_that_cannot_be_shown_is_told_and_read_and_asks_for_no_more_sessions(
    page: Page, parent: Parent, to: str, code: str
) -> None:
    page.clock.install()
    parent.show(page, parent.embed(f'to="{to}"'))

    assert await_heard(page, "error")[0]["code"] == code
    expect(shown(page).locator("html")).to_have_attribute("data-code", code)
    page.clock.fast_forward("10:00")  # not step by step: no answer comes between two steps
    assert (len(parent.given), len(told(page, "error"))) == (1, 1)


def test_who_was_offline_for_long_has_it_opened_at_once_when_online(
    page: Page, parent: Parent
) -> None:
    stop_time(page)
    parent.show(page)
    page.evaluate("customElements.whenDefined('framegate-embed')")
    go_offline(page)
    page.evaluate(PUT_IN, parent.embed())
    await_heard(page, "error")
    page.clock.run_for("10:00")
    assert [event["code"] for event in told(page, "error")] == ["session_url"]

    page.context.set_offline(False)

    expect_shown(page)
    assert len(parent.given) == 1


def test_a_client_that_is_not_known_is_no_answer_soon_after_the_frame_has_loaded(
    page: Page, parent: Parent
) -> None:
    parent.gives = lambda: Answer(200, {}, b'{"session_id": "fgs_00000000_%s"}' % (b"a" * 32))
    stop_time(page)
    parent.show(page)
    with page.expect_response("**/client/enter*") as answered:
        page.evaluate(PUT_IN_AND_LOAD, parent.embed())
    assert answered.value.status == 404

    page.clock.run_for(5000)

    assert "no_answer" in {event["code"] for event in await_heard(page, "error")}


def test_an_element_that_is_taken_away_while_a_session_is_asked_for_says_nothing(
    page: Page, parent: Parent
) -> None:
    asked, goes_on = threading.Event(), threading.Event()

    def take_time() -> Answer:
        asked.set()
        goes_on.wait(PATIENCE_SECONDS)
        return AWAY

    parent.gives = take_time
    parent.show(page, parent.embed())
    page.evaluate(LISTEN)
    assert asked.wait(PATIENCE_SECONDS)
    with page.expect_event("requestfailed"):
        page.evaluate(f"{EMBED}.remove()")
    goes_on.set()

    assert page.evaluate("said") == []


@pytest.mark.parametrize(
    "asks_again",
    [
        f"{EMBED}.refresh()",
        "dispatchEvent(new Event('online'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
    ],
    ids=["refresh", "online", "visible"],
)
def test_a_backend_that_hangs_is_told_of_and_asked_again_before_its_turn(
    page: Page, parent: Parent, asks_again: str
) -> None:
    hangs, goes_on = threading.Event(), threading.Event()

    def hang() -> Answer:
        parent.gives = lambda: AWAY
        hangs.set()
        goes_on.wait(PATIENCE_SECONDS)
        return AWAY

    parent.gives = hang
    stop_time(page)
    parent.show(page, parent.embed())
    assert hangs.wait(PATIENCE_SECONDS)
    page.clock.run_for(ANSWER)
    late = await_heard(page, "error")[0]
    assert late["code"] == "session_url"
    assert late["message"] == "session-url did not answer within 10 seconds"
    page.clock.run_for(1)
    await_heard(page, "error", times=2)  # what comes by itself comes later, and time stands still
    parent.gives = None

    page.evaluate(asks_again)

    expect_shown(page)
    goes_on.set()


def test_a_session_that_is_promised_for_ever_is_told_of(page: Page, parent: Parent) -> None:
    stop_time(page)
    parent.show(page)
    page.evaluate(NEVER_SETTLES, parent.gate)

    page.clock.run_for(ANSWER)

    (error,) = await_heard(page, "error")
    assert error["message"] == "session did not answer within 10 seconds"


def test_without_a_session_url_the_error_says_so_and_nothing_is_asked(
    page: Page, parent: Parent
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    parent.show(page, parent.embed(session_url=""))

    (error,) = await_heard(page, "error")
    assert error["code"] == "session_url"
    assert "no session-url" in error["message"]
    assert "POST" not in asked


@pytest.mark.parametrize("src", ["http://[", "mailto:framegate"])
def test_a_src_that_is_no_address_is_told_as_that_and_nothing_is_asked(
    page: Page, parent: Parent, src: str
) -> None:
    stop_time(page)
    parent.show(page, f'<framegate-embed src="{src}" session-url="/framegate/session">')

    (error,) = await_heard(page, "error")
    assert (error["code"], error["message"]) == ("src", f"src is no address of a site: {src}")
    page.clock.run_for("10:00")
    assert len(told(page, "error")) == 1
    assert parent.given == []


@pytest.mark.parametrize(
    ("answer", "message", "errors"),
    [
        (PAGE_FOR_PEOPLE, "session-url did not answer with JSON (text/html)", 2),
        (
            Answer(302, {"Location": "/login?next=/report"}, b""),
            "session-url led to {own}login, which did not answer with JSON (text/html)",
            1,
        ),
        (
            Answer(302, {"Location": "{gate}/login"}, b""),
            "session-url could not be asked, or led to another site: Failed to fetch",
            2,
        ),
        (Answer(401, {}, b""), "session-url answered 401", 1),
    ],
    ids=["page", "login page", "login on another site", "logged out"],
)
def test_a_backend_that_answers_with_no_session_is_told_by_what_it_did(
    page: Page, parent: Parent, answer: Answer, message: str, errors: int
) -> None:
    headers = {name: text.format(gate=parent.gate) for name, text in answer.headers.items()}
    parent.gives = lambda: evolve(answer, headers=headers)
    stop_time(page)
    parent.show(page, parent.embed())
    (first,) = await_heard(page, "error")
    page.clock.run_for(1)  # the next try comes at once, where there is one

    assert (first["code"], first["message"]) == ("session_url", message.format(own=parent.url))
    await_heard(page, "error", times=errors)
    page.clock.run_for(ANSWER)
    assert (len(told(page, "error")) > 1) == (errors > 1)


class TestWhatStandsInTheTag:
    def test_is_read_until_the_page_is_ready(self, page: Page, parent: Parent) -> None:
        goes_on = threading.Event()

        def take_time() -> Answer:
            goes_on.wait(PATIENCE_SECONDS)
            return parent.create()

        parent.gives = take_time
        parent.show(page, parent.embed(inside=f"<p>{SLOWLY}</p>"))
        expect(page.get_by_text(SLOWLY)).to_be_visible()
        expect(page.locator("iframe")).to_be_hidden()

        goes_on.set()

        expect_shown(page)
        expect(page.get_by_text(SLOWLY)).to_be_hidden()
        expect(page.locator("iframe")).to_be_visible()

    def test_stays_where_no_session_comes(self, page: Page, parent: Parent) -> None:
        parent.gives = lambda: Answer(403, {}, b"")
        parent.show(page, parent.embed(inside=f"<p>{SLOWLY}</p>"))
        await_heard(page, "error")

        expect(page.get_by_text(SLOWLY)).to_be_visible()
        expect(page.locator("iframe")).to_be_hidden()


def test_two_embeds_say_each_its_own_session(page: Page, parent: Parent) -> None:
    own = [parent.create() for _ in range(2)]
    parent.gives = lambda: own.pop(0)
    parent.show(page, *(parent.embed(f'id="{name}"') for name in "ab"))

    ready = await_heard(page, "ready", times=2)

    assert sorted(event["session"] for event in ready) == sorted(parent.fingerprints)
    for frame in page.locator("iframe").all():
        expect(frame.content_frame.frame_locator("iframe").locator("h1")).to_be_visible()


def test_an_element_that_is_moved_keeps_its_page_and_asks_for_no_other_session(
    page: Page, parent: Parent
) -> None:
    parent.show(page, parent.embed(), "<main></main>")
    expect_shown(page)
    shown(page).locator("h1").evaluate("heading => { heading.textContent = 'Kept'; }")

    page.evaluate(f"document.querySelector('main').moveBefore({EMBED}, null)")
    page.evaluate(f"{EMBED}.refresh()")

    await_heard(page, "ready", times=2)
    assert len(parent.given) == 2, "one when it opened, one by refresh"
    expect(shown(page).locator("h1")).to_have_text("Kept")


def test_a_frame_with_resize_grows_and_shrinks_with_its_page(page: Page, parent: Parent) -> None:
    parent.show(page, parent.embed("resize"))
    content = shown(page).locator("div")
    height = f"{EMBED}.frame.clientHeight"
    for grown, becomes in ((1500, f"{height} > 1500"), (50, f"{height} < 300")):
        content.evaluate("(element, to) => { element.style.height = `${to}px`; }", grown)
        page.wait_for_function(becomes)


def test_a_form_that_is_posted_into_a_frame_again_goes_to_that_frame(
    page: Page, parent: Parent
) -> None:
    parent.show(page, FORM.format(gate=parent.gate))
    for _ in range(2):
        parent.create()
        page.locator("input").fill(parent.given[-1])
        with page.expect_response("**/client/iframe.html?grant=*"):
            page.get_by_role("button").click()
        expect_shown(page)

    assert len(page.context.pages) == 1


@pytest.mark.parametrize(
    ("locale", "heading", "button"),
    [("pt-BR", "Abra a página", "Abrir"), ("en", "Open the page", "Open")],
)
def test_without_scripts_the_heading_says_what_there_is_to_do(
    browser: Browser, parent: Parent, locale: str, heading: str, button: str
) -> None:
    context = browser.new_context(locale=locale)
    page = context.new_page()
    parent.create()
    parent.show(page, FORM.format(gate=parent.gate))
    page.locator("iframe").evaluate("frame => { frame.sandbox = 'allow-forms allow-same-origin'; }")
    page.locator("input").fill(parent.given[-1])
    page.get_by_role("button").click()

    frame = page.frame_locator("iframe")
    expect(frame.locator("h1:visible")).to_have_count(1)  # its style has come
    expect(frame.locator("h1:visible")).to_have_text(heading)
    height = "html => html.scrollHeight"
    until("it is styled, and fits", lambda: frame.locator("html").evaluate(height) == 150)
    frame.get_by_role("button", name=button).click()
    expect(frame.locator("html[data-shown]")).to_be_attached()
    context.close()


def test_a_renewal_leaves_one_cookie(page: Page, parent: Parent) -> None:
    parent.show(page, parent.embed())
    await_heard(page, "ready")
    for times in (2, 3):
        page.evaluate(f"{EMBED}.refresh()")
        ready = await_heard(page, "ready", times)

    def held() -> list[str]:
        names = [str(cookie.get("name")) for cookie in page.context.cookies()]
        return [name for name in names if name.startswith("__Host-fg-")]

    until("the last is alone", lambda: held() == [f"__Host-fg-{ready[-1]['session']}"])
