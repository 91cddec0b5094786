"""``framegate audit``, where events are dropped faster than it reads them."""

from collections.abc import Collection

import pytest
from click.testing import CliRunner

from adapters.memory.audit_trail import MemoryTrail
from domain.audit import Stretch
from domain.events import SessionsCleanedUp
from entrypoints import cli_audit
from entrypoints.cli import main
from entrypoints.container.audit import Audit

FOUR = [SessionsCleanedUp(at=at, client="portal", remote="-", removed=0) for at in range(4)]


class Hurried(MemoryTrail):
    """Keeps three events, tells two at a time, and has had four more when it is asked again."""

    def __init__(self) -> None:
        super().__init__(3)
        self.take(FOUR)
        self.rounds = 2

    async def after(self, position: str, most: int, only: Collection[str] = ()) -> Stretch:
        stretch = await super().after(position, min(most, 2), only)
        if self.rounds:
            self.rounds -= 1
            self.take(FOUR)
        return stretch


@pytest.mark.parametrize(
    ("language", "words"), [("en", "dropped before"), ("pt_BR.UTF-8", "descartados antes")]
)
def test_events_that_were_dropped_before_they_were_read_are_said(
    monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setattr(cli_audit, "build_trail", lambda _: Audit(Hurried()))
    environment = {"LANG": language, "LC_ALL": language, "STORAGE": "redis"}
    done = CliRunner().invoke(main, ["audit", "--json"], env=environment)
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 7)
    said = done.stderr.splitlines()
    assert [words in line and ": 2. " in line for line in said] == [True, True]
    assert "AUDIT_STREAM_LENGTH" in said[0]
