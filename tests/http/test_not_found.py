import pytest

from tests.http.house import House
from tests.http.pages import page_of
from tests.http.talk import CREATE, DEMO, DOCTOR, HEALTH, IFRAME, Api, code_of, request_bytes, wire

pytestmark = pytest.mark.gen_test

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

NOTHING_THERE = [
    "/",
    "/nothing",
    "/auth",
    "/auth/",
    f"{CREATE}/",
    f"{HEALTH}.json",
    "/AUTH/redis-health",
    "/auth//redis-health",
    "//auth/redis-health",
    "/auth/redis-health%00",
    "/auth/redis%2Dhealth/x",
    "/client/iframe_html",
    "/client/",
    f"/x{IFRAME}",
    "/metrics/",
    "/favicon.ico",
    "/.env",
]


@pytest.mark.parametrize("path", NOTHING_THERE)
async def test_a_program_is_told_in_json(api: Api, path: str) -> None:
    response = await api.send("GET", path)

    assert (response.code, code_of(response)) == (404, "not_found")


@pytest.mark.parametrize("method", METHODS)
async def test_an_address_that_is_none_takes_no_method(api: Api, method: str) -> None:
    body = b"" if method in {"POST", "PUT", "PATCH"} else None

    response = await api.send(method, "/nothing", body=body)

    assert (response.code, code_of(response)) == (404, "not_found")


async def test_a_browser_gets_a_page(api: Api) -> None:
    response = await api.send("GET", "/nothing", headers={"Accept": BROWSER})

    page = page_of(response)
    assert (response.code, page.code) == (404, "not_found")
    assert page.title == "Página não encontrada · framegate"


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_what_was_asked_for_is_not_repeated(api: Api, accept: str) -> None:
    response = await api.send(
        "GET", "/nothing/%3Cscript%3Ealert(1)%3C/script%3E?q=here", headers={"Accept": accept}
    )

    assert response.code == 404
    for part in (b"alert", b"nothing/", b"q=here"):
        assert part not in response.body


@pytest.mark.parametrize("path", [DEMO, DOCTOR, f"{DOCTOR}/request"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_there_is_no_demo_in_production(api: Api, method: str, path: str) -> None:
    response = await api.send(method, path, body=b"" if method == "POST" else None)

    assert response.code == 404


@pytest.mark.parametrize(
    "target", [b"http://localhost/nothing", b"*", b"nothing", b"/\xff"], ids=repr
)
async def test_strange_targets_are_told_off_like_any_other(
    api: Api, house: House, http_port: int, target: bytes
) -> None:
    async with house.unchanged(api), wire(http_port) as line:
        answer = await line.ask(request_bytes("GET", target))

    assert answer.status in {400, 404}
