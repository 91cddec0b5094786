"""The link to Redis, and the one place that translates its errors."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from attrs import frozen
from redis.exceptions import (
    NoScriptError,
    RedisClusterException,
    RedisError,
    ResponseError,
)

from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.breaker import Breaker
from adapters.redis.carrier import Carrier, Crowded, Word
from adapters.redis.client import make_carrier
from adapters.redis.pipeline import is_of_a_replica
from adapters.redis.scripts import Script
from application.ports import StoreHealth, StoreUnavailable

# In three parts of a Cluster's slots; on a single Redis the first alone says it all.
HEALTH_KEYS = (b"fg:{health}", b"fg:{health-3}", b"fg:{health-4}")

_PROBLEMS = (RedisError, RedisClusterException, OSError, Crowded)

Take = Callable[[float], None]


@frozen
class Takes:
    """What takes note of the seconds that the run of a script took, by the name of the script."""

    answered: Mapping[str, Take]
    unavailable: Mapping[str, Take]


class RedisLink(StoreHealth):
    """Runs scripts, each sent once, within one deadline.

    Nothing is retried: a redeem sent twice would lose to itself. What has no answer is
    unknown, and the caller is told so.
    """

    def __init__(self, carrier: Carrier, deadline_seconds: float) -> None:
        self._carrier = carrier
        self.deadline_seconds = deadline_seconds
        """So long an operation may take."""
        self.in_cluster = carrier.in_cluster
        """Whether it is a Cluster that is talked to."""
        self.takes: Takes | None = None
        """Who is told how long each script took, where somebody wants to know."""
        self._breakers: defaultdict[bytes, Breaker] = defaultdict(Breaker)

    @classmethod
    def to(cls, address: RedisAddress, limits: RedisLimits) -> "RedisLink":
        """Make a link that connects when it is first used."""
        return cls(make_carrier(address, limits), limits.timeout_seconds)

    async def run(
        self, script: Script, keys: Sequence[bytes], arguments: Sequence[bytes | int]
    ) -> Any:
        """Run the script in one round trip. Raises ``StoreUnavailable``.

        A server that does not know the script yet (NOSCRIPT: it has run nothing) is sent
        its text, which it knows from then on.
        """
        key, began = keys[0], monotonic()
        try:
            breaker = self._admit(key)
            call = (len(keys), *keys, *arguments)
            try:
                answer = await self._carrier.send(key, "EVALSHA", script.sha, *call)
            except NoScriptError:
                async with asyncio.timeout(began + self.deadline_seconds - monotonic()):
                    answer = await self._carrier.send(key, "EVAL", script.text, *call)
        except BaseException as error:
            if self.takes is not None:
                self.takes.unavailable[script.name](monotonic() - began)
            if isinstance(error, _PROBLEMS):
                raise _unavailable(error, breaker) from error
            raise  # turned away, or nobody waits any longer
        breaker.answered()
        if self.takes is not None:
            self.takes.answered[script.name](monotonic() - began)
        return answer

    async def ask(self, *command: Word) -> Any:
        """Send one command, once. Raises ``StoreUnavailable``.

        In a Cluster the node is that of the first word after the command's name: its key, or,
        where it has no key, whatever is there, for then any node will do.
        """
        where = command[1] if len(command) > 1 else b""
        key = where if isinstance(where, bytes) else str(where).encode()
        return await self._once(b"", lambda: self._carrier.send(key, *command))

    async def ask_each(self, *command: str) -> Mapping[str, Any]:
        """Ask every server that decides: in a Cluster each primary, by its name.

        Raises ``StoreUnavailable`` where one of them does not answer.
        """
        answers: Mapping[str, Any] = await self._once(
            b"", lambda: self._carrier.send_each(*command)
        )
        return answers

    @property
    def pauses(self) -> bool:
        """Whether callers are turned away for want of answers, in a Cluster of any node."""
        return any(breaker.is_open for breaker in self._breakers.values())

    def server_of(self, key: bytes) -> str:
        """Name the server that decides over a key, as ``ask_each`` does, once it has."""
        return self._carrier.server_of(key)

    async def check(self) -> None:
        # A Cluster is worth asking as long as part of it answers: were one lost node enough
        # to make every server unready, the clients on the others would lose theirs, too.
        keys = HEALTH_KEYS if self.in_cluster else HEALTH_KEYS[:1]
        problems = await asyncio.gather(*map(self._check, keys))
        if first := all(problems) and problems[0]:
            raise first

    async def _check(self, key: bytes) -> StoreUnavailable | None:
        # A write that changes nothing: a replica, or a server that has stopped writing, says
        # no to it, where a PING is still answered. It needs no memory, as a redeem needs none.
        try:
            await self._once(key, lambda: self._carrier.send(key, "UNLINK", key))
        except StoreUnavailable as problem:
            return problem
        return None

    async def close(self) -> None:
        """Close all connections."""
        await self._carrier.close()

    async def _once(self, key: bytes, send: Callable[[], Awaitable[Any]]) -> Any:
        breaker = self._admit(key)
        try:
            async with asyncio.timeout(self.deadline_seconds):
                answer = await send()
        except _PROBLEMS as error:
            raise _unavailable(error, breaker) from error
        breaker.answered()
        return answer

    def _admit(self, key: bytes) -> Breaker:
        # In a Cluster a node may be away alone, and a key shares its fate.
        breaker = self._breakers[key if self.in_cluster else b""]
        if not breaker.admits(self.deadline_seconds):
            raise StoreUnavailable("no answer lately; the next try is a moment away")
        return breaker


def _unavailable(error: Exception, breaker: Breaker) -> StoreUnavailable:
    """Learn from how a try has ended, and say so.

    An error's text goes no further: a server may quote in it what it was sent.
    """
    if isinstance(error, Crowded):
        return StoreUnavailable("too many commands await their answers")
    if isinstance(error, ResponseError):
        breaker.answered()
        replica = is_of_a_replica(error)
        return StoreUnavailable("connected to a replica" if replica else type(error).__name__)
    breaker.lost()
    if isinstance(error, TimeoutError):
        return StoreUnavailable("no answer in time")
    return StoreUnavailable(type(error).__name__)
