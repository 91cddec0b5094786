"""``POST /auth/create-session``."""

from attrs import frozen

from application.authenticate import Authenticate
from application.create_session import Created, CreateRequest, CreateSession
from domain.payload import Payload
from entrypoints.http.answer import Answer
from entrypoints.http.credentials import bearer_key
from entrypoints.http.face import Face
from entrypoints.http.idempotency_key import idempotency_key
from entrypoints.http.incoming import Incoming
from entrypoints.http.json_body import json_object
from entrypoints.http.problems import Problem
from entrypoints.http.rate_limit import rate_limit_fields
from entrypoints.http.route import Route

PATH = "/auth/create-session"
FIELDS = ("subject", "metadata", "ttl_seconds")
REPLAYED = ("Idempotent-Replayed", "true")


@frozen
class CreateSessionRoute(Route):
    """Gives a client a session."""

    methods = ("POST",)

    _face: Face
    _authenticate: Authenticate
    _create: CreateSession

    async def respond(self, incoming: Incoming) -> Answer:
        key = bearer_key(incoming.headers)
        client = self._authenticate.client(key, remote=incoming.remote)
        body = json_object(incoming, FIELDS)
        created = await self._create.execute(
            CreateRequest(
                client=client,
                remote=incoming.remote,
                ttl_seconds=body.get("ttl_seconds"),
                payload=Payload.of(body.get("subject"), body.get("metadata")),
                idempotency_key=idempotency_key(incoming.headers),
                client_key=key,
            )
        )
        lines = (*rate_limit_fields(created.creates), *([REPLAYED] if created.repeated else ()))
        return self._face.answers.fields(self._fields(created)).plus(*lines)

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        return self._face.answers.problem(problem, incoming.language)

    def _fields(self, created: Created) -> dict[str, object]:
        seconds = created.left_ms // 1000
        return {
            "session_id": created.session_id.text,
            "expires_in_minutes": seconds // 60,
            "expires_in_seconds": seconds,
            "iframe_url": self._face.iframe_url(created.session_id),
            "storage": self._face.storage,
        }
