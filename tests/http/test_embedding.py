"""Who embeds an iframe, judged before anything is consumed, and who may ask by script."""

from pathlib import Path

import pytest
from tornado.httpclient import HTTPResponse

from tests.http.house import OTHER_KEY, OTHER_ORIGIN, PORTAL_KEY, PORTAL_ORIGINS, House, open_house
from tests.http.pages import page_of
from tests.http.talk import ENTER, GRANT, VALIDATE, Api, at, code_of

pytestmark = pytest.mark.gen_test

PORTAL, INTRANET = PORTAL_ORIGINS
FRAME = {"Sec-Fetch-Dest": "iframe"}
NOT_PORTAL = ["https://evil.example", OTHER_ORIGIN, f"{PORTAL}.evil.example", f"{PORTAL}:8443"]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    (tmp_path / "iframe.html").write_text("<!DOCTYPE html>")
    (tmp_path / "data.json").write_text("{}")
    return open_house(tmp_path, monkeypatch, IFRAME_ROOT=str(tmp_path))


def told(**headers: str) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


async def open_from(api: Api, session_id: str, origin: str) -> HTTPResponse:
    return await api.open_iframe(session_id, **FRAME, Referer=f"{origin}/")


class TestAFrame:
    @pytest.mark.parametrize("origin", NOT_PORTAL)
    async def test_of_a_foreign_page_opens_nothing_and_consumes_nothing(
        self, api: Api, house: House, origin: str
    ) -> None:
        async with house.unchanged(api) as session_id:
            for header in ({"Referer": f"{origin}/page?a=b"}, {"Origin": origin}):
                response = await api.open_iframe(session_id, **FRAME, **header)
                assert (response.code, page_of(response).code) == (401, "session_invalid")

    @pytest.mark.parametrize("origin", PORTAL_ORIGINS)
    async def test_of_a_page_of_the_client_opens(self, api: Api, origin: str) -> None:
        assert (await open_from(api, await api.create(PORTAL_KEY), origin)).code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Referer": ""},
            {"Referer": "about:blank"},
            {"Referer": "http://localhost:1/client/iframe.html"},
            {"Origin": "null"},
        ],
        ids=["nothing", "an empty one", "no origin", "framegate itself", "null"],
    )
    async def test_whose_page_does_not_tell_opens(self, api: Api, headers: dict[str, str]) -> None:
        session_id = await api.create(PORTAL_KEY)

        assert (await api.open_iframe(session_id, **FRAME, **headers)).code == 200

    async def test_behind_a_proxy_may_lead_on_to_the_same_host(self, api: Api) -> None:
        session_id = await api.create(PORTAL_KEY)
        own = {"X-Forwarded-Host": "app.example", "Referer": "https://app.example/"}

        assert (await api.open_iframe(session_id, **FRAME, **own)).code == 200

    async def test_says_in_the_audit_that_it_was_the_wrong_page(
        self, api: Api, capfd: pytest.CaptureFixture[str]
    ) -> None:
        await open_from(api, await api.create(PORTAL_KEY), "https://evil.example")

        assert "mismatch" in capfd.readouterr().out


async def test_a_page_that_is_opened_by_itself_is_held_to_no_other(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    opened = await api.open_iframe(
        session_id, **{"Sec-Fetch-Dest": "document", "Referer": "https://mail.example/"}
    )

    assert opened.code == 200


class TestAGrant:
    async def test_is_for_the_page_that_embedded_it_and_for_no_other(self, api: Api) -> None:
        session_id = await api.create(PORTAL_KEY)
        opened = await open_from(api, session_id, PORTAL)
        cookie = opened.headers["Set-Cookie"].partition(";")[0]

        async def again(origin: str) -> int:
            headers = {**FRAME, "Cookie": cookie, "Referer": f"{origin}/"}
            return (await api.open_iframe(session_id, **headers)).code

        assert await again(PORTAL) == 200
        assert await again(INTRANET) == 401
        assert await again(PORTAL) == 200


class TestAScript:
    async def cookie(self, api: Api, key: str = PORTAL_KEY) -> str:
        opened = await api.open_iframe(await api.create(key))
        return opened.headers["Set-Cookie"].partition(";")[0]

    @pytest.mark.parametrize("path", [GRANT, "/client/data.json"])
    async def test_of_the_clients_pages_may_read_what_its_grant_opens(
        self, api: Api, path: str
    ) -> None:
        headers = {"Cookie": await self.cookie(api), "Origin": PORTAL}

        response = await api.send("GET", path, headers=headers)

        assert response.headers["Access-Control-Allow-Origin"] == PORTAL
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in response.headers["Vary"]

    @pytest.mark.parametrize("path", [GRANT, "/client/data.json"])
    @pytest.mark.parametrize("origin", [*NOT_PORTAL, "null", "", "'self'", "*"])
    async def test_of_any_other_page_may_not(self, api: Api, path: str, origin: str) -> None:
        headers = {"Cookie": await self.cookie(api), "Origin": origin}

        response = await api.send("GET", path, headers=headers)

        assert not [name for name in response.headers if name.startswith("Access-Control")]
        assert "Origin" in response.headers.get_list("Vary")  # a kept answer is not for the next

    @pytest.mark.parametrize("path", [GRANT, "/client/data.json"])
    @pytest.mark.parametrize(
        ("origin", "allowed"),
        [(PORTAL, True), (OTHER_ORIGIN, True), ("https://evil.example", False)],
    )
    async def test_may_ask_ahead_where_any_client_lists_its_page(
        self, api: Api, path: str, origin: str, *, allowed: bool
    ) -> None:
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        }

        response = await api.send("OPTIONS", path, headers=asked)

        assert response.code == 200
        assert (response.headers.get("Access-Control-Allow-Origin") == origin) is allowed
        assert ("Access-Control-Allow-Headers" in response.headers) is allowed

    async def test_of_another_client_reads_nothing_of_this_ones(self, api: Api) -> None:
        headers = {"Cookie": await self.cookie(api, OTHER_KEY), "Origin": PORTAL}

        response = await api.send("GET", GRANT, headers=headers)

        assert "Access-Control-Allow-Origin" not in response.headers

    @pytest.mark.parametrize("path", [GRANT, "/client/data.json"])
    async def test_of_a_listed_page_may_read_that_it_is_refused(self, api: Api, path: str) -> None:
        response = await api.send("GET", path, headers={"Origin": PORTAL})

        assert response.code == 401
        assert response.headers["Access-Control-Allow-Origin"] == PORTAL


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("destination", ["image", "script", "empty", "style", "video"])
async def test_what_another_page_loads_without_showing_it_uses_nothing(
    api: Api, house: House, destination: str, site: str
) -> None:
    unseen = {"Sec-Fetch-Dest": destination, "Sec-Fetch-Site": site}
    form = {"Content-Type": "application/x-www-form-urlencoded", **unseen}
    async with house.unchanged(api) as session_id:
        opened = await api.open_iframe(session_id, **unseen)
        body = f"session_id={session_id}&confirmed=yes"
        posted = await api.send("POST", ENTER, headers=form, body=body)
        validated = await api.send("GET", at(VALIDATE, session_id), headers=unseen)

    assert [page_of(answer).code for answer in (opened, posted)] == 2 * ["not_to_be_shown"]
    assert code_of(validated) == "not_to_be_shown"
    assert [opened.code, posted.code, validated.code] == [403, 403, 403]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    ],
    ids=["a program", "a person", "an own script", "a script that asks openly"],
)
async def test_a_session_is_validated_by_get_for_whoever_may_see_the_answer(
    api: Api, headers: dict[str, str]
) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.send("GET", at(VALIDATE, session_id), headers=headers)

    assert response.code == 200


@pytest.mark.parametrize("destination", ["image", "script"])
async def test_what_is_shown_to_no_script_is_not_validated_though_it_asks_openly(
    api: Api, house: House, destination: str
) -> None:
    unseen = {"Sec-Fetch-Dest": destination, "Sec-Fetch-Site": "cross-site"}
    async with house.unchanged(api) as session_id:
        headers = unseen | {"Sec-Fetch-Mode": "cors"}
        response = await api.send("GET", at(VALIDATE, session_id), headers=headers)

    assert response.code == 403


async def test_framegates_own_page_may_fetch_an_address(api: Api) -> None:
    own = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}

    assert (await api.open_iframe(await api.create(PORTAL_KEY), **own)).code == 200
