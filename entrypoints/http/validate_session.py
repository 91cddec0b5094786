"""``GET`` or ``POST /auth/validate-session``."""

import orjson
from attrs import evolve, frozen

from application.authenticate import Authenticate
from application.redeem_session import RedeemRequest, RedeemSession
from domain.refusal import Refused
from entrypoints.http.answer import Answer
from entrypoints.http.credentials import bearer_key
from entrypoints.http.embedding import UNSEEN_CODES, refuse_unseen
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.json_body import BODY_CODES
from entrypoints.http.openapi.operation import JSON, Operation, Who, offers, told
from entrypoints.http.openapi.schema import fields, text
from entrypoints.http.openapi.shared import METADATA, PRESENTED_ID, STORAGE, SUBJECT, YES
from entrypoints.http.prefetch import PREFETCH_CODES, refuse_prefetch
from entrypoints.http.presented_id import FIELD, ID_IN_BODY_CODES, id_in_query_or_body
from entrypoints.http.problems import problem_of
from entrypoints.http.route import JsonRoute
from entrypoints.texts import say

PATH = "/auth/validate-session"
VALID = fields(
    {
        "valid": YES,
        "message": text("message"),
        "session_id": PRESENTED_ID,
        "storage": STORAGE,
        "subject": SUBJECT,
        "metadata": METADATA,
    },
    optional=("subject", "metadata"),
)
VALIDATE = Operation(
    name="validate_session",
    group="sessions",
    who=Who.HOLDER,
    query={FIELD: PRESENTED_ID},
    required=(FIELD,),
    answers={200: told(VALID)},
    raises=(
        *(*PREFETCH_CODES, *UNSEEN_CODES, "key_unknown", *ID_IN_BODY_CODES, *BODY_CODES),
        *("session_invalid", "rate_limited", "store_unavailable"),
    ),
)
# The id may be in the address or in the body.
VALIDATE_BODY = evolve(
    VALIDATE, required=(), bodies={JSON: fields({FIELD: PRESENTED_ID}, optional=(FIELD,))}
)


@frozen
class ValidateSessionRoute(JsonRoute):
    """Redeems a session for a program."""

    operations = offers(GET=VALIDATE, POST=VALIDATE_BODY)

    _face: Face
    _authenticate: Authenticate
    _redeem: RedeemSession

    async def respond(self, incoming: Incoming) -> Answer:
        refuse_prefetch(incoming.headers)
        refuse_unseen(incoming.headers, scripts_may_ask=True)
        key = bearer_key(incoming.headers)
        caller = None
        if key is not None:
            caller = self._authenticate.execute(key, remote=incoming.remote)
        session_id = id_in_query_or_body(incoming)
        language = incoming.language
        try:
            redeemed = await self._redeem.execute(
                RedeemRequest(
                    session_id=session_id,
                    remote=incoming.remote,
                    caller=caller,
                    # Who brings a key is a backend: where it stands tells of no browser.
                    region=self._face.regions.of(incoming) if caller is None else "",
                )
            )
        except Refused as refused:
            # Why, only to those who have proved who they are.
            why = {} if caller is None else {"reason": refused.reason.value}
            return self._face.answers.problem(problem_of(refused), language, **why)
        payload = redeemed.session.payload
        told_of: dict[str, object] = {
            "valid": True,
            "message": say(language, "session_valid"),
            "session_id": session_id.text,
            "storage": self._face.storage,
        }
        if payload.subject is not None:
            told_of["subject"] = payload.subject
        if payload.metadata is not None:
            told_of["metadata"] = orjson.Fragment(payload.metadata)  # it is kept as JSON
        return self._face.answers.fields(told_of, varies=True)
