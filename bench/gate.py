"""nginx with framegate for its gate, as ``deploy/nginx`` has it, and without one beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from attrs import evolve

from bench.cores import SERVER_CORES, pinned
from bench.serving import Served
from tests.support.framegate_server import KEYS, bearer
from tests.support.gate import Places
from tests.support.http_call import call
from tests.support.nginx import running_nginx
from tests.support.redis_server import can_listen, free_port
from tests.support.waiting import until

PATH = "/page"

# The application, and the same way to it that no gate is on; both write the same log.
_BESIDE = """
server {{
    listen 127.0.0.1:{application};
    access_log off;
    location / {{ return 200 "the page"; }}
}}
server {{
    listen 127.0.0.1:{alone};
    access_log {folder}/alone.log framegate;
    location / {{
        proxy_pass http://application;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
    }}
}}
"""


@contextmanager
def gated(framegate: Served, folder: Path) -> Iterator[tuple[Served, Served]]:
    """Run nginx on framegate's core; yield the way that it gates, and the one that it does not."""
    folder.mkdir()
    application, own, alone = free_port(), free_port(), free_port()
    places = Places(urlsplit(framegate.url).port or 0, application, own)
    more = _BESIDE.format(application=application, alone=alone, folder=folder)
    with running_nginx(folder, places, more=more, under=pinned(SERVER_CORES, ())) as pid:
        until("nginx listens", lambda: not can_listen(alone))
        yield (
            evolve(framegate, name="nginx, gated", pid=pid, url=f"http://127.0.0.1:{own}"),
            evolve(framegate, name="nginx, ungated", pid=pid, url=f"http://127.0.0.1:{alone}"),
        )


def a_grant(framegate: Served) -> str:
    """Open a page and return the cookie that its browser holds."""
    create = f"{framegate.url}/auth/create-session"
    session_id = call("POST", create, headers=bearer(KEYS.portal)).fields["session_id"]
    opened = call("GET", f"{framegate.url}/client/iframe.html?session_id={session_id}")
    return opened.headers["Set-Cookie"].partition(";")[0]
