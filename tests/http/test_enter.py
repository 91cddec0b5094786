"""Into an iframe without an id in its address: the doorstep, and what it asks."""

import json
import re
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse

from application.ports import StoreUnavailable
from tests.http.house import (
    OTHER_KEY,
    OTHER_ORIGIN,
    PORTAL_KEY,
    PORTAL_ORIGINS,
    House,
    clients_file,
    open_house,
    tag_of,
    unknown_id,
)
from tests.http.pages import page_of
from tests.http.talk import ENTER, GRANT, IFRAME, Api, at, code_of, fields

pytestmark = pytest.mark.gen_test

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
IDLE, TTL, BEARER_TTL = 1800, 28_800, 3600


async def enter(api: Api, session_id: str, **wishes: object) -> HTTPResponse:
    body = {"session_id": session_id, "parent": PORTAL_ORIGINS[0], **wishes}
    return await api.post_json(ENTER, body)


async def enter_with(api: Api, proof: dict[str, str], **wishes: object) -> HTTPResponse:
    """Enter as a browser that brings along what it holds already."""
    body = {"session_id": await api.create(PORTAL_KEY), "parent": PORTAL_ORIGINS[0], **wishes}
    headers = {"Content-Type": "application/json", **proof}
    return await api.send("POST", ENTER, headers=headers, body=json.dumps(body))


async def enter_again(api: Api, session_id: str, cookie: str, parent: str) -> HTTPResponse:
    """Enter by a session whose grant the browser holds, as far as it goes."""
    headers = {"Content-Type": "application/json", "Cookie": cookie}
    body = json.dumps({"session_id": session_id, "parent": parent})
    return await api.send("POST", ENTER, headers=headers, body=body)


def proof_of(response: HTTPResponse) -> dict[str, str]:
    """What a browser shows of the grant that an answer has given it."""
    bearer = grant_of(response).get("bearer")
    if bearer is None:
        return {"Cookie": cookie_of(response)}
    return {"Authorization": f"Bearer {bearer}"}


async def post_form(api: Api, body: str, **headers: str) -> HTTPResponse:
    sent = FORM | {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.send("POST", ENTER, headers=sent, body=body)


async def ask(api: Api, path: str, **headers: str) -> HTTPResponse:
    return await api.send("GET", path, headers=headers)


def grant_of(response: HTTPResponse) -> dict[str, Any]:
    assert response.code == 200, response.body
    return fields(response)


def cookie_of(response: HTTPResponse) -> str:
    return response.headers["Set-Cookie"].partition(";")[0]


def ancestors(response: HTTPResponse) -> list[str]:
    found = re.search(r"frame-ancestors ([^;]+)", response.headers["Content-Security-Policy"])
    assert found is not None
    return found[1].split()


class TestTheDoorstep:
    async def test_is_shown_to_the_clients_own_pages_and_consumes_nothing(
        self, api: Api, house: House
    ) -> None:
        async with house.unchanged(api):
            response = await ask(api, f"{ENTER}?client={tag_of('portal')}")

        assert ancestors(response) == [*PORTAL_ORIGINS, "'self'"]
        page = page_of(response)
        assert not page.inline
        assert ("html", {"lang": "pt-BR", "data-framegate": "doorstep"}) in page.elements
        assert "X-Frame-Options" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("query", ["", "?client=", "?client=00000000", "?client=%FF"])
    async def test_is_nobodys_without_a_client(self, api: Api, query: str) -> None:
        response = await ask(api, ENTER + query)

        assert (response.code, page_of(response).code) == (404, "client_unknown")
        assert ancestors(response) == ["'none'"]

    async def test_of_a_form_holds_the_id_for_whom_no_script_runs(
        self, api: Api, house: House
    ) -> None:
        async with house.unchanged(api) as session_id:
            response = await post_form(api, f"session_id={session_id}", Origin=PORTAL_ORIGINS[0])

        hidden = {"type": "hidden", "name": "session_id", "value": session_id}
        assert ("input", hidden) in page_of(response).elements
        assert "form-action 'self'" in response.headers["Content-Security-Policy"]

    async def test_confirmed_by_a_person_gives_the_page_and_its_grant(self, api: Api) -> None:
        session_id = await api.create(PORTAL_KEY)
        body = f"session_id={session_id}&confirmed=yes"

        first, second = await post_form(api, body), await post_form(api, body)

        assert (first.code, second.code) == (200, 401)
        assert (await ask(api, IFRAME, Cookie=cookie_of(first))).code == 200
        assert ancestors(second) == [*PORTAL_ORIGINS, "'self'"]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ("session_id=a&session_id=b", "body_repeats_field"),
            ("confirmed=yes", "session_id_missing"),
            ("session_id=", "session_id_empty"),
            ("session_id", "body_not_form"),
            ("session_id=%FF", "body_not_form"),
            ("session_id=ação", "body_not_form"),
            ("&".join(f"a{n}=1" for n in range(17)), "body_not_form"),
        ],
    )
    async def test_of_no_form_is_a_page_that_says_so(self, api: Api, body: str, code: str) -> None:
        response = await post_form(api, body)

        assert (response.code, page_of(response).code) == (400, code)

    async def test_of_an_id_that_is_nobodys_is_refused_like_any_other(self, api: Api) -> None:
        response = await post_form(api, "session_id=nonsense")

        assert (response.code, page_of(response).code) == (401, "session_invalid")


class TestTheRedeem:
    async def test_gives_who_takes_cookies_a_cookie_and_no_bearer(self, api: Api) -> None:
        response = await enter(api, await api.create(PORTAL_KEY, subject="ana"), hold="cookie")

        grant = grant_of(response)
        assert (grant["client"], grant["subject"]) == ("portal", "ana")
        assert (grant["expires_in_seconds"], grant["ends_in_seconds"]) == (IDLE, TTL)
        assert "bearer" not in grant
        assert (await ask(api, IFRAME, Cookie=cookie_of(response))).code == 200

    async def test_gives_who_takes_none_a_shorter_bearer_and_no_cookie(self, api: Api) -> None:
        response = await enter(api, await api.create(PORTAL_KEY), hold="bearer")

        grant = grant_of(response)
        assert "Set-Cookie" not in response.headers
        assert (grant["expires_in_seconds"], grant["ends_in_seconds"]) == (IDLE, BEARER_TTL)
        bearer = {"Authorization": f"Bearer {grant['bearer']}"}
        assert (await ask(api, IFRAME, **bearer)).code == 200

    async def test_happens_once(self, api: Api) -> None:
        session_id = await api.create(PORTAL_KEY)

        first, second = await enter(api, session_id), await enter(api, session_id, hold="bearer")

        assert (first.code, second.code) == (200, 401)
        assert page_of(second).code == "session_invalid"

    async def test_of_who_holds_the_grant_already_is_no_second_one(self, api: Api) -> None:
        session_id = await api.create(PORTAL_KEY)
        cookie = cookie_of(await enter(api, session_id))

        body = json.dumps({"session_id": session_id})
        headers = {"Content-Type": "application/json", "Cookie": cookie}
        again = await api.send("POST", ENTER, headers=headers, body=body)

        assert again.code == 200
        assert "Set-Cookie" not in again.headers

    async def test_takes_the_place_of_an_earlier_grant_in_the_browser(self, api: Api) -> None:
        first = await enter(api, await api.create(PORTAL_KEY))
        replaced = fields(first)["session"]

        response = await enter(api, await api.create(PORTAL_KEY), replaces=replaced)

        given, dropped = response.headers.get_list("Set-Cookie")
        assert not given.startswith(f"__Host-fg-{replaced}=")
        assert dropped.startswith(f"__Host-fg-{replaced}=; Max-Age=0; Path=/; Secure")

    @pytest.mark.parametrize("replaces", ["", None, 1, "0" * 11, "x" * 12, "0" * 12 + "\n", "a; b"])
    async def test_takes_the_place_of_nothing_else(self, api: Api, replaces: object) -> None:
        response = await enter(api, await api.create(PORTAL_KEY), replaces=replaces)

        assert len(response.headers.get_list("Set-Cookie")) == 1

    @pytest.mark.parametrize("hold", ["cookie", "bearer"])
    async def test_ends_the_grant_that_it_takes_the_place_of(
        self, api: Api, house: House, hold: str
    ) -> None:
        first = await enter(api, await api.create(PORTAL_KEY), hold=hold)
        proof = proof_of(first)

        await enter_with(api, proof, replaces=fields(first)["session"], hold=hold)

        assert grant_of(await ask(api, GRANT, **proof))["ends_in_seconds"] == 10
        house.clock.time += 10_000
        assert (await ask(api, GRANT, **proof)).code == 401

    async def test_ends_no_grant_that_the_browser_does_not_bring(self, api: Api) -> None:
        neighbour = await enter(api, await api.create(PORTAL_KEY))
        own = await enter(api, await api.create(PORTAL_KEY))

        await enter_with(api, proof_of(own), replaces=fields(neighbour)["session"])

        for entered in (neighbour, own):
            told = grant_of(await ask(api, GRANT, **proof_of(entered)))
            assert told["ends_in_seconds"] == TTL

    async def test_ends_no_grant_when_the_session_is_refused(self, api: Api) -> None:
        first = await enter(api, await api.create(PORTAL_KEY))
        proof = proof_of(first)

        refused = await enter_with(
            api, proof, session_id=unknown_id(), replaces=fields(first)["session"]
        )

        assert refused.code == 401
        assert grant_of(await ask(api, GRANT, **proof))["ends_in_seconds"] == TTL

    async def test_gives_the_grant_though_the_earlier_one_cannot_be_ended(
        self, api: Api, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = await enter(api, await api.create(PORTAL_KEY))

        async def away(*_: object) -> None:
            raise StoreUnavailable("away")

        monkeypatch.setattr(house.sessions.grants, "replace", away)
        response = await enter_with(api, proof_of(first), replaces=fields(first)["session"])

        assert response.code == 200
        assert len(response.headers.get_list("Set-Cookie")) == 2

    async def test_for_a_page_of_another_site_consumes_nothing(
        self, api: Api, house: House
    ) -> None:
        async with house.unchanged(api) as session_id:
            response = await enter(api, session_id, parent="https://evil.example")

        assert (response.code, page_of(response).code) == (401, "session_invalid")

    async def test_for_a_page_of_another_site_that_gives_itself_out_as_the_clients_consumes_nothing(
        self, api: Api, house: House
    ) -> None:
        async with house.unchanged(api) as session_id:
            headers = {"Content-Type": "application/json", "Origin": "https://evil.example"}
            body = json.dumps({"session_id": session_id, "parent": PORTAL_ORIGINS[0]})
            response = await api.send("POST", ENTER, headers=headers, body=body)

        assert response.code == 401

    @pytest.mark.parametrize(
        "origin",
        [
            f"{PORTAL_ORIGINS[0]},https://evil.example",
            "https://portal.example.evil/",
            "http://[::1",
            "chrome-extension://abc",
        ],
    )
    async def test_for_a_page_whose_origin_cannot_be_understood_consumes_nothing(
        self, api: Api, house: House, origin: str
    ) -> None:
        async with house.unchanged(api) as session_id:
            headers = {"Content-Type": "application/json", "Origin": origin}
            body = json.dumps({"session_id": session_id, "parent": PORTAL_ORIGINS[0]})
            response = await api.send("POST", ENTER, headers=headers, body=body)

        assert response.code == 401

    @pytest.mark.parametrize("parent", ["", "null", "https://localhost:1", "about:srcdoc"])
    async def test_for_a_page_that_is_not_told_or_framegates_own_goes_on(
        self, api: Api, parent: str
    ) -> None:
        assert (await enter(api, await api.create(PORTAL_KEY), parent=parent)).code == 200

    @pytest.mark.parametrize(
        ("wishes", "code"),
        [
            ({"hold": "paper"}, "hold_unknown"),
            ({"parent": 1}, "parent_not_text"),
            ({"more": 1}, "field_unknown"),
        ],
    )
    async def test_of_what_is_not_understood_consumes_nothing(
        self, api: Api, house: House, wishes: dict[str, Any], code: str
    ) -> None:
        async with house.unchanged(api) as session_id:
            response = await enter(api, session_id, **wishes)

        assert (response.code, page_of(response).code) == (400, code)

    async def test_ahead_of_a_person_is_refused(self, api: Api, house: House) -> None:
        async with house.unchanged(api) as session_id:
            headers = {"Content-Type": "application/json", "Sec-Purpose": "prefetch"}
            body = json.dumps({"session_id": session_id})
            response = await api.send("POST", ENTER, headers=headers, body=body)

        assert response.code == 403


class TestTheGrant:
    async def test_is_told_of_and_kept_alive(self, api: Api, house: House) -> None:
        cookie = cookie_of(await enter(api, await api.create(PORTAL_KEY)))
        house.clock.time += (IDLE - 1) * 1000

        told = grant_of(await ask(api, GRANT, Cookie=cookie))

        assert (told["expires_in_seconds"], told["ends_in_seconds"]) == (IDLE, TTL - IDLE + 1)

    async def test_ends_where_nobody_uses_it(self, api: Api, house: House) -> None:
        cookie = cookie_of(await enter(api, await api.create(PORTAL_KEY)))
        house.clock.time += IDLE * 1000

        response = await ask(api, GRANT, Cookie=cookie)

        assert (response.code, code_of(response)) == (401, "session_invalid")

    async def test_of_one_session_among_several_is_found_by_its_fingerprint(self, api: Api) -> None:
        opened = [await enter(api, await api.create(PORTAL_KEY, subject=s)) for s in ("a", "b")]
        cookies = "; ".join(map(cookie_of, opened))

        for response, subject in zip(opened, ("a", "b"), strict=True):
            path = f"{GRANT}?grant={fields(response)['session']}"
            assert grant_of(await ask(api, path, Cookie=cookies))["subject"] == subject
        assert (await ask(api, f"{GRANT}?grant={'0' * 12}", Cookie=cookies)).code == 401

    @pytest.mark.parametrize("bearer", ["", "Bearer", "Bearer fgg_", "Basic fgg_x"])
    async def test_is_nobodys_without_a_token(self, api: Api, bearer: str) -> None:
        assert (await ask(api, GRANT, Authorization=bearer)).code == 401

    async def test_that_a_script_holds_comes_before_the_cookies(self, api: Api) -> None:
        cookie = cookie_of(await enter(api, await api.create(PORTAL_KEY, subject="cookie's")))
        bearer = grant_of(
            await enter(api, await api.create(PORTAL_KEY, subject="script's"), hold="bearer")
        )["bearer"]

        told = grant_of(await ask(api, GRANT, Cookie=cookie, Authorization=f"Bearer {bearer}"))

        assert told["subject"] == "script's"


class TestSeveralFramesOfOnePage:
    async def entered(self, api: Api, *keys: str) -> tuple[list[str], str]:
        answers = [await enter(api, await api.create(key), parent="") for key in keys]
        return [fields(a)["session"] for a in answers], "; ".join(map(cookie_of, answers))

    async def test_each_goes_on_with_its_own_grant(self, api: Api) -> None:
        (ours, theirs), cookies = await self.entered(api, PORTAL_KEY, OTHER_KEY)

        for named, origins in ((ours, PORTAL_ORIGINS), (theirs, (OTHER_ORIGIN,))):
            page = await ask(api, f"{IFRAME}?grant={named}", Cookie=cookies)
            assert page.code == 200
            assert ancestors(page) == [*origins, "'self'"]

    async def test_one_whose_grant_has_ended_does_not_go_on_with_a_neighbours(
        self, api: Api, house: House
    ) -> None:
        session_id = await api.create(PORTAL_KEY)
        revoked = await enter(api, session_id)
        (neighbour,), cookies = await self.entered(api, PORTAL_KEY)
        cookies = f"{cookies}; {cookie_of(revoked)}"
        await house.revoke_grant(session_id)

        async def page(named: str) -> int:
            return (await ask(api, f"{IFRAME}?grant={named}", Cookie=cookies)).code

        assert await page(fields(revoked)["session"]) == 401
        assert await page(neighbour) == 200

    async def test_a_page_without_its_grant_is_refused_like_any_other(self, api: Api) -> None:
        refused = await ask(api, f"{IFRAME}?grant={'0' * 12}")

        assert (refused.code, page_of(refused).code) == (401, "session_invalid")


class TestAClientThatConfirms:
    @pytest.fixture
    def house(self, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> House:
        house = open_house(tmp_path, monkeypatch)
        file = clients_file(tmp_path)
        file.write_text(
            file.read_text().replace('name = "portal"', 'name = "portal"\nentry = "confirm"')
        )
        house.runtime.load()
        return house

    async def test_has_its_address_opened_by_scanners_without_harm(
        self, api: Api, house: House
    ) -> None:
        async with house.unchanged(api) as session_id:
            for _ in range(3):
                response = await api.open_iframe(session_id)
                assert response.code == 200
                assert "Set-Cookie" not in response.headers
                assert ("html", "doorstep") in [
                    (tag, found.get("data-framegate")) for tag, found in page_of(response).elements
                ]

    async def test_has_the_doorstep_around_a_page_that_goes_on_by_its_grant(self, api: Api) -> None:
        session_id = await api.create(PORTAL_KEY)
        opened = await enter(api, session_id)
        cookie = cookie_of(opened)

        page = page_of(await api.open_iframe(session_id, Cookie=cookie))
        again = await enter_again(api, session_id, cookie, PORTAL_ORIGINS[0])

        assert ("html", "doorstep") in [
            (t, found.get("data-framegate")) for t, found in page.elements
        ]
        assert grant_of(again)["session"] == grant_of(opened)["session"]
        assert "Set-Cookie" not in again.headers

    async def test_goes_on_in_no_page_but_the_one_that_the_grant_was_given_to(
        self, api: Api
    ) -> None:
        session_id = await api.create(PORTAL_KEY)
        cookie = cookie_of(await enter(api, session_id))

        again = await enter_again(api, session_id, cookie, PORTAL_ORIGINS[1])

        assert (again.code, page_of(again).code) == (401, "session_invalid")

    async def test_is_the_only_one_that_does(self, api: Api) -> None:
        assert "Set-Cookie" in (await api.open_iframe(await api.create(OTHER_KEY))).headers


async def test_a_problem_of_the_inner_frame_may_be_shown_by_the_doorstep(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    cookie = cookie_of(await enter(api, session_id))
    token = cookie.replace(cookie[-8:], "A" * 8)

    refused = await ask(api, IFRAME, Cookie=token)

    assert refused.code == 401
    assert ancestors(refused) == [*PORTAL_ORIGINS, "'self'"]


async def test_a_problem_tells_the_page_around_it_why(api: Api) -> None:
    page = page_of(await ask(api, at(IFRAME, unknown_id())))

    scripts = [found for tag, found in page.elements if tag == "script"]
    assert [str(script["src"]).partition("?")[0] for script in scripts] == ["/static/problem.js"]
    (html,) = [found for tag, found in page.elements if tag == "html"]
    assert (html["data-code"], html["data-status"]) == ("session_invalid", "401")
