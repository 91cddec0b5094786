"""Signing in at the dashboard, and stepping in from it."""

import re
import time

import pytest

from domain.alerts import Limits
from domain.dashboard_pass import LIFETIME_MS
from domain.key import digest_key
from domain.session_id import SessionId
from entrypoints.container.audit import EVENT_NAMES
from entrypoints.http.dashboard.unscripted import UNKNOWN
from tests.http.dashboard import (
    CLEAN_UP,
    DASHBOARD,
    EVENTS,
    FORM,
    REVOKE,
    SIGN_IN,
    SIGN_OUT,
    desk_of,
    post,
    sign_in,
)
from tests.http.house import (
    ADMIN_KEY,
    CLIENTS,
    OTHER_KEY,
    PORTAL_KEY,
    STRANGE_KEY,
    House,
    in_house,
)
from tests.http.pages import page_of
from tests.http.talk import Api, code_of, fields
from tests.support.metrics import value_of

pytestmark = pytest.mark.gen_test


async def seen(api: Api, cookie: str = "") -> str:
    """Tell which page there is to be seen: by its first heading's id or form."""
    response = await api.send("GET", DASHBOARD, headers={"Cookie": cookie} if cookie else {})
    assert response.code == 200
    names = {attributes.get("id") for _, attributes in page_of(response).elements}
    return "dashboard" if "board" in names else "sign-in" if "key" in names else "neither"


async def test_who_is_not_signed_in_is_asked_for_a_key_by_a_form_that_posts(api: Api) -> None:
    page = page_of(await api.send("GET", DASHBOARD))
    (form,) = [attributes for tag, attributes in page.elements if tag == "form"]
    (key,) = [attributes for tag, attributes in page.elements if tag == "input"]
    assert (form["method"], form["action"]) == ("post", SIGN_IN)
    assert (key["name"], key["type"]) == ("key", "password")
    assert page.inline == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_who_comes_to_the_address_of_the_form_is_led_to_the_page(
    api: Api, method: str
) -> None:
    response = await api.send(method, SIGN_IN)
    assert (response.code, response.headers["Location"]) == (303, DASHBOARD)
    assert "Set-Cookie" not in response.headers


async def test_with_an_admins_key_the_dashboard_opens_and_shuts_again(api: Api) -> None:
    response = await post(api, SIGN_IN, key=ADMIN_KEY)
    assert (response.code, response.headers["Location"]) == (303, DASHBOARD)
    cookie, _, attributes = response.headers["Set-Cookie"].partition("; ")
    assert cookie.startswith("framegate-dashboard=ops.")
    assert attributes == f"Max-Age={8 * 3600}; Path=/dashboard; HttpOnly; SameSite=Strict"
    assert ADMIN_KEY not in str(response.headers)

    assert await seen(api, cookie) == "dashboard"
    assert await seen(api) == "sign-in"
    page = page_of(await api.send("GET", DASHBOARD, headers={"Cookie": cookie}))
    words = {attributes.get("data-text") for _, attributes in page.elements}
    assert {f"alert.{rule.name}" for rule in Limits().all} <= words
    assert {f"event.{name}" for name in EVENT_NAMES} <= words
    gone = await post(api, SIGN_OUT, cookie)
    assert (gone.code, gone.headers["Location"]) == (303, DASHBOARD)
    assert gone.headers["Set-Cookie"].startswith("framegate-dashboard=; Max-Age=0; Path=/dashboard")


@in_house(PUBLIC_URL="https://gate.example/frames")
async def test_over_https_the_cookie_is_bound_to_the_host(api: Api) -> None:
    response = await post(api, SIGN_IN, origin="https://gate.example", key=ADMIN_KEY)
    cookie, _, attributes = response.headers["Set-Cookie"].partition("; ")
    assert cookie.startswith("__Host-framegate-dashboard=ops.")
    assert attributes == f"Max-Age={8 * 3600}; Path=/; Secure; HttpOnly; SameSite=Strict"
    assert response.headers["Location"] == "/frames/dashboard"
    assert await seen(api, cookie) == "dashboard"
    assert await seen(api, cookie.removeprefix("__Host-")) == "sign-in"


@pytest.mark.parametrize("key", ["", STRANGE_KEY, PORTAL_KEY])
async def test_any_other_key_is_refused_audited_and_counted(
    api: Api, house: House, key: str
) -> None:
    response = await post(api, SIGN_IN, key=key)
    assert response.code == 401
    assert "Set-Cookie" not in response.headers
    page = page_of(response)
    assert [at["role"] for _, at in page.elements if at.get("role") == "alert"] == ["alert"]
    assert not key or key not in response.body.decode()
    metrics = await api.send("GET", "/metrics", key=ADMIN_KEY)
    assert value_of(metrics.body.decode(), "framegate_keys_rejected_total") == 1
    (event,) = await desk_of(house.runtime.application).audience.look.trail.latest(5)
    assert event.event == "key_rejected"


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://127.0.0.1:1", "http://127.0.0.1"]
)
async def test_no_other_origins_page_can_send_a_form(api: Api, origin: str) -> None:
    cookie = await sign_in(api)
    for path in (SIGN_IN, SIGN_OUT, REVOKE, CLEAN_UP):
        response = await post(api, path, cookie, origin=origin, key=ADMIN_KEY)
        assert response.code == 403
        assert b"origin_foreign" in response.body
        assert "Set-Cookie" not in response.headers


async def test_what_the_browser_calls_another_site_is_refused(api: Api) -> None:
    headers = {"Origin": api.base_url, "Sec-Fetch-Site": "same-site", "Content-Type": FORM}
    for path in (SIGN_IN, SIGN_OUT, REVOKE, CLEAN_UP):
        response = await api.send("POST", path, headers=headers, body="key=x")
        assert response.code == 403


async def test_a_pass_ends_after_eight_hours(api: Api, house: House) -> None:
    cookie = await sign_in(api)
    house.clock.time += LIFETIME_MS - 1
    assert await seen(api, cookie) == "dashboard"
    house.clock.time += 1
    assert await seen(api, cookie) == "sign-in"
    refused = await post(api, CLEAN_UP, cookie)
    assert (refused.code, code_of(refused)) == (401, "signed_out")


@pytest.mark.parametrize("key", ["another", None])
async def test_a_pass_ends_with_its_key_when_the_clients_file_is_read_again(
    api: Api, house: House, key: str | None
) -> None:
    cookie = await sign_in(api)
    digest = digest_key(ADMIN_KEY)
    rotated = CLIENTS.replace(digest, digest_key(key)) if key else CLIENTS.partition("[[admin]]")[0]
    path = house.runtime.directory._path  # type: ignore[attr-defined] # it is a file's
    path.write_text(rotated)
    house.runtime.load()
    assert await seen(api, cookie) == "sign-in"
    response = await api.send("GET", EVENTS, headers={"Cookie": cookie})
    assert (response.code, code_of(response)) == (401, "signed_out")


@pytest.mark.parametrize("cookie", ["framegate-dashboard=", "framegate-dashboard=ops.1.x", "a=b"])
async def test_a_made_up_pass_opens_nothing(api: Api, cookie: str) -> None:
    for path in (REVOKE, CLEAN_UP):
        assert (await post(api, path, cookie)).code == 401
    assert (await api.send("GET", EVENTS, headers={"Cookie": cookie})).code == 401
    assert await seen(api, cookie) == "sign-in"


async def test_the_pages_are_kept_by_nobody_and_framed_by_nobody(api: Api) -> None:
    cookie = await sign_in(api)
    for held in ("", cookie):
        response = await api.send("GET", DASHBOARD, headers={"Cookie": held})
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Frame-Options"] == "DENY"
        page = page_of(response)
        assert page.inline == []
        assert all(address.startswith(("/static/", DASHBOARD)) for address in page.loaded)


@in_house(demo=True)
async def test_a_demo_asks_for_no_key(api: Api) -> None:
    assert await seen(api) == "dashboard"
    session_id = await api.create(None)
    fingerprint = SessionId.presented(session_id).digest.fingerprint
    assert fields(await post(api, REVOKE, fingerprint=fingerprint))["sessions_revoked"] == 1
    assert (await post(api, SIGN_IN, key="x")).headers["Location"] == DASHBOARD


@in_house(demo=True)
@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("evil.example", 403), ("localhost.evil.example", 403), ("127.0.0.1.evil.example", 403)),
        *(("localhost:8888", 200), ("127.0.0.1:8888", 200), ("[::1]:8888", 200)),
    ],
)
async def test_a_demo_takes_forms_only_at_this_machines_own_names(
    api: Api, host: str, status: int
) -> None:
    headers = {"Host": host, "Origin": f"http://{host}", "Content-Type": FORM}
    response = await api.send("POST", CLEAN_UP, headers=headers, body="")
    assert response.code == status


@in_house(METRICS="off")
async def test_where_nothing_is_measured_there_is_no_dashboard(api: Api) -> None:
    for path in (DASHBOARD, EVENTS):
        assert (await api.send("GET", path)).code == 404


async def test_one_a_subjects_and_a_clients_sessions_can_be_revoked(api: Api) -> None:
    cookie = await sign_in(api)
    one, ours = await api.create(PORTAL_KEY), await api.create(PORTAL_KEY, subject="ana")
    rest, others = await api.create(PORTAL_KEY), await api.create(OTHER_KEY)
    fingerprint = SessionId.presented(one).digest.fingerprint
    for wish in ({"fingerprint": fingerprint}, {"subject": "ana"}, {"client": "portal"}):
        done = fields(await post(api, REVOKE, cookie, **wish))
        assert (done["sessions_revoked"], done["grants_revoked"]) == (1, 0)
    for session_id in (one, ours, rest):
        assert (await api.redeem(session_id)).code == 401
    assert (await api.redeem(others)).code == 200


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({}, 400, "filter_missing"),
        ({"all": "true"}, 400, "field_unknown"),
        ({"fingerprint": "0123456789AB"}, 400, "fingerprint_invalid"),
        ({"fingerprint": "0123456789ab"}, 404, "session_not_found"),
        ({"fingerprint": "0123456789ab", "client": "portal"}, 400, "field_unknown"),
        ({"client": "nobody"}, 404, "client_not_found"),
        ({"subject": ""}, 400, "subject_invalid"),
    ],
)
async def test_a_slip_revokes_nothing(
    api: Api, wish: dict[str, str], status: int, code: str
) -> None:
    cookie = await sign_in(api)
    session_id = await api.create(PORTAL_KEY, subject="ana")
    response = await post(api, REVOKE, cookie, **wish)
    assert (response.code, code_of(response)) == (status, code)
    assert (await api.redeem(session_id)).code == 200


async def test_the_clean_up_removes_what_has_expired(api: Api, house: House) -> None:
    await api.create(OTHER_KEY)
    house.clock.time += 600_000
    done = fields(await post(api, CLEAN_UP, await sign_in(api)))
    assert (done["sessions_removed"], done["sessions_remaining"]) == (1, 0)


async def test_without_scripts_the_page_has_the_figures_of_the_moment(api: Api) -> None:
    cookie = await sign_in(api)
    session_id = await api.create(PORTAL_KEY)
    await api.create(PORTAL_KEY)
    await api.redeem(session_id)
    headers = {"Cookie": cookie, "Accept-Language": "en"}
    text = page_of(await api.send("GET", DASHBOARD, headers=headers)).text
    assert "Active sessions 1 Cap of sessions 1002" in text
    assert "Created in all 2 Redeemed in all 1" in text
    assert "In memory Figures of 20" in text
    assert "No alert is on." in text
    assert "Audit entries lost (" not in text


@in_house(STORAGE="redis", REDIS_PORT="1", REDIS_TIMEOUT_MS="50")
async def test_while_redis_is_away_the_page_opens_all_the_same(api: Api) -> None:
    began = time.monotonic()
    assert await seen(api, await sign_in(api)) == "dashboard"
    assert time.monotonic() - began < 4


@in_house(STORAGE="redis", REDIS_PORT="1", REDIS_TIMEOUT_MS="50")
async def test_without_scripts_the_page_says_that_redis_is_away(api: Api) -> None:
    headers = {"Cookie": await sign_in(api), "Accept-Language": "pt"}
    text = page_of(await api.send("GET", DASHBOARD, headers=headers)).text
    assert re.search(r"O Redis não responde desde 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", text)
    # Nobody knows: 0 would say that he does.
    assert f"Sessões ativas {UNKNOWN} Limite de sessões {UNKNOWN}" in text
