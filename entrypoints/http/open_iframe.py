"""``GET /client/iframe.html``: the page that a session opens, once, and a grant again."""

from collections.abc import Sequence

from attrs import frozen

from application.redeem_session import RedeemRequest, RedeemSession
from application.use_grant import UseGrant, UseGrantRequest
from domain.client import Client
from domain.errors import MalformedSessionId
from domain.grant_token import GrantToken
from domain.refusal import Refused
from entrypoints.http.answer import Answer
from entrypoints.http.bad_input import BadInput
from entrypoints.http.content_security import frame_ancestors
from entrypoints.http.face import Face
from entrypoints.http.grant_cookie import held_tokens, set_grant
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
    _redeem: RedeemSession
    _use_grant: UseGrant

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        held = held_tokens(incoming.headers)
        if held and not incoming.query:
            return self._page(await self._client_of(held, incoming), incoming)
        session_id = id_in_query(incoming)
        own = [token for token in held if token.session == session_id.digest]
        if own:
            try:
                return self._page(await self._client_of(own, incoming), incoming)
            except Refused:
                pass  # with its grant a session has ended, and the redeem tells how
        request = RedeemRequest(session_id=session_id, remote=incoming.remote, goes_on=True)
        redeemed = await self._redeem.execute(request)
        page = self._page(redeemed.client, incoming)
        if redeemed.token is None:
            return page
        lifetime = redeemed.client.policy.grant_ttl_seconds
        return page.plus(set_grant(redeemed.token, held, lifetime))

    async def _client_of(self, tokens: Sequence[GrantToken], incoming: Incoming) -> Client:
        request = UseGrantRequest(tokens=tokens, remote=incoming.remote)
        return (await self._use_grant.execute(request)).client

    def _page(self, client: Client, incoming: Incoming) -> Answer:
        framing = frame_ancestors(client)
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
