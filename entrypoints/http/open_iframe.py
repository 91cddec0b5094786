"""``GET /client/iframe.html``: the page that a session opens, once, and a grant again."""

from urllib.parse import urlencode

from attrs import frozen

from domain.client import Entry
from domain.errors import MalformedSessionId
from entrypoints.http.answer import Answer
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import frame_ancestors, frame_ancestors_and_self
from entrypoints.http.doorstep import show_doorstep
from entrypoints.http.embedding import UNSEEN_CODES, refuse_unseen
from entrypoints.http.ended import told_to_holder
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.named_grant import FIELD as GRANT
from entrypoints.http.named_grant import named, named_in_query, with_name
from entrypoints.http.openapi.operation import HTML, LEADS_ON, Operation, Who, offers, page
from entrypoints.http.openapi.schema import text
from entrypoints.http.openapi.shared import PRESENTED_ID, SETS_GRANT
from entrypoints.http.prefetch import PREFETCH_CODES, refuse_prefetch
from entrypoints.http.presented_id import FIELD, ID_CODES, id_in_query
from entrypoints.http.problems import Problem
from entrypoints.http.protected_page import show_protected_page
from entrypoints.http.route import Route

PATH = "/client/iframe.html"
_NAME = "iframe.html"
OPEN = Operation(
    name="open_iframe",
    group="browsers",
    who=Who.BROWSER,
    query={FIELD: PRESENTED_ID, GRANT: text("grant")},
    answers={200: page(SETS_GRANT), 302: LEADS_ON},
    raises=(
        *(*PREFETCH_CODES, *UNSEEN_CODES, *ID_CODES),
        *("session_invalid", "grant_ended", "rate_limited", "store_unavailable"),
    ),
    tells_in=(HTML,),
)


@frozen
class OpenIframeRoute(Route):
    """Redeems a session for a person and shows the protected page.

    Whoever has redeemed it holds a grant, and sees the page again when he reloads it.
    """

    operations = offers(GET=OPEN)

    _face: Face
    _entrance: Entrance

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        if FIELD not in incoming.query and self._goes_on(incoming):
            return await self._show_again(incoming)
        refuse_unseen(incoming.headers)
        session_id = id_in_query(incoming)
        client = self._entrance.redeem.client_of(session_id)
        # Also with the grant of before: the doorstep goes on by it, and watches over the page.
        if client is not None and client.entry is Entry.CONFIRM:
            return show_doorstep(self._face, client, incoming.language, session_id.text)
        entered = await self._entrance.by_session(session_id, incoming)
        framing = frame_ancestors(entered.client)
        shown = show_protected_page(self._face, framing, incoming.language)
        return shown.plus(*entered.cookies)

    def _goes_on(self, incoming: Incoming) -> bool:
        return bool(named_in_query(incoming.query)) or self._entrance.holds_any(incoming)

    async def _show_again(self, incoming: Incoming) -> Answer:
        fingerprint, lacks_it = named(incoming.headers, incoming.query)
        client = self._entrance.client_of_held(incoming, fingerprint) if lacks_it else None
        if fingerprint and client:
            location = with_name(_NAME, urlencode(incoming.query, doseq=True), fingerprint)
            return self._face.pages.lead_to(location, frame_ancestors_and_self(client))
        entered = await self._entrance.by_grant(incoming, fingerprint)
        framing = frame_ancestors_and_self(entered.client)  # the doorstep shows it like this
        shown = show_protected_page(self._face, framing, incoming.language, tells_itself=True)
        return shown.plus(*entered.cookies)

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
