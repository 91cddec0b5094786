"""``/dashboard/sign-in`` and ``POST /dashboard/sign-out``."""

from application.authenticate import KeyRejected
from entrypoints.http.dashboard.base import FORM_CODES, DashboardHandler
from entrypoints.http.dashboard.origin import ORIGIN_CODES
from entrypoints.http.openapi.operation import FORM, HTML, Operation, Told, Who, offers, page
from entrypoints.http.openapi.schema import strict, text

LOCATION = {"Location": text("location", format="uri-reference")}
LEADS = Told(
    said="leads_on", content={}, headers={**LOCATION, "Set-Cookie": text("dashboard_pass")}
)
SIGN_IN_PAGE = Operation(
    name="dashboard_sign_in_page",
    group="operator",
    who=Who.ANYONE,
    answers={303: Told(said="leads_on", content={}, headers=LOCATION)},
    tells_in=(HTML,),
)
SIGN_IN = Operation(
    name="dashboard_sign_in",
    group="operator",
    who=Who.ANYONE,
    bodies={FORM: strict({"key": text("admin_key")})},
    answers={303: LEADS, 401: page()},
    raises=(*ORIGIN_CODES, *FORM_CODES),
    tells_in=(HTML,),
)
SIGN_OUT = Operation(
    name="dashboard_sign_out",
    group="operator",
    who=Who.ANYONE,
    answers={303: LEADS},
    raises=ORIGIN_CODES,
    tells_in=(HTML,),
)


class SignInHandler(DashboardHandler):
    """Takes an admin's key, once, and gives a pass for it that the browser holds."""

    operations = offers(GET=SIGN_IN_PAGE, POST=SIGN_IN)
    is_page = True

    def get(self) -> None:
        self.lead_to_dashboard()

    head = get

    def post(self) -> None:
        self.check_origin()
        key = self.form("key").get("key", "").strip()
        if self.face.demo:
            self.lead_to_dashboard()
            return
        try:
            given = self.desk.sign_in.execute(key, remote=self.remote)
        except KeyRejected as error:
            self.send(self.sign_in_page(problem=error.problem))
        else:
            self.lead_to_dashboard(self.cookie.hold(given))


class SignOutHandler(DashboardHandler):
    """Has the browser forget its pass."""

    operations = offers(POST=SIGN_OUT)
    is_page = True

    def post(self) -> None:
        self.check_origin()
        self.lead_to_dashboard(self.cookie.drop())
