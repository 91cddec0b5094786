"""What scenarios measured, as a table that can be put into a document."""

from pathlib import Path


class Measurements:
    """Rows of promise, figure and the test that gave it, in the order they were taken."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str]] = []

    def take(self, promise: str, measured: str, test: str) -> None:
        self._rows.append((promise, measured, test))

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ["| promise | measured | by |", "|---|---|---|"]
        lines += [
            f"| {promise} | {measured} | `{test}` |" for promise, measured, test in self._rows
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
