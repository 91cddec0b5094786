"""Whether the page is seen when its grant has ended, or nobody can say whether it has.

Timers run when a test has them run; Redis is a real one that stands still.
"""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Route, expect

from domain.client import Client
from domain.grant_token import GrantToken
from domain.session_id import Digest
from entrypoints.http.grant_cookie import name_for
from tests.browser.parent_site import (
    Parent,
    await_heard,
    go_offline,
    running_parent,
    stop_time,
    told,
)
from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.http_call import Answer, call
from tests.support.redis_server import RedisServer, free_port, running_redis
from tests.support.waiting import until

PAGE = """<!DOCTYPE html><title>Report</title><h1>Report</h1>
<a href="second.html">Second</a>"""
TAG = Client(name="portal").tag
LOOP = f"<meta http-equiv='refresh' content='0;url=enter?client={TAG}'>"
SECOND = "<!DOCTYPE html><title>Second</title><h1>Second</h1>"
ENDED, LOST = "Seu acesso terminou", "Conexão perdida"
UNAVAILABLE, UNOPENED = "Serviço temporariamente indisponível", "Sem conexão"
MISLED = "Esta página não pode ser mostrada"
A_CHECK, PATIENCE, HICCUP, ANSWER = 60_000, 5_000, 4_000, 10_000
CHECKS = "**/client/grant?*"
NEVER = Answer(403, {}, b"")
AWAY = Answer(503, {}, b"")
FORM = """
<iframe name="report" title="Report"></iframe>
<form method="post" action="{gate}/client/enter" target="report">
  <input type="hidden" name="session_id" value="{id}"></form>
<script>
  window.said = [];
  addEventListener("message", ({{ data }}) => {{
    said.push(data.type === "refused" ? `refused ${{data.code}}` : data.type);
  }});
  document.querySelector("form").submit();
</script>"""
HAND_OVER = """session_id =>
  frames.report.postMessage({ framegate: 1, type: "session", session_id }, "*")"""
HEIGHTS = """() => Object.fromEntries([...document.querySelectorAll("template")].map((card) => {
  document.querySelector("main").replaceChildren(card.content.cloneNode(true));
  return [card.id, document.documentElement.scrollHeight];
}))"""
RELOAD = "() => location.reload()"
REFRESH = "document.querySelector('framegate-embed').refresh()"
FALL_SILENT = """html => {
  window.parent = {}; // who speaks from there is nobody it knows
  html.dataset.silences = 0;
  addEventListener("message", () => html.dataset.silences++);
}"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis")) as store:
        yield store


@pytest.fixture(scope="module")
def port() -> int:
    """The parent's; framegate knows it as an origin."""
    return free_port()


@pytest.fixture(scope="module")
def gate(
    tmp_path_factory: pytest.TempPathFactory, port: int, store: RedisServer
) -> Iterator[FramegateServer]:
    folder = tmp_path_factory.mktemp("gate")
    (folder / "pages").mkdir()
    (folder / "pages" / "iframe.html").write_text(PAGE)
    (folder / "pages" / "second.html").write_text(SECOND)
    (folder / "pages" / "loop.html").write_text(LOOP)
    environment = {
        "REDIS_URL": store.url,
        "CLIENTS_FILE": str(write_clients(folder / "c.toml", origin=f"http://localhost:{port}")),
        "DRAIN_SECONDS": "0",
        "GRANT_CACHE_SECONDS": "0",
        "REDIS_TIMEOUT_MS": "4000",  # it stands still once
        "TRUSTED_PROXIES": "127.0.0.1",
        "FAILED_REDEEMS_PER_MINUTE": "50",
        "IFRAME_ROOT": str(folder / "pages"),
    }
    with running_framegate(folder, environment, "serve") as server:
        yield server


@pytest.fixture
def parent(port: int, gate: FramegateServer) -> Iterator[Parent]:
    with running_parent(port, gate.url, gate.url) as parent:
        yield parent


@contextmanager
def standing_still(store: RedisServer) -> Iterator[None]:
    store.send(signal.SIGSTOP)
    try:
        yield
    finally:
        store.send(signal.SIGCONT)


def doorstep(page: Page, name: str = "") -> FrameLocator:
    return page.frame_locator(f"#{name} iframe" if name else "iframe")


def crowded(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers as of an address that many share."""
    return {**headers, "X-Forwarded-For": "203.0.113.9"}


def show_bad_grants(parent: Parent) -> None:
    """Have the crowded address show so many that framegate looks at no more of them."""
    token = GrantToken.compose(TAG, Digest.of("nobody's"), b"s" * 24)
    headers = crowded({"Cookie": f"{name_for(token)}={token.text}"})
    url = f"{parent.api}/client/grant"
    until("it is slowed down", lambda: call("GET", url, headers=headers).status == 429)


def heading(page: Page, name: str = "") -> Locator:
    """Return what stands above the protected page."""
    return doorstep(page, name).frame_locator("iframe").locator("h1")


def open_one(page: Page, parent: Parent) -> None:
    stop_time(page)
    parent.show(page, parent.embed())
    await_heard(page, "ready")
    expect(heading(page)).to_have_text("Report")


def open_by_form(page: Page, parent: Parent) -> None:
    stop_time(page)
    parent.create()
    parent.show(page, FORM.format(gate=parent.gate, id=parent.given[-1]))
    expect(heading(page)).to_have_text("Report")


def await_said(page: Page, what: str) -> None:
    page.wait_for_function("what => said.includes(what)", arg=what)


class TestRevoked:
    def test_a_frame_loses_its_page_and_its_neighbour_keeps_its_own(
        self, page: Page, parent: Parent
    ) -> None:
        stop_time(page)
        parent.show(page, *(parent.embed(f'id="{name}"') for name in ("old", "new")))
        await_heard(page, "ready", times=2)
        for name in ("old", "new"):
            expect(heading(page, name)).to_have_text("Report")
        parent.gives = lambda: NEVER
        parent.revoke_latest()

        page.clock.run_for(A_CHECK)
        await_heard(page, "expired")
        page.clock.run_for(PATIENCE)

        refused = await_heard(page, "refused")
        assert [(event["code"], event["status"]) for event in refused] == [("grant_ended", 401)]
        shown = [doorstep(page, name).locator("h1").count() for name in ("old", "new")]
        assert sorted(shown) == [0, 1]
        gone = ("old", "new")[shown.index(1)]
        expect(doorstep(page, gone).locator("h1")).to_have_text(ENDED)
        expect(doorstep(page, gone).locator("iframe")).not_to_be_attached()

    def test_a_page_is_taken_away_also_where_nobody_can_be_asked_by_then(
        self, page: Page, parent: Parent
    ) -> None:
        open_one(page, parent)
        parent.gives = lambda: NEVER
        parent.revoke_latest()
        page.clock.run_for(A_CHECK)
        await_heard(page, "expired")

        go_offline(page, doorstep(page).locator("html"))
        page.clock.run_for(PATIENCE)

        expect(doorstep(page).locator("h1")).to_have_text(ENDED)
        expect(doorstep(page).locator("iframe")).not_to_be_attached()

    def test_a_page_is_taken_away_also_where_its_address_has_shown_too_many_bad_grants(
        self, page: Page, parent: Parent
    ) -> None:
        page.route(CHECKS, lambda route: route.continue_(headers=crowded(route.request.headers)))
        open_one(page, parent)
        show_bad_grants(parent)
        with page.expect_response(CHECKS) as held:
            page.clock.run_for(A_CHECK)
        assert held.value.status == 200, "who holds a good one is not held up"
        held.value.finished()  # from here on time is counted until the next check
        parent.gives = lambda: NEVER
        parent.revoke_latest()

        with page.expect_response(CHECKS) as answered:
            page.clock.run_for(A_CHECK)
        assert answered.value.status == 429
        await_heard(page, "expired")
        page.clock.run_for(PATIENCE)

        refused = await_heard(page, "refused")
        assert [(event["code"], event["status"]) for event in refused] == [("grant_ended", 401)]
        expect(doorstep(page).locator("h1")).to_have_text(ENDED)
        expect(doorstep(page).locator("iframe")).not_to_be_attached()

    def test_a_frame_that_is_reloaded_says_why_and_takes_another_session(
        self, page: Page, parent: Parent
    ) -> None:
        open_by_form(page, parent)
        parent.revoke_latest()
        page.evaluate("said.length = 0")

        doorstep(page).locator("html").evaluate(RELOAD)
        await_said(page, "hello")
        page.clock.run_for(PATIENCE)

        expect(doorstep(page).locator("h1")).to_have_text(ENDED)
        assert page.evaluate("said") == ["expired", "hello", "refused grant_ended"]
        parent.create()
        page.evaluate(HAND_OVER, parent.given[-1])
        expect(heading(page)).to_have_text("Report")


class TestNobodyToAsk:
    def test_a_page_is_hidden_after_a_while_and_comes_back_as_it_was(
        self, page: Page, parent: Parent
    ) -> None:
        open_one(page, parent)
        heading(page).evaluate("heading => { heading.textContent = 'Written on'; }")
        parent.gives = lambda: AWAY
        go_offline(page, doorstep(page).locator("html"))
        page.clock.run_for(A_CHECK + HICCUP)
        assert told(page, "refused") == []
        expect(heading(page)).to_be_visible()

        page.clock.run_for(PATIENCE - HICCUP)

        expect(doorstep(page).get_by_role("heading")).to_have_text(LOST)
        expect(doorstep(page).locator("iframe")).to_be_hidden()
        assert [event["code"] for event in await_heard(page, "refused")] == ["unreachable"]
        page.context.set_offline(False)
        expect(heading(page)).to_be_visible()
        expect(heading(page)).to_have_text("Written on")
        expect(doorstep(page).get_by_role("heading", name=LOST)).not_to_be_attached()
        assert await_heard(page, "ready", times=2)[-1]["again"]

    def test_a_frame_that_is_reloaded_says_so_and_opens_by_itself(
        self, page: Page, parent: Parent, store: RedisServer
    ) -> None:
        open_by_form(page, parent)
        with standing_still(store):
            with page.expect_response("**/client/grant*") as answered:
                doorstep(page).locator("html").evaluate(RELOAD)
            assert answered.value.status == 503
            answered.value.finished()  # it has been read
            page.clock.run_for(PATIENCE)
            expect(doorstep(page).locator("h1")).to_have_text(UNAVAILABLE)
            await_said(page, "refused store_unavailable")

        def is_open() -> bool:
            page.clock.run_for(30_000)  # when the next try comes depends on how the last has ended
            return heading(page).is_visible()

        until("it opens by itself", is_open)
        expect(heading(page)).to_have_text("Report")

    def test_a_session_that_framegate_did_not_answer_is_read_as_that(
        self, page: Page, parent: Parent
    ) -> None:
        page.route("**/client/enter", lambda route: route.abort())
        parent.gives = lambda: parent.create() if not parent.given else NEVER
        parent.show(page, parent.embed())

        assert await_heard(page, "refused")[0]["code"] == "unreachable"
        expect(doorstep(page).locator("h1")).to_have_text(UNOPENED)


class TestARenewalWithoutAnAnswer:
    """Of a page whose own grant holds."""

    def test_leaves_the_page_and_another_session_renews_it(
        self, page: Page, parent: Parent
    ) -> None:
        open_one(page, parent)
        heading(page).evaluate("heading => { heading.textContent = 'Written on'; }")
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/client/enter", hold, times=1)
        with page.expect_request("**/client/enter"):
            page.evaluate(REFRESH)

        page.clock.run_for(ANSWER + HICCUP)
        assert [event["code"] for event in await_heard(page, "refused")] == ["unreachable"]
        page.clock.run_for(1)

        renewed = await_heard(page, "ready", times=2)[-1]
        assert (renewed["session"], renewed["again"]) == (parent.fingerprints[-1], False)
        assert told(page, "error") == []
        expect(heading(page)).to_have_text("Written on")
        held[0].abort()

    def test_not_even_of_the_doorsteps_opens_the_frame_anew_only_after_a_second_time(
        self, page: Page, parent: Parent
    ) -> None:
        open_one(page, parent)
        doorstep(page).locator("html").evaluate(FALL_SILENT)
        page.evaluate(REFRESH)
        for silences in (1, 2):
            expect(doorstep(page).locator(f"html[data-silences='{silences}']")).to_be_attached()
            page.clock.run_for(ANSWER + 2 * HICCUP)
            error = await_heard(page, "error", times=silences)[-1]
            assert error["code"] == "no_answer"
            assert ("whose page stays" in error["message"]) == (silences == 1)
            page.clock.run_for(HICCUP)

        page.clock.resume()  # the frame that is opened anew has a while to wait, too
        await_heard(page, "ready", times=2)
        expect(heading(page)).to_have_text("Report")


def test_the_way_back_goes_on_with_the_newest_grant(page: Page, parent: Parent) -> None:
    open_one(page, parent)
    doorstep(page).frame_locator("iframe").get_by_role("link").click()
    expect(heading(page)).to_have_text("Second")
    page.evaluate(REFRESH)
    newest = await_heard(page, "ready", times=2)[-1]["session"]
    parent.gives = lambda: NEVER

    with page.expect_response(f"**/client/iframe.html?grant={newest}"):
        heading(page).evaluate("() => history.back()")

    expect(heading(page)).to_have_text("Report")
    assert told(page, "expired") == []


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("//elsewhere.test/", "it leads to http://elsewhere.test"),
        ("blob:{gate}/x", "it begins with blob:"),
        ("http://[", "it is no address"),
        ("/client/enter?client={tag}", "it leads to the doorstep itself"),
        ("/client/loop.html", "it leads to the doorstep itself"),
    ],
)
def test_a_page_that_is_not_taken_is_told_and_read_and_nothing_is_asked_again(
    page: Page, parent: Parent, complaints: list[str], to: str, reason: str
) -> None:
    stop_time(page)
    parent.show(page, parent.embed(f'to="{to.format(gate=parent.gate, tag=TAG)}"'))

    error = await_heard(page, "error")[0]
    assert error["code"] == "to_not_taken"
    assert error["message"].startswith(reason)
    expect(doorstep(page).locator("h1")).to_have_text(MISLED)
    assert reason in complaints[0]
    page.clock.run_for(2 * A_CHECK)
    assert len(told(page, "error")) == 1


@pytest.mark.parametrize("locale", ["pt-BR", "en"])
def test_all_that_is_read_fits_a_frame_whose_size_nobody_has_given(
    browser: Browser, gate: FramegateServer, locale: str
) -> None:
    context = browser.new_context(locale=locale, viewport={"width": 300, "height": 150})
    page = context.new_page()
    page.goto(f"{gate.url}/client/enter?client={TAG}")
    heights = page.evaluate(HEIGHTS)
    page.goto(f"{gate.url}/client/iframe.html?session_id=fgs_{TAG}_{'a' * 32}")
    heights["refused"] = page.evaluate("document.documentElement.scrollHeight")
    context.close()

    assert len(heights) > 2
    assert {name: height for name, height in heights.items() if height > 150} == {}
