"""Alerts in the log."""

from collections.abc import Callable

import attrs

from application.alert_ports import AlertSink
from domain.alerts import Notice


class AlertLog(AlertSink):
    """``write`` gets all that there is to a notice."""

    def __init__(self, write: Callable[..., None]) -> None:
        self._write = write

    def tell(self, notice: Notice) -> None:
        self._write(**attrs.asdict(notice))
