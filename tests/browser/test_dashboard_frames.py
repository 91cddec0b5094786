"""What the dashboard's page makes of a frame: a real one, but for what a test changes of it."""

import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DEMO
from tests.support.dashboard_stream import Stream
from tests.support.framegate_server import FramegateServer, running_framegate

Show = Callable[..., None]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FramegateServer]:
    with running_framegate(tmp_path_factory.mktemp("frames"), DEMO, "demo") as server:
        yield server


@pytest.fixture(scope="module")
def frame(server: FramegateServer) -> Any:
    connection = HTTPConnection(urlsplit(server.url).netloc)
    frame = Stream.over(connection, "").until(lambda frame: frame["store"]["at"])
    connection.close()
    return frame


@pytest.fixture
def show(page: Page, server: FramegateServer, frame: Any) -> Show:
    """Open the page on a stream of one frame, with these fields of it changed."""

    def show(**changed: Any) -> None:
        body = f"retry: 600000\ndata: {json.dumps({**frame, **changed})}\n\n"
        page.unroute_all()
        page.route(
            "**/dashboard/events",
            lambda route: route.fulfill(content_type="text/event-stream", body=body),
        )
        page.goto(f"{server.url}/dashboard")
        expect(page.locator("#panels")).to_be_visible()

    return show


def test_the_headings_say_how_much_of_five_minutes_is_known(
    page: Page, show: Show, frame: Any, complaints: list[str]
) -> None:
    periods = page.locator("[data-minutes]")
    for ms, words in (
        (46_300, ["0:46 min"] * 5),
        (245_000, ["4:05 min"] * 2 + ["no último minuto"] + ["4:05 min"] * 2),
        (300_100, ["cinco minutos"] * 2 + ["no último minuto"] + ["cinco minutos"] * 2),
    ):
        show(window={**frame["window"], "ms": ms})
        for period, expected in zip(periods.all(), words, strict=True):
            expect(period).to_contain_text(expected)
    assert complaints == []


def test_an_alert_of_an_outage_alarms_nobody_once_the_store_answers(
    page: Page, show: Show, frame: Any, complaints: list[str]
) -> None:
    alert = {"alert": "store_away", "subject": "", "value": 1, "since": frame["at"]}
    near = {"alert": "cap_near", "subject": "portal", "value": 95, "since": frame["at"]}
    alerts, away = page.locator("#alerts"), {**frame["store"], "away_since": frame["at"]}

    show(alerts=[alert], store=away)
    expect(alerts).to_contain_text("O Redis não responde. Desde")
    expect(alerts).to_have_attribute("data-tone", "stop")

    show(alerts=[alert])
    expect(alerts).to_contain_text("voltou a responder")
    expect(alerts).not_to_contain_text("não responde.")
    expect(page.locator("#alerts[data-tone=note] li")).to_have_attribute("data-tone", "note")

    show(alerts=[alert, near])
    expect(alerts).to_have_attribute("data-tone", "stop")
    assert complaints == []


def below_the_head(button: Locator) -> float:
    return float(
        button.evaluate("(e) => e.getBoundingClientRect().top - panels.getBoundingClientRect().top")
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_moves_under_the_pointer_when_alerts_come_or_redis_goes(
    page: Page, show: Show, frame: Any, complaints: list[str], width: int
) -> None:
    client = {"client": "portal", "active": 1, "cap": 9, "created": 1, "redeemed": 0, "refused": 0}
    clients = {"rows": [client], "more": 0}
    near = {"alert": "cap_near", "subject": "portal", "value": 95, "since": frame["at"]}
    many = [{**near, "subject": f"client-{n}"} for n in range(5)]
    away = {**frame["store"], "away_since": frame["at"]}
    page.set_viewport_size({"width": width, "height": 900})
    button = page.locator("#clients").get_by_role("button", name="Revogar")
    alerts, room = page.locator("#alerts"), page.locator(".alerts-room")

    show(clients=clients)
    expect(alerts.get_by_text("Nenhum alerta ativo.")).to_be_visible()
    before, below = button.bounding_box(), below_the_head(button)

    show(clients=clients, alerts=[near])
    expect(alerts.get_by_text("Nenhum alerta ativo.")).to_be_hidden()
    assert button.bounding_box() == before
    show(clients=clients, alerts=many, store=away)
    expect(alerts.get_by_role("heading")).to_have_text("Alertas agora 5")
    expect(page.locator("#clients .as-of")).to_contain_text("Últimos números conhecidos")
    assert below_the_head(button) == below  # on a narrow screen the head takes a line more
    assert width == 360 or button.bounding_box() == before
    assert page.evaluate("document.documentElement.scrollWidth") == width
    room.focus()
    page.keyboard.press("End")  # what has no room is reached with the keys
    expect(alerts.get_by_role("listitem").last).to_be_in_viewport(ratio=0.9)
    assert complaints == []


def test_on_a_narrow_screen_tables_show_that_they_go_on(
    page: Page, show: Show, complaints: list[str]
) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    show()
    tables = page.locator("#panels .table:visible")
    for table in tables.all():
        assert table.get_attribute("tabindex") == "0"
        title = page.locator(f"#{table.get_attribute('aria-labelledby')}")
        expect(page.get_by_role("region", name=title.inner_text())).not_to_have_count(0)

    clients = page.locator("#clients .table")
    clients.evaluate("(table) => { table.firstElementChild.style.visibility = 'hidden'; }")
    beginning = clients.screenshot()
    clients.evaluate("(table) => table.scrollTo(30, 0)")
    between = clients.screenshot()
    clients.evaluate("(table) => table.scrollTo(table.scrollWidth, 0)")
    assert len({beginning, between, clients.screenshot()}) == 3
    assert complaints == []
