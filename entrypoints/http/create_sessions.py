"""``POST /auth/create-sessions``: many sessions for a backend that needs many."""

from attrs import frozen

from application.authenticate import Authenticate
from application.create_sessions import CreateManyRequest, CreateSessions
from entrypoints.http.answer import Answer
from entrypoints.http.creating import answer_created, asked_for, lifetime
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.route import JsonRoute

PATH = "/auth/create-sessions"
FIELDS = ("count", "subject", "metadata", "ttl_seconds")


@frozen
class CreateSessionsRoute(JsonRoute):
    """Gives a client as many sessions as it asks for, or none."""

    methods = ("POST",)

    _face: Face
    _authenticate: Authenticate
    _create: CreateSessions

    async def respond(self, incoming: Incoming) -> Answer:
        request = CreateManyRequest(**asked_for(incoming, self._authenticate, FIELDS))
        created = await self._create.execute(request)
        sessions = [
            {"session_id": one.text, "iframe_url": self._face.iframe_url(one)}
            for one in created.session_ids
        ]
        fields = {
            "sessions": sessions,
            "count": len(sessions),
            **lifetime(created.left_ms),
            "storage": self._face.storage,
        }
        return answer_created(self._face, fields, created.creates, repeated=created.repeated)
