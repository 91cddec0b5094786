"""deploy/haproxy, as it stands but for its addresses, before an application."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.integration.gate_behaviour import FRAME, GateBehaviour, ask
from tests.support.gate import DEPLOY, Places, running_gate, running_program
from tests.support.redis_server import free_port

OURS = DEPLOY / "haproxy"
SCRIPT = (OURS / "framegate.lua").read_text()


@contextmanager
def running_haproxy(folder: Path, places: Places, script: str = SCRIPT) -> Iterator[None]:
    text = places.put_into((OURS / "haproxy.cfg").read_text())
    assert "lua-load /etc/haproxy/" in text
    assert text.count("127.0.0.1:8001") == 2
    (folder / "framegate.lua").write_text(script)
    path = folder / "haproxy.cfg"
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{free_port()}")
    path.write_text(text.replace("/etc/haproxy/", f"{folder}/"))
    with running_program(folder, "/usr/sbin/haproxy", "-db", "-f", str(path)):
        yield


PROXY = running_haproxy

BROKEN = """
core.register_action("framegate", { "http-req" }, function() error("it is broken") end, 1)
"""


class TestHaproxy(GateBehaviour):
    def test_a_script_that_fails_lets_nobody_in(self, tmp_path: Path) -> None:
        with running_gate(tmp_path, partial(running_haproxy, script=BROKEN)) as gate:
            assert ask(gate, gate.page(), FRAME).status == 403
            assert gate.application.asked == []
