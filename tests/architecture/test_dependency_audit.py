"""The audit of dependencies fails where it should, and never takes silence for a yes."""

import runpy
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parents[2] / "scripts" / "audit_dependencies.py"
judge = runpy.run_path(str(SCRIPT))["judge"]

OURS: list[dict[str, Any]] = [
    {"name": name, "skip_reason": "not on any index"} for name in ("framegate", "framegate-client")
]
SOUND: dict[str, Any] = {"name": "attrs", "version": "25.1", "vulns": []}
BAD: dict[str, Any] = {"name": "tornado", "version": "4.0", "vulns": [{"id": "CVE-2014-9720"}]}
SKIPPED: dict[str, Any] = {"name": "redis", "skip_reason": "not found"}


def judged(*packages: dict[str, Any], required: bool = False) -> tuple[int, str]:
    status, said = judge({"dependencies": list(packages)}, required=required)
    return int(status), str(said)


def test_a_known_vulnerability_fails_and_is_named() -> None:
    status, said = judged(SOUND, BAD, SKIPPED)
    assert status == 1
    assert "tornado 4.0: CVE-2014-9720" in said


def test_without_a_known_vulnerability_it_passes() -> None:
    assert judged(*OURS, SOUND) == (0, "No known vulnerability in 1 packages.")


def test_what_could_not_be_audited_is_said_and_fails_where_an_audit_is_required() -> None:
    status, said = judged(SOUND, SKIPPED)
    assert status == 0
    assert said.startswith("NOT AUDITED")
    assert judged(SOUND, SKIPPED, required=True)[0] == 1
