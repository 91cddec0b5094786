"""A real Prometheus that scrapes one server on loopback, often."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml
from attrs import frozen

from tests.support.redis_server import free_port
from tests.support.waiting import LONGEST_SECONDS, until


@frozen
class Prometheus:
    url: str

    def ask(self, what: str, **fields: str) -> Any:
        with urlopen(
            f"{self.url}/api/v1/{what}?{urlencode(fields)}", timeout=LONGEST_SECONDS
        ) as response:
            answer = json.load(response)
        assert answer["status"] == "success"
        return answer["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        return found

    def wait_for(self, expression: str) -> None:
        until(expression, lambda: bool(self.query(expression)))


@contextmanager
def running_prometheus(folder: Path, configuration: Path, target: str) -> Iterator[Prometheus]:
    """Run it by a configuration of ours, but for whom it asks and how often."""
    folder.mkdir()
    tree = yaml.safe_load(configuration.read_text())
    tree["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    tree["rule_files"] = [str(configuration.parent / name) for name in tree["rule_files"]]
    tree["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    own = folder / "prometheus.yml"
    own.write_text(yaml.safe_dump(tree))
    url = f"127.0.0.1:{free_port()}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={own}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={url}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_ready(process, f"http://{url}", folder / "log")
        yield Prometheus(f"http://{url}")
    finally:
        process.terminate()
        process.wait(timeout=LONGEST_SECONDS)


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(f"{url}/-/ready", timeout=5):
                return
        except (URLError, ConnectionError):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
