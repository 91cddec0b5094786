"""What is shown to whoever the gate for other servers refuses."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tornado.httpclient import HTTPResponse

from tests.http.fakes import AwaySessions, assemble
from tests.http.house import OTHER_KEY, OTHER_ORIGIN, PORTAL_KEY, PORTAL_ORIGINS, House, unknown_id
from tests.http.pages import page_of
from tests.http.talk import Api, code_of, fields

pytestmark = pytest.mark.gen_test

CHECK, REFUSAL = "/auth/check", "/auth/refusal"
PAGE, DATA = {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Dest": "empty"}
OLD_BROWSER, PROGRAM = {"Accept": "text/html,*/*;q=0.8"}, {"Accept": "*/*"}
ENGLISH = {"Accept-Language": "en"}


async def check(api: Api, uri: str, headers: Mapping[str, str]) -> HTTPResponse:
    return await api.send("GET", CHECK, headers={"X-Forwarded-Uri": uri, **headers})


async def shown(api: Api, answer: HTTPResponse, uri: str, asked: Mapping[str, str]) -> HTTPResponse:
    """Ask for the refusal anew, as nginx does."""
    told = {
        name: answer.headers[name]
        for name in ("X-Framegate-Refusal", "Retry-After")
        if name in answer.headers
    }
    return await api.send("GET", REFUSAL, headers={"X-Forwarded-Uri": uri, **told, **asked})


def at(session_id: str) -> str:
    return f"/reports/7?session_id={session_id}"


def framed_by(answer: HTTPResponse) -> list[str]:
    policy = answer.headers["Content-Security-Policy"]
    (found,) = [part.split()[1:] for part in policy.split(";") if "frame-ancestors" in part]
    return found


@pytest.mark.parametrize("asked", [PAGE, OLD_BROWSER], ids=["says so", "old browser"])
@pytest.mark.parametrize(
    ("language", "lang", "title"),
    [({}, "pt-BR", "Esta página só abre uma vez"), (ENGLISH, "en", "This page opens only once")],
    ids=["pt-BR", "en"],
)
async def test_who_asked_for_a_page_gets_one_to_read(
    api: Api, asked: dict[str, str], language: dict[str, str], lang: str, title: str
) -> None:
    answer = await check(api, at(unknown_id()), asked | language)

    page = page_of(answer)
    assert (answer.code, page.lang, page.code) == (401, lang, "session_invalid")
    assert title in page.text


@pytest.mark.parametrize("asked", [DATA, PROGRAM, {}], ids=str)
async def test_a_program_gets_json(api: Api, asked: dict[str, str]) -> None:
    answer = await check(api, at(unknown_id()), asked)

    assert (answer.code, code_of(answer)) == (401, "session_invalid")


async def test_a_page_is_shown_after_a_form_was_posted_too(api: Api) -> None:
    answer = await check(api, "/reports/7", PAGE | {"X-Forwarded-Method": "POST"})

    assert (answer.code, page_of(answer).code) == (401, "session_invalid")


@pytest.mark.parametrize(
    ("key", "origins"), [(PORTAL_KEY, PORTAL_ORIGINS), (OTHER_KEY, (OTHER_ORIGIN,))]
)
async def test_only_the_sessions_client_may_frame_the_page(
    api: Api, key: str, origins: tuple[str, ...]
) -> None:
    uri = at(await api.create(key))
    await check(api, uri, PAGE)

    again = await check(api, uri, PAGE)

    assert again.code == 401
    assert framed_by(again) == list(origins)
    assert "X-Frame-Options" not in again.headers


async def test_who_held_a_grant_of_a_client_sees_the_page_framed_by_it(
    api: Api, house: House
) -> None:
    session_id = await api.create(PORTAL_KEY)
    opened = await check(api, at(session_id), PAGE)
    held = {"Cookie": opened.headers["Set-Cookie"].partition(";")[0]}
    await house.revoke_grant(session_id)

    answer = await check(api, "/reports/7", PAGE | held)

    assert answer.code == 401
    assert framed_by(answer) == [*PORTAL_ORIGINS, "'self'"]  # the doorstep may stand around it


async def test_where_there_is_no_client_nobody_may_frame_the_page(api: Api) -> None:
    for uri in ("/", at("fg1_00000000_" + "A" * 32)):
        assert framed_by(await check(api, uri, PAGE)) == ["'none'"]


@pytest.mark.parametrize("asked", [PAGE, DATA], ids=["page", "data"])
@pytest.mark.parametrize("ahead", [{}, {"Sec-Purpose": "prefetch"}], ids=["unknown", "prefetched"])
async def test_a_proxy_that_drops_the_refusal_gets_it_again(
    api: Api, asked: dict[str, str], ahead: dict[str, str]
) -> None:
    uri = at(unknown_id())
    answer = await check(api, uri, asked | ahead)

    again = await shown(api, answer, uri, asked)

    assert (again.code, again.body) == (answer.code, answer.body)
    assert again.headers["Content-Security-Policy"] == answer.headers["Content-Security-Policy"]


async def test_to_show_a_refusal_uses_nothing(api: Api, house: House) -> None:
    async with house.unchanged(api) as session_id:
        told = {"X-Framegate-Refusal": "session_invalid", "X-Forwarded-Uri": at(session_id)}
        answer = await api.send("GET", REFUSAL, headers=PAGE | told)
        assert answer.code == 401
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("after", ["7", "", "never", "-1", "\xb2", "9" * 5000], ids=repr)
async def test_a_refusal_tells_how_long_to_wait_or_nothing(api: Api, after: str) -> None:
    told = {"X-Framegate-Refusal": "rate_limited", "Retry-After": after}

    answer = await api.send("GET", REFUSAL, headers=PAGE | told)

    told_back = answer.headers.get("Retry-After")
    assert answer.code == 403
    assert told_back == {"7": "7", "9" * 5000: "3600"}.get(after)


@pytest.mark.parametrize("code", ["", "key_missing", "<script>", "session_invalid,session_invalid"])
async def test_what_is_no_refusal_of_the_gates_is_not_shown(api: Api, code: str) -> None:
    answer = await api.send("GET", REFUSAL, headers=PAGE | {"X-Framegate-Refusal": code})

    assert (answer.code, page_of(answer).code) == (403, "internal_error")
    assert b"<script>" not in answer.body


class TestWithoutTheStore:
    @pytest.fixture
    def app(self, tmp_path: Path) -> object:
        return assemble(tmp_path, AwaySessions()).application

    async def test_a_person_reads_that_it_may_work_again_in_a_moment(self, api: Api) -> None:
        uri = at(unknown_id())
        answer = await check(api, uri, PAGE | ENGLISH)

        page = page_of(answer)
        assert (answer.code, page.code) == (403, "store_unavailable")
        assert "Temporarily unavailable" in page.text
        assert (await shown(api, answer, uri, PAGE | ENGLISH)).body == answer.body

    async def test_the_refusal_is_shown_without_it(self, api: Api) -> None:
        told = {"X-Framegate-Refusal": "session_invalid", "X-Forwarded-Uri": at(unknown_id())}

        answer = await api.send("GET", REFUSAL, headers=told)

        assert (answer.code, fields(answer)["code"]) == (401, "session_invalid")
