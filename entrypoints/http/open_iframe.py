"""``GET /client/iframe.html``: the page that a session opens, once."""

from attrs import frozen

from application.redeem_session import RedeemRequest, RedeemSession
from domain.errors import MalformedSessionId
from entrypoints.http.answer import Answer
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.prefetch import refuse_prefetch
from entrypoints.http.presented_id import id_in_query
from entrypoints.http.problems import Problem
from entrypoints.http.route import Route

PATH = "/client/iframe.html"


@frozen
class OpenIframeRoute(Route):
    """Redeems a session for a person and shows the protected page."""

    methods = ("GET",)

    _face: Face
    _redeem: RedeemSession

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        request = RedeemRequest(session_id=id_in_query(incoming), remote=incoming.remote)
        redeemed = await self._redeem.execute(request)
        framing = frame_ancestors(redeemed.client)
        page = self._face.iframe_page.content
        if page is not None:
            return self._face.pages.hand_over(page, framing)
        return self._face.pages.show("sample.html", incoming.language, framing, framed=True)

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        # That, too, is read inside the parent's page.
        try:
            framing = frame_ancestors(self._redeem.client_of(id_in_query(incoming)))
        except (BadInput, MalformedSessionId):
            framing = frame_ancestors(None)
        return self._face.pages.show_problem(problem, incoming.language, framing, framed=True)
