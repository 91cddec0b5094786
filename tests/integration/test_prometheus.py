"""A real Prometheus, and all that it is asked: by the alerts, and by the dashboard."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import frozen

from adapters.metrics.catalogue import METRICS, Kind
from tests.support.framegate_server import (
    KEYS,
    FramegateServer,
    bearer,
    running_framegate,
    write_clients,
)
from tests.support.http_call import call
from tests.support.metrics import counters_of, value_of
from tests.support.prometheus import Prometheus, running_prometheus
from tests.support.redis_server import free_port, running_redis
from tests.support.workers import workers_of

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy" / "prometheus"
RULES, RULES_TEST = DEPLOY / "framegate.rules.yml", DEPLOY / "framegate.rules.test.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "framegate.json"

PATIENCE_SECONDS = 60.0
OF_ANOTHER_PART = {"framegate_snapshot_age_seconds"}
"""Only there where snapshots are taken."""

_METRIC = re.compile(r"\b((?:framegate|process)_[a-z_]+|up)\b(?:\{([^}]*)\})?")
_LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')
_GROUPING = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")


@frozen
class Scraped:
    server: FramegateServer
    port: int
    prometheus: Prometheus

    def metrics(self) -> str:
        answer = call("GET", f"http://127.0.0.1:{self.port}/metrics")
        assert answer.status == 200
        return answer.body.decode()


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    folder, port = tmp_path_factory.mktemp("scraped"), free_port()
    with running_redis(folder / "redis") as redis_server:
        environment = {
            "CLIENTS_FILE": str(write_clients(folder / "clients.toml", "session_cap = 4")),
            "REDIS_URL": redis_server.url,
            "WORKERS": "2",
            "DRAIN_SECONDS": "0",
            "METRICS_PORT": str(port),
        }
        with (
            running_framegate(folder / "server", environment, "serve") as server,
            running_prometheus(
                folder / "prometheus", DEPLOY / "prometheus.yml", f"127.0.0.1:{port}"
            ) as prometheus,
        ):
            have_everything_happen(server)
            prometheus.wait_for('framegate_creates_refused_total{reason="session_cap_reached"} > 0')
            yield Scraped(server, port, prometheus)


def have_everything_happen(server: FramegateServer) -> None:
    key = bearer(KEYS.portal)
    ids = [
        json.loads(call("POST", f"{server.url}/auth/create-session", headers=key).body)[
            "session_id"
        ]
        for _ in range(4)
    ]
    assert call("POST", f"{server.url}/auth/create-session", headers=key).status == 429
    opened = call("GET", f"{server.url}/client/iframe.html?session_id={ids[0]}")
    assert opened.status == 200
    for _ in range(2):
        call("GET", f"{server.url}/auth/validate-session?session_id={ids[1]}")
    call("DELETE", f"{server.url}/auth/cleanup-sessions", headers=bearer(KEYS.ops))
    call("GET", f"{server.url}/auth/session-status")


def in_time(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alerts() -> dict[str, str]:
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    return {rule["alert"]: rule["expr"] for rule in rules}


def queries() -> dict[str, str]:
    """Return what the dashboard asks, its variables filled in as Grafana does."""
    tree = json.loads(DASHBOARD.read_text())
    found = {}
    for panel in tree["panels"]:
        for target in panel.get("targets", []):
            filled = target["expr"].replace("$__rate_interval", "1m")
            filled = re.sub(r"\$(instance|client)", ".*", filled)
            assert "$" not in filled
            found[f"{panel['title']} {target['refId']}"] = filled
    return found


ASKED = {**alerts(), **queries()}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_can_be_and_names_only_what_there_is(scraped: Scraped, name: str) -> None:
    expression = ASKED[name]
    scraped.prometheus.query(expression)

    for metric, selected in selectors_in(expression):
        if metric in OF_ANOTHER_PART:
            continue
        # A scrape that a busy machine has cut short has them gone for a moment.
        scraped.prometheus.wait_for(metric)
        there = scraped.prometheus.query(metric)
        labels = set.union(*(set(each["metric"]) for each in there))
        assert selected <= labels, f"{metric} has no {selected - labels}"


def selectors_in(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each metric in an expression, with the labels that it is chosen or grouped by."""
    groupings = _GROUPING.findall(expression)
    grouped = {label.strip() for labels in groupings for label in labels.split(",")}
    for metric, chosen in _METRIC.findall(expression):
        yield metric, set(_LABEL.findall(chosen)) | grouped


def test_every_panel_shows_something_but_those_of_what_has_not_happened(
    scraped: Scraped,
) -> None:
    nothing = {"Last snapshot A", "Store without an answer A"}

    def empty() -> set[str]:
        asked = {name: scraped.prometheus.query(query) for name, query in queries().items()}
        return {name for name, found in asked.items() if not found}

    assert in_time(lambda: empty() == nothing), empty()


def test_prometheus_takes_the_rules_and_evaluates_them(scraped: Scraped) -> None:
    (group,) = scraped.prometheus.ask("rules")["groups"]
    assert {rule["name"] for rule in group["rules"]} == set(alerts())
    assert in_time(
        lambda: all(
            rule["health"] == "ok" for rule in scraped.prometheus.ask("rules")["groups"][0]["rules"]
        )
    )


def test_the_alerts_are_tried_on_both_sides_of_their_bounds() -> None:
    tried = subprocess.run(
        ["promtool", "test", "rules", RULES_TEST.name],
        cwd=DEPLOY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 0, tried.stdout + tried.stderr
    named = set(re.findall(r'alertname="(\w+)"', RULES_TEST.read_text()))
    assert named == set(alerts())


def test_all_workers_are_told_of_whichever_is_asked(scraped: Scraped) -> None:
    def created() -> set[float | None]:
        name = "framegate_sessions_created_total"
        return {value_of(scraped.metrics(), name, client="portal") for _ in range(8)}

    assert in_time(lambda: created() == {4.0})
    assert value_of(scraped.metrics(), "framegate_workers") == 2


def test_no_counter_goes_back_when_a_worker_is_killed_and_replaced(scraped: Scraped) -> None:
    def starts() -> float:
        return value_of(scraped.metrics(), "framegate_worker_starts_total") or 0

    before, started = counters_of(scraped.metrics()), starts()
    (victim, *_) = workers_of(scraped.server)
    os.kill(victim, signal.SIGKILL)

    assert in_time(lambda: scraped_through(scraped) and starts() == started + 1)
    after = counters_of(scraped.metrics())
    assert {name for name in before if after.get(name, 0) < before[name]} == set()
    assert in_time(lambda: value_of(scraped.metrics(), "framegate_workers") == 2)


def scraped_through(scraped: Scraped) -> bool:
    """Tell whether an answer came: one that a killed worker had taken up does not."""
    try:
        return bool(scraped.metrics())
    except OSError:
        return False


def test_the_document_lists_what_there_is() -> None:
    document = (ROOT / "docs" / "metrics.md").read_text()
    rows = re.findall(r"^\| `(framegate_\w+)` \| (\w+) \| ([^|]*)\|", document, re.MULTILINE)
    listed = {name: (kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    assert listed == {each.exported: (each.kind.value, each.labels) for each in METRICS}
    assert set(alerts()) == set(re.findall(r"`(Framegate\w+)`", document))


def test_the_server_exports_what_is_listed_and_no_more(scraped: Scraped) -> None:
    def exported() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for sample in scraped.prometheus.query('{__name__=~"framegate_.*"}'):
            labels = set(sample["metric"]) - {"__name__", "instance", "job", "le"}
            found.setdefault(sample["metric"]["__name__"], set()).update(labels)
        return found

    listed: dict[str, Any] = {}
    for each in METRICS:
        ends = ("_bucket", "_count", "_sum") if each.kind is Kind.HISTOGRAM else ("",)
        listed |= {each.exported + end: set(each.labels) for end in ends}
    for name in OF_ANOTHER_PART:
        del listed[name]
    assert in_time(lambda: exported() == listed), exported()
