"""``GET /client/iframe.html``: the page that a session opens, once."""

from collections.abc import Sequence

from tornado.routing import URLSpec

from application.redeem_session import RedeemRequest, RedeemSession
from domain.errors import MalformedSessionId
from entrypoints.http.bad_input import BadInput
from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.face import Face
from entrypoints.http.prefetch import refuse_prefetch
from entrypoints.http.presented_id import id_in_query


class OpenIframeHandler(BaseHandler):
    """Redeems a session for a person and shows the protected page."""

    is_page = True

    def initialize(self, face: Face, redeem: RedeemSession) -> None:
        self.take_face(face)
        self._redeem = redeem

    async def get(self) -> None:
        refuse_prefetch(self.request)
        request = RedeemRequest(session_id=id_in_query(self), remote=self.remote)
        await self.in_time(self._redeem.execute(request))
        page = self.face.iframe_page.content
        if page is None:
            self.show("sample.html")
            return
        self._let_be_framed()
        # What somebody else's page may load is for its own policy to say.
        self.set_header("Content-Security-Policy", self.framing())
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page)

    def framing(self) -> str:
        # The same for a refusal: that, too, is read inside the parent's page.
        try:
            return frame_ancestors(self._redeem.client_of(id_in_query(self)))
        except (BadInput, MalformedSessionId):
            return frame_ancestors(None)

    def show(self, template: str, *, scripts: Sequence[str] = (), **facts: object) -> None:
        self._let_be_framed()
        super().show(template, scripts=scripts, **facts)

    def _let_be_framed(self) -> None:
        # X-Frame-Options knows no list of origins, and frame-ancestors says it better.
        self.clear_header("X-Frame-Options")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")


def routes(face: Face, redeem: RedeemSession) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "redeem": redeem}
    return [URLSpec(r"/client/iframe\.html", OpenIframeHandler, use)]
