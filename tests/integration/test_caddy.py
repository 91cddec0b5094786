"""deploy/caddy, as it stands but for its addresses, before an application."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.gate_behaviour import GateBehaviour
from tests.support.gate import DEPLOY, Places, running_program

# Its administration would listen on a port that is the same for all.
MORE = """
{{
    admin off
    storage file_system {folder}
"""


@contextmanager
def running_caddy(folder: Path, places: Places) -> Iterator[None]:
    text = places.put_into((DEPLOY / "caddy" / "Caddyfile").read_text())
    path = folder / "Caddyfile"
    path.write_text(text.replace("\n{\n", MORE.format(folder=folder), 1))
    with running_program(folder, "caddy", "run", "--adapter", "caddyfile", "--config", str(path)):
        yield


PROXY = running_caddy


class TestCaddy(GateBehaviour):
    pass
