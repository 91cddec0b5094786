"""deploy/nginx, as it stands but for its addresses, before an application."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
)
from tests.support.http_call import Answer, call
from tests.support.redis_server import RedisServer, free_port
from tests.support.waiting import until

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx" / "framegate.conf"
AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/framegate.conf;
}}
"""
FRAME = {"Sec-Fetch-Dest": "iframe"}


class Application(BaseHTTPRequestHandler):
    """Tells what it was asked, and by whom it takes the request to be."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        told = {name: value for name, value in self.headers.items() if "framegate" in name.lower()}
        body = json.dumps({"path": self.path, **told}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running_application() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@contextmanager
def running_nginx(folder: Path, framegate: int, application: int) -> Iterator[str]:
    folder.mkdir()
    port = free_port()
    text = CONFIGURATION.read_text()
    for usual, here in {8000: framegate, 3000: application, 8080: port}.items():
        assert text.count(f"127.0.0.1:{usual};") == 1
        text = text.replace(f"127.0.0.1:{usual};", f"127.0.0.1:{here};")
    (folder / "framegate.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx:
        url = f"http://127.0.0.1:{port}"
        until("nginx answers", lambda: answers(url))
        yield url
        nginx.terminate()


def answers(url: str) -> bool:
    try:
        call("GET", url)
    except ConnectionError:
        return False
    return True


@pytest.fixture
def framegate(tmp_path: Path, environment: dict[str, str]) -> Iterator[FramegateServer]:
    trusting = {**environment, "TRUSTED_PROXIES": "127.0.0.1", "GRANT_CACHE_SECONDS": "60"}
    with running_framegate(tmp_path / "framegate", trusting, "serve") as server:
        yield server


@pytest.fixture
def nginx(tmp_path: Path, framegate: FramegateServer) -> Iterator[str]:
    port = int(framegate.url.rpartition(":")[2])
    with (
        running_application() as application,
        running_nginx(tmp_path / "nginx", port, application) as url,
    ):
        yield url


def a_page(framegate: FramegateServer, **wishes: object) -> str:
    """Return the path of a page with a session in it."""
    create = f"{framegate.url}/auth/create-session"
    session_id = call("POST", create, headers=bearer(KEYS.portal), body=wishes).fields["session_id"]
    return f"/reports/7?session_id={session_id}"


def grant_in(answer: Answer) -> dict[str, str]:
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}


def test_an_application_behind_nginx_opens_once_and_then_for_the_browser_that_opened_it(
    nginx: str, framegate: FramegateServer
) -> None:
    path = a_page(framegate, subject="ana", metadata={"report": 7})

    opened = call("GET", nginx + path, headers=FRAME)
    stranger = call("GET", nginx + path, headers=FRAME)
    grant = grant_in(opened)
    reloaded = call("GET", nginx + path, headers=FRAME | grant)
    data = call("GET", f"{nginx}/data.json", headers=grant)

    assert (opened.status, stranger.status, reloaded.status, data.status) == (200, 401, 200, 200)
    for answer in (opened, reloaded, data):
        assert answer.fields["X-Framegate-Client"] == "portal"
        assert answer.fields["X-Framegate-Subject"] == "ana"
        assert answer.fields["X-Framegate-Metadata"] == '{"report": 7}'
    assert data.fields["path"] == "/data.json"
    assert opened.headers["Content-Security-Policy"] == "frame-ancestors https://portal.example"
    assert "Set-Cookie" not in reloaded.headers


def test_who_somebody_is_cannot_be_said_from_outside(
    nginx: str, framegate: FramegateServer
) -> None:
    claims = {"X-Framegate-Subject": "root", "X-Framegate-Metadata": "{}"}

    opened = call("GET", nginx + a_page(framegate), headers=FRAME | claims)
    data = call("GET", f"{nginx}/data.json", headers=grant_in(opened) | claims)

    for answer in (opened, data):
        assert answer.status == 200
        assert "root" not in answer.body.decode()
        assert "X-Framegate-Metadata" not in answer.fields


def test_nothing_of_the_application_opens_without_a_grant(
    nginx: str, framegate: FramegateServer
) -> None:
    path = a_page(framegate)
    address = {"X-Forwarded-Uri": path, "X-Forwarded-Method": "GET"}

    assert call("GET", nginx, headers=FRAME).status == 401
    assert call("GET", f"{nginx}/data.json", headers=address).status == 401
    assert call("GET", f"{nginx}/_framegate", headers=FRAME).status == 404
    assert call("HEAD", nginx + path, headers=FRAME).status == 401
    assert call("GET", nginx + path, headers=FRAME).status == 200


def test_all_that_a_session_can_carry_gets_through(nginx: str, framegate: FramegateServer) -> None:
    subject, metadata = "ç" * 256, {"a": "ç" * 1020}

    opened = call(
        "GET", nginx + a_page(framegate, subject=subject, metadata=metadata), headers=FRAME
    )

    assert opened.status == 200
    assert json.loads(opened.fields["X-Framegate-Metadata"]) == metadata


def test_all_that_a_page_loads_asks_redis_once(
    nginx: str, framegate: FramegateServer, redis_server: RedisServer
) -> None:
    grant = grant_in(call("GET", nginx + a_page(framegate), headers=FRAME))
    before = scripts_run(redis_server)

    for n in range(50):
        assert call("GET", f"{nginx}/{n}.js", headers=grant).status == 200

    assert scripts_run(redis_server) - before == 1


def scripts_run(redis_server: RedisServer) -> int:
    with redis_server.client() as client:
        stats = client.info("commandstats")
    return sum(stats.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in ("eval", "evalsha"))


def test_without_redis_nothing_opens(
    nginx: str, framegate: FramegateServer, redis_server: RedisServer
) -> None:
    path = a_page(framegate)
    grant = grant_in(call("GET", nginx + path, headers=FRAME))
    redis_server.kill()

    assert call("GET", nginx + path, headers=FRAME | grant).status == 403
    assert call("GET", nginx + path, headers=FRAME).status == 403
