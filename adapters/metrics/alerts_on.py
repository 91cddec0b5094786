"""The alerts that are on, left on the board for all workers to tell of."""

from adapters.metrics.meter import Meter
from application.alert_ports import AlertSink
from domain.alerts import Change, Notice, Ongoing


class AlertsOn(AlertSink):
    """Has the meter hold what was raised until it is resolved."""

    def __init__(self, meter: Meter) -> None:
        self._alerts = meter.alerts

    def tell(self, notice: Notice) -> None:
        key = notice.alert, notice.subject
        if notice.change is Change.RESOLVED:
            self._alerts.pop(key, None)
            return
        self._alerts[key] = Ongoing(
            alert=notice.alert, subject=notice.subject, value=notice.value, since=notice.since
        )
