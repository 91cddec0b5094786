"""Whoever asks how much there was is told the same, and it is what the callers were told."""

import http.client
import json
import random
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.mixed import Mixture
from tests.support.command_line import framegate
from tests.support.dashboard_stream import Stream, sign_in
from tests.support.framegate_server import KEYS, FramegateServer, bearer, write_clients
from tests.support.http_call import call
from tests.support.metrics import samples_of
from tests.support.waiting import until

METRICS = {
    "framegate_sessions_created_total": "created",
    "framegate_sessions_redeemed_total": "redeemed",
    "framegate_sessions_revoked_total": "revoked",
    "framegate_creates_refused_total": "cap_reached",
    "framegate_redeems_refused_total": "refused_{}",
    "framegate_grants_given_total": "granted",
}
EVENTS = {
    "session_created": "created",
    "session_redeemed": "redeemed",
    "session_revoked": "revoked",
    "create_refused": "cap_reached",
    "redeem_refused": "refused_{}",
    "replay_attempted": "refused_{}",
}

Told = Counter[tuple[str, str]]

EVERYBODY = ("portal", "other")


@pytest.fixture
def clients_file(tmp_path: Path) -> Path:
    return write_clients(tmp_path / "clients.toml", "session_cap = 60\ngrant_ttl_seconds = 5")


def asked(server: FramegateServer, path: str, key: str = KEYS.ops) -> Any:
    answer = call("GET", server.url + path, headers=bearer(key), timeout=30)
    assert answer.status == 200, answer
    return answer


def by_usage(rows: list[dict[str, Any]]) -> Told:
    told = Counter(
        {
            (row["client"], name): many
            for row in rows
            for name, many in row.items()
            if name not in {"from", "to", "client", "refused"}
        }
    )
    return +told  # without the zeroes


def by_metrics(server: FramegateServer) -> Told:
    told: Told = Counter()
    for (name, labels), value in samples_of(asked(server, "/metrics").body.decode()).items():
        if name in METRICS:
            facts = dict(labels)
            told[facts["client"], METRICS[name].format(facts.get("reason"))] += int(value)
    return +told


def seen_on_the_dashboard(server: FramegateServer, sessions: Told) -> bool:
    def sum_of(what: str) -> int:
        return sum(sessions[client, what] for client in EVERYBODY)

    expected = {what: sum_of(what) for what in ("created", "redeemed")}
    expected["active"] = sum_of("created") - sum_of("redeemed") - sum_of("revoked")
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    stream = Stream.over(connection, sign_in(server.url, KEYS.ops))
    with closing(connection):
        told = stream.until(lambda frame: expected.items() <= frame["sessions"].items())
    return bool(told)


def by_audit(files: list[Path]) -> Told:
    told: Told = Counter()
    for path in files:
        for line in path.read_bytes().splitlines():
            facts = json.loads(line)
            if facts["event"] in EVENTS:
                what = EVENTS[facts["event"]].format(facts.get("reason"))
                told[facts.get("client") or "?", what] += 1
    return told


def test_reports_metrics_dashboard_status_and_audit_agree_with_what_the_callers_were_told(
    serve: Serve,
    environment: dict[str, str],
    tmp_path: Path,
    seeded: random.Random,
    scale: Scale,
    figure: TakeFigure,
) -> None:
    audit = tmp_path / "audit.jsonl"
    # A request without an answer is one of which nobody knows what it has done.
    patient = {"REDIS_TIMEOUT_MS": "10000", "MAX_IN_FLIGHT": "1000"}
    audited = {"AUDIT_FILE": str(audit), "AUDIT_FILE_KEEP": "20"}
    with serve(WORKERS="2", **audited, **patient) as server:
        mixture = Mixture(server.url, seeded, scale(30, 400))
        mixture.run(scale(4_000, 1_000_000))
        sessions = mixture.told.copy()
        granted = sum(sessions.pop((client, "granted"), 0) for client in EVERYBODY)

        assert by_usage(asked(server, "/auth/usage?step=all").fields["usage"]) == sessions
        report = framegate("report", "--step", "all", "--json", folder=tmp_path, **environment)
        assert by_usage(json.loads(report.stdout)["usage"]) == sessions
        until("all workers have told", lambda: by_metrics(server) == mixture.told)
        for client, key in ("portal", KEYS.portal), ("other", KEYS.other):
            told = asked(server, "/auth/session-status", key).fields
            created, redeemed = sessions[client, "created"], sessions[client, "redeemed"]
            assert (told["total_created"], told["total_used"]) == (created, redeemed)
            active = created - redeemed - sessions[client, "revoked"]
            assert told["active_sessions"] == active
        assert seen_on_the_dashboard(server, sessions)
    files = sorted(tmp_path.glob("audit.jsonl*"))
    assert by_audit(files) == sessions
    for what in "cap_reached", "revoked", "refused_used", "refused_revoked", "refused_unknown":
        assert sessions["portal", what], what  # or the mixture was none
    assert granted
    figure(
        "usage, metrics, dashboard, status, audit and callers agree",
        f"{mixture.done:,} operations, {sum(sessions.values()):,} counted, 2 workers",
    )
