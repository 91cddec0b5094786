"""``POST /auth/create-sessions``: many sessions for a backend that needs many."""

from attrs import frozen

from application.authenticate import Authenticate
from application.create_sessions import CreateManyRequest, CreateSessions
from domain.policy import MOST_AT_ONCE
from entrypoints.http.answer import Answer
from entrypoints.http.creating import answer_created, asked_for, creates, lifetime
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.openapi.operation import offers
from entrypoints.http.openapi.schema import fields, listed, whole
from entrypoints.http.openapi.shared import GIVEN_ID, IFRAME_URL, WISHES
from entrypoints.http.route import JsonRoute

PATH = "/auth/create-sessions"
COUNT = whole("count", 1, maximum=MOST_AT_ONCE)
MANY_WISHES = {"count": COUNT, **WISHES}
CREATED = fields({"session_id": GIVEN_ID, "iframe_url": IFRAME_URL})
CREATE_MANY = creates(
    "create_sessions",
    MANY_WISHES,
    {"sessions": listed("sessions_created", CREATED), "count": COUNT},
    "count_invalid",
)


@frozen
class CreateSessionsRoute(JsonRoute):
    """Gives a client as many sessions as it asks for, or none."""

    operations = offers(POST=CREATE_MANY)

    _face: Face
    _authenticate: Authenticate
    _create: CreateSessions

    async def respond(self, incoming: Incoming) -> Answer:
        request = CreateManyRequest(**asked_for(incoming, self._authenticate, MANY_WISHES))
        created = await self._create.execute(request)
        sessions = [
            {"session_id": one.text, "iframe_url": self._face.iframe_url(one)}
            for one in created.session_ids
        ]
        answer = {
            "sessions": sessions,
            "count": len(sessions),
            **lifetime(created.left_ms),
            "storage": self._face.storage,
        }
        return answer_created(self._face, answer, created.creates, repeated=created.repeated)
