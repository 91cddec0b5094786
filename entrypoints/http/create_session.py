"""``POST /auth/create-session``."""

from attrs import frozen

from application.authenticate import Authenticate
from application.create_session import CreateRequest, CreateSession
from entrypoints.http.answer import Answer
from entrypoints.http.creating import answer_created, asked_for, creates, lifetime
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.openapi.operation import offers
from entrypoints.http.openapi.shared import GIVEN_ID, IFRAME_URL, WISHES
from entrypoints.http.route import JsonRoute

PATH = "/auth/create-session"
CREATE = creates("create_session", WISHES, {"session_id": GIVEN_ID, "iframe_url": IFRAME_URL})


@frozen
class CreateSessionRoute(JsonRoute):
    """Gives a client a session."""

    operations = offers(POST=CREATE)

    _face: Face
    _authenticate: Authenticate
    _create: CreateSession

    async def respond(self, incoming: Incoming) -> Answer:
        request = CreateRequest(**asked_for(incoming, self._authenticate, WISHES))
        created = await self._create.execute(request)
        fields = {
            "session_id": created.session_id.text,
            **lifetime(created.left_ms),
            "iframe_url": self._face.iframe_url(created.session_id),
            "storage": self._face.storage,
        }
        return answer_created(self._face, fields, created.creates, repeated=created.repeated)
