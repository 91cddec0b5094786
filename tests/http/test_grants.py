"""After the redeem: the page again, and what it loads, for the browser that has redeemed."""

import os
import re
from pathlib import Path

import pytest
from tornado.httpclient import HTTPResponse
from tornado.httputil import HTTPHeaders

from domain.session_id import SessionId
from entrypoints.http.grant_cookie import MOST_GRANTS, PREFIX
from tests.http.house import OTHER_KEY, PORTAL_KEY, PORTAL_ORIGINS, House, open_house
from tests.http.pages import page_of
from tests.http.talk import IFRAME, Api, at, fields

pytestmark = pytest.mark.gen_test

IDLE_MS, TTL_MS = 1_800_000, 28_800_000
PAGE = b"<!DOCTYPE html><title>Ours</title>"
SCRIPT = b"console.log('ours')"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "assets").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "iframe.html").write_bytes(PAGE)
    (folder / "assets" / "app.js").write_bytes(SCRIPT)
    (folder / "assets" / ".env").write_bytes(b"SECRET=1")
    (folder / ".git" / "config").write_bytes(b"[core]")
    (tmp_path / "outside.txt").write_bytes(b"outside")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    return folder


@pytest.fixture
def house(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return open_house(tmp_path, monkeypatch, IFRAME_ROOT=str(root))


def cookie_of(response: HTTPResponse) -> str:
    """Return what the browser sends from now on, beside what it has."""
    return response.headers.get_list("Set-Cookie")[0].partition(";")[0]


async def opened(api: Api, key: str = PORTAL_KEY, **headers: str) -> tuple[str, str]:
    session_id = await api.create(key)
    response = await api.open_iframe(session_id, **headers)
    assert response.code == 200
    return session_id, cookie_of(response)


async def load(api: Api, path: str, cookie: str = "", **headers: str) -> HTTPResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.send("GET", f"/client/{path}", headers=sent | {"Cookie": cookie})


async def test_a_redeem_by_a_browser_gives_it_a_cookie_that_works_in_a_frame(api: Api) -> None:
    response = await api.open_iframe(await api.create(PORTAL_KEY))

    (line,) = response.headers.get_list("Set-Cookie")
    assert re.match(rf"{PREFIX}[0-9a-f]{{12}}=fgg_", line)
    attributes = {part.strip() for part in line.split(";")[1:]}
    assert attributes == {
        *("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"),
        f"Max-Age={TTL_MS // 1000}",
    }


async def test_a_refused_redeem_gives_no_cookie(api: Api) -> None:
    session_id, _ = await opened(api)

    assert "Set-Cookie" not in (await api.open_iframe(session_id)).headers


async def test_a_redeem_by_a_program_gives_no_cookie(api: Api) -> None:
    assert "Set-Cookie" not in (await api.redeem(await api.create(PORTAL_KEY))).headers


async def test_the_page_can_be_reloaded_by_whom_it_opened_for(api: Api, house: House) -> None:
    session_id, cookie = await opened(api)
    before = await house.figures()

    again = await api.open_iframe(session_id, Cookie=cookie)

    assert (again.code, again.body) == (200, PAGE)
    assert again.headers["Content-Security-Policy"] == f"frame-ancestors {' '.join(PORTAL_ORIGINS)}"
    assert await house.figures() == before


@pytest.mark.parametrize("cookie", ["", f"{PREFIX}a=", f"{PREFIX}a=fgg_x", "a=b; c", "=", PREFIX])
async def test_a_stranger_with_the_same_address_is_refused(api: Api, cookie: str) -> None:
    session_id, _ = await opened(api)

    refused = await api.open_iframe(session_id, Cookie=cookie)

    assert refused.code == 401
    assert page_of(refused).code == "session_invalid"


async def test_a_grant_opens_no_other_session(api: Api, house: House) -> None:
    _, cookie = await opened(api)
    used, _ = await opened(api)

    assert (await api.open_iframe(used, Cookie=cookie)).code == 401
    async with house.unchanged(api) as session_id:
        refused = await api.open_iframe(f"{session_id[:-8]}AAAAAAAA", Cookie=cookie)
        assert refused.code == 401


async def test_a_grant_whose_secret_is_changed_opens_nothing(api: Api) -> None:
    session_id, cookie = await opened(api)
    forged = cookie[:-4] + "AAAA"

    assert (await api.open_iframe(session_id, Cookie=forged)).code == 401
    assert (await load(api, "assets/app.js", forged)).code == 401


async def test_frames_of_one_page_have_a_cookie_each_and_go_on_together(api: Api) -> None:
    first, one = await opened(api)
    second, other = await opened(api, OTHER_KEY)  # at the same moment: without the first's cookie
    jar = f"{one}; a=b; {other}"

    for session_id in (first, second):
        again = await api.open_iframe(session_id, Cookie=jar)
        assert again.code == 200
        assert "Set-Cookie" not in again.headers


async def test_cookies_count_though_each_comes_in_a_line_of_its_own(api: Api) -> None:
    first, one = await opened(api)
    second, other = await opened(api)
    headers = HTTPHeaders()
    for line in ("a=b", one, "c=d, e=f", other):
        headers.add("Cookie", line)

    for session_id in (first, second):
        assert (await api.send("GET", at(IFRAME, session_id), headers=headers)).code == 200
    assert (await api.send("GET", "/client/assets/app.js", headers=headers)).code == 200


async def test_a_token_under_the_name_of_another_session_is_none(api: Api) -> None:
    first, one = await opened(api)
    _, other = await opened(api)
    mixed = f"{other.partition('=')[0]}={one.partition('=')[2]}"

    assert (await api.open_iframe(first, Cookie=mixed)).code == 401


async def test_the_latest_grants_count_and_the_browser_drops_the_others(api: Api) -> None:
    ids, jar = [], []
    for _ in range(MOST_GRANTS + 2):
        session_id, cookie = await opened(api)
        ids.append(session_id)
        jar.append(cookie)  # browsers send the oldest first
    held = "; ".join(jar)

    assert len(held) < 2048
    for session_id in ids[:2]:
        assert (await api.open_iframe(session_id, Cookie=held)).code == 401
    for session_id in ids[2:]:
        assert (await api.open_iframe(session_id, Cookie=held)).code == 200
    for answer in (
        await api.open_iframe(ids[-1], Cookie=held),
        await load(api, "assets/app.js", held),
    ):
        dropped = {line.partition("=")[0] for line in answer.headers.get_list("Set-Cookie")}
        assert dropped == {cookie.partition("=")[0] for cookie in jar[:2]}
        for line in answer.headers.get_list("Set-Cookie"):
            assert "=; Max-Age=0; Path=/; Secure;" in line


async def test_without_an_id_the_latest_grant_that_holds_opens_the_page(api: Api) -> None:
    _, cookie = await opened(api)

    assert (await api.send("GET", IFRAME, headers={"Cookie": cookie})).body == PAGE
    assert (await api.send("GET", IFRAME)).code == 400


async def test_a_grant_ends_when_nobody_has_used_it_for_half_an_hour(
    api: Api, house: House
) -> None:
    session_id, cookie = await opened(api)

    house.clock.time += IDLE_MS - 1
    assert (await load(api, "assets/app.js", cookie)).code == 200
    house.clock.time += IDLE_MS - 1
    assert (await api.open_iframe(session_id, Cookie=cookie)).code == 200
    house.clock.time += IDLE_MS
    assert (await api.open_iframe(session_id, Cookie=cookie)).code == 401
    assert (await load(api, "assets/app.js", cookie)).code == 401


async def test_a_grant_ends_after_eight_hours_however_much_it_is_used(
    api: Api, house: House
) -> None:
    _, cookie = await opened(api)

    for _ in range(TTL_MS // (IDLE_MS // 2) - 1):
        house.clock.time += IDLE_MS // 2
        assert (await load(api, "assets/app.js", cookie)).code == 200
    house.clock.time += IDLE_MS // 2
    assert (await load(api, "assets/app.js", cookie)).code == 401


@pytest.mark.parametrize("path", ["iframe.html", "iframe.html?session_id={id}", "other.html"])
@pytest.mark.parametrize(
    ("language", "title", "hint"),
    [
        ("pt-BR", "Seu acesso terminou", "abra-a outra vez na aplicação de origem"),
        ("en", "Your access has ended", "open it anew in the application you came from"),
    ],
)
async def test_whose_grant_has_ended_reads_that_and_what_to_do(
    api: Api, house: House, path: str, language: str, title: str, hint: str
) -> None:
    session_id, cookie = await opened(api)
    await house.revoke_grant(session_id)
    asked, reader = path.format(id=session_id), {"Accept-Language": language}

    holder = await load(api, asked, cookie, Sec_Fetch_Dest="iframe", **reader)
    stranger = await load(api, asked, Sec_Fetch_Dest="iframe", **reader)

    page = page_of(holder)
    assert (holder.code, page.code) == (401, "grant_ended")
    assert title in page.text
    assert hint in page.text
    assert (stranger.code, title in page_of(stranger).text) == (
        400 if path == "iframe.html" else 401,
        False,
    )


async def test_a_revoked_grant_opens_nothing(api: Api, house: House) -> None:
    session_id, cookie = await opened(api)

    await house.revoke_grant(session_id)

    assert (await api.open_iframe(session_id, Cookie=cookie)).code == 401
    assert (await load(api, "assets/app.js", cookie)).code == 401


async def test_what_the_page_loads_needs_a_grant(api: Api) -> None:
    _, cookie = await opened(api)

    granted = await load(api, "assets/app.js", cookie)
    refused = await load(api, "assets/app.js")

    assert (granted.code, granted.body) == (200, SCRIPT)
    assert granted.headers["Content-Type"] == "text/javascript"
    assert (refused.code, fields(refused)["code"]) == (401, "session_invalid")


async def test_a_session_id_is_no_grant(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)

    assert (await load(api, f"assets/app.js?session_id={session_id}")).code == 401
    assert (await api.redeem(session_id)).code == 200


async def test_who_holds_no_grant_does_not_learn_what_there_is(api: Api) -> None:
    there, nowhere = await load(api, "assets/app.js"), await load(api, "assets/no.js")

    assert (there.code, there.body) == (nowhere.code, nowhere.body) == (401, nowhere.body)


@pytest.mark.parametrize(
    "path",
    [
        "assets/no.js",
        "assets",
        "assets/",
        "assets/app.js/",
        "assets//app.js",
        "assets/.env",
        ".git/config",
        "%2egit/config",
        "assets/%2e%2e/.git/config",
        "../outside.txt",
        "%2e%2e/outside.txt",
        "..%2foutside.txt",
        "assets/../../outside.txt",
        "link.txt",
        "%00",
        "/etc/passwd",
        "//etc/passwd",
    ],
)
async def test_no_grant_leads_out_of_the_folder_or_to_what_is_hidden(api: Api, path: str) -> None:
    _, cookie = await opened(api)

    response = await load(api, path, cookie)

    assert response.code == 404
    assert b"SECRET" not in response.body
    assert b"outside" not in response.body


async def test_a_file_is_kept_by_the_browser_alone_and_asked_for_again(api: Api) -> None:
    _, cookie = await opened(api)

    headers = (await load(api, "assets/app.js", cookie)).headers
    again = await load(api, "assets/app.js", cookie, If_None_Match=headers["Etag"])

    assert headers["Cache-Control"] == "private, no-cache"
    assert (again.code, again.body) == (304, b"")
    assert (await load(api, "assets/app.js", If_None_Match=headers["Etag"])).code == 401


@pytest.mark.parametrize("later_ns", [1_000, -3_600_000_000_000], ids=["soon", "older"])
async def test_a_file_that_was_replaced_is_never_taken_for_the_one_before(
    api: Api, root: Path, later_ns: int
) -> None:
    _, cookie = await opened(api)
    file = root / "assets" / "app.js"
    before = (await load(api, "assets/app.js", cookie)).headers
    then = file.stat().st_mtime_ns + later_ns
    os.utime(file, ns=(then, then))

    dated = {"If_None_Match": before["Etag"], "If_Modified_Since": before["Last-Modified"]}
    assert (await load(api, "assets/app.js", cookie, **dated)).code == 200
    rest = await load(api, "assets/app.js", cookie, Range="bytes=3-", If_Range=before["Etag"])
    assert (rest.code, rest.body) == (200, SCRIPT)


async def test_a_file_is_sent_in_part_where_asked(api: Api) -> None:
    _, cookie = await opened(api)

    part = await load(api, "assets/app.js", cookie, Range="bytes=0-6")
    rest = {"Range": "bytes=7-", "If_Range": part.headers["Etag"]}

    assert (part.code, part.body) == (206, SCRIPT[:7])
    assert (await load(api, "assets/app.js", cookie, **rest)).body == SCRIPT[7:]


async def test_a_file_can_be_asked_after(api: Api) -> None:
    _, cookie = await opened(api)

    head = await api.send("HEAD", "/client/assets/app.js", headers={"Cookie": cookie})

    assert (head.code, head.headers["Content-Length"]) == (200, str(len(SCRIPT)))
    assert (await api.send("HEAD", "/client/assets/app.js")).code == 401


async def test_a_file_may_be_framed_by_the_client_and_the_page_itself_only(api: Api) -> None:
    _, cookie = await opened(api)

    headers = (await load(api, "assets/app.js", cookie)).headers

    origins = " ".join([*PORTAL_ORIGINS, "'self'"])
    assert headers["Content-Security-Policy"] == f"frame-ancestors {origins}"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Frame-Options" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_files_are_only_read(api: Api, method: str) -> None:
    _, cookie = await opened(api)

    response = await api.send(method, "/client/assets/app.js", headers={"Cookie": cookie}, body="")

    assert (response.code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_files_may_be_fetched_ahead_and_the_page_may_not(api: Api) -> None:
    session_id, cookie = await opened(api)

    assert (await load(api, "assets/app.js", cookie, Sec_Purpose="prefetch")).code == 200
    assert (await api.open_iframe(session_id, Cookie=cookie, Sec_Purpose="prefetch")).code == 403


async def test_the_id_in_an_address_of_another_session_is_still_redeemed(api: Api) -> None:
    _, cookie = await opened(api)
    fresh = await api.create(PORTAL_KEY)

    response = await api.send("GET", at(IFRAME, fresh), headers={"Cookie": cookie})

    assert response.code == 200
    assert (await api.redeem(fresh)).code == 401


async def test_a_page_beside_the_protected_one_that_is_not_there_says_so_to_people(
    api: Api,
) -> None:
    _, cookie = await opened(api)

    answer = await load(api, "nothing.html", cookie, Sec_Fetch_Dest="iframe")
    refused = await load(api, "nothing.html", Sec_Fetch_Dest="iframe")

    assert (answer.code, page_of(answer).code) == (404, "not_found")
    assert "frame-ancestors https://portal.example" in answer.headers["Content-Security-Policy"]
    assert (refused.code, page_of(refused).code) == (401, "session_invalid")
    assert "frame-ancestors 'none'" in refused.headers["Content-Security-Policy"]


async def test_what_a_page_loads_goes_on_with_the_grant_that_the_page_names(
    api: Api, house: House
) -> None:
    ours, our_cookie = await opened(api)
    theirs, their_cookie = await opened(api)
    cookies = f"{our_cookie}; {their_cookie}"
    await house.revoke_grant(theirs)

    async def loaded_by(named: str, host: str = "") -> int:
        page = f"{host or api.base_url}{IFRAME}?grant={named}"
        return (await load(api, "assets/app.js", cookies, Referer=page)).code

    ours, theirs = (SessionId(each).digest.fingerprint for each in (ours, theirs))
    assert await loaded_by(ours) == 200
    assert await loaded_by(theirs) == 401
    assert await loaded_by(theirs, "https://portal.example") == 200  # no page of ours


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("second.html", "./second.html?grant={}"),
        ("second.html?view=1&b=%20", "./second.html?view=1&b=%20&grant={}"),
        ("assets/a:b.html", "./a:b.html?grant={}"),
        ("assets/", "./?grant={}"),
        ("iframe.html", "./iframe.html?grant={}"),
        ("iframe.html?view=1", "./iframe.html?view=1&grant={}"),
    ],
)
async def test_a_page_that_a_named_one_leads_to_is_sent_to_an_address_with_the_name(
    api: Api, path: str, location: str
) -> None:
    session_id, cookie = await opened(api)
    ours = SessionId(session_id).digest.fingerprint
    page = f"{api.base_url}{IFRAME}?grant={ours}"

    for destination in ("iframe", "document", "frame", "embed"):
        sent = await load(api, path, cookie, Referer=page, Sec_Fetch_Dest=destination)
        assert (sent.code, sent.headers["Location"]) == (302, location.format(ours))
    assert sent.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors https://portal.example" in sent.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in sent.headers


async def test_links_and_reloads_go_on_with_the_grant_of_the_page_and_no_neighbours(
    api: Api, house: House, root: Path
) -> None:
    (root / "second.html").write_bytes(PAGE)
    session_id, cookie = await opened(api)
    _, neighbours = await opened(api)
    jar = f"{cookie}; {neighbours}"
    named = f"second.html?grant={SessionId(session_id).digest.fingerprint}"
    frame = {"Sec_Fetch_Dest": "iframe"}

    page = await load(api, named, jar, **frame)
    await house.revoke_grant(session_id)

    assert (page.code, page.body) == (200, PAGE)
    assert page.headers["Referrer-Policy"] == "same-origin"  # what it loads tells its name
    assert (await load(api, named, jar, **frame)).code == 401
    by_link = {"Referer": f"{api.base_url}/client/{named}"}
    assert (await load(api, "assets/app.js", jar, **by_link)).code == 401
    assert (await load(api, "iframe.html", jar, **by_link, Sec_Fetch_Dest="empty")).code == 401


@pytest.mark.parametrize("own", ["grant=a", "grant=", "grant={0}&grant={0}"])
async def test_a_page_that_has_a_field_of_that_name_is_sent_nowhere(api: Api, own: str) -> None:
    session_id, cookie = await opened(api)
    ours = SessionId(session_id).digest.fingerprint
    headers = {"Sec_Fetch_Dest": "iframe", "Referer": f"{api.base_url}{IFRAME}?grant={ours}"}

    assert (await load(api, f"none.html?{own.format(ours)}", cookie, **headers)).code == 404


async def test_who_does_not_hold_what_a_page_names_is_refused_and_sent_nowhere(api: Api) -> None:
    _, cookie = await opened(api)
    headers = {"Sec_Fetch_Dest": "iframe", "Referer": f"{api.base_url}{IFRAME}?grant={'0' * 12}"}

    for path in ("second.html", "iframe.html"):
        assert (await load(api, path, cookie, **headers)).code == 401


async def test_an_address_with_an_id_in_it_is_told_to_nobody(api: Api, root: Path) -> None:
    (root / "second.html").write_bytes(PAGE)
    session_id, cookie = await opened(api)
    address = f"second.html?grant={SessionId(session_id).digest.fingerprint}&session_id=a"

    page = await load(api, address, cookie)

    assert page.headers["Referrer-Policy"] == "no-referrer"


async def test_a_page_without_an_id_in_its_address_may_tell_it_to_framegate_only(
    api: Api,
) -> None:
    session_id, cookie = await opened(api)

    again = await api.send("GET", IFRAME, headers={"Cookie": cookie})
    by_address = await api.open_iframe(session_id, Cookie=cookie)

    assert again.headers["Referrer-Policy"] == "same-origin"
    assert by_address.headers["Referrer-Policy"] == "no-referrer"
