"""``POST /auth/create-sessions``: many sessions for a backend that needs many."""

from tornado.routing import URLSpec

from application.authenticate import Authenticate
from application.create_sessions import CreatedMany, CreateManyRequest, CreateSessions
from domain.payload import Payload
from entrypoints.http.base import BaseHandler
from entrypoints.http.credentials import bearer_key
from entrypoints.http.face import Face
from entrypoints.http.idempotency_key import idempotency_key
from entrypoints.http.json_body import json_object
from entrypoints.http.rate_limit import rate_limit_fields

FIELDS = ("count", "subject", "metadata", "ttl_seconds")


class CreateSessionsHandler(BaseHandler):
    """Gives a client as many sessions as it asks for, or none."""

    def initialize(self, face: Face, authenticate: Authenticate, create: CreateSessions) -> None:
        self.take_face(face)
        self._authenticate = authenticate
        self._create = create

    async def post(self) -> None:
        key = bearer_key(self.request)
        client = self._authenticate.client(key, remote=self.remote)
        body = json_object(self, FIELDS)
        request = CreateManyRequest(
            client=client,
            remote=self.remote,
            count=body.get("count"),
            ttl_seconds=body.get("ttl_seconds"),
            payload=Payload.of(body.get("subject"), body.get("metadata")),
            idempotency_key=idempotency_key(self.request),
            client_key=key,
        )
        created = await self.in_time(self._create.execute(request))
        for name, value in rate_limit_fields(created.creates).items():
            self.set_header(name, value)
        if created.repeated:
            self.set_header("Idempotent-Replayed", "true")
        self.answer(self._fields(created))

    def _fields(self, created: CreatedMany) -> dict[str, object]:
        seconds = created.left_ms // 1000
        # An id of ours is URL-safe as it is.
        page = f"{self.face.public_url}/client/iframe.html?session_id="
        return {
            "sessions": [
                {"session_id": one.text, "iframe_url": page + one.text}
                for one in created.session_ids
            ],
            "count": len(created.session_ids),
            "expires_in_minutes": seconds // 60,
            "expires_in_seconds": seconds,
            "storage": self.face.storage,
        }


def routes(face: Face, authenticate: Authenticate, create: CreateSessions) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "authenticate": authenticate, "create": create}
    return [URLSpec(r"/auth/create-sessions", CreateSessionsHandler, use)]
