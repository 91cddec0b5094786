"""``GET /client/iframe.html``: the page that a session opens, once."""

from tornado.routing import URLSpec

from application.redeem_session import RedeemRequest, RedeemSession
from domain.client import Client
from domain.errors import MalformedSessionId
from entrypoints.http.bad_input import BadInput
from entrypoints.http.base import BaseHandler
from entrypoints.http.content_security import frame_ancestors, page_policy
from entrypoints.http.face import Face
from entrypoints.http.prefetch import refuse_prefetch
from entrypoints.http.presented_id import id_in_query
from entrypoints.http.problems import Problem


class OpenIframeHandler(BaseHandler):
    """Redeems a session for a person and shows the protected page."""

    is_page = True

    def initialize(self, face: Face, redeem: RedeemSession) -> None:
        self.take_face(face)
        self._redeem = redeem

    async def get(self) -> None:
        refuse_prefetch(self.request)
        request = RedeemRequest(session_id=id_in_query(self), remote=self.remote)
        framing = frame_ancestors((await self._redeem.execute(request)).client)
        page = self.face.iframe_page.content
        if page is None:
            self._may_be_framed(page_policy(framing))
            self.show("sample.html")
            return
        # What a page of somebody else's may load is for its own policy to say.
        self._may_be_framed(framing)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page)

    def show_problem(self, problem: Problem) -> None:
        # The refusal, too, is read inside the parent's page.
        self._may_be_framed(page_policy(frame_ancestors(self._client())))
        super().show_problem(problem)

    def _client(self) -> Client | None:
        try:
            return self._redeem.client_of(id_in_query(self))
        except (BadInput, MalformedSessionId):
            return None

    def _may_be_framed(self, policy: str) -> None:
        self.set_header("Content-Security-Policy", policy)
        # Knows no list of origins, and frame-ancestors says it better.
        self.clear_header("X-Frame-Options")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")


def routes(face: Face, redeem: RedeemSession) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "redeem": redeem}
    return [URLSpec(r"/client/iframe\.html", OpenIframeHandler, use)]
