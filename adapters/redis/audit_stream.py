"""The stream in Redis that all workers of all servers bring their events to."""

from functools import cached_property

from adapters.gathering import NotTaken, Writer
from adapters.redis.keys import key_of
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Scripts
from application.ports import Randomness, StoreUnavailable

AUDIT = ".audit"
"""Its keys are named for a client that no clients file can hold."""

KEPT_MS = 90 * 24 * 3600 * 1000
REMEMBERED_MS = 3600 * 1000


class AuditStream(Writer):
    """Brings batches, each in one script and so whole; one that comes again is not doubled.

    Each is one entry of the stream. At least ``length`` events are kept, and hardly more than
    two batches besides; all of them for 90 days after the last. A batch that was lost with a
    primary is lost.
    """

    def __init__(
        self,
        link: RedisLink,
        scripts: Scripts,
        randomness: Randomness,
        length: int,
        owner: str = AUDIT,
    ) -> None:
        self._link = link
        self._script = scripts.take_down
        self._randomness = randomness
        self._length = length
        self._owner = owner

    @cached_property
    def keys(self) -> tuple[bytes, ...]:
        """The stream, how many events there have been, and what is remembered of this writer.

        Named when it first writes, and not before: processes must not share what they forked with.
        """
        writer = f"writer:{self._randomness.secret(8).hex()}"
        return tuple(key_of(self._owner, name) for name in ("events", "totals", writer))

    async def write(self, number: int, lines: bytes, count: int) -> None:
        wish = (self._length, KEPT_MS, REMEMBERED_MS, number, count, lines)
        try:
            await self._link.run(self._script, self.keys, wish)
        except StoreUnavailable as error:
            raise NotTaken(error.problem) from error
