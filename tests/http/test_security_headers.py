"""The headers that every answer carries, good or bad."""

import pytest
from attrs import field, frozen
from tornado.httpclient import HTTPResponse
from tornado.httputil import HTTPHeaders

from tests.http.house import (
    ADMIN_KEY,
    OTHER_KEY,
    OTHER_ORIGIN,
    PORTAL_KEY,
    PORTAL_ORIGINS,
    House,
    in_house,
    tag_of,
    unknown_id,
)
from tests.http.talk import (
    CLEANUP,
    CREATE,
    DEMO,
    HEALTH,
    IFRAME,
    JSON,
    LIVEZ,
    READYZ,
    SESSIONS,
    STATUS,
    VALIDATE,
    Api,
    at,
    request_bytes,
    wire,
)

pytestmark = pytest.mark.gen_test

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
BROWSER = {"Accept": "text/html"}


@frozen
class Ask:
    """A request, and the status that it is answered with."""

    status: int
    method: str
    path: str
    key: str | None = None
    headers: dict[str, str] = field(factory=dict)
    body: bytes | None = None

    @property
    def name(self) -> str:
        path = self.path.replace(unknown_id(), "UNKNOWN")
        return f"{self.method} {path[:50]} {self.status}"


# GOOD stands for an id that can be redeemed.
ASKED_FOR_JSON = [
    Ask(200, "POST", CREATE, PORTAL_KEY, body=b""),
    Ask(401, "POST", CREATE, body=b""),
    Ask(400, "POST", CREATE, PORTAL_KEY, {"Content-Type": JSON}, b"["),
    Ask(413, "POST", CREATE, PORTAL_KEY, {"Content-Type": JSON}, b"x" * 17_000),
    Ask(415, "POST", CREATE, PORTAL_KEY, {"Content-Type": "text/plain"}, b"{}"),
    Ask(405, "GET", CREATE),
    Ask(200, "GET", f"{VALIDATE}?session_id=GOOD"),
    Ask(200, "POST", f"{VALIDATE}?session_id=GOOD", PORTAL_KEY, body=b""),
    Ask(401, "GET", f"{VALIDATE}?session_id=GOOD", OTHER_KEY),
    Ask(401, "GET", at(VALIDATE, unknown_id())),
    Ask(400, "GET", VALIDATE),
    Ask(403, "GET", f"{VALIDATE}?session_id=GOOD", None, {"Purpose": "prefetch"}),
    Ask(405, "DELETE", f"{VALIDATE}?session_id=GOOD"),
    Ask(414, "GET", f"{VALIDATE}?session_id=GOOD&x={'x' * 5000}"),
    Ask(431, "GET", f"{VALIDATE}?session_id=GOOD", None, {"X-Long": "x" * 9000}),
    Ask(200, "GET", STATUS, PORTAL_KEY),
    Ask(200, "HEAD", STATUS, PORTAL_KEY),
    Ask(401, "GET", STATUS),
    Ask(200, "DELETE", CLEANUP, ADMIN_KEY),
    Ask(401, "DELETE", CLEANUP, PORTAL_KEY),
    Ask(200, "GET", SESSIONS, PORTAL_KEY),
    Ask(400, "DELETE", SESSIONS, PORTAL_KEY),
    Ask(404, "GET", f"{SESSIONS}/0123456789ab", PORTAL_KEY),
    Ask(200, "GET", HEALTH),
    Ask(200, "GET", LIVEZ),
    Ask(200, "GET", READYZ),
    Ask(405, "POST", READYZ, body=b""),
    Ask(404, "GET", f"/nothing?session_id={unknown_id()}"),
    Ask(404, "GET", "/static/nothing.css"),
    Ask(405, "POST", "/static/framegate.css", body=b""),
]
ASKED_FOR_THE_IFRAME = [
    Ask(200, "GET", f"{IFRAME}?session_id=GOOD"),
    Ask(401, "GET", at(IFRAME, unknown_id())),
    Ask(400, "GET", IFRAME),
    Ask(403, "GET", f"{IFRAME}?session_id=GOOD", None, {"Sec-Purpose": "prefetch"}),
    Ask(405, "POST", f"{IFRAME}?session_id=GOOD", body=b""),
    Ask(414, "GET", f"{IFRAME}?session_id=GOOD&x={'x' * 5000}"),
    Ask(431, "GET", f"{IFRAME}?session_id=GOOD", None, {"X-Long": "x" * 9000}),
]


async def answer_to(api: Api, ask: Ask) -> HTTPResponse:
    good = await api.create(PORTAL_KEY)
    path = ask.path.replace("GOOD", good)
    response = await api.send(ask.method, path, key=ask.key, headers=ask.headers, body=ask.body)
    assert response.code == ask.status
    return response


def policy_of(headers: HTTPHeaders) -> dict[str, list[str]]:
    """Take a Content Security Policy apart; there has to be exactly one."""
    (policy,) = headers.get_list("Content-Security-Policy")
    directives = [directive.split() for directive in policy.split(";")]
    names = [directive[0] for directive in directives]
    assert len(names) == len(set(names))
    return {name: values for name, *values in directives}


def assert_reticent(headers: HTTPHeaders) -> None:
    assert "Server" not in headers
    assert "Etag" not in headers
    assert "Set-Cookie" not in headers
    assert headers.get_list("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_list("Referrer-Policy") == ["no-referrer"]


@pytest.mark.parametrize("ask", ASKED_FOR_JSON, ids=lambda ask: ask.name)
async def test_what_is_for_programs_is_kept_framed_and_run_by_nobody(api: Api, ask: Ask) -> None:
    response = await answer_to(api, ask)

    assert_reticent(response.headers)
    assert response.headers.get_list("Cache-Control") == ["no-store"]
    assert response.headers.get_list("Content-Security-Policy") == [NOTHING]
    assert response.headers.get_list("X-Frame-Options") == ["DENY"]
    assert response.headers.get_list("Cross-Origin-Resource-Policy") == ["same-origin"]


@pytest.mark.parametrize("ask", ASKED_FOR_THE_IFRAME, ids=lambda ask: ask.name)
async def test_the_iframe_is_kept_by_nobody_and_framed_by_csp_alone(api: Api, ask: Ask) -> None:
    response = await answer_to(api, ask)

    grant = response.headers.pop("Set-Cookie", None)
    assert (grant is not None) == (ask.status == 200)
    assert_reticent(response.headers)
    assert response.headers.get_list("Cache-Control") == ["no-store"]
    assert "X-Frame-Options" not in response.headers
    assert response.headers.get_list("Cross-Origin-Resource-Policy") == ["cross-origin"]
    policy = policy_of(response.headers)
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == policy["img-src"] == ["'self'"]
    assert policy["form-action"] == policy["base-uri"] == ["'none'"]
    assert policy.keys().isdisjoint({"connect-src", "frame-src"})
    assert ("script-src" in policy) == (ask.status != 200)  # one that tells the parent why
    assert policy["frame-ancestors"]


async def test_an_address_that_is_none_shows_a_page_that_nobody_may_frame(api: Api) -> None:
    response = await api.send("GET", "/nothing", headers=BROWSER)

    assert response.code == 404
    assert_reticent(response.headers)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert policy_of(response.headers)["frame-ancestors"] == ["'none'"]


async def test_the_page_of_an_address_that_is_none_may_load_its_own_style(api: Api) -> None:
    response = await api.send("GET", "/nothing", headers=BROWSER)

    policy = policy_of(response.headers)
    assert policy.get("style-src") == policy.get("img-src") == ["'self'"]


@in_house(demo=True)
async def test_the_page_of_a_refused_method_may_load_its_own_style(api: Api) -> None:
    response = await api.send("POST", DEMO, body=b"")

    policy = policy_of(response.headers)
    assert policy.get("style-src") == policy.get("img-src") == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]


@in_house(demo=True)
async def test_the_demo_page_runs_its_own_script_and_no_other(api: Api) -> None:
    response = await api.send("GET", DEMO)

    assert_reticent(response.headers)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Frame-Options"] == "DENY"
    policy = policy_of(response.headers)
    assert policy["default-src"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["connect-src"] == policy["frame-src"] == ["'self'"]
    self_, script_hash = policy["script-src"]
    assert self_ == "'self'"
    assert script_hash.startswith("'sha256-")
    assert "'unsafe-inline'" not in str(policy)


class TestWhoMayFrame:
    @pytest.mark.parametrize(
        ("key", "origins"),
        [(PORTAL_KEY, list(PORTAL_ORIGINS)), (OTHER_KEY, [OTHER_ORIGIN])],
        ids=["portal", "other"],
    )
    async def test_the_page_and_its_refusal_are_for_the_sessions_own_client(
        self, api: Api, key: str, origins: list[str]
    ) -> None:
        session_id = await api.create(key)

        opened = await api.open_iframe(session_id)
        refused = await api.open_iframe(session_id)

        assert (opened.code, refused.code) == (200, 401)
        assert policy_of(opened.headers)["frame-ancestors"] == origins
        assert policy_of(refused.headers)["frame-ancestors"] == origins

    @pytest.mark.parametrize(
        ("client", "origins"), [("portal", list(PORTAL_ORIGINS)), ("other", [OTHER_ORIGIN])]
    )
    async def test_an_unknown_id_with_a_clients_tag_is_refused_inside_that_client(
        self, api: Api, client: str, origins: list[str]
    ) -> None:
        response = await api.open_iframe(unknown_id(client))

        assert policy_of(response.headers)["frame-ancestors"] == origins

    @pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"X-Long": "x" * 9000}])
    async def test_what_is_refused_early_is_for_no_other_client(
        self, api: Api, headers: dict[str, str]
    ) -> None:
        session_id = await api.create(OTHER_KEY)

        response = await api.send("GET", at(IFRAME, session_id), headers=headers)

        assert response.code in {403, 431}
        assert policy_of(response.headers)["frame-ancestors"] in ([OTHER_ORIGIN], ["'none'"])

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "?session_id=",
            "?session_id=x",
            f"?session_id={unknown_id('nobody')}",
            f"?session_id=fgs_{tag_of('portal')}_short",
            f"?session_id=fgs_{tag_of('portal').upper()}_{'A' * 32}",
            f"?session_id={unknown_id('portal')}%00",
            f"?session_id={unknown_id('portal')}&session_id={unknown_id('other')}",
            f"?session_id={unknown_id('portal')}{'A' * 128}",
        ],
        ids=[
            *("missing", "empty", "no tag", "unknown tag", "short secret", "upper-case tag"),
            *("NUL", "two clients", "too long"),
        ],
    )
    async def test_nobody_may_where_no_client_is_known(self, api: Api, query: str) -> None:
        response = await api.send("GET", IFRAME + query)

        assert policy_of(response.headers)["frame-ancestors"] == ["'none'"]

    @in_house(demo=True)
    async def test_in_demo_mode_only_pages_of_the_same_machine_may(self, api: Api) -> None:
        session_id = await api.create(None)

        opened = await api.open_iframe(session_id)
        refused = await api.open_iframe(session_id)

        own = ["'self'", "http://localhost:*", "http://127.0.0.1:*"]
        assert policy_of(opened.headers)["frame-ancestors"] == own
        assert policy_of(refused.headers)["frame-ancestors"] == own


async def test_headers_beyond_all_measure_close_the_connection(
    api: Api, house: House, http_port: int, transport: str
) -> None:
    async with house.unchanged(api) as session_id, wire(http_port) as line:
        target = at(VALIDATE, session_id)
        await line.send(request_bytes("GET", target, f"X-Long: {'x' * 33 * 1024}"))
        rest = await line.rest()

    assert rest.startswith(b"HTTP/1.1 431 " if transport == "fast" else b"")
    assert bool(rest) == (transport == "fast")


async def test_headers_of_8_kib_are_not_too_large(api: Api) -> None:
    response = await api.send("GET", LIVEZ, headers={"X-Long": "x" * 7800})

    assert response.code == 200


@in_house(PUBLIC_URL="https://gate.example")
@pytest.mark.parametrize("path", [LIVEZ, IFRAME, "/nothing"])
async def test_where_the_public_address_is_https_browsers_are_told_to_stay_there(
    api: Api, path: str
) -> None:
    response = await api.send("GET", path)
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


@in_house(PUBLIC_URL="http://gate.example")
async def test_over_plain_http_nothing_is_said_about_https(api: Api) -> None:
    assert "Strict-Transport-Security" not in (await api.send("GET", LIVEZ)).headers
