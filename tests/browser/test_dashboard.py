"""The dashboard in a real browser, while the server has something to do."""

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from playwright.sync_api import Browser, Locator, Page, expect

from domain.session_id import SessionId
from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.http_call import call
from tests.support.redis_server import RedisServer, running_redis
from tests.support.waiting import until
from tests.support.workers import connect

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
NAMED = """
() => [...document.querySelectorAll("button, a, input, select, summary, section, [role]")]
  .filter((e) => e.checkVisibility() && !["status", "region"].includes(e.getAttribute("role")))
  .filter((e) => {
    const ids = (e.getAttribute("aria-labelledby") ?? "").split(" ");
    const labels = [...(e.labels ?? []), ...ids.map((id) => document.getElementById(id))];
    const words = [e.textContent, e.ariaLabel, ...labels.map((label) => label?.textContent)];
    return !words.some((text) => text?.trim());
  })
  .map((e) => e.outerHTML.slice(0, 120))
"""
"""What can be used or read by its name, and has none."""
SMALL = """
() => [...document.querySelectorAll("main button, main a, main summary, main select, main input")]
  .filter((e) => e.checkVisibility())
  .filter((e) => e.getBoundingClientRect().height < 20)
  .map((e) => e.outerHTML.slice(0, 120))
"""

BROKEN_WORDS = """
(selector) => {
  const part = document.querySelector(selector);
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const [broken, range] = [[], document.createRange()];
  while (texts.nextNode())
    for (const { 0: word, index } of texts.currentNode.data.matchAll(/\\S+/g)) {
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + word.length);
      if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) broken.push(word);
    }
  return broken;
}
"""
"""Words of the head that go on in another line."""


@frozen
class Place:
    """A server on Redis, both of which a test may disturb."""

    server: FramegateServer
    redis: RedisServer

    def create(self, **wish: object) -> str:
        answer = call(
            "POST", f"{self.server.url}/auth/create-session", headers=bearer(KEYS.portal), body=wish
        )
        return str(answer.fields["session_id"])

    def redeem(self, session_id: str) -> int:
        address = f"{self.server.url}/auth/validate-session?session_id={session_id}"
        return call("GET", address).status

    def status(self) -> dict[str, Any]:
        address = f"{self.server.url}/auth/session-status"
        return dict(call("GET", address, headers=bearer(KEYS.ops)).fields)

    def read_again(self) -> None:
        """Have both workers, and their parent, read the clients file again."""
        told = '"reloaded"'
        before = self.server.log.count(told)
        self.server.send(signal.SIGHUP)
        until("all have read it", lambda: self.server.log.count(told) >= before + 3)

    @contextmanager
    def under_load(self, pause: float = 0.005) -> Iterator[None]:
        """Create, redeem and redeem again all the while, one after the other."""
        over = threading.Event()

        def load() -> None:
            line = connect(self.server)
            while not over.wait(pause):
                created = line.ask("POST", "/auth/create-session", bearer(KEYS.portal))
                for _ in range(2):
                    session_id = created.fields["session_id"]
                    line.ask("GET", f"/auth/validate-session?session_id={session_id}")
            line.connection.close()

        thread = threading.Thread(target=load)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("dashboard")
    with running_redis(folder / "redis") as redis:
        environment = {
            "REDIS_URL": redis.url,
            "CLIENTS_FILE": str(write_clients(folder / "clients.toml")),
            "RATE_LIMITS": "off",
            "WORKERS": "2",
            "DRAIN_SECONDS": "0",
        }
        with running_framegate(folder / "server", environment, "serve") as server:
            yield Place(server, redis)


def enter(page: Page, place: Place, key: str = KEYS.ops) -> None:
    page.goto(f"{place.server.url}/dashboard")
    page.get_by_label(re.compile("Chave de administrador|Admin key")).fill(key)
    page.keyboard.press("Enter")


def number(page: Page, figure: str) -> int:
    text = page.locator(f'[data-figure="{figure}"]').text_content() or ""
    return int(re.sub(r"\D", "", text) or 0)


def photograph(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"dashboard-{name}.png", full_page=True)


def test_under_load_the_figures_move_and_end_as_the_status_has_them(
    page: Page, place: Place, complaints: list[str]
) -> None:
    enter(page, place, KEYS.portal)
    expect(page.get_by_role("alert")).to_contain_text("não de um administrador")
    enter(page, place)
    expect(page.locator("#link")).to_have_text("Ao vivo")
    before = number(page, "total_created")
    with place.under_load():
        plot = page.locator("#plot path.created")
        first = plot.get_attribute("d")
        expect(page.get_by_role("row", name="Segunda tentativa").first).to_be_visible()
        expect(page.locator('[data-rows="reasons"]')).to_contain_text("já usada")
        expect(plot).not_to_have_attribute("d", first or "")
        expect(page.locator('[data-figure="redeemed_rate"]')).not_to_have_text("0")
        for scheme, width in (("light", 1280), ("dark", 1280), ("dark", 360)):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.set_viewport_size({"width": width, "height": 900})
            photograph(page, f"{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    status = place.status()
    assert status["total_created"] > before
    for figure, field in (
        ("total_created", "total_created"),
        ("total_redeemed", "total_used"),
        ("used", "used_sessions"),
        ("active", "active_sessions"),
    ):
        expect(page.locator(f'[data-figure="{figure}"]')).to_have_text(
            f"{status[field]:,}".replace(",", ".")
        )
    assert page.evaluate(NAMED) == []
    assert page.evaluate(SMALL) == []
    page.get_by_text("Em números").click()
    expect(page.get_by_role("region", name="Por segundo").get_by_role("row").nth(2)).to_be_visible()
    assert complaints == []


def test_a_session_is_revoked_after_a_yes_and_not_after_escape(
    page: Page, place: Place, complaints: list[str]
) -> None:
    kept, session_id = place.create(subject="ana"), place.create()
    fingerprint = SessionId.presented(session_id).digest.fingerprint
    enter(page, place)
    button = page.get_by_role("button", name=f"Revogar a sessão {fingerprint}")
    button.click()
    dialog = page.get_by_role("dialog", name="Revogar?")
    expect(dialog).to_contain_text(fingerprint)
    expect(dialog.get_by_role("button", name="Cancelar")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    assert place.redeem(place.create()) == 200

    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Revogar").click()
    expect(page.locator("#outcome")).to_have_text("Revogado. Sessões: 1; acessos: 0.")
    page.get_by_label("Qual").focus()
    page.mouse.move(0, 0)  # nobody is at the list any longer, so that it goes on
    expect(page.get_by_role("row", name="Sessão revogada")).to_contain_text(fingerprint)
    assert place.redeem(session_id) == 401

    page.get_by_label("Revogar", exact=True).select_option("subject")
    page.get_by_label("Qual").fill("ana")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Revogar").click()
    expect(page.locator("#outcome")).to_have_text("Revogado. Sessões: 1; acessos: 0.")
    assert place.redeem(kept) == 401
    page.get_by_label("Qual").fill("")
    page.get_by_role("button", name="Limpar o que expirou").click()
    page.get_by_role("dialog", name="Limpar?").get_by_role("button", name="Limpar").click()
    expect(page.locator("#outcome")).to_contain_text("Limpeza feita")
    assert complaints == []


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_on_a_narrow_screen_the_words_of_the_head_are_whole(
    browser: Browser, place: Place, language: str
) -> None:
    page = browser.new_page(locale=language, viewport={"width": 360, "height": 800})
    enter(page, place)
    expect(page.locator("#store")).to_have_text(re.compile("^O Redis responde$|^Redis answers$"))
    assert page.evaluate(BROKEN_WORDS, ".board-head") == []
    page.close()


def is_pointed_at(row: Locator) -> bool:
    """Bring the pointer to its button: the list may go on right before it stands still."""
    row.get_by_role("button").hover()
    return row.locator("button:hover").count() == 1


def test_the_list_of_events_stands_still_for_whoever_is_within_it(
    page: Page, place: Place, complaints: list[str]
) -> None:
    enter(page, place)
    events = page.locator('[data-rows="events"]')
    newer = page.get_by_role("button", name="Eventos mais novos")
    row = events.get_by_role("row").filter(has=page.get_by_role("button")).first
    with place.under_load(pause=0.3):
        until("the pointer is at the first button", lambda: is_pointed_at(row))
        fingerprint = row.locator("code").text_content() or ""
        time = row.locator("time").text_content() or ""
        expect(newer).to_have_text(re.compile(r": ([4-9]|\d\d)"))
        page.mouse.down()
        page.mouse.up()
        dialog = page.get_by_role("dialog", name="Revogar?")
        for words in (fingerprint, "portal · ", f" · {time}"):
            expect(dialog).to_contain_text(words)
        page.keyboard.press("Escape")
        page.mouse.move(0, 0)
        expect(newer).to_have_text(re.compile(r"\d\d"))
        expect(row.locator("code")).to_have_text(fingerprint)
        expect(row.get_by_role("button")).to_be_focused()
        page.evaluate("document.activeElement.blur()")
        expect(newer).to_be_hidden()
        expect(row.locator("code")).not_to_have_text(fingerprint)
        page.locator(".events").focus()
        expect(newer).to_be_visible()
        newer.press("Enter")
        expect(page.locator(".events")).to_be_focused()
    assert complaints == []


def test_while_redis_is_away_the_page_says_so_and_keeps_the_last_figures(
    page: Page, place: Place, complaints: list[str]
) -> None:
    place.create()
    enter(page, place)
    status = place.status()
    expect(page.locator('[data-figure="total_created"]')).to_have_text(
        f"{status['total_created']:,}".replace(",", ".")
    )
    place.redis.kill()
    try:
        store = page.locator("#store")
        expect(store).to_have_text(re.compile(r"O Redis não responde desde \d\d:\d\d:\d\d"))
        expect(page.get_by_role("status").first).to_contain_text("O Redis não responde")
        expect(page.locator("#clients .as-of")).to_contain_text("Últimos números conhecidos, de")
        assert number(page, "total_created") == status["total_created"]
        photograph(page, "away")
        at = page.locator("#at").text_content() or ""
        expect(page.locator("#at")).not_to_have_text(at)
        page.reload()
        expect(store).to_have_text(re.compile("não responde desde"))
    finally:
        place.redis.start()
    expect(store).to_have_text("O Redis responde")
    assert complaints == []


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
def test_without_scripts_the_values_are_on_a_narrow_screen_and_no_word_is_cut(
    browser: Browser, place: Place, language: str
) -> None:
    plain = browser.new_page(
        java_script_enabled=False,
        locale=language,
        color_scheme="dark",
        viewport={"width": 360, "height": 800},
    )
    enter(plain, place)
    badge = plain.locator("noscript .badge").first

    def says_that_redis_answers() -> bool:
        # Of two workers one may not have heard yet that it is back, and this page stays as it is.
        if badge.text_content() in {"O Redis responde", "Redis answers"}:
            return True
        plain.reload()
        return False

    until("it says that Redis answers", says_that_redis_answers)
    plain.screenshot(path=SCREENSHOTS / f"dashboard-unscripted-{language}.png", full_page=True)
    assert plain.evaluate("document.documentElement.scrollWidth") <= 360
    for part in ("dl.facts", ".table"):
        assert plain.evaluate(BROKEN_WORDS, f"noscript {part}") == []
    boxes = [value.bounding_box() for value in plain.locator("noscript :is(dd, td)").all()]
    assert len(boxes) > 9
    assert all(box and box["x"] > 0 and box["x"] + box["width"] <= 360 for box in boxes)
    # A shadow is darker than what it falls on, in the dark as well.
    shades = plain.locator("noscript .table").evaluate(
        "(e) => getComputedStyle(e).backgroundImage.match(/rgba?\\([^)]*\\)/g)"
    )
    sums = [sum(map(int, re.findall(r"\d+", shade)[:3])) for shade in shades]
    assert len(sums) == 8
    assert max(sums) == sums[0]  # the card's own colour, which covers it at the end
    plain.close()


def test_a_cut_line_is_said_and_mended_and_signing_out_ends_all(
    browser: Browser, page: Page, place: Place, complaints: list[str]
) -> None:
    enter(page, place)
    expect(page.locator("#link")).to_have_text("Ao vivo")
    page.get_by_role("button", name="Sair").click()
    expect(page.get_by_label("Chave de administrador")).to_be_focused()
    plain = browser.new_page(java_script_enabled=False, locale="en-US")
    enter(plain, place)
    total = place.status()["total_created"]
    expect(plain.locator("noscript .facts div", has_text="Created in all")).to_contain_text(
        str(total)
    )
    for words in ("This page needs JavaScript", "/metrics", "framegate report"):
        expect(plain.locator("noscript p", has_text=words)).to_be_visible()
    expect(plain.locator("#link")).to_be_hidden()  # nobody is connecting
    plain.close()

    enter(page, place)
    expect(page.locator("#link")).to_have_text("Ao vivo")
    path = Path(place.redis.folder).parent / "clients.toml"
    known = path.read_text()
    path.write_text(known.partition("[[admin]]")[0])
    place.read_again()
    expect(page.locator("#link")).to_have_text("Acesso encerrado: entre de novo")
    expect(page.locator("#store")).to_have_text("Armazenamento: não se sabe")
    expect(page.locator("#store")).to_have_attribute("data-tone", "")
    for button in page.get_by_role("main").get_by_role("button").all():
        expect(button).to_be_disabled()
    path.write_text(known)
    place.read_again()
    page.get_by_role("link", name="Entrar", exact=True).click()
    expect(page.locator("#link")).to_have_text("Ao vivo")
    assert complaints == []
