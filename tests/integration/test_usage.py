"""Usage is exact: across workers, restarts and a worker that is killed."""

import csv
import io
import json
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.integration.test_stopping import workers_of
from tests.support.command_line import assert_stops, framegate
from tests.support.framegate_server import KEYS, FramegateServer, bearer, running_framegate
from tests.support.http_call import call
from tests.support.redis_server import free_port

AT_ONCE = 8
EACH = 12


def status_of(method: str, url: str, key: dict[str, str]) -> tuple[int, str]:
    """Return the status, 0 where the answer was lost, and the id of what was created."""
    try:
        answer = call(method, url, headers=key)
    except (OSError, HTTPException):
        return 0, ""
    return answer.status, str(answer.fields.get("session_id"))


def mixed(server: FramegateServer, seed: str) -> Counter[str]:
    """Create, redeem, redeem again, at its own choice; count what was answered."""
    chance, done = random.Random(seed), Counter[str]()
    for _ in range(EACH):
        key = bearer(chance.choice([KEYS.portal, KEYS.other]))
        status, session_id = status_of("POST", f"{server.url}/auth/create-session", key)
        if status != 200:
            continue
        done["created"] += 1
        for _ in range(chance.randrange(3)):
            address = f"{server.url}/auth/validate-session?session_id={session_id}"
            status, _ = status_of("GET", address, chance.choice([key, {}]))
            done["redeemed"] += status == 200
            done["refused"] += status == 401
    return done


def run_mixed(
    server: FramegateServer, seeds: list[str], meanwhile: Callable[[], None]
) -> Counter[str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        underway = [pool.submit(mixed, server, seed) for seed in seeds]
        meanwhile()
        return sum((one.result() for one in underway), Counter[str]())


def ops(server: FramegateServer, path: str) -> dict[str, object]:
    return dict(call("GET", f"{server.url}{path}", headers=bearer(KEYS.ops)).fields)


def test_usage_status_and_report_agree_across_workers_and_restarts(
    tmp_path: Path, environment: dict[str, str], seeded: random.Random
) -> None:
    environment |= {"WORKERS": "2", "RATE_LIMITS": "off"}
    seeds = [[f"{seeded.random()}" for _ in range(AT_ONCE)] for _ in range(2)]
    with running_framegate(tmp_path / "first", environment, "serve") as server:
        done = run_mixed(server, seeds[0], lambda: None)
        before = ops(server, "/auth/usage")["total"]
        assert {name: before[name] for name in done} == done  # type: ignore[index]
    with running_framegate(tmp_path / "second", environment, "serve") as server:
        # What is lost with a worker may have happened, and then is counted: once.
        kill = lambda: os.kill(workers_of(server)[0], signal.SIGKILL)  # noqa: E731
        more = run_mixed(server, seeds[1], kill)
        told, status = ops(server, "/auth/usage"), ops(server, "/auth/session-status")
        total = dict(told["total"])  # type: ignore[call-overload]
        assert (total["created"], total["redeemed"]) == (
            status["total_created"],
            status["total_used"],
        )
        assert all(total[name] >= done[name] + more[name] for name in done)
        reported = framegate("report", "--json", folder=tmp_path, **environment)
        assert json.loads(reported.stdout)["total"] == total
        table = framegate("report", "--csv", "--step", "all", folder=tmp_path, **environment)
        rows = list(csv.DictReader(io.StringIO(table.stdout)))
        assert {row["client"] for row in rows} == {"portal", "other"}
        assert sum(int(row["redeemed"]) for row in rows) == total["redeemed"]


def test_a_report_is_for_people_in_their_language_and_a_page_to_send_on(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    with running_framegate(tmp_path / "server", environment, "serve") as server:
        for _ in range(3):
            call("POST", f"{server.url}/auth/create-session", headers=bearer(KEYS.portal))
    for language, total in (("pt_BR.UTF-8", "Criadas"), ("en_US.UTF-8", "Created")):
        told = framegate("report", folder=tmp_path, LANG=language, **environment)
        assert total in told.stdout
        assert "portal" in told.stdout
        assert "\x1b" not in told.stdout  # nobody watches
    written = framegate("report", "--html", "report.html", folder=tmp_path, **environment)
    assert written.returncode == 0, written.stderr
    page = (tmp_path / "report.html").read_text()
    assert "<td>" in page
    assert "http://" not in page.replace("http://www.w3.org", "")  # all of it is in the file
    nothing = framegate("report", "--client", "other", folder=tmp_path, **environment)
    assert "Nothing was used" in nothing.stdout


@pytest.mark.parametrize(
    ("arguments", "more", "status", "word"),
    [
        (("--from", "yesterday"), {}, 2, "--from"),
        (("--client", "nobody"), {}, 2, "--client"),
        (("--csv", "--json"), {}, 2, "--json cannot be used together with --csv"),
        (("--html", "report.html", "--csv"), {}, 2, "--csv cannot be used together with --html"),
        (("--html", "/nowhere/report.html"), {}, 1, "--html"),
        ((), {"STORAGE": "memory"}, 2, "GET /auth/usage"),
        ((), {"CLIENTS_FILE": ""}, 2, "CLIENTS_FILE"),
        ((), {"REDIS_URL": f"redis://127.0.0.1:{free_port()}"}, 1, "Redis did not answer"),
    ],
)
def test_a_report_that_cannot_be_made_says_why(
    tmp_path: Path,
    environment: dict[str, str],
    arguments: tuple[str, ...],
    more: dict[str, str],
    status: int,
    word: str,
) -> None:
    done = framegate("report", *arguments, folder=tmp_path, **environment | more)
    assert_stops(done, word, status=status)
