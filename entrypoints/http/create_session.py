"""``POST /auth/create-session``."""

from urllib.parse import quote

from tornado.routing import URLSpec

from application.authenticate import Authenticate
from application.create_session import Created, CreateRequest, CreateSession
from domain.payload import Payload
from entrypoints.http.base import BaseHandler
from entrypoints.http.credentials import bearer_key
from entrypoints.http.face import Face
from entrypoints.http.idempotency_key import idempotency_key
from entrypoints.http.json_body import json_object
from entrypoints.http.rate_limit import rate_limit_fields

FIELDS = ("subject", "metadata", "ttl_seconds")


class CreateSessionHandler(BaseHandler):
    """Gives a client a session."""

    def initialize(self, face: Face, authenticate: Authenticate, create: CreateSession) -> None:
        self.take_face(face)
        self._authenticate = authenticate
        self._create = create

    async def post(self) -> None:
        key = bearer_key(self.request)
        client = self._authenticate.client(key, remote=self.remote)
        body = json_object(self, FIELDS)
        request = CreateRequest(
            client=client,
            remote=self.remote,
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

    def _fields(self, created: Created) -> dict[str, object]:
        seconds = created.left_ms // 1000
        session_id = created.session_id.text
        page = f"{self.face.public_url}/client/iframe.html"
        return {
            "session_id": session_id,
            "expires_in_minutes": seconds // 60,
            "expires_in_seconds": seconds,
            "iframe_url": f"{page}?session_id={quote(session_id)}",
            "storage": self.face.storage,
        }


def routes(face: Face, authenticate: Authenticate, create: CreateSession) -> list[URLSpec]:
    """Return the routes of this module."""
    use = {"face": face, "authenticate": authenticate, "create": create}
    return [URLSpec(r"/auth/create-session", CreateSessionHandler, use)]
