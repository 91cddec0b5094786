"""The gate for other servers: what a proxy is told of a browser's request."""

from pathlib import Path

import pytest
from tornado.httpclient import HTTPResponse

from entrypoints.http.grant_cookie import MOST_GRANTS
from tests.http.fakes import AwaySessions, assemble
from tests.http.house import PORTAL_KEY, PORTAL_ORIGINS, House, clients_file, unknown_id
from tests.http.pages import page_of
from tests.http.talk import Api

pytestmark = pytest.mark.gen_test

CHECK = "/auth/check"
WHO = ("Client", "Session", "Subject", "Metadata")


async def check(api: Api, uri: str = "/", cookie: str = "", **headers: str) -> HTTPResponse:
    sent = {"X-Forwarded-Uri": uri, "Sec-Fetch-Dest": "iframe", "Cookie": cookie}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.send("GET", CHECK, headers=sent)


def page(session_id: str) -> str:
    return f"/reports/7?view=all&session_id={session_id}"


def grant_in(response: HTTPResponse) -> str:
    return response.headers["Set-Cookie"].partition(";")[0]


async def test_a_page_is_let_in_once_by_the_session_in_its_address(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    first, second = await check(api, page(session_id)), await check(api, page(session_id))

    assert (first.code, second.code) == (200, 401)
    assert "Set-Cookie" not in second.headers


async def test_who_was_let_in_goes_on_with_his_grant_wherever_he_asks(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    grant = grant_in(await check(api, page(session_id)))

    for uri in (page(session_id), "/reports/7", "/data.json"):
        again = await check(api, uri, grant)
        assert again.code == 200
        assert "Set-Cookie" not in again.headers


async def test_the_proxy_is_told_who_has_come_in(api: Api) -> None:
    wishes = {"subject": "Ana Conceição <ana@a.example>", "metadata": {"ação": ["\x7f", 1]}}
    session_id = await api.create(PORTAL_KEY, **wishes)

    entered = await check(api, page(session_id))
    again = await check(api, "/", grant_in(entered))

    told = {name: entered.headers[f"X-Framegate-{name}"] for name in WHO}
    assert told["Client"] == "portal"
    assert len(told["Session"]) == 12
    assert told["Subject"] == "Ana Concei%C3%A7%C3%A3o %3Cana@a.example%3E"
    assert told["Metadata"] == '{"a\\u00e7\\u00e3o": ["\\u007f", 1]}'
    assert {name: again.headers[f"X-Framegate-{name}"] for name in WHO} == told


async def test_what_a_session_does_not_carry_is_told_as_nothing(api: Api) -> None:
    headers = (await check(api, page(await api.create(PORTAL_KEY)))).headers

    assert headers.get_list("X-Framegate-Subject") == [""]
    assert headers.get_list("X-Framegate-Metadata") == [""]


async def test_the_proxy_is_told_who_may_frame_the_page(api: Api) -> None:
    headers = (await check(api, page(await api.create(PORTAL_KEY)))).headers

    assert headers["X-Framegate-Framing"] == f"frame-ancestors {' '.join(PORTAL_ORIGINS)}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Dest": "image"},
        {"Sec_Fetch_Dest": "script"},
        {"Sec_Fetch_Dest": "empty"},
        {"X_Forwarded_Method": "HEAD"},
        {"X_Forwarded_Method": "POST"},
        {"Sec_Purpose": "prefetch"},
    ],
    ids=str,
)
async def test_only_a_page_that_somebody_asks_for_is_worth_a_session(
    api: Api, house: House, headers: dict[str, str]
) -> None:
    async with house.unchanged(api) as session_id:
        assert (await check(api, page(session_id), **headers)).code in {401, 403}


@pytest.mark.parametrize(("accept", "status"), [("text/html, */*", 200), ("*/*", 401), ("", 401)])
async def test_a_browser_that_does_not_say_what_for_is_taken_by_what_it_accepts(
    api: Api, accept: str, status: int
) -> None:
    headers = {"X-Forwarded-Uri": page(await api.create(PORTAL_KEY)), "Accept": accept}

    assert (await api.send("GET", CHECK, headers=headers)).code == status


async def test_of_several_cookies_one_goes_with_each_answer(api: Api) -> None:
    many = range(MOST_GRANTS + 2)
    jar = [grant_in(await check(api, page(await api.create(PORTAL_KEY)))) for _ in many]

    answer = await check(api, "/", "; ".join(jar))

    (line,) = answer.headers.get_list("Set-Cookie")
    assert "Max-Age=0" in line


async def test_a_field_of_the_applications_own_is_no_session(api: Api) -> None:
    grant = grant_in(await check(api, page(await api.create(PORTAL_KEY))))

    for uri in ("/?session_id=7", "/?session_id=", "/?session_id=%00%ff"):
        assert (await check(api, uri, grant)).code == 200
        assert (await check(api, uri)).code == 401


async def test_an_id_that_comes_twice_lets_nobody_in(api: Api, house: House) -> None:
    async with house.unchanged(api) as session_id:
        uri = f"{page(session_id)}&session_id={session_id}"
        assert (await check(api, uri)).code == 401


async def test_a_stranger_is_told_no_more_than_anywhere(api: Api) -> None:
    unknown = await check(api, page(unknown_id()))
    used = await api.create(PORTAL_KEY)
    await check(api, page(used))
    again, nothing = await check(api, page(used)), await check(api, "/")

    assert page_of(unknown).code == "session_invalid"
    assert unknown.body == again.body == nothing.body
    for answer in (unknown, again, nothing):
        told = {name for name in answer.headers if name.startswith("X-Framegate")}
        assert told == {"X-Framegate-Refusal"}
        assert answer.headers["X-Framegate-Refusal"] == "session_invalid"


class TestOfEnvoy:
    """It asks by the browser's own method, with the browser's address behind ours."""

    async def test_a_page_is_let_in_once_and_then_by_its_grant(self, api: Api) -> None:
        path, frame = CHECK + page(await api.create(PORTAL_KEY)), {"Sec-Fetch-Dest": "iframe"}

        first = await api.send("GET", path, headers=frame)
        second = await api.send("GET", path, headers=frame)
        data = await api.send("GET", f"{CHECK}/a/b.json", headers={"Cookie": grant_in(first)})

        assert [first.code, second.code, data.code] == [200, 401, 200]

    @pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    async def test_every_method_passes_by_a_grant_and_redeems_nothing(
        self, api: Api, house: House, method: str
    ) -> None:
        frame = {"Sec-Fetch-Dest": "iframe", "X-Forwarded-Method": "GET"}
        entered = await check(api, page(await api.create(PORTAL_KEY)))
        held = frame | {"Cookie": grant_in(entered)}
        async with house.unchanged(api) as session_id:
            refused = await api.send(method, CHECK + page(session_id), headers=frame)
        passed = await api.send(method, f"{CHECK}/form", headers=held)

        assert (refused.code, passed.code) == (401, 200)

    async def test_what_a_header_says_was_asked_does_not_count(
        self, api: Api, house: House
    ) -> None:
        async with house.unchanged(api) as session_id:
            told = {"X-Forwarded-Uri": page(session_id), "Sec-Fetch-Dest": "iframe"}
            assert (await api.send("GET", f"{CHECK}/", headers=told)).code == 401


class TestWithoutItsStore:
    @pytest.fixture
    def app(self, tmp_path: Path) -> object:
        return assemble(tmp_path, AwaySessions()).application

    async def test_nobody_is_let_in_in_words_that_every_proxy_knows(self, api: Api) -> None:
        answer = await check(api, page(unknown_id()))

        assert (answer.code, page_of(answer).code) == (403, "store_unavailable")


async def test_a_page_that_came_in_before_may_have_the_doorstep_around_it(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    entered = await check(api, page(session_id))
    again = await check(api, "/", grant_in(entered))

    assert "'self'" not in entered.headers["X-Framegate-Framing"]
    assert again.headers["X-Framegate-Framing"].endswith(" 'self'")


async def test_what_a_client_confirms_is_opened_by_no_address(
    api: Api, house: House, tmp_path: Path
) -> None:
    file = clients_file(tmp_path)
    confirming = file.read_text().replace('name = "portal"', 'name = "portal"\nentry = "confirm"')
    file.write_text(confirming)
    house.runtime.load()

    async with house.unchanged(api) as session_id:
        assert (await check(api, page(session_id))).code == 401


async def test_who_somebody_is_no_older_grant_tells_in_place_of_one_that_was_revoked(
    api: Api, house: House
) -> None:
    sessions = [await api.create(PORTAL_KEY, subject=subject) for subject in ("ana", "bob")]
    cookies = "; ".join([grant_in(await check(api, page(session))) for session in sessions])
    assert (await check(api, "/", cookies)).headers["X-Framegate-Subject"] == "bob"

    await house.revoke_grant(sessions[1])

    assert (await check(api, "/", cookies)).code == 401
