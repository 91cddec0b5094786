"""The doctor for embeds, as far as the server has a part in it."""

import json

import pytest
from tornado.httpclient import HTTPResponse

from entrypoints.http.grant_cookie import held_grants
from tests.http.house import in_house
from tests.http.pages import Page, page_of
from tests.http.talk import DOCTOR, Api, fields

pytestmark = [pytest.mark.gen_test, in_house(demo=True)]

REQUEST = f"{DOCTOR}/request"
LOOPBACK = ["'self'", "http://localhost:*", "http://127.0.0.1:*"]
PARENT = "http://127.0.0.1:5000"  # another host than the tests ask
FRAMED = {
    "Sec-Fetch-Dest": "iframe",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "cross-site",
    "Referer": f"{PARENT}/orders?customer=17",
}
TOLD = {
    "Origin": None,
    "Referer": PARENT,
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Dest": "iframe",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Storage-Access": None,
}


def data_of(page: Page) -> dict[str, str | None]:
    return next(attributes for _, attributes in page.elements if attributes.get("id") == "told")


def directive(response: HTTPResponse, name: str) -> list[str]:
    policy = response.headers["Content-Security-Policy"].split("; ")
    return next(part.split()[1:] for part in policy if part.startswith(f"{name} "))


@pytest.mark.parametrize(
    ("lang", "title"), [("pt-BR", "Diagnóstico de frames"), ("en", "Doctor for embeds")]
)
async def test_the_page_is_there_in_the_language_of_its_reader(
    api: Api, lang: str, title: str
) -> None:
    response = await api.send("GET", DOCTOR, headers={"Accept-Language": lang})

    page = page_of(response)
    assert (response.code, page.lang) == (200, lang)
    assert page.title == f"{title} · framegate"
    assert "pages.doctor." not in response.body.decode(), "a text is missing"


async def test_any_page_of_this_machine_may_frame_it_and_it_may_frame_itself_there(
    api: Api,
) -> None:
    response = await api.send("GET", DOCTOR)

    assert "X-Frame-Options" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert directive(response, "frame-ancestors") == LOOPBACK
    assert directive(response, "frame-src") == LOOPBACK


async def test_the_page_says_what_its_own_request_told_and_of_addresses_the_origin_only(
    api: Api,
) -> None:
    response = await api.send("GET", DOCTOR, headers=FRAMED)

    data = data_of(page_of(response))
    assert json.loads(data["data-told"] or "") == TOLD
    assert data["data-embedder"] == PARENT
    assert b"customer" not in response.body


async def test_a_page_that_is_not_framed_is_embedded_by_nobody(api: Api) -> None:
    headers = FRAMED | {"Sec-Fetch-Dest": "document"}
    data = data_of(page_of(await api.send("GET", DOCTOR, headers=headers)))

    assert data["data-embedder"] == ""


async def test_a_script_is_told_what_its_request_said_and_nothing_else(api: Api) -> None:
    headers = FRAMED | {"Origin": PARENT, "Cookie": "other=secret", "X-Other": "secret"}
    response = await api.send("GET", REQUEST, headers=headers)

    assert fields(response) == {"cookies": [], "told": TOLD | {"Origin": PARENT}}
    assert "Set-Cookie" not in response.headers


async def test_what_was_set_comes_back_by_its_kind(api: Api) -> None:
    posted = await api.send("POST", REQUEST, body=b"")
    lines = posted.headers.get_list("Set-Cookie")

    for kind, line in zip(("plain", "partitioned", "host"), lines, strict=True):
        pair, *attributes = line.split("; ")
        assert {"Secure", "HttpOnly", "SameSite=None", "Path=/"} <= set(attributes)
        assert ("Partitioned" in attributes) == (kind != "plain")
        assert pair.startswith("__Host-") == (kind == "host")
        told = await api.send("GET", REQUEST, headers={"Cookie": pair})
        assert fields(told)["cookies"] == [kind]
        assert held_grants({"Cookie": pair}).surplus == (), "taken for a grant"


@pytest.mark.parametrize("value", ["require-corp", "credentialless"])
async def test_it_can_be_a_parent_that_is_isolated(api: Api, value: str) -> None:
    response = await api.send("GET", f"{DOCTOR}?coep={value}")

    assert response.headers["Cross-Origin-Embedder-Policy"] == value


@pytest.mark.parametrize("query", ["", "?coep=", "?coep=unsafe-none", "?coep=x%0d%0aX-Y:%20z"])
async def test_it_is_isolated_only_when_asked(api: Api, query: str) -> None:
    response = await api.send("GET", DOCTOR + query)

    assert response.code == 200
    assert "Cross-Origin-Embedder-Policy" not in response.headers
    assert "X-Y" not in response.headers
