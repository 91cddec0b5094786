"""What commands answer to programs is what their document says."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from domain.key import digest_key
from entrypoints.cli import main
from entrypoints.setting_list import declared_settings
from tests.support.framegate_server import write_clients
from tests.support.snippets import ROOT

SECRET = "hunter2-and-more"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIENTS_FILE", str(write_clients(tmp_path / "clients.toml")))
    monkeypatch.setenv("STORAGE", "memory")
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("LC_ALL", "en")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def told(*arguments: str) -> Any:
    done = run(*arguments, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    return json.loads(done.stdout)


def documented(command: str) -> set[str]:
    """Return the fields that the document gives a command's value, also those further in."""
    table = (ROOT / "docs" / "command-line.md").read_text().split("| command | value |")[1]
    (row,) = re.findall(rf"^\| .*`{command}`.* \| (`.*?`)", table, re.MULTILINE)
    return set(re.findall(r"\w+", row))


def test_a_new_key_is_told_once_with_its_digest_and_its_entry() -> None:
    answer = told("keys", "new", "portal")
    assert set(answer) == documented("keys new")
    assert (answer["kind"], answer["name"]) == ("client", "portal")
    assert answer["digest"] == digest_key(answer["key"])
    (entry,) = tomllib.loads(answer["entry"])["client"]
    assert (entry["name"], entry["keys"]) == ("portal", [answer["digest"]])
    assert told("keys", "new", "ops", "--admin")["kind"] == "admin"


def test_a_doctor_tells_each_finding_and_counts() -> None:
    answer = told("doctor")
    findings = answer["findings"]
    assert set(answer) | set(findings[0]) == documented("doctor")
    for verdict in ("ok", "note", "failed"):
        assert answer[verdict] == [one["verdict"] for one in findings].count(verdict)
    assert {
        "verdict": "ok",
        "check": "doctor.settings",
        "text": "The settings can be used.",
    } in findings


def test_a_check_that_fails_fails_a_doctor_in_json_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IFRAME_ROOT", "nowhere")
    done = run("doctor", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["failed"] == 1


def test_settings_are_told_with_where_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    Path(".env").write_text("PORT=9001\nSESSION_CAP=5\n")
    answer = told("settings")
    assert all(set(one) == documented("settings") for one in answer)
    assert [one["variable"] for one in answer] == [one.variable for one in declared_settings()]
    held = {one["variable"]: (one["value"], one["source"]) for one in answer}
    assert held["PORT"] == ("9000", "environment")
    assert held["SESSION_CAP"] == ("5", ".env")
    assert held["SESSION_TTL_SECONDS"] == ("1800", "default")


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("REDIS_PASSWORD", SECRET),
        ("REDIS_URL", f"redis://:{SECRET}@h/0"),
        ("REDIS_SENTINEL_PASSWORD", SECRET),
        ("ALERT_WEBHOOK_URL", f"https://hooks.example/{SECRET}"),
        ("ALERT_WEBHOOK_SECRET", "aHVudGVyMi1hbmQtbW9yZS1hbmQtbW9yZQ=="),
    ],
)
def test_secrets_are_not_told(variable: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, text)
    for done in (run("settings"), run("settings", "--json")):
        assert text not in done.stdout
        assert SECRET not in done.stdout
        assert "[hidden]" in done.stdout


def test_settings_that_cannot_be_are_not_told_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    done = run("settings", "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "PORT" in done.stderr


def test_a_table_of_settings_has_neither_colours_nor_lines_where_nobody_looks() -> None:
    done = run("settings")
    assert re.search(r"^STORAGE +memory +environment *$", done.stdout, re.MULTILINE)
    assert "\x1b" not in done.stdout
