"""``GET /auth/usage``: how much was used, by whom, and when."""

from collections.abc import Mapping

from tornado.routing import URLSpec

from application.authenticate import Authenticate
from application.report_usage import ReportUsage, UsageRequest
from domain.usage import Step
from entrypoints.http.bad_input import BadInput
from entrypoints.http.base import BaseHandler
from entrypoints.http.credentials import KEY_CODES, bearer_key
from entrypoints.http.face import Face
from entrypoints.http.iso_time import iso_time
from entrypoints.http.openapi.operation import JSON, Operation, Told, Who, offers
from entrypoints.http.openapi.schema import Schema, fields, instant, listed, nullable, text, whole
from entrypoints.http.openapi.shared import CLIENT, STORAGE
from entrypoints.http.query_fields import QUERY_CODES, query_fields
from entrypoints.period import read_period
from entrypoints.usage_table import as_csv, figures_of, row_of

FORMATS = ("json", "csv")
ASKED: Mapping[str, Schema] = {
    "from": text("usage_from"),
    "to": text("usage_to"),
    "step": text("usage_step", enum=[step.value for step in Step], default=Step.DAY.value),
    "client": CLIENT,
    "by": text("usage_by", enum=["region"]),
    "format": text("usage_format", enum=list(FORMATS), default=FORMATS[0]),
}
_COUNTED = {name: whole(f"usage_{name}") for name in figures_of(())}
_PERIOD = {"from": instant("usage_from"), "to": instant("usage_to")}
_ROW = {**_PERIOD, "client": CLIENT, "region": nullable(text("region")), **_COUNTED}
_REPORT = {
    **_PERIOD,
    "step": ASKED["step"],
    "usage": listed("usage_rows", fields(_ROW, optional=["region"])),
    "total": fields(_COUNTED),
    "storage": STORAGE,
}
USAGE = Operation(
    name="usage",
    group="control",
    who=Who.KEY,
    query=ASKED,
    answers={200: Told(content={JSON: fields(_REPORT), "text/csv": {"type": "string"}})},
    raises=(
        *(*KEY_CODES, *QUERY_CODES, "period_invalid", "step_invalid", "by_invalid"),
        *("format_invalid", "client_not_found", "store_unavailable"),
    ),
)


class UsageHandler(BaseHandler):
    """Reports usage, as JSON or as CSV."""

    operations = offers(GET=USAGE)

    def initialize(self, face: Face, authenticate: Authenticate, report: ReportUsage) -> None:
        self.take_face(face)
        self._authenticate = authenticate
        self._report = report

    async def get(self) -> None:
        caller = self._authenticate.execute(bearer_key(self.request.headers), remote=self.remote)
        wish = query_fields(self.incoming, ASKED)
        form, by_region = wish.get("format", "json"), _by_region(wish.get("by"))
        if form not in FORMATS:
            raise BadInput("format_invalid")
        step = _step(wish.get("step", "day"))
        period = read_period(wish.get("from"), wish.get("to"), step, self._report.clock.now())
        request = UsageRequest(
            caller=caller, period=period, client=wish.get("client"), by_region=by_region
        )
        usages = await self.in_time(self._report.execute(request))
        if form == "csv":
            self.send(self.face.answers.csv(as_csv(usages, by_region=by_region), "usage.csv"))
            return
        self.answer(
            {
                "from": iso_time(period.start),
                "to": iso_time(period.end),
                "step": period.step.value,
                "usage": [row_of(usage) for usage in usages],
                "total": figures_of(usages),
                "storage": self.face.storage,
            }
        )

    head = get


def _step(text: str) -> Step:
    try:
        return Step(text)
    except ValueError as error:
        raise BadInput("step_invalid") from error


def _by_region(text: str | None) -> bool:
    if text not in {None, "region"}:
        raise BadInput("by_invalid")
    return text is not None


def routes(face: Face, authenticate: Authenticate, report: ReportUsage) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "authenticate": authenticate, "report": report}
    return [URLSpec(r"/auth/usage", UsageHandler, use)]
