"""The dashboard, and what goes on for it whether anybody watches or not."""

from injector import Module, provider, singleton

from adapters.metrics.board_readings import BoardReadings
from adapters.metrics.shared import SharedMeasurements
from application.audit_ports import AuditTrail
from application.authenticate import Authenticate
from application.check_pass import CheckPass
from application.clean_up import CleanUpSessions
from application.look_at_store import LookAtStore
from application.ports import ClientDirectory, Clock
from application.report_clients import ReportClients
from application.report_usage import ReportUsage
from application.show_dashboard import ShowDashboard
from application.sign_in import SignIn
from application.take_reading import TakeReading
from entrypoints.container.alerts import Watched
from entrypoints.http.dashboard.audience import Audience
from entrypoints.http.dashboard.desk import Desk
from entrypoints.http.face import Face
from entrypoints.http.sessions import Control
from entrypoints.sampling import Sampling


class DashboardModule(Module):
    """It asks the store where the alerts do: no request waits for what it asks."""

    def __init__(self, *, by_region: bool) -> None:
        self._by_region = by_region

    @singleton
    @provider
    def take(self, measurements: SharedMeasurements, clock: Clock) -> TakeReading:
        return TakeReading(BoardReadings(measurements, clock))

    @singleton
    @provider
    def look(
        self, watched: Watched, directory: ClientDirectory, trail: AuditTrail, clock: Clock
    ) -> LookAtStore:
        return LookAtStore(
            health=watched.health,
            clients=ReportClients(watched.sessions, directory),
            trail=trail,
            clock=clock,
            usage=ReportUsage(watched.ledger, directory, clock) if self._by_region else None,
        )

    @singleton
    @provider
    def sampling(self, take: TakeReading, look: LookAtStore) -> Sampling:
        return Sampling(take, look)

    @singleton
    @provider
    def audience(self, take: TakeReading, look: LookAtStore, face: Face) -> Audience:
        return Audience(ShowDashboard(take, look), look, face.drain, face.storage)

    @provider
    def desk(
        self,
        authenticate: Authenticate,
        directory: ClientDirectory,
        clock: Clock,
        audience: Audience,
        control: Control,
        clean_up: CleanUpSessions,
    ) -> Desk:
        return Desk(
            sign_in=SignIn(authenticate),
            check_pass=CheckPass(directory, clock),
            audience=audience,
            control=control,
            clean_up=clean_up,
        )
