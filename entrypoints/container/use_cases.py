"""The use cases, built from the ports."""

from injector import Module, provider

from application.authenticate import Authenticate
from application.check_health import CheckHealth
from application.clean_up import CleanUpSessions
from application.control_ports import SessionControl
from application.create_session import CreateSession
from application.create_sessions import CreateSessions
from application.examine_store import ExamineStore
from application.list_sessions import ListSessions
from application.look_up_session import LookUpSession
from application.ports import (
    ClientDirectory,
    Clock,
    EventSink,
    GrantRepository,
    Randomness,
    SessionRepository,
    StoreHealth,
    StoreInspection,
)
from application.redeem_session import RedeemSession
from application.replace_grant import ReplaceGrant
from application.report_status import ReportStatus
from application.report_usage import ReportUsage
from application.revoke_session import RevokeSession
from application.revoke_sessions import RevokeSessions
from application.tell_measurements import TellMeasurements
from application.usage_ports import UsageLedger
from application.use_grant import UseGrant
from domain.rate import Rate
from entrypoints.http.app import UseCases
from entrypoints.http.dashboard.desk import Desk
from entrypoints.http.sessions import Control
from entrypoints.settings import Settings


class UseCaseModule(Module):
    """The use cases, built from the ports."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def _failures(self) -> Rate | None:
        s = self._settings
        return Rate(s.failed_redeems_per_minute) if s.rate_limits else None

    @provider
    def authenticate(
        self, directory: ClientDirectory, sink: EventSink, clock: Clock
    ) -> Authenticate:
        return Authenticate(directory, sink, clock)

    @provider
    def create(
        self, sessions: SessionRepository, randomness: Randomness, sink: EventSink, clock: Clock
    ) -> CreateSession:
        limited = self._settings.rate_limits
        return CreateSession(sessions, randomness, sink, clock, limited=limited)

    @provider
    def create_many(
        self, sessions: SessionRepository, randomness: Randomness, sink: EventSink, clock: Clock
    ) -> CreateSessions:
        limited = self._settings.rate_limits
        return CreateSessions(sessions, randomness, sink, clock, limited=limited)

    @provider
    def redeem(
        self,
        sessions: SessionRepository,
        directory: ClientDirectory,
        randomness: Randomness,
        sink: EventSink,
        clock: Clock,
    ) -> RedeemSession:
        return RedeemSession(sessions, directory, randomness, sink, clock, self._failures)

    @provider
    def use_grant(
        self,
        grants: GrantRepository,
        directory: ClientDirectory,
        sink: EventSink,
        clock: Clock,
    ) -> UseGrant:
        return UseGrant(grants, directory, sink, clock, self._failures)

    @provider
    def replace_grant(self, grants: GrantRepository, directory: ClientDirectory) -> ReplaceGrant:
        return ReplaceGrant(grants, directory)

    @provider
    def report(self, sessions: SessionRepository, directory: ClientDirectory) -> ReportStatus:
        return ReportStatus(sessions, directory)

    @provider
    def clean_up(
        self,
        sessions: SessionRepository,
        directory: ClientDirectory,
        sink: EventSink,
        clock: Clock,
    ) -> CleanUpSessions:
        return CleanUpSessions(sessions, directory, sink, clock)

    @provider
    def check(self, health: StoreHealth) -> CheckHealth:
        return CheckHealth(health)

    @provider
    def examine(self, inspection: StoreInspection) -> ExamineStore:
        return ExamineStore(inspection)

    @provider
    def use_cases(
        self,
        authenticate: Authenticate,
        create: CreateSession,
        create_many: CreateSessions,
        redeem: RedeemSession,
        use_grant: UseGrant,
        replace_grant: ReplaceGrant,
        report: ReportStatus,
        clean_up: CleanUpSessions,
        check: CheckHealth,
        control: Control,
        report_usage: ReportUsage,
        tell: TellMeasurements,
        desk: Desk,
    ) -> UseCases:
        return UseCases(
            authenticate=authenticate,
            create=create,
            create_many=create_many,
            redeem=redeem,
            use_grant=use_grant,
            replace_grant=replace_grant,
            report=report,
            clean_up=clean_up,
            check=check,
            control=control,
            report_usage=report_usage,
            tell_measurements=tell if self._settings.metrics else None,
            desk=desk if self._settings.metrics else None,
        )

    @provider
    def report_usage(
        self, ledger: UsageLedger, directory: ClientDirectory, clock: Clock
    ) -> ReportUsage:
        return ReportUsage(ledger, directory, clock)

    @provider
    def control(
        self,
        control: SessionControl,
        sessions: SessionRepository,
        grants: GrantRepository,
        directory: ClientDirectory,
        sink: EventSink,
        clock: Clock,
    ) -> Control:
        look_up = LookUpSession(control, directory)
        return Control(
            look_up=look_up,
            list_all=ListSessions(control, directory),
            revoke=RevokeSession(look_up, sessions, grants, sink, clock),
            revoke_many=RevokeSessions(control, directory, sink, clock),
        )
