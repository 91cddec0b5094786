"""``GET /client/iframe.html``: the page that a session opens, once, and a grant again."""

from attrs import frozen

from domain.client import Entry
from domain.errors import MalformedSessionId
from entrypoints.http.answer import Answer
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import frame_ancestors, frame_ancestors_and_self
from entrypoints.http.doorstep import show_doorstep
from entrypoints.http.embedding import refuse_unseen
from entrypoints.http.ended import told_to_holder
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.named_grant import named_in_query
from entrypoints.http.prefetch import refuse_prefetch
from entrypoints.http.presented_id import FIELD, id_in_query
from entrypoints.http.problems import Problem
from entrypoints.http.protected_page import show_protected_page
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
        named = named_in_query(incoming.query)
        if FIELD not in incoming.query and (named or self._entrance.holds_any(incoming)):
            return await self._show_again(named, incoming)
        refuse_unseen(incoming.headers)
        session_id = id_in_query(incoming)
        client = self._entrance.redeem.client_of(session_id)
        confirms = client is not None and client.entry is Entry.CONFIRM
        if client and confirms and not self._entrance.holds_that_of(session_id, incoming):
            return show_doorstep(self._face, client, incoming.language, session_id.text)
        entered = await self._entrance.by_session(session_id, incoming)
        framing = frame_ancestors(entered.client)
        page = show_protected_page(self._face, framing, incoming.language)
        return page.plus(*entered.cookies)

    async def _show_again(self, named: str | None, incoming: Incoming) -> Answer:
        entered = await self._entrance.by_grant(incoming, named)
        framing = frame_ancestors_and_self(entered.client)  # the doorstep shows it like this
        page = show_protected_page(self._face, framing, incoming.language, tells_itself=True)
        return page.plus(*entered.cookies)

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        # That, too, is read inside the parent's page.
        try:
            session_id = id_in_query(incoming)
            framing = frame_ancestors(self._entrance.redeem.client_of(session_id))
            holds = self._entrance.holds_that_of(session_id, incoming)
        except (BadInput, MalformedSessionId):
            framing = frame_ancestors_and_self(self._entrance.client_of_held(incoming))
            holds = self._entrance.holds_any(incoming)
        problem = told_to_holder(problem, holds=holds)
        return self._face.pages.show_problem(problem, incoming.language, framing, framed=True)
