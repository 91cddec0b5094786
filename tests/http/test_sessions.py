"""Looking at sessions and taking them back, over HTTP."""

import json
from urllib.parse import quote

import pytest
from tornado.httpclient import HTTPResponse

from domain.session_id import SessionId
from tests.http.house import (
    ADMIN_KEY,
    OTHER_KEY,
    PORTAL_KEY,
    PORTAL_NEXT_KEY,
    House,
    in_house,
)
from tests.http.talk import IFRAME, SESSIONS, Api, at, code_of, fields

pytestmark = pytest.mark.gen_test

START = "2023-11-14T22:13:20.000+00:00"
IN_A_MINUTE = "2023-11-14T22:14:20.000+00:00"
SUBJECT = 'ana "ção" & co'


def fingerprint_of(session_id: str) -> str:
    return SessionId(session_id).digest.fingerprint


def one(session_id: str) -> str:
    return f"{SESSIONS}/{fingerprint_of(session_id)}"


async def opened_page(api: Api, key: str = PORTAL_KEY, **wishes: object) -> tuple[str, str]:
    """Create a session and open its page; return the id and the cookie."""
    session_id = await api.create(key, **wishes)
    response = await api.open_iframe(session_id)
    assert response.code == 200
    return session_id, response.headers["Set-Cookie"].partition(";")[0]


async def reload(api: Api, cookie: str) -> HTTPResponse:
    return await api.send("GET", IFRAME, headers={"Cookie": cookie})


async def revoked(api: Api, path: str, key: str) -> tuple[int, int]:
    response = await api.send("DELETE", path, key=key)
    assert response.code == 200, response.body
    done = fields(response)
    assert done.keys() == {"sessions_revoked", "grants_revoked", "storage"}
    assert done["storage"] == "memory"
    return done["sessions_revoked"], done["grants_revoked"]


async def listed(api: Api, query: str, key: str) -> list[str]:
    """List all pages, and return the fingerprints."""
    found, after = [], ""
    while True:
        page = fields(await api.send("GET", f"{SESSIONS}?{query}{after}", key=key))
        assert page.keys() == {"sessions", "next"}
        found += [session["fingerprint"] for session in page["sessions"]]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


@pytest.mark.parametrize("key", [PORTAL_KEY, PORTAL_NEXT_KEY, ADMIN_KEY])
async def test_a_session_is_looked_up_and_stays_as_it_is(api: Api, key: str) -> None:
    session_id = await api.create(
        PORTAL_KEY, subject=SUBJECT, metadata={"plan": ["x", 1]}, ttl_seconds=60
    )
    for _ in range(2):
        response = await api.send("GET", one(session_id), key=key)
        assert response.code == 200
        assert fields(response) == {
            "fingerprint": fingerprint_of(session_id),
            "client": "portal",
            "state": "active",
            "expires_at": IN_A_MINUTE,
            "subject": SUBJECT,
            "metadata": {"plan": ["x", 1]},
            "grant": None,
        }
    assert (await api.redeem(session_id)).code == 200


async def test_a_session_that_was_opened_is_looked_up_with_its_grant(api: Api) -> None:
    session_id, _ = await opened_page(api, subject=SUBJECT, ttl_seconds=60)
    found = fields(await api.send("GET", one(session_id), key=PORTAL_KEY))
    assert found == {
        "fingerprint": fingerprint_of(session_id),
        "client": "portal",
        "state": "used",
        "expires_at": IN_A_MINUTE,
        "subject": SUBJECT,
        "grant": {
            "expires_at": "2023-11-14T22:43:20.000+00:00",
            "ends_at": "2023-11-15T06:13:20.000+00:00",
        },
    }


@pytest.mark.parametrize("state", ["expired", "revoked", "stale"])
async def test_how_a_session_ended_is_told(api: Api, house: House, state: str) -> None:
    session_id = await api.create(PORTAL_KEY, subject=SUBJECT, ttl_seconds=60)
    if state == "expired":
        house.clock.time += 60_000
    elif state == "revoked":
        await house.revoke(session_id)
    else:
        house.restart_store()
    found = fields(await api.send("GET", one(session_id), key=PORTAL_KEY))
    assert (found["state"], found["grant"]) == (state, None)
    assert found.keys().isdisjoint({"subject", "metadata"})


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_another_clients_session_is_not_found_and_stays(api: Api, method: str) -> None:
    session_id = await api.create(PORTAL_KEY)
    response = await api.send(method, one(session_id), key=OTHER_KEY)
    assert (response.code, code_of(response)) == (404, "session_not_found")
    assert (await api.redeem(session_id)).code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("name", ["0" * 12, "0123456789ab"])
async def test_a_fingerprint_that_names_nothing_is_not_found(
    api: Api, method: str, name: str
) -> None:
    response = await api.send(method, f"{SESSIONS}/{name}", key=ADMIN_KEY)
    assert (response.code, code_of(response)) == (404, "session_not_found")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "name", ["0123456789a", "0123456789abc", "0123456789AB", "0123456789ag", "%20", "an id"]
)
async def test_what_is_no_fingerprint_is_refused_and_not_repeated(
    api: Api, method: str, name: str
) -> None:
    session_id = await api.create(PORTAL_KEY)
    name = session_id if name == "an id" else name
    response = await api.send(method, f"{SESSIONS}/{name}", key=PORTAL_KEY)
    assert (response.code, code_of(response)) == (400, "fingerprint_invalid")
    assert session_id.encode() not in response.body
    assert (await api.redeem(session_id)).code == 200


async def test_a_list_has_no_metadata_no_digest_and_no_id(api: Api) -> None:
    ids = [await api.create(PORTAL_KEY, subject=SUBJECT, metadata={"a": 1}) for _ in range(3)]
    response = await api.send("GET", f"{SESSIONS}?limit=2", key=PORTAL_KEY)
    page = fields(response)
    assert len(page["sessions"]) == 2
    for session in page["sessions"]:
        assert session.keys() == {
            *("fingerprint", "client", "state", "expires_at", "subject", "grant")
        }
        assert len(session["fingerprint"]) == 12
    for session_id in ids:
        digest = SessionId(session_id).digest.raw
        assert session_id.encode() not in response.body
        assert digest.hex()[12:].encode() not in response.body
        assert digest[6:] not in response.body


async def test_active_and_granted_sessions_are_listed_apart(api: Api) -> None:
    active = await api.create(PORTAL_KEY)
    entered, _ = await opened_page(api)
    assert await listed(api, "", PORTAL_KEY) == [fingerprint_of(active)]
    assert await listed(api, "state=active", PORTAL_KEY) == [fingerprint_of(active)]
    assert await listed(api, "state=granted", PORTAL_KEY) == [fingerprint_of(entered)]


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
async def test_an_admin_lists_all_clients_and_a_client_its_own(
    api: Api, house: House, limit: int
) -> None:
    others: list[str] = []
    own: list[str] = []
    for found, key in [(others, OTHER_KEY), (own, PORTAL_KEY)]:
        for _ in range(2):
            found.append(fingerprint_of(await api.create(key, ttl_seconds=60)))
            house.clock.time += 1
    query = f"limit={limit}"
    assert await listed(api, query, ADMIN_KEY) == others + own
    assert await listed(api, f"{query}&client=portal", ADMIN_KEY) == own
    assert await listed(api, query, PORTAL_KEY) == own
    assert await listed(api, f"{query}&client=other", OTHER_KEY) == others


async def test_a_list_can_be_of_one_subject(api: Api) -> None:
    hers = await api.create(PORTAL_KEY, subject=SUBJECT)
    await api.create(PORTAL_KEY, subject="rui")
    await api.create(PORTAL_KEY)
    assert await listed(api, f"subject={quote(SUBJECT)}", ADMIN_KEY) == [fingerprint_of(hers)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=used", "state_invalid"),
        ("state=", "state_invalid"),
        ("limit=0", "limit_invalid"),
        ("limit=1001", "limit_invalid"),
        ("limit=x", "limit_invalid"),
        ("limit=%D9%A1", "limit_invalid"),
        ("limit=1&limit=2", "query_repeated"),
        ("subject=", "subject_invalid"),
        ("subject=%00", "subject_invalid"),
        ("subject=%FF", "query_not_text"),
        ("after=", "cursor_invalid"),
        ("after=x", "cursor_invalid"),
        ("after=%22", "cursor_invalid"),
        ("after=cG9ydGFs", "cursor_invalid"),
        ("status=active", "query_unknown"),
    ],
)
async def test_a_list_that_cannot_be_understood_is_refused(api: Api, query: str, code: str) -> None:
    response = await api.send("GET", f"{SESSIONS}?{query}", key=PORTAL_KEY)
    assert (response.code, code_of(response)) == (400, code)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    ("key", "client"), [(PORTAL_KEY, "other"), (ADMIN_KEY, "nobody"), (ADMIN_KEY, "")]
)
async def test_a_client_that_the_caller_may_not_know_is_not_found(
    api: Api, house: House, method: str, key: str, client: str
) -> None:
    async with house.unchanged(api):
        response = await api.send(method, f"{SESSIONS}?client={client}", key=key)
    assert (response.code, code_of(response)) == (404, "client_not_found")


@pytest.mark.parametrize("key", [PORTAL_KEY, ADMIN_KEY])
async def test_a_revoked_session_opens_nothing(api: Api, key: str) -> None:
    session_id, neighbour = await api.create(PORTAL_KEY), await api.create(PORTAL_KEY)
    assert await revoked(api, one(session_id), key) == (1, 0)
    response = await api.redeem(session_id, key=PORTAL_KEY)
    assert (response.code, json.loads(response.body)["reason"]) == (401, "revoked")
    assert await revoked(api, one(session_id), key) == (0, 0)
    assert (await api.redeem(neighbour)).code == 200


@pytest.mark.parametrize("key", [PORTAL_KEY, ADMIN_KEY])
async def test_a_revoked_grant_opens_nothing(api: Api, key: str) -> None:
    session_id, cookie = await opened_page(api)
    _, neighbour = await opened_page(api)
    assert (await reload(api, cookie)).code == 200
    assert await revoked(api, one(session_id), key) == (0, 1)
    assert (await reload(api, cookie)).code == 401
    assert await revoked(api, one(session_id), key) == (0, 0)
    assert (await reload(api, neighbour)).code == 200


@pytest.mark.parametrize(
    ("query", "key", "ended", "left"),
    [
        ("all=true", PORTAL_KEY, (2, 2), {"other"}),
        ("client=portal", PORTAL_KEY, (2, 2), {"other"}),
        ("client=portal", ADMIN_KEY, (2, 2), {"other"}),
        ("all=true", ADMIN_KEY, (3, 3), set()),
        ("subject=ana", PORTAL_KEY, (1, 1), {"portal rui", "other"}),
        ("subject=ana", ADMIN_KEY, (2, 2), {"portal rui"}),
        ("subject=ana&client=other", ADMIN_KEY, (1, 1), {"portal ana", "portal rui"}),
        ("subject=an", ADMIN_KEY, (0, 0), {"portal ana", "portal rui", "other"}),
    ],
)
async def test_many_are_revoked_and_the_others_stay(
    api: Api, query: str, key: str, ended: tuple[int, int], left: set[str]
) -> None:
    ids, cookies = {}, {}
    for name, owner, subject in [
        ("portal ana", PORTAL_KEY, "ana"),
        ("portal rui", PORTAL_KEY, "rui"),
        ("other", OTHER_KEY, "ana"),
    ]:
        ids[name] = await api.create(owner, subject=subject)
        _, cookies[name] = await opened_page(api, owner, subject=subject)
    assert await revoked(api, f"{SESSIONS}?{query}", key) == ended
    assert {
        name for name, cookie in cookies.items() if (await reload(api, cookie)).code == 200
    } == left
    assert {name for name, known in ids.items() if (await api.redeem(known)).code == 200} == left


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "filter_missing"),
        ("?all=false", "all_invalid"),
        ("?all=", "all_invalid"),
        ("?all=true&client=portal", "all_invalid"),
        ("?all=true&subject=ana", "all_invalid"),
        ("?all=true&all=true", "query_repeated"),
        ("?subject=", "subject_invalid"),
        ("?client=portal&subjet=ana", "query_unknown"),
        ("?state=active", "query_unknown"),
    ],
)
@pytest.mark.parametrize("key", [PORTAL_KEY, ADMIN_KEY], ids=["client", "admin"])
async def test_a_revocation_that_is_not_quite_clear_revokes_nothing(
    api: Api, house: House, query: str, code: str, key: str
) -> None:
    async with house.unchanged(api):
        response = await api.send("DELETE", f"{SESSIONS}{query}", key=key)
    assert (response.code, code_of(response)) == (400, code)


@in_house(demo=True)
async def test_in_demo_mode_no_key_is_needed(api: Api) -> None:
    session_id = await api.create(None)
    assert fields(await api.send("GET", one(session_id)))["state"] == "active"
    assert fields(await api.send("GET", SESSIONS))["sessions"]
    assert fields(await api.send("DELETE", f"{SESSIONS}?all=true"))["sessions_revoked"] == 1
    assert fields(await api.send("DELETE", one(session_id)))["sessions_revoked"] == 0


async def test_a_session_id_in_the_query_is_refused_and_not_used(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    response = await api.send("GET", at(SESSIONS, session_id), key=PORTAL_KEY)
    assert (response.code, code_of(response)) == (400, "query_unknown")
    assert (await api.redeem(session_id)).code == 200
