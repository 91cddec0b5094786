"""What the dashboard says of a frame where no script does."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from domain.readings import STEP_MS, STEPS

UNKNOWN = "\N{EN DASH}"


@frozen
class Words:
    """Words of one frame; ``translate`` gives the text of a key."""

    frame: Mapping[str, Any]
    translate: Callable[[str], str]

    def store(self) -> tuple[str, str]:
        """Say whether the store answers: the tone, and the words."""
        store = self.frame["store"]
        if store["away_since"] is not None:
            return "stop", self._say("store.away", time=utc(store["away_since"]))
        if store["at"] is None:
            return "note", self._say("store.unknown")
        return "good", self._say(f"store.{self.frame['storage']}")

    def age(self) -> str:
        """Say of when the store's figures are; nothing where there are none."""
        store = self.frame["store"]
        if store["at"] is None:
            return ""
        away = store["away_since"] is not None
        return self._say("as_of" if away else "figures_of", time=utc(store["at"]))

    def alerts(self) -> list[str]:
        """Say which alerts are on, and since when."""
        return [self._alert(alert) for alert in self.frame["alerts"]]

    def lost(self) -> str:
        """Say how many entries the audit log has lost lately; nothing where none are."""
        window = self.frame["window"]
        many = window["others"].get("audit_entries_lost", 0)
        if not many:
            return ""
        seconds = round(window["ms"] / 1000)
        period = "period.5" if window["ms"] >= STEPS * STEP_MS else "period"
        length = self._say(period, time=f"{seconds // 60}:{seconds % 60:02}")
        return f"{self._say('other.audit_entries_lost')} ({length}): {many}"

    def of_store(self, figure: int | None) -> str:
        """Write a figure that only the store knows."""
        known = self.frame["store"]["at"] is not None and figure is not None
        return str(figure) if known else UNKNOWN

    def _alert(self, alert: Mapping[str, Any]) -> str:
        store, since = self.frame["store"], utc(alert["since"])
        answers = store["at"] is not None and store["away_since"] is None
        if alert["alert"] == "store_away" and answers:
            return self._say("alert.store_back", time=since)
        subject = alert["subject"] if alert["subject"] not in {"", "?"} else self._say("nobody")
        told = self._say(f"alert.{alert['alert']}", subject=subject, value=f"{alert['value']:.0f}")
        return f"{told} {self._say('since', time=since)}"

    def _say(self, name: str, **facts: str) -> str:
        return self.translate(f"pages.dashboard.{name}").format_map(facts)


def utc(at: int) -> str:
    """Write an instant (ms since the epoch): nobody knows the reader's own time zone."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
