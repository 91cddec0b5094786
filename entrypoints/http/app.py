"""The Tornado application: the routes of all handler modules, one after the other."""

from attrs import frozen
from tornado.web import Application

from application.authenticate import Authenticate
from application.check_health import CheckHealth
from application.clean_up import CleanUpSessions
from application.create_session import CreateSession
from application.create_sessions import CreateSessions
from application.ports import Clock
from application.redeem_session import RedeemSession
from application.replace_grant import ReplaceGrant
from application.report_status import ReportStatus
from application.report_usage import ReportUsage
from application.tell_measurements import TellMeasurements
from application.use_grant import UseGrant
from entrypoints.http import (
    blank_page,
    check,
    check_of_path,
    cleanup_sessions,
    client_files,
    create_session,
    create_sessions,
    demo,
    embed_doctor,
    enter,
    grant,
    metrics,
    open_iframe,
    probes,
    redis_health,
    refusal,
    sdk,
    session_status,
    sessions,
    static_files,
    usage,
    validate_session,
)
from entrypoints.http.base import BaseHandler
from entrypoints.http.blank_page import BlankPageRoute
from entrypoints.http.check import CheckRoute
from entrypoints.http.create_session import CreateSessionRoute
from entrypoints.http.create_sessions import CreateSessionsRoute
from entrypoints.http.dashboard import routes as dashboard
from entrypoints.http.dashboard.desk import Desk
from entrypoints.http.enter import EnterRoute
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.grant import GrantRoute
from entrypoints.http.hot_routes import HotRoutes
from entrypoints.http.not_found import NotFoundHandler
from entrypoints.http.open_iframe import OpenIframeRoute
from entrypoints.http.openapi import handlers as openapi
from entrypoints.http.refusal import RefusalRoute
from entrypoints.http.route import Route, serve
from entrypoints.http.sessions import Control
from entrypoints.http.validate_session import ValidateSessionRoute


@frozen(kw_only=True)
class UseCases:
    """Everything that the HTTP face can be asked to do."""

    authenticate: Authenticate
    create: CreateSession
    create_many: CreateSessions
    redeem: RedeemSession
    use_grant: UseGrant
    replace_grant: ReplaceGrant
    report: ReportStatus
    clean_up: CleanUpSessions
    check: CheckHealth
    control: Control
    report_usage: ReportUsage
    tell_measurements: TellMeasurements | None = None
    desk: Desk | None = None


def make_app(face: Face, use: UseCases, clock: Clock) -> Application:
    """Put the application together; it does no I/O until it is served."""
    entrance = Entrance(use.redeem, use.use_grant, use.replace_grant, face.regions, face.public_url)
    gate = CheckRoute(face, entrance)
    hot: dict[str, Route] = {
        create_session.PATH: CreateSessionRoute(face, use.authenticate, use.create),
        create_sessions.PATH: CreateSessionsRoute(face, use.authenticate, use.create_many),
        validate_session.PATH: ValidateSessionRoute(face, use.authenticate, use.redeem),
        check.PATH: gate,
        refusal.PATH: RefusalRoute(face, entrance),
        open_iframe.PATH: OpenIframeRoute(face, entrance),
        enter.PATH: EnterRoute(face, entrance, clock),
        grant.PATH: GrantRoute(face, entrance, clock),
        blank_page.PATH: BlankPageRoute(face, entrance),
    }
    return Application(
        [
            # The first that fits is taken; those that have a short way seldom come by here.
            *session_status.routes(face, use.authenticate, use.report),
            *probes.routes(face, use.check),
            *metrics.routes(face, use.tell_measurements, use.authenticate),
            *cleanup_sessions.routes(face, use.authenticate, use.clean_up),
            *redis_health.routes(face, use.check, clock),
            *static_files.routes(face),
            *sdk.routes(face),
            *openapi.routes(face),
            *demo.routes(face),
            *embed_doctor.routes(face, use.redeem.directory),
            *(serve(path, route, face, use.redeem.directory) for path, route in hot.items()),
            *check_of_path.routes(face, gate, use.redeem.directory),
            *client_files.routes(face, entrance),
            *sessions.routes(face, use.authenticate, use.control),
            *usage.routes(face, use.authenticate, use.report_usage),
            *dashboard.routes(face, use.desk),
        ],
        default_handler_class=NotFoundHandler,
        default_handler_args={"face": face},
        log_function=_keep_quiet,
        face=face,
        hot_routes=HotRoutes(face, hot),
    )


def _keep_quiet(_: BaseHandler) -> None:
    """Log no requests: their addresses hold ids, and the audit log says what matters."""
