"""The base of the dashboard's handlers: who is signed in."""

from attrs import evolve

from application.check_pass import SignedOut
from entrypoints.http.answer import Answer
from entrypoints.http.bad_input import BadInput
from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.dashboard.cookie import PassCookie
from entrypoints.http.dashboard.desk import Desk
from entrypoints.http.dashboard.origin import check_origin
from entrypoints.http.face import Face
from entrypoints.http.form_body import FORM_CODES as FORM_BODY_CODES
from entrypoints.http.form_body import form_fields, is_form
from entrypoints.http.head import Head, Line

PATH = "/dashboard"
SIGNED_IN_CODES = ("signed_out",)
FORM_CODES = (*FORM_BODY_CODES, "field_unknown")


class DashboardHandler(BaseHandler):
    """Knows whether its caller is signed in; in a demo everybody is."""

    def initialize(self, face: Face, desk: Desk) -> None:
        self.take_face(face)
        self.desk = desk
        self.cookie = PassCookie.of(face)

    def check_pass(self) -> None:
        """Return if the caller is signed in. Raises ``SignedOut``."""
        if not self.face.demo:
            self.desk.check_pass.execute(self.cookie.held(self.cookies))

    @property
    def is_signed_in(self) -> bool:
        """Whether he is."""
        try:
            self.check_pass()
        except SignedOut:
            return False
        return True

    def sign_in_page(self, problem: str = "") -> Answer:
        """Return the page to sign in at; ``problem`` is that of the key that was tried."""
        page = self.face.pages.show(
            "dashboard_sign_in.html",
            self.locale,
            frame_ancestors(None),
            sends=True,
            base=self.face.assets.base_path,
            problem=self.text(f"pages.sign_in.{problem}") if problem else "",
        )
        return evolve(page, status=401) if problem else page

    def check_origin(self) -> None:
        """Return if the dashboard's own page asks. Raises ``BadInput``."""
        check_origin(self.request.headers, self.face.public_url, demo=self.face.demo)

    def form(self, *known: str) -> dict[str, str]:
        """Return the fields of the form that was sent. Raises ``BadInput``."""
        if not is_form(self.incoming):
            raise BadInput("body_not_form")
        fields = form_fields(self.incoming)
        if not fields.keys() <= set(known):
            raise BadInput("field_unknown", known=", ".join(known))
        return fields

    def lead_to_dashboard(self, *lines: Line) -> None:
        """Have the browser go on to the page (RFC 9110 section 15.4.4)."""
        common = {
            name: value
            for name, value in self.face.answers.common.items()
            if name != "Content-Type"
        }
        location = ("Location", f"{self.face.assets.base_path}{PATH}")
        self.send(Answer(303, Head.of(common.items()).plus(location, *lines), b""))
