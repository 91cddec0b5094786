"""What is measured, and by whom."""

import platform
from importlib.metadata import PackageNotFoundError, version

from attrs import frozen
from injector import Module, provider, singleton

from adapters.fanout import Taker
from adapters.metrics.board import Board
from adapters.metrics.event_meter import EventMeter
from adapters.metrics.meter import Meter
from adapters.metrics.shared import SharedMeasurements
from adapters.metrics.store_figures import StoreFigures
from application.metrics_ports import StoreServers
from application.ports import ClientDirectory, SessionRepository
from application.report_clients import ReportClients
from application.tell_measurements import TellMeasurements
from entrypoints.container.snapshots import Snapshots
from entrypoints.settings import Settings


@frozen
class Metering:
    """Puts the meter around what is to be measured; nothing where ``METRICS`` is off."""

    meter: Meter
    is_on: bool

    @property
    def takers(self) -> tuple[Taker, ...]:
        """Who counts events."""
        return (EventMeter(self.meter),) if self.is_on else ()

    def count_shed(self) -> None:
        """Take note of a request that was turned away."""
        self.meter.counts["http_requests_shed",] += 1


class MetricsModule(Module):
    """What is measured, and by whom."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @singleton
    @provider
    def metering(self) -> Metering:
        return Metering(Meter(), is_on=self._settings.metrics)

    @singleton
    @provider
    def measurements(
        self,
        metering: Metering,
        sessions: SessionRepository,
        directory: ClientDirectory,
        snapshots: Snapshots,
        servers: StoreServers,
    ) -> SharedMeasurements:
        s = self._settings
        return SharedMeasurements(
            meter=metering.meter,
            board=Board(),
            figures=StoreFigures(ReportClients(sessions, directory).execute),
            servers=StoreFigures(servers.look),
            clients=lambda: [client.name for client in directory.clients()],
            build=(_version(), platform.python_version(), s.storage, s.http_transport),
            snapshot_age=snapshots.age.execute if snapshots.age else None,
        )

    @provider
    def tell(self, measurements: SharedMeasurements) -> TellMeasurements:
        return TellMeasurements(measurements)


def _version() -> str:
    try:
        return version("framegate")
    except PackageNotFoundError:  # it runs from where it was checked out
        return "unknown"
