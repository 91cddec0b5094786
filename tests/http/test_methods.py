"""Every route takes its own methods, and says which those are."""

import pytest
from attrs import frozen

from tests.http.house import ADMIN_KEY, PORTAL_KEY, House, in_house
from tests.http.pages import page_of
from tests.http.talk import (
    CLEANUP,
    CREATE,
    CREATE_MANY,
    DEMO,
    DOCTOR,
    ENTER,
    GRANT,
    HEALTH,
    IFRAME,
    LIVEZ,
    READYZ,
    SESSIONS,
    STATUS,
    VALIDATE,
    Api,
    at,
    code_of,
)

pytestmark = pytest.mark.gen_test

STATIC = "/static/framegate.css"
BLANK = "/client/blank"
SDK = "/sdk/framegate.js"

ALLOWED = {
    CREATE: ("POST",),
    CREATE_MANY: ("POST",),
    VALIDATE: ("GET", "POST"),
    IFRAME: ("GET",),
    ENTER: ("GET", "POST"),
    GRANT: ("GET", "OPTIONS"),
    BLANK: ("GET",),
    SDK: ("GET", "HEAD"),
    STATUS: ("GET", "HEAD"),
    CLEANUP: ("DELETE",),
    SESSIONS: ("GET", "HEAD", "DELETE"),
    f"{SESSIONS}/0123456789ab": ("GET", "HEAD", "DELETE"),
    HEALTH: ("GET", "HEAD"),
    LIVEZ: ("GET", "HEAD"),
    READYZ: ("GET", "HEAD"),
    STATIC: ("GET", "HEAD"),
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get")
PAGES = (IFRAME, ENTER)
DEMO_PAGES = (DEMO, DOCTOR)


@frozen
class Case:
    method: str
    path: str

    @property
    def body(self) -> bytes | None:
        return b"" if self.method in {"POST", "PUT", "PATCH"} else None


REFUSED = [Case(m, p) for p, allowed in ALLOWED.items() for m in METHODS if m not in allowed]
HEADS = [path for path, allowed in ALLOWED.items() if "HEAD" in allowed]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.method} {case.path}")
async def test_other_methods_are_refused_and_change_nothing(
    api: Api, house: House, case: Case
) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.send(
            case.method, at(case.path, session_id), key=ADMIN_KEY, body=case.body
        )

    assert response.code == 405
    assert response.headers["Allow"] == ", ".join(ALLOWED[case.path])
    if case.method == "HEAD":
        assert response.body == b""
    elif case.path in PAGES:
        assert page_of(response).code == "method_not_allowed"
    else:
        assert code_of(response) == "method_not_allowed"


@in_house(demo=True)
@pytest.mark.parametrize("path", DEMO_PAGES)
@pytest.mark.parametrize("method", [m for m in METHODS if m not in {"GET", "HEAD"}])
async def test_the_demos_pages_are_only_to_be_read(api: Api, method: str, path: str) -> None:
    case = Case(method, path)

    response = await api.send(case.method, case.path, body=case.body)

    assert (response.code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert page_of(response).code == "method_not_allowed"


async def assert_head_is_get_without_the_body(api: Api, path: str, key: str | None) -> None:
    got = await api.send("GET", path, key=key)
    head = await api.send("HEAD", path, key=key)

    assert (head.code, head.body) == (got.code, b"")
    assert got.body
    assert [h for h in head.headers.get_all() if h[0] != "Date"] == [
        h for h in got.headers.get_all() if h[0] != "Date"
    ]


@pytest.mark.parametrize("path", HEADS)
@pytest.mark.parametrize("key", [PORTAL_KEY, None], ids=["key", "no key"])
async def test_head_says_what_get_would(api: Api, path: str, key: str | None) -> None:
    await assert_head_is_get_without_the_body(api, path, key)


@in_house(demo=True)
@pytest.mark.parametrize("path", DEMO_PAGES)
async def test_head_says_what_the_demos_pages_would_be(api: Api, path: str) -> None:
    await assert_head_is_get_without_the_body(api, path, None)


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
async def test_head_of_an_address_that_is_none_is_empty_too(api: Api, accept: str) -> None:
    response = await api.send("HEAD", "/nothing", headers={"Accept": accept})

    assert (response.code, response.body) == (404, b"")
