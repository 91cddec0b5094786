"""``/client/enter``: into an iframe without a session id in its address."""

from attrs import evolve, frozen

from application.ports import Clock
from domain.client import Client
from domain.errors import MalformedSessionId
from domain.session_id import is_fingerprint
from entrypoints.http.answer import Answer
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import frame_ancestors_and_self
from entrypoints.http.doorstep import show_doorstep
from entrypoints.http.embedding import UNSEEN_CODES, asking_origin, foreign_origin, refuse_unseen
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.form_body import FORM_CODES, MEDIA_TYPE, form_fields, is_form
from entrypoints.http.grant_fields import GRANT, grant_fields
from entrypoints.http.incoming import Incoming
from entrypoints.http.json_body import FIELD_CODES, json_object
from entrypoints.http.openapi.operation import HTML, JSON, Operation, Told, Who, offers, page
from entrypoints.http.openapi.schema import fields, strict, text
from entrypoints.http.openapi.shared import PRESENTED_ID, SETS_GRANT
from entrypoints.http.prefetch import PREFETCH_CODES, refuse_prefetch
from entrypoints.http.presented_id import FIELD, ID_IN_BODY_CODES, id_in
from entrypoints.http.problems import Problem
from entrypoints.http.protected_page import show_protected_page
from entrypoints.http.route import Route

PATH = "/client/enter"
HOLDS = ("cookie", "bearer")
ASKED = {
    FIELD: PRESENTED_ID,
    "hold": text("hold", enum=list(HOLDS)),
    "parent": text("parent"),
    "replaces": {"description": "api.field.replaces"},
}
DOORSTEP = Operation(
    name="enter",
    group="browsers",
    who=Who.ANYONE,
    query={"client": text("client_tag")},
    required=("client",),
    answers={200: page()},
    raises=(*PREFETCH_CODES, "client_unknown"),
    tells_in=(HTML,),
)
ENTER = evolve(
    DOORSTEP,
    who=Who.BROWSER,
    required=(),
    bodies={
        JSON: strict(ASKED, optional=("hold", "parent", "replaces")),
        MEDIA_TYPE: fields(
            {FIELD: PRESENTED_ID, "confirmed": text("confirmed")}, optional=("confirmed",)
        ),
    },
    answers={
        200: Told(
            said="entered", content={JSON: GRANT, HTML: {"type": "string"}}, headers=SETS_GRANT
        )
    },
    raises=(
        *(*DOORSTEP.raises, *UNSEEN_CODES, *ID_IN_BODY_CODES, *FIELD_CODES, *FORM_CODES),
        *("hold_unknown", "parent_not_text"),
        *("session_invalid", "rate_limited", "store_unavailable"),
    ),
)


@frozen
class EnterRoute(Route):
    """Shows the doorstep, and redeems for it.

    A GET says by ``?client=<tag>`` whose pages embed it. A form with ``session_id``, which such a
    page posts into the frame, gets the doorstep as well. That redeems by a JSON body
    ``{session_id, hold, parent, replaces}``: what the browser can hold the grant as (``cookie``,
    ``bearer``), the origin of the page that embeds it, and the fingerprint of the session whose
    grant this one takes the place of: the browser forgets its cookie, and if it brings it (or the
    bearer), it ends. Where no script runs, a person sends the
    form again, ``confirmed``, and gets the protected page at once.
    """

    operations = offers(GET=DOORSTEP, POST=ENTER)

    _face: Face
    _entrance: Entrance
    _clock: Clock

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        if is_form(incoming):
            return await self._posted(incoming)
        if incoming.body.read():
            return await self._redeem(incoming)
        client = self._entrance.client_named(incoming)
        if client is None:
            raise BadInput("client_unknown")
        return show_doorstep(self._face, client, incoming.language)

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        framing = frame_ancestors_and_self(self._client_of(incoming))
        return self._face.pages.show_problem(problem, incoming.language, framing, framed=True)

    async def _posted(self, incoming: Incoming) -> Answer:
        refuse_unseen(incoming.headers)
        form = form_fields(incoming)
        session_id = id_in(form)
        client = self._entrance.redeem.client_of(session_id)
        # Whose id is nobody's is told so by a redeem, like everybody else.
        if client is not None and "confirmed" not in form:
            return show_doorstep(self._face, client, incoming.language, session_id.text)
        entered = await self._entrance.by_session(session_id, incoming)
        framing = frame_ancestors_and_self(entered.client)
        shown = show_protected_page(self._face, framing, incoming.language)
        return shown.plus(*entered.cookies)

    async def _redeem(self, incoming: Incoming) -> Answer:
        asked = json_object(incoming, ASKED)
        hold, parent = asked.get("hold", HOLDS[0]), asked.get("parent", "")
        if hold not in HOLDS:
            raise BadInput("hold_unknown", known=", ".join(HOLDS))
        if not isinstance(parent, str):
            raise BadInput("parent_not_text")
        headers, public_url = incoming.headers, self._face.public_url
        asking = asking_origin(headers, public_url)
        entered = await self._entrance.by_session(
            id_in(asked),
            incoming,
            origin=asking or foreign_origin(parent, headers, public_url),
            as_bearer=hold == "bearer",
        )
        replaced = asked.get("replaces")
        if isinstance(replaced, str) and is_fingerprint(replaced):
            entered = await self._entrance.in_place_of(replaced, entered, incoming)
        return self._face.answers.fields(
            grant_fields(entered, self._clock.now()), lines=entered.cookies
        )

    def _client_of(self, incoming: Incoming) -> Client | None:
        """Tell whose pages may show the answer, by the tag or by whatever holds the id."""
        try:
            if is_form(incoming):
                return self._entrance.redeem.client_of(id_in(form_fields(incoming)))
            if incoming.body.read():
                return self._entrance.redeem.client_of(id_in(json_object(incoming)))
        except (BadInput, MalformedSessionId):
            return None
        return self._entrance.client_named(incoming)
