"""deploy/nginx, as it stands but for its addresses, before an application."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.gate_behaviour import DATA, FRAME, GateBehaviour, ask, granted
from tests.support.gate import DEPLOY, Gate, Places, running_program

AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_buffer_size 1m;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/framegate.conf;
}}
"""


@contextmanager
def running_nginx(folder: Path, places: Places) -> Iterator[None]:
    text = (DEPLOY / "nginx" / "framegate.conf").read_text()
    assert "/var/log/nginx/" in text
    text = text.replace("/var/log/nginx/", f"{folder}/")
    (folder / "framegate.conf").write_text(places.put_into(text))
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    with running_program(
        folder, "/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")
    ):
        yield


PROXY = running_nginx


class TestNginx(GateBehaviour):
    def test_the_gates_own_location_is_not_there_for_others(self, gate: Gate) -> None:
        assert ask(gate, "/_framegate", FRAME).status == 404

    def test_what_a_page_loads_asks_redis_for_nothing_once_its_grant_is_known(
        self, gate: Gate
    ) -> None:
        grant = granted(gate)
        assert ask(gate, "/first.js", DATA, grant).status == 200
        with gate.redis.client() as client, gate.redis.client() as watcher:
            client.ping()  # what it begins with is over
            with watcher.monitor() as monitor:
                for n in range(50):
                    assert ask(gate, f"/{n}.js", DATA, grant).status == 200
                client.echo("the end")
                commands = list(iter(lambda: monitor.next_command()["command"], "ECHO the end"))

        assert commands == []
