"""``GET`` or ``POST /auth/validate-session``."""

import json

from tornado.routing import URLSpec

from application.authenticate import Authenticate
from application.redeem_session import RedeemRequest, RedeemSession
from domain.client import Caller
from domain.refusal import Refused
from entrypoints.http.base import BaseHandler
from entrypoints.http.credentials import bearer_key
from entrypoints.http.face import Face
from entrypoints.http.prefetch import refuse_prefetch
from entrypoints.http.presented_id import id_in_query_or_body
from entrypoints.http.problems import Problem


class ValidateSessionHandler(BaseHandler):
    """Redeems a session for a program."""

    def initialize(self, face: Face, authenticate: Authenticate, redeem: RedeemSession) -> None:
        self.take_face(face)
        self._authenticate = authenticate
        self._redeem = redeem
        self._caller: Caller | None = None

    async def get(self) -> None:
        refuse_prefetch(self.request)
        key = bearer_key(self.request)
        if key is not None:
            self._caller = self._authenticate.execute(key, remote=self.remote)
        session_id = id_in_query_or_body(self)
        request = RedeemRequest(session_id=session_id, remote=self.remote, caller=self._caller)
        redeemed = await self.in_time(self._redeem.execute(request))
        payload = redeemed.session.payload
        fields: dict[str, object] = {
            "valid": True,
            "message": self.text("session_valid"),
            "session_id": session_id.text,
            "storage": self.face.storage,
        }
        if payload.subject is not None:
            fields["subject"] = payload.subject
        if payload.metadata is not None:
            fields["metadata"] = json.loads(payload.metadata)
        self.set_header("Vary", "Accept-Language")
        self.answer(fields)

    post = get

    def problem_fields(self, problem: Problem, error: BaseException | None) -> dict[str, object]:
        fields = super().problem_fields(problem, error)
        # Why, only to those who have proved who they are.
        if self._caller is not None and isinstance(error, Refused):
            fields["reason"] = error.reason.value
        return fields


def routes(face: Face, authenticate: Authenticate, redeem: RedeemSession) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "authenticate": authenticate, "redeem": redeem}
    return [URLSpec(r"/auth/validate-session", ValidateSessionHandler, use)]
