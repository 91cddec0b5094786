"""A hostile request and what may come of it."""

import attrs

from domain.session_id import SessionId
from tests.http.talk import CREATE, JSON, VALIDATE, at, request_bytes
from tests.support.framegate_server import KEYS

GOOD = SessionId.compose("00000000", bytes(24)).text
"""Stands for an id that can be redeemed, and is as long as one."""

MARK = "xyzzy"
"""Stands in every text that an answer must not repeat."""

SCRIPT = f'"><script>{MARK}</script>'

REDEEM = at(VALIDATE, GOOD)
PORTAL = f"Authorization: Bearer {KEYS.portal}"
JSON_TYPE = f"Content-Type: {JSON}"
ID_BODY = f'{{"session_id":"{GOOD}"}}'.encode()


@attrs.frozen
class Case:
    """``answer`` is what the one answer may say; 0 is none, a connection closed without a word.

    Where the server ``closes``, nothing after the request is looked at: its end is not where
    it claims to be. Only a request that ``may_redeem`` may use up the id in it.
    """

    name: str
    sent: bytes
    answer: frozenset[int]
    closes: bool = False
    may_redeem: bool = False
    to_head: bool = False


def malformed(name: str, sent: bytes) -> Case:
    """Make the case of a request whose end cannot be known."""
    return Case(name, sent, frozenset({400}), closes=True)


def too_much(name: str, sent: bytes, *statuses: int) -> Case:
    """Make the case of a request of which not all is read: it may stay without an answer."""
    return Case(name, sent, frozenset({0, 400, *statuses}), closes=True)


def refused(name: str, sent: bytes, *statuses: int) -> Case:
    """Make the case of a request that is understood and refused."""
    return Case(name, sent, frozenset(statuses))


def harmless(name: str, sent: bytes, *statuses: int) -> Case:
    """Make the case of a request that is odd and allowed, or may at least be taken so."""
    return Case(name, sent, frozenset({200, *statuses}), may_redeem=True)


def get(*headers: str, target: str = REDEEM) -> bytes:
    return request_bytes("GET", target, *headers)


def post(*headers: str, body: bytes = ID_BODY, target: str = VALIDATE) -> bytes:
    """Write a request with a body and no header that says how long it is."""
    return request_bytes("POST", target, JSON_TYPE, *headers, body=body)


def post_whole(body: bytes, *headers: str, target: str = VALIDATE) -> bytes:
    return post(f"Content-Length: {len(body)}", *headers, body=body, target=target)


def create_whole(body: bytes, *headers: str) -> bytes:
    return post_whole(body, PORTAL, *headers, target=CREATE)
