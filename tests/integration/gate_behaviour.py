"""What every proxy that has framegate for its gate does, whichever it is.

The module of a proxy runs them on it: it subclasses ``GateBehaviour`` and says in ``PROXY`` how
its proxy is run, with the configuration from ``deploy/`` as it stands but for the addresses.
"""

import hashlib
import json
import re
import signal
import socket
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

import pytest

from tests.http.pages import Page
from tests.support.gate import Gate
from tests.support.gated_application import OWN_POLICY
from tests.support.leaks import leaks_below
from tests.support.lined_call import Line, LinedAnswer, lined_call
from tests.support.waiting import until

FRAME, DATA = ("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Dest", "empty")
ENGLISH = ("Accept-Language", "en")
FRAMING = "frame-ancestors https://portal.example"
WHO = ("CLIENT", "SESSION", "SUBJECT", "METADATA")

# Many an application takes each of these for the first.
SPELLINGS = (
    "X-Framegate-Subject",
    "x-framegate-subject",
    "X_Framegate_Subject",
    "X-Framegate_Subject",
    "x_framegate-subject",
    "X.Framegate.Subject",
)


def ask(gate: Gate, path: str, *lines: Line, method: str = "GET", **more: object) -> LinedAnswer:
    return lined_call(gate.url + path, *lines, method=method, **more)  # type: ignore[arg-type]


def grant_in(answer: LinedAnswer) -> Line:
    (ours,) = [value for value in answer.values("Set-Cookie") if value.startswith("__Host-fg-")]
    return "Cookie", ours.partition(";")[0]


def granted(gate: Gate, **wishes: object) -> Line:
    return grant_in(ask(gate, gate.page(**wishes), FRAME))


def claims_in(answer: LinedAnswer) -> dict[str, list[str]]:
    """Who the application takes it to be, by names as WSGI and PHP spell them."""
    found: dict[str, list[str]] = {}
    for name, value in answer.fields["claims"]:
        found.setdefault(re.sub(r"[-.]", "_", name.upper()), []).append(value)
    return found


def page_in(answer: LinedAnswer) -> Page:
    assert answer.values("Content-Type")[0].lower() == "text/html; charset=utf-8"
    return Page(answer.body.decode())


class GateBehaviour:
    """The promises; ``gate`` is shared by them all, ``lone_gate`` is there to be broken."""

    takes_grants_off: ClassVar = True
    """Whether the proxy can keep the grants' cookies from the application."""

    def test_a_page_opens_once_and_then_for_the_browser_that_opened_it(self, gate: Gate) -> None:
        path = gate.page()

        opened = ask(gate, path, FRAME)
        stranger = ask(gate, path, FRAME)
        reloaded = ask(gate, path, FRAME, grant_in(opened))
        data = ask(gate, "/data.json", DATA, grant_in(opened))

        statuses = [answer.status for answer in (opened, stranger, reloaded, data)]
        assert statuses == [200, 401, 200, 200]
        assert [opened.fields["path"], data.fields["path"]] == [path, "/data.json"]
        assert "__Host-fg-" not in str(reloaded.values("Set-Cookie"))

    def test_the_application_is_told_who_has_come_in(self, gate: Gate) -> None:
        opened = ask(gate, gate.page(subject="ana", metadata={"report": 7}), FRAME)
        data = ask(gate, "/data.json", DATA, grant_in(opened))

        for answer in (opened, data):
            claims = claims_in(answer)
            assert claims["X_FRAMEGATE_CLIENT"] == ["portal"]
            assert claims["X_FRAMEGATE_SUBJECT"] == ["ana"]
            assert claims["X_FRAMEGATE_METADATA"] == ['{"report": 7}']
            assert len(claims["X_FRAMEGATE_SESSION"][0]) == 12

    @pytest.mark.parametrize("subject", ["ana", None], ids=["somebody", "nobody"])
    def test_who_somebody_is_cannot_be_said_from_outside(
        self, gate: Gate, subject: str | None
    ) -> None:
        lies = [(name, "root") for name in (*SPELLINGS, *SPELLINGS)]
        lies += [(f"X-Framegate-{name}", "root") for name in ("Client", "Framing", "Refusal")]
        wishes = {"subject": subject} if subject else {}

        opened = ask(gate, gate.page(**wishes), FRAME, *lies)
        data = ask(gate, "/data.json", DATA, grant_in(opened), *lies)

        for answer in (opened, data):
            assert answer.status == 200
            claims = claims_in(answer)
            assert claims.get("X_FRAMEGATE_SUBJECT", [""]) == [subject or ""]
            assert claims["X_FRAMEGATE_CLIENT"] == ["portal"]
            assert "root" not in str(claims)

    @pytest.mark.parametrize("name", ["Connection", "connection"])
    def test_who_somebody_is_cannot_be_taken_away_from_outside(self, gate: Gate, name: str) -> None:
        hop_by_hop = ", ".join(f"X-Framegate-{who.title()}" for who in WHO)

        data = ask(gate, "/", granted(gate, subject="ana"), (name, f"close, {hop_by_hop}"))

        assert data.status in {200, 400}
        if data.status == 200:
            assert claims_in(data)["X_FRAMEGATE_SUBJECT"] == ["ana"]

    def test_all_that_a_session_can_carry_gets_through(self, gate: Gate) -> None:
        subject, metadata = "ç" * 256, {"a": "ç" * 1020}

        opened = ask(gate, gate.page(subject=subject, metadata=metadata), FRAME)
        again = ask(gate, "/", FRAME, grant_in(opened))

        for answer in (opened, again):
            told = claims_in(answer)["X_FRAMEGATE_METADATA"][0]
            assert len(told) > 6000
            assert json.loads(told) == metadata

    def test_who_may_frame_the_page_is_told_beside_what_the_application_says(
        self, gate: Gate
    ) -> None:
        opened = ask(gate, gate.page(), FRAME)

        assert sorted(opened.values("Content-Security-Policy")) == [FRAMING, OWN_POLICY]
        assert "own=1" in opened.values("Set-Cookie")
        assert len(opened.values("Set-Cookie")) == 2
        assert "no-referrer" in opened.values("Referrer-Policy")

    def test_an_application_that_refuses_says_so_itself(self, gate: Gate) -> None:
        answer = ask(gate, "/login", FRAME, granted(gate))

        assert (answer.status, answer.fields["path"]) == (401, "/login")

    def test_nothing_of_the_application_opens_without_a_grant(self, gate: Gate) -> None:
        path = gate.page()
        address = [("X-Forwarded-Uri", path), ("X-Forwarded-Method", "GET")]
        reached = list(gate.application.asked)

        refused = [
            ask(gate, "/", FRAME),
            ask(gate, "/data.json", DATA, *address),
            ask(gate, "/data.json", FRAME, *address),
            ask(gate, "/framegate/../data.json", DATA),
            ask(gate, "/framegate/static/../../data.json", DATA),
            ask(gate, path, FRAME, method="HEAD"),
            ask(gate, path, FRAME, method="POST", body=b"x" * 100_000),
            ask(gate, path, FRAME, ("Sec-Purpose", "prefetch")),
        ]

        assert {answer.status for answer in refused} <= {400, 401, 403, 404}
        assert gate.application.asked == reached
        assert ask(gate, path, FRAME).status == 200

    @pytest.mark.parametrize("chunked", [False, True], ids=["whole", "chunked"])
    def test_a_body_gets_through_with_a_grant(self, gate: Gate, chunked: bool) -> None:
        body = b"0123456789abcdef" * 20_000
        sent = iter([body[:7], body[7:]]) if chunked else body

        answer = ask(gate, "/form", DATA, granted(gate), method="POST", body=sent)

        assert answer.status == 200
        assert answer.fields["method"] == "POST"
        assert answer.fields["body"] == hashlib.sha256(body).hexdigest()

    def test_a_websocket_opens_with_a_grant_only(self, gate: Gate) -> None:
        assert b" 401 " in websocket(gate).partition(b"\r\n")[0]
        answer = websocket(gate, granted(gate))
        assert b" 101 " in answer.partition(b"\r\n")[0]
        assert answer.endswith(b"over and out")

    def test_a_person_who_is_refused_gets_a_page_to_read(self, gate: Gate) -> None:
        path = gate.page()
        ask(gate, path, FRAME)

        refused = ask(gate, path, FRAME, ENGLISH)

        page = page_in(refused)
        assert (refused.status, page.code, page.lang) == (401, "session_invalid", "en")
        assert "This page opens only once" in page.text
        (policy,) = refused.values("Content-Security-Policy")
        assert policy.endswith(FRAMING)
        assert refused.values("Cache-Control") == ["no-store"]
        assert not refused.values("X-Frame-Options")

    def test_the_page_finds_all_that_it_loads(self, gate: Gate) -> None:
        page = page_in(ask(gate, "/", FRAME))

        assert page.loaded
        for address in page.loaded:
            assert ask(gate, urljoin("/reports/7", address)).status == 200, address

    def test_of_two_frames_each_goes_on_with_its_own_grant(self, gate: Gate) -> None:
        opened = [ask(gate, gate.page(), FRAME) for _ in range(2)]
        revoked, own = (claims_in(answer)["X_FRAMEGATE_SESSION"][0] for answer in opened)
        cookies = "; ".join(grant_in(answer)[1] for answer in opened)
        assert gate.revoke(revoked) == 200

        def loaded_by(session: str) -> int:
            page = f"{gate.url}/framegate/client/iframe.html?grant={session}"
            lines = (DATA, ("Cookie", cookies), ("Referer", page))
            return ask(gate, "/framegate/client/data.json", *lines).status

        assert loaded_by(own) == 200
        assert loaded_by(revoked) == 401

    def test_the_application_gets_no_grant_of_a_script_and_its_own_credentials(
        self, gate: Gate
    ) -> None:
        _, grant = granted(gate)
        bearer = ("Authorization", f"Bearer {grant.partition('=')[2]}")
        own = ("Authorization", "Bearer own")

        by_script = ask(gate, "/data.json", DATA, bearer)
        by_cookie = ask(gate, "/data.json", DATA, ("Cookie", grant), own)

        assert (by_script.status, by_script.fields["credentials"]) == (200, [])
        assert (by_cookie.status, by_cookie.fields["credentials"]) == (200, ["Bearer own"])

    def test_the_application_gets_its_own_cookies(self, gate: Gate) -> None:
        grants = [granted(gate)[1] for _ in range(2)]
        own = ["a=b", "c=d, e=f", "g=h"]
        mixed = "; ".join([grants[0], *own[:2], grants[1], own[2]])

        among_others = ask(gate, "/data.json", DATA, ("Cookie", mixed))
        alone = ask(gate, "/data.json", DATA, ("Cookie", grants[1]))

        assert [among_others.status, alone.status] == [200, 200]
        if self.takes_grants_off:
            assert among_others.fields["cookies"] == ["; ".join(own)]
            assert alone.fields["cookies"] == []
        else:
            assert among_others.fields["cookies"] == [mixed]

    def test_a_program_that_is_refused_gets_json(self, gate: Gate) -> None:
        for method in ("GET", "POST"):
            answer = ask(gate, "/data.json", DATA, method=method)
            assert (answer.status, answer.fields["code"]) == (401, "session_invalid")
        assert ask(gate, "/data.json", DATA, method="HEAD").body == b""

    def test_framegate_learns_the_browsers_own_address(self, gate: Gate) -> None:
        path = gate.page()
        ask(gate, path, FRAME)

        ask(gate, path, FRAME, ("X-Forwarded-For", "192.0.2.1"), source="127.0.0.7")

        until("the log tells whom it was", lambda: '"127.0.0.7"' in gate.framegate.log)
        assert "192.0.2.1" not in gate.framegate.log

    def test_without_redis_nothing_opens_and_a_person_is_told_why(self, lone_gate: Gate) -> None:
        path = lone_gate.page()
        grant = granted(lone_gate)
        reached = list(lone_gate.application.asked)
        lone_gate.redis.kill()

        for lines in ((FRAME,), (FRAME, grant)):
            answer = ask(lone_gate, path, *lines)
            assert (answer.status, page_in(answer).code) == (403, "store_unavailable")
        assert lone_gate.application.asked == reached

    def test_while_framegate_stands_still_or_is_away_nothing_opens(self, lone_gate: Gate) -> None:
        path, grant = lone_gate.page(), granted(lone_gate)
        reached = list(lone_gate.application.asked)

        lone_gate.framegate.send(signal.SIGSTOP)
        refused = [ask(lone_gate, path, FRAME, grant)]
        lone_gate.framegate.send(signal.SIGCONT)
        lone_gate.framegate.stop()
        refused += [ask(lone_gate, path, FRAME), ask(lone_gate, "/data.json", DATA, grant)]

        for answer in refused:
            assert answer.status == 403 or answer.status >= 500
        assert lone_gate.application.asked == reached
        assert not list(leaks_below(lone_gate.folder)), "the proxy's logs hold ids"


def websocket(gate: Gate, *lines: Line) -> bytes:
    """Ask for a WebSocket and say a few words; return all that comes."""
    place = urlsplit(gate.url)
    head = [
        "GET /live HTTP/1.1",
        f"Host: {place.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *(f"{name}: {value}" for name, value in lines),
    ]
    with socket.create_connection((place.hostname, place.port), timeout=20) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode())
        answer = line.recv(65536)
        if b" 101 " not in answer.partition(b"\r\n")[0]:
            return answer
        line.sendall(b"over and out")
        while more := line.recv(1024):
            answer += more
    return answer
