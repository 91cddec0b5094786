"""Operations of all kinds, mixed at random, and what their callers were told.

Requests go out many at a time over a few connections (RFC 9112, section 9.3.2), and answers come in
the order of the requests, so that each is known for what it was asked.
"""

import json
import random
from collections import Counter, deque
from collections.abc import Callable
from contextlib import ExitStack

import attrs

from domain.session_id import Digest
from tests.faults.raw_http import Line, Reply, line_to, replies_in
from tests.support.framegate_server import KEYS

AT_ONCE = 40
LINES = 4
_KEPT = 500
_STRANGERS = "fgs_00000000"

Outcome = Callable[[Reply], str | None]


@attrs.frozen
class _Asked:
    """A request of a client's, and how to read off its answer as what the usage counts it."""

    client: str
    raw: bytes
    outcome: Outcome


class Mixture:
    """Callers of two clients. ``told`` is how often each client was told what.

    To find a session by its fingerprint Redis looks at all that it remembers: of many operations
    only one in so many may revoke, or there would be time for nothing else.
    """

    def __init__(self, url: str, randomness: random.Random, one_revokes_in: int) -> None:
        self.told: Counter[tuple[str, str]] = Counter()
        self.done = 0
        self._url = url
        self._random = randomness
        self._keys = {"portal": KEYS.portal, "other": KEYS.other}
        self._fresh = {client: deque[str](maxlen=_KEPT) for client in self._keys}
        self._spent = {client: deque[str](maxlen=_KEPT) for client in self._keys}
        often = (self._create, self._create, self._redeem, self._replay, self._open_page)
        self._kinds = (*often, *often, self._make_up, self._stray)
        self._revokes = 1 / one_revokes_in

    def run(self, operations: int) -> None:
        """Do so many, and hear the answer to every one of them."""
        with ExitStack() as stack:
            lines = [stack.enter_context(line_to(self._url)) for _ in range(LINES)]
            while self.done < operations:
                batches = [[self._any() for _ in range(AT_ONCE)] for _ in lines]
                for line, batch in zip(lines, batches, strict=True):
                    line.send(b"".join(asked.raw for asked in batch))
                for line, batch in zip(lines, batches, strict=True):
                    for asked, reply in zip(batch, _heard(line, len(batch)), strict=True):
                        if what := asked.outcome(reply):
                            self.told[asked.client, what] += 1
                self.done += AT_ONCE * LINES

    def _any(self) -> _Asked:
        revokes = self._random.random() < self._revokes
        kind = self._revoke if revokes else self._random.choice(self._kinds)
        return kind(self._random.choice(sorted(self._keys)))

    def _create(self, client: str) -> _Asked:
        def outcome(reply: Reply) -> str:
            fields = json.loads(reply.body)
            if reply.status == 429:
                assert fields["code"] == "session_cap_reached"
                return "cap_reached"
            assert reply.status == 200, fields
            self._fresh[client].append(fields["session_id"])
            return "created"

        return _Asked(client, _request("POST /auth/create-session", self._keys[client]), outcome)

    def _redeem(self, client: str) -> _Asked:
        if not self._fresh[client]:
            return self._create(client)
        session_id = self._fresh[client].popleft()
        self._spent[client].append(session_id)  # so another may come before it
        return self._validate(client, session_id)

    def _replay(self, client: str) -> _Asked:
        if not self._spent[client]:
            return self._create(client)
        return self._validate(client, self._random.choice(self._spent[client]))

    def _validate(self, client: str, session_id: str) -> _Asked:
        def outcome(reply: Reply) -> str:
            fields = json.loads(reply.body)
            assert reply.status in {200, 401}, fields
            return "redeemed" if reply.status == 200 else f"refused_{fields['reason']}"

        line = f"GET /auth/validate-session?session_id={session_id}"
        return _Asked(client, _request(line, self._keys[client]), outcome)

    def _open_page(self, client: str) -> _Asked:
        if not self._fresh[client]:
            return self._create(client)
        session_id = self._fresh[client].popleft()

        def outcome(reply: Reply) -> str:
            assert reply.status == 200, reply
            self._spent[client].append(session_id)
            self.told[client, "granted"] += 1
            return "redeemed"

        line = f"GET /client/iframe.html?session_id={session_id}"
        return _Asked(client, _request(line), outcome)

    def _revoke(self, client: str) -> _Asked:
        if not self._fresh[client]:
            return self._create(client)
        session_id = self._fresh[client].popleft()

        def outcome(reply: Reply) -> str:
            assert reply.status == 200, reply
            self._spent[client].append(session_id)
            return "revoked"

        line = f"DELETE /auth/sessions/{Digest.of(session_id).fingerprint}"
        return _Asked(client, _request(line, self._keys[client]), outcome)

    def _make_up(self, client: str) -> _Asked:
        known = self._spent[client]
        tag, whose = (known[0][:12], client) if known else (_STRANGERS, "?")
        session_id = f"{tag}_{self._random.getrandbits(192):048x}"

        def outcome(reply: Reply) -> str:
            assert reply.status == 401, reply
            return "refused_unknown"

        return _Asked(
            whose, _request(f"GET /auth/validate-session?session_id={session_id}"), outcome
        )

    def _stray(self, client: str) -> _Asked:
        """Ask for something that changes nothing: with a wrong key, or for the figures."""
        wrong = self._random.random() < 0.5
        line = "POST /auth/create-session" if wrong else "GET /auth/session-status"
        key = "fgk_wrong" if wrong else self._keys[client]

        def outcome(reply: Reply) -> None:
            assert reply.status == (401 if wrong else 200), reply

        return _Asked(client, _request(line, key), outcome)


def _request(line: str, key: str | None = None) -> bytes:
    said = [f"{line} HTTP/1.1", "Host: framegate.example"]
    if key is not None:
        said.append(f"Authorization: Bearer {key}")
    if line.startswith("POST"):
        said.append("Content-Length: 0")
    return "\r\n".join([*said, "", ""]).encode()


def _heard(line: Line, count: int) -> list[Reply]:
    """Hear so many answers; what is heard ends with the last of them."""
    heard = b""
    while heard.count(b"HTTP/1.1 ") < count or not _is_whole(heard):
        data = line.hear()
        assert data, f"the connection ended: {heard[-500:]!r}"
        heard += data
    return replies_in(heard)


def _is_whole(heard: bytes) -> bool:
    head, blank, body = heard[heard.rindex(b"HTTP/1.1 ") :].partition(b"\r\n\r\n")
    if not blank:
        return False
    _, _, length = head.lower().partition(b"content-length: ")
    return len(body) >= int(length.split(b"\r\n")[0] or 0)
