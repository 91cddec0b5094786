"""Grants remembered for a moment, so that all that a page loads asks the store once."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection

from attrs import frozen

from application.ports import GrantRepository
from domain.attempt import Attempt
from domain.grant import Grant, Shown
from domain.session_id import Digest

MOST_KEPT = 10_000

_Key = tuple[str, tuple[Shown, ...]]


@frozen
class _Kept:
    answer: "asyncio.Future[Grant]"
    asked_at: float


class CachedGrants(GrantRepository):
    """Answers with what the store has said up to ``seconds`` ago; refusals are not kept.

    What has been revoked or has expired since holds here for as long at the most, counted from
    when the store was asked. A use that is answered from here does not put off the expiry.
    Requests that come while the store is being asked wait for the same answer. ``now`` must not
    step back, as clocks on the wall do.
    """

    def __init__(
        self,
        store: GrantRepository,
        seconds: float,
        *,
        most_kept: int = MOST_KEPT,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._most_kept = most_kept
        self._now = now
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()

    async def use(self, client: str, *shown: Shown) -> Grant:
        key, now = (client, shown), self._now()
        kept = self._kept.get(key)
        if kept is None or now - kept.asked_at >= self._seconds:
            kept = self._ask(key, now)
        # Whoever gives up waiting takes the answer from nobody else.
        return await asyncio.shield(kept.answer)

    async def count_refusal(self, client: str, attempt: Attempt) -> None:
        await self._store.count_refusal(client, attempt)

    async def replace(self, client: str, session: Digest, token: Digest) -> Grant:
        try:
            return await self._store.replace(client, session, token)
        finally:  # as below
            self.forget(client, {session})

    async def revoke(self, client: str, session: Digest) -> bool:
        try:
            return await self._store.revoke(client, session)
        finally:  # without an answer, too, it may have happened
            self.forget(client, {session})

    def forget(self, client: str | None = None, sessions: Collection[Digest] | None = None) -> None:
        """Drop what is kept of these sessions, of all of a client's, or of everybody's.

        Also what the store has been asked and not answered yet: it may have looked before that
        ended which is to be forgotten. Who waits for it gets that answer, and nobody after him.
        """
        for key in [
            key
            for key in self._kept
            if client in {None, key[0]}
            and (sessions is None or any(session in sessions for session, _ in key[1]))
        ]:
            del self._kept[key]

    def _ask(self, key: _Key, now: float) -> _Kept:
        client, shown = key
        answer = asyncio.ensure_future(self._store.use(client, *shown))
        kept = self._kept[key] = _Kept(answer, now)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)
        answer.add_done_callback(lambda _: self._forget_refusal(key, kept))
        return kept

    def _forget_refusal(self, key: _Key, kept: _Kept) -> None:
        refused = kept.answer.cancelled() or kept.answer.exception() is not None
        if refused and self._kept.get(key) is kept:
            del self._kept[key]
