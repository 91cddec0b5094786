"""``/auth/sessions``: list sessions, look one up without redeeming it, take them back."""

import re
from typing import Any

from attrs import frozen
from tornado.routing import URLSpec

from application.authenticate import Authenticate
from application.list_sessions import ListRequest, ListSessions
from application.look_up_session import LookUpSession
from application.revoke_session import RevokeRequest, RevokeSession
from application.revoke_sessions import RevokeManyRequest, RevokeSessions
from domain.client import Caller
from domain.listing import Listed, Listing
from domain.payload import Payload
from domain.session_id import is_fingerprint
from entrypoints.http.bad_input import BadInput
from entrypoints.http.base import BaseHandler
from entrypoints.http.controlling import (
    LIST_QUERY,
    LISTED,
    MOST_LISTED,
    OF_MANY,
    OF_ONE,
    REVOKE_QUERY,
    answer_ended,
)
from entrypoints.http.credentials import bearer_key
from entrypoints.http.cursor import read_cursor, write_cursor
from entrypoints.http.face import Face
from entrypoints.http.query_fields import query_fields
from entrypoints.http.session_record import record_fields


@frozen(kw_only=True)
class Control:
    """What can be done about sessions that exist."""

    look_up: LookUpSession
    list_all: ListSessions
    revoke: RevokeSession
    revoke_many: RevokeSessions


class ControlHandler(BaseHandler):
    """What the two addresses have in common."""

    def initialize(self, face: Face, authenticate: Authenticate, control: Control) -> None:
        self.take_face(face)
        self._authenticate = authenticate
        self._control = control

    def caller(self) -> Caller:
        """Tell who calls. Raises ``KeyRejected``."""
        return self._authenticate.execute(bearer_key(self.request.headers), remote=self.remote)


class SessionsHandler(ControlHandler):
    """Lists sessions, and takes many back."""

    operations = OF_MANY

    async def get(self) -> None:
        caller = self.caller()
        wish = query_fields(self.incoming, LIST_QUERY)
        request = ListRequest(
            caller=caller,
            listing=Listing(_state(wish.get("state", "active")), _subject(wish.get("subject"))),
            client=wish.get("client"),
            after=read_cursor(wish["after"]) if "after" in wish else None,
            most=_limit(wish.get("limit", str(LISTED))),
        )
        listed = await self.in_time(self._control.list_all.execute(request))
        self.answer(
            {
                "sessions": [record_fields(record, whole=False) for record in listed.records],
                "next": write_cursor(listed.next),
            }
        )

    head = get

    async def delete(self) -> None:
        caller = self.caller()
        wish = query_fields(self.incoming, REVOKE_QUERY)
        if not wish:
            raise BadInput("filter_missing")
        if "all" in wish and wish != {"all": "true"}:
            raise BadInput("all_invalid")
        request = RevokeManyRequest(
            caller=caller,
            remote=self.remote,
            client=wish.get("client"),
            subject=_subject(wish.get("subject")),
        )
        answer_ended(self, await self.in_time(self._control.revoke_many.execute(request)))


class SessionHandler(ControlHandler):
    """Looks one session up, and takes it back."""

    operations = OF_ONE

    async def get(self, fingerprint: str) -> None:
        caller = self.caller()
        _judge(fingerprint)
        record, *others = await self.in_time(self._control.look_up.execute(caller, fingerprint))
        fields = record_fields(record, whole=True)
        if others:
            fields["others"] = [record_fields(other, whole=True) for other in others]
        self.answer(fields)

    head = get

    async def delete(self, fingerprint: str) -> None:
        caller = self.caller()
        _judge(fingerprint)
        request = RevokeRequest(caller=caller, fingerprint=fingerprint, remote=self.remote)
        answer_ended(self, await self.in_time(self._control.revoke.execute(request)))


def _judge(fingerprint: str) -> None:
    if not is_fingerprint(fingerprint):
        raise BadInput("fingerprint_invalid")


def _state(text: str) -> Listed:
    try:
        return Listed(text)
    except ValueError as error:
        raise BadInput("state_invalid") from error


def _subject(text: str | None) -> str | None:
    return Payload.of(subject=text).subject


def _limit(text: str) -> int:
    fits = re.fullmatch(r"[0-9]{1,4}", text) and 1 <= int(text) <= MOST_LISTED
    if not fits:
        raise BadInput("limit_invalid", most=MOST_LISTED)
    return int(text)


def routes(face: Face, authenticate: Authenticate, control: Control) -> list[URLSpec]:
    """Return the routes of this module."""
    use: dict[str, Any] = {"face": face, "authenticate": authenticate, "control": control}
    return [
        URLSpec(r"/auth/sessions", SessionsHandler, use),
        URLSpec(r"/auth/sessions/(?P<fingerprint>[^/]+)", SessionHandler, use),
    ]
