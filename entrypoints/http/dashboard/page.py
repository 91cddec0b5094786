"""``GET /dashboard``: the page, or the one to sign in at."""

from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.dashboard.base import DashboardHandler
from entrypoints.http.dashboard.unscripted import Words
from entrypoints.http.openapi.operation import HTML, Operation, Who, offers, page

SCRIPTS = (
    *("dashboard.js", "dashboard-control.js", "dashboard-events.js", "dashboard-panels.js"),
    *("dashboard-plot.js", "dashboard-rows.js", "dashboard-stream.js", "dashboard-words.js"),
)

SHOW = Operation(
    name="dashboard", group="operator", who=Who.ANYONE, answers={200: page()}, tells_in=(HTML,)
)


class DashboardPageHandler(DashboardHandler):
    """Shows what is going on, as a page of the moment where there are no scripts."""

    operations = offers(GET=SHOW)
    is_page = True

    async def get(self) -> None:
        if not self.is_signed_in:
            self.send(self.sign_in_page())
            return
        audience = self.desk.audience
        frame = audience.fields(await self.in_time(audience.moment()))
        self.send(
            self.face.pages.show(
                "dashboard.html",
                self.locale,
                frame_ancestors(None),
                scripts=SCRIPTS,
                base=self.face.assets.base_path,
                frame=frame,
                words=Words(frame, self.locale.translate),
            )
        )

    head = get
