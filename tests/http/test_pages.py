"""The pages a person sees: what they say, load and run, and what they keep to themselves."""

import base64
import hashlib
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from tornado.httpclient import HTTPResponse
from tornado.web import Application

from tests.http.fakes import AwayHealth, AwaySessions, assemble
from tests.http.house import PORTAL_KEY, House, in_house, unknown_id
from tests.http.pages import Page, page_of
from tests.http.talk import DEMO, DOCTOR, IFRAME, Api, at

pytestmark = pytest.mark.gen_test

BROWSER = {"Accept": "text/html"}
ENGLISH = {"Accept-Language": "en"}

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{ 'al' + 'ert' }}",
    "%(code)s alert(1)",
    "</h1>alert(1)",
    "javascript:alert(1)//",
]


async def page_called(name: str, api: Api) -> HTTPResponse:
    if name == "opened":
        return await api.open_iframe(await api.create(PORTAL_KEY))
    if name == "refused":
        return await api.open_iframe(unknown_id())
    if name == "bad":
        return await api.send("GET", IFRAME)
    if name == "wrong method":
        return await api.send("POST", IFRAME, body=b"")
    if name == "not found":
        return await api.send("GET", "/nothing", headers=BROWSER)
    raise ValueError(name)


PAGES = pytest.mark.parametrize("name", ["opened", "refused", "bad", "wrong method", "not found"])


def assert_self_contained(page: Page) -> None:
    assert page.inline == []
    assert page.loaded, "a page without its style is no page of ours"
    for address in page.loaded:
        parts = urlsplit(address)
        assert not parts.scheme, address
        assert not parts.netloc, address


async def assert_everything_loads(api: Api, page: Page, path: str) -> None:
    for tag, attributes in page.elements:
        address = attributes.get("src") or attributes.get("href") or "#"
        if address.startswith("#"):
            continue
        response = await api.send("GET", urljoin(path, address))
        assert response.code == 200, (tag, address)
        integrity = attributes.get("integrity")
        if integrity is not None:
            digest = base64.b64encode(hashlib.sha256(response.body).digest()).decode()
            assert integrity == f"sha256-{digest}"


@PAGES
async def test_a_page_loads_nothing_from_elsewhere_and_has_nothing_inline(
    api: Api, name: str
) -> None:
    assert_self_contained(page_of(await page_called(name, api)))


@PAGES
async def test_what_a_page_names_is_there(api: Api, name: str) -> None:
    path = "/nothing" if name == "not found" else IFRAME

    await assert_everything_loads(api, page_of(await page_called(name, api)), path)


@in_house(demo=True)
@pytest.mark.parametrize("path", [DEMO, DOCTOR])
async def test_the_demos_pages_keep_to_their_own_files_too(api: Api, path: str) -> None:
    page = page_of(await api.send("GET", path))

    assert_self_contained(page)
    await assert_everything_loads(api, page, path)
    assert [attributes.get("type") for tag, attributes in page.elements if tag == "script"] == [
        "module"
    ]


@in_house(PUBLIC_URL="https://gate.example/frames")
async def test_behind_a_proxy_a_page_finds_its_files_below_the_public_path(api: Api) -> None:
    page = page_of(await page_called("refused", api))

    assert all(address.startswith("/frames/static/") for address in page.loaded)


@pytest.mark.parametrize(
    ("headers", "lang", "title", "hint"),
    [
        ({}, "pt-BR", "Esta página só abre uma vez", "Cada endereço serve"),
        (ENGLISH, "en", "This page opens only once", "good for one opening"),
    ],
    ids=["pt-BR", "en"],
)
async def test_a_refusal_tells_a_person_what_happened_and_what_to_do(
    api: Api, headers: dict[str, str], lang: str, title: str, hint: str
) -> None:
    response = await api.send("GET", at(IFRAME, unknown_id()), headers=headers)

    page = page_of(response)
    assert (response.code, page.lang, page.code) == (401, lang, "session_invalid")
    assert page.title == f"{title} · framegate"
    assert title in page.text
    assert hint in page.text
    assert "401 session_invalid" in page.text


@pytest.mark.parametrize(
    ("headers", "lang", "words"),
    [
        ({}, "pt-BR", "Falta session_id."),
        (ENGLISH, "en", "session_id is missing."),
    ],
    ids=["pt-BR", "en"],
)
async def test_a_bad_request_is_a_page_too(
    api: Api, headers: dict[str, str], lang: str, words: str
) -> None:
    response = await api.send("GET", IFRAME, headers=headers)

    page = page_of(response)
    assert (response.code, page.lang, page.code) == (400, lang, "session_id_missing")
    assert words in page.text


@PAGES
async def test_a_page_says_nothing_of_a_demo_in_production(api: Api, name: str) -> None:
    assert "demonstração" not in page_of(await page_called(name, api)).text


@pytest.mark.parametrize("how", ["used", "expired", "revoked", "prefetched", "opened"])
async def test_no_page_and_no_header_repeats_the_id(api: Api, house: House, how: str) -> None:
    session_id = await api.create(PORTAL_KEY, ttl_seconds=60)
    if how == "used":
        await api.redeem(session_id)
    elif how == "expired":
        house.clock.time += 60_000
    elif how == "revoked":
        await house.revoke(session_id)
    ahead = {"Purpose": "prefetch"} if how == "prefetched" else {}

    response = await api.open_iframe(session_id, **ahead)

    assert response.code == {"opened": 200, "prefetched": 403}.get(how, 401)
    assert session_id.encode() not in response.body
    assert session_id not in str(response.headers)


@pytest.mark.parametrize("nasty", NASTY)
async def test_what_a_caller_writes_does_not_come_back(api: Api, nasty: str) -> None:
    asked = [
        await api.send("GET", f"{IFRAME}?session_id={quote(nasty)}"),
        await api.send("GET", f"{IFRAME}?session_id={quote(nasty * 20)}"),
        await api.send("GET", f"{IFRAME}?session_id={quote(nasty)}", headers=BROWSER),
        await api.send("GET", f"/{quote(nasty, safe='')}", headers=BROWSER),
    ]

    assert [response.code for response in asked] == [401, 400, 401, 404]
    for response in asked:
        assert b"alert" not in response.body


class TestWhenTheStoreIsAway:
    @pytest.fixture
    def app(self, tmp_path: Path) -> Application:
        return assemble(tmp_path, AwaySessions(), AwayHealth()).application

    @pytest.mark.parametrize(
        ("headers", "lang", "title", "hint"),
        [
            ({}, "pt-BR", "Serviço temporariamente indisponível", "avise o suporte"),
            (ENGLISH, "en", "Temporarily unavailable", "tell the support"),
        ],
        ids=["pt-BR", "en"],
    )
    async def test_a_person_is_told_to_try_again(
        self, api: Api, headers: dict[str, str], lang: str, title: str, hint: str
    ) -> None:
        response = await api.send("GET", at(IFRAME, unknown_id()), headers=headers)

        page = page_of(response)
        assert (response.code, page.lang, page.code) == (503, lang, "store_unavailable")
        assert title in page.text
        assert hint in page.text
        assert_self_contained(page)
