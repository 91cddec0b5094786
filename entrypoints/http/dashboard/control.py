"""``POST /dashboard/revoke`` and ``/dashboard/clean-up``: what an operator does from the page."""

from collections.abc import Mapping

from application.revoke_session import RevokeRequest
from application.revoke_sessions import RevokeManyRequest
from domain.client import Caller
from domain.listing import Ended
from domain.payload import Payload
from domain.session_id import is_fingerprint
from entrypoints.http.bad_input import BadInput
from entrypoints.http.cleanup_sessions import CLEANED_UP, answer_cleaned_up
from entrypoints.http.controlling import ENDED, answer_ended
from entrypoints.http.dashboard.base import FORM_CODES, SIGNED_IN_CODES, DashboardHandler
from entrypoints.http.dashboard.origin import ORIGIN_CODES
from entrypoints.http.openapi.operation import FORM, Operation, Who, offers, told
from entrypoints.http.openapi.schema import Schema, strict
from entrypoints.http.openapi.shared import CLIENT, FINGERPRINT, SUBJECT

WHAT: Mapping[str, Schema] = {"fingerprint": FINGERPRINT, "subject": SUBJECT, "client": CLIENT}
REVOKE = Operation(
    name="dashboard_revoke",
    group="operator",
    who=Who.OPERATOR,
    bodies={FORM: strict(WHAT, optional=WHAT)},
    answers={200: told(ENDED)},
    raises=(
        *(*SIGNED_IN_CODES, *ORIGIN_CODES, *FORM_CODES, "filter_missing", "fingerprint_invalid"),
        *("subject_invalid", "client_not_found", "session_not_found", "store_unavailable"),
    ),
)
CLEAN_UP = Operation(
    name="dashboard_clean_up",
    group="operator",
    who=Who.OPERATOR,
    answers={200: told(CLEANED_UP)},
    raises=(*SIGNED_IN_CODES, *ORIGIN_CODES, "store_unavailable"),
)

_OPERATOR = Caller(is_admin=True)


class RevokeHandler(DashboardHandler):
    """Takes a session back by its fingerprint, or all of a subject or of a client."""

    operations = offers(POST=REVOKE)

    async def post(self) -> None:
        self.check_origin()
        self.check_pass()
        answer_ended(self, await self.in_time(self._revoke(self.form(*WHAT))))

    async def _revoke(self, wish: Mapping[str, str]) -> Ended:
        if not wish:
            raise BadInput("filter_missing")
        if "fingerprint" not in wish:
            many = RevokeManyRequest(
                caller=_OPERATOR,
                remote=self.remote,
                client=wish.get("client"),
                subject=Payload.of(subject=wish.get("subject")).subject,
            )
            return await self.desk.control.revoke_many.execute(many)
        if len(wish) > 1:
            raise BadInput("field_unknown", known="fingerprint")
        if not is_fingerprint(wish["fingerprint"]):
            raise BadInput("fingerprint_invalid")
        one = RevokeRequest(caller=_OPERATOR, fingerprint=wish["fingerprint"], remote=self.remote)
        return await self.desk.control.revoke.execute(one)


class CleanUpHandler(DashboardHandler):
    """Removes what has expired."""

    operations = offers(POST=CLEAN_UP)

    async def post(self) -> None:
        self.check_origin()
        self.check_pass()
        done = await self.in_time(self.desk.clean_up.execute(remote=self.remote))
        answer_cleaned_up(self, done)
