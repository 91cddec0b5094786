import pytest

from tests.http.house import (
    ADMIN_KEY,
    OTHER_KEY,
    PORTAL_KEY,
    PORTAL_NEXT_KEY,
    STRANGE_KEY,
    House,
)
from tests.http.talk import (
    CLEANUP,
    CREATE,
    CREATE_MANY,
    SESSIONS,
    STATUS,
    VALIDATE,
    Api,
    at,
    code_of,
    fields,
    request_bytes,
    wire,
)

pytestmark = pytest.mark.gen_test

CHALLENGE = 'Bearer realm="framegate"'
ONE = f"{SESSIONS}/0123456789ab"
KEYED = [
    *(("POST", CREATE), ("POST", CREATE_MANY), ("GET", STATUS), ("DELETE", CLEANUP)),
    *(("GET", SESSIONS), ("DELETE", SESSIONS), ("GET", ONE), ("DELETE", ONE)),
]
KEYED_IDS = [
    *("create", "create many", "status", "clean-up"),
    *("list", "revoke many", "look up", "revoke"),
]


@pytest.mark.parametrize(("method", "path"), KEYED, ids=KEYED_IDS)
async def test_nobody_gets_in_without_a_key(api: Api, house: House, method: str, path: str) -> None:
    async with house.unchanged(api):
        response = await api.send(method, path, body=b"" if method == "POST" else None)

    assert (response.code, code_of(response)) == (401, "key_missing")
    assert response.headers["WWW-Authenticate"] == CHALLENGE


@pytest.mark.parametrize(("method", "path"), [*KEYED, ("GET", VALIDATE), ("POST", VALIDATE)])
@pytest.mark.parametrize(
    "credentials",
    [
        f"Bearer {STRANGE_KEY}",
        f"Bearer {PORTAL_KEY[:-1]}",
        f"Bearer {PORTAL_KEY}A",
        f"Bearer {PORTAL_KEY} {PORTAL_KEY}",
        f"Bearer {PORTAL_KEY},{PORTAL_KEY}",
        f"Basic {PORTAL_KEY}",
        f"Token {ADMIN_KEY}",
        f"Bearer{ADMIN_KEY}",
        PORTAL_KEY,
        ADMIN_KEY,
        "Bearer",
        "",
        "Bearer chavé",
    ],
    ids=[
        *("strange", "cut", "longer", "twice", "with a comma", "basic", "token", "no space"),
        *("bare", "bare admin", "no key", "empty", "not ascii"),
    ],
)
async def test_credentials_that_nobody_has_are_refused_and_not_overlooked(
    api: Api, house: House, method: str, path: str, credentials: str
) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.send(
            method,
            at(path, session_id),
            headers={"Authorization": credentials},
            body=b"" if method == "POST" else None,
        )

    assert (response.code, code_of(response)) == (401, "key_unknown")
    assert response.headers["WWW-Authenticate"] == CHALLENGE
    assert PORTAL_KEY.encode() not in response.body


async def test_a_key_sent_in_two_headers_is_refused(api: Api, house: House, http_port: int) -> None:
    async with house.unchanged(api), wire(http_port) as line:
        answer = await line.ask(
            request_bytes(
                "POST",
                CREATE,
                f"Authorization: Bearer {PORTAL_KEY}",
                f"Authorization: Bearer {PORTAL_KEY}",
                "Content-Length: 0",
            )
        )

    assert (answer.status, answer.code) == (401, "key_unknown")


async def test_a_key_in_the_address_does_not_count(api: Api) -> None:
    response = await api.send("GET", f"{STATUS}?key={ADMIN_KEY}&access_token={ADMIN_KEY}")

    assert (response.code, code_of(response)) == (401, "key_missing")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
async def test_the_scheme_may_be_written_in_any_case(api: Api, scheme: str) -> None:
    response = await api.send("GET", STATUS, headers={"Authorization": f"{scheme} {PORTAL_KEY}"})

    assert response.code == 200


async def test_the_key_may_not(api: Api) -> None:
    response = await api.send("GET", STATUS, key=PORTAL_KEY.swapcase())

    assert response.code == 401


async def test_both_live_keys_of_a_client_create_its_sessions(api: Api, house: House) -> None:
    await api.create(PORTAL_KEY)
    await api.create(PORTAL_NEXT_KEY)

    assert (await house.figures())["portal"].active == 2


async def test_an_admin_may_not_create(api: Api, house: House) -> None:
    async with house.unchanged(api):
        response = await api.send("POST", CREATE, key=ADMIN_KEY, body=b"")

    assert (response.code, code_of(response)) == (401, "key_wrong_kind")
    assert response.headers["WWW-Authenticate"] == CHALLENGE


@pytest.mark.parametrize(
    "key", [PORTAL_KEY, PORTAL_NEXT_KEY, OTHER_KEY], ids=["portal", "portal, the next", "other"]
)
async def test_a_client_may_not_clean_up(api: Api, house: House, key: str) -> None:
    async with house.unchanged(api):
        response = await api.send("DELETE", CLEANUP, key=key)

    assert (response.code, code_of(response)) == (401, "key_wrong_kind")
    assert response.headers["WWW-Authenticate"] == CHALLENGE


async def test_an_admin_may_see_the_status_and_clean_up(api: Api) -> None:
    assert (await api.send("GET", STATUS, key=ADMIN_KEY)).code == 200
    assert (await api.send("DELETE", CLEANUP, key=ADMIN_KEY)).code == 200


async def test_a_key_is_asked_for_before_the_body_is_looked_at(api: Api) -> None:
    response = await api.post_json(CREATE, "not json at all")

    assert code_of(response) == "key_missing"


@pytest.mark.parametrize("key", [OTHER_KEY, ADMIN_KEY], ids=["another client", "an admin"])
async def test_a_session_of_another_client_is_a_mismatch_and_stays_good(
    api: Api, house: House, key: str
) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.redeem(session_id, key=key)

    assert (response.code, fields(response)["reason"]) == (401, "mismatch")
