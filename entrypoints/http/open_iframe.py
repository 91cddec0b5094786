"""``GET /client/iframe.html``: the page that a session opens, once, and a grant again."""

from attrs import frozen

from domain.errors import MalformedSessionId
from entrypoints.http.answer import Answer
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.entering import Entered, Entrance
from entrypoints.http.face import Face
from entrypoints.http.grant_cookie import held_grants
from entrypoints.http.incoming import Incoming
from entrypoints.http.prefetch import refuse_prefetch
from entrypoints.http.presented_id import id_in_query
from entrypoints.http.problems import Problem
from entrypoints.http.route import Route

PATH = "/client/iframe.html"


@frozen
class OpenIframeRoute(Route):
    """Redeems a session for a person and shows the protected page.

    Whoever has redeemed it holds a grant, and sees the page again when he reloads it.
    """

    methods = ("GET",)

    _face: Face
    _entrance: Entrance

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        entered = await self._enter(incoming)
        framing = frame_ancestors(entered.client)
        page = self._face.iframe_page.content
        if page is not None:
            answer = self._face.pages.hand_over(page, framing)
        else:
            answer = self._face.pages.show("sample.html", incoming.language, framing, framed=True)
        return answer.plus(*entered.cookies)

    async def _enter(self, incoming: Incoming) -> Entered:
        if not incoming.query and held_grants(incoming.headers).tokens:
            return await self._entrance.by_grant(incoming)
        return await self._entrance.by_session(id_in_query(incoming), incoming)

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        # That, too, is read inside the parent's page.
        try:
            client = self._entrance.redeem.client_of(id_in_query(incoming))
        except (BadInput, MalformedSessionId):
            client = None
        framing = frame_ancestors(client)
        return self._face.pages.show_problem(problem, incoming.language, framing, framed=True)
