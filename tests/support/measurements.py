"""What scenarios measured, as a table in a document."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

BEGIN, END = "<!-- measured -->", "<!-- /measured -->"


class Measurements:
    """Rows of promise, figure and the test that gave it, in the order they were taken."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str]] = []

    def take(self, promise: str, measured: str, test: str) -> None:
        self._rows.append((promise, measured, test))

    def write(self, path: Path, *, exit_status: int) -> None:
        """Put the table between the two marks of a document, or into a new one."""
        put_between_marks(path, self._table(exit_status))

    def _table(self, exit_status: int) -> str:
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        outcome = "all passed" if exit_status == 0 else f"pytest's exit status {exit_status}"
        machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
        lines = [
            f"Measured {now}, {machine}: {outcome}.",
            "",
            "| promise | measured | `pytest --soak` |",
            "|---|---|---|",
        ]
        lines += [f"| {promise} | {value} | `{test}` |" for promise, value, test in self._rows]
        return "\n".join([*lines, ""])


def put_between_marks(path: Path, measured: str) -> None:
    """Put it between the two marks of a document, or into a new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n{measured}{END}{after}", encoding="utf-8")
