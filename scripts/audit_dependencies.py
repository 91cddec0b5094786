#!/usr/bin/env python3
"""Asks pip-audit whether any installed package is known to be vulnerable, and judges its answer.

Fails for a known vulnerability. Where the advisory service does not answer, nothing has been
audited: that is said aloud, and fails too where AUDIT=required is set, as a release sets it.
"""

import json
import os
import subprocess
import sys
from typing import Any

OURS = {"framegate", "framegate-client"}


def judge(report: dict[str, Any], *, required: bool) -> tuple[int, str]:
    """Return the exit status and what to say about pip-audit's report."""
    packages = [one for one in report["dependencies"] if one["name"] not in OURS]
    known = [f"{p['name']} {p['version']}: {v['id']}" for p in packages for v in p.get("vulns", [])]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    if known:
        return 1, "Known vulnerabilities; upgrade these:\n  " + "\n  ".join(known)
    if skipped:
        said = (
            f"NOT AUDITED: no advisories to be had for {len(skipped)} of {len(packages)} packages"
        )
        return (1 if required else 0), f"{said} ({', '.join(skipped[:5])}, ...)."
    return 0, f"No known vulnerability in {len(packages)} packages."


def main() -> int:
    """Run pip-audit on this environment."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 fixed
    required = os.environ.get("AUDIT") == "required"
    try:
        report = json.loads(done.stdout)
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        sys.stdout.write(f"NOT AUDITED: pip-audit could not do its work: {reason}\n")
        return 1 if required else 0
    status, said = judge(report, required=required)
    sys.stdout.write(said + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
