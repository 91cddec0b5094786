"""A demo is open to everybody, and says so."""

import pytest
from tornado.httpclient import HTTPResponse

from domain.figures import Figures
from tests.http.house import STRANGE_KEY, House, in_house, tag_of, unknown_id
from tests.http.pages import page_of
from tests.http.talk import (
    CLEANUP,
    CREATE,
    DEMO,
    HEALTH,
    IFRAME,
    STATUS,
    Api,
    fields,
)

pytestmark = [pytest.mark.gen_test, in_house(demo=True)]

NOTES = {
    "pt-BR": "Modo de demonstração: aberto a qualquer pessoa nesta máquina",
    "en": "Demo mode: open to anybody on this machine",
}


async def test_the_demo_page_is_there_for_whoever_asks(api: Api) -> None:
    response = await api.send("GET", DEMO)

    assert response.code == 200
    assert page_of(response).title == "framegate: demonstração"


@pytest.mark.parametrize("key", [None, STRANGE_KEY], ids=["none", "any"])
async def test_no_key_is_needed_anywhere_and_any_will_do(api: Api, key: str | None) -> None:
    created = await api.send("POST", CREATE, key=key, body=b"")
    redeemed = await api.redeem(fields(created)["session_id"], key=key)
    status = await api.send("GET", STATUS, key=key)
    cleaned = await api.send("DELETE", CLEANUP, key=key)
    health = await api.send("GET", HEALTH, key=key)

    answers: list[HTTPResponse] = [created, redeemed, status, cleaned, health]
    assert [answer.code for answer in answers] == [200] * 5


async def test_sessions_belong_to_the_demo(api: Api, house: House) -> None:
    session_id = await api.create(None)
    assert session_id.startswith(f"fgs_{tag_of('demo')}_")

    assert (await api.open_iframe(session_id)).code == 200
    assert await house.figures() == {"demo": Figures(used=1, created=1, redeemed=1)}


async def test_it_is_as_strict_about_a_second_use_as_production(api: Api) -> None:
    session_id = await api.create(None)

    codes = [(await api.open_iframe(session_id)).code for _ in range(2)]

    assert codes == [200, 401]


async def test_the_figures_of_a_demo_are_those_of_its_one_client(api: Api) -> None:
    await api.redeem(await api.create(None))
    await api.create(None)

    status = fields(await api.send("GET", STATUS))

    assert [status[name] for name in ("total_sessions", "active_sessions", "used_sessions")] == [
        2,
        1,
        1,
    ]
    assert status["max_sessions"] == 1000


@pytest.mark.parametrize("lang", ["pt-BR", "en"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", DEMO, 200),
        ("POST", DEMO, 405),
        ("GET", IFRAME, 400),
        ("GET", f"{IFRAME}?session_id={unknown_id('demo')}", 401),
        ("PUT", IFRAME, 405),
        ("GET", "/nothing", 404),
    ],
    ids=["demo", "demo refused", "bad", "refused", "wrong method", "not found"],
)
async def test_every_page_of_framegates_own_says_that_this_is_a_demo(
    api: Api, lang: str, method: str, path: str, status: int
) -> None:
    response = await api.send(
        method,
        path,
        headers={"Accept": "text/html", "Accept-Language": lang},
        body=b"" if method in {"POST", "PUT"} else None,
    )

    page = page_of(response)
    assert (response.code, page.lang) == (status, lang)
    assert NOTES[lang] in page.text


@pytest.mark.parametrize("lang", ["pt-BR", "en"])
async def test_the_page_that_opens_says_so_too(api: Api, lang: str) -> None:
    session_id = await api.create(None)

    response = await api.open_iframe(session_id, Accept_Language=lang)

    page = page_of(response)
    assert (response.code, page.lang) == (200, lang)
    assert NOTES[lang] in page.text
