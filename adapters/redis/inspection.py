"""The look at Redis: is it there, is it fit, may we use it, does the fence hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import frozen
from redis.asyncio.connection import AbstractConnection

from adapters.redis.diagnosis import why_unreachable
from adapters.redis.info import facts_of
from adapters.redis.judgement import judge
from adapters.redis.keys import keys_of
from adapters.redis.link import RedisLink
from adapters.redis.rehearsal import Rehearsal
from adapters.redis.scripts import Scripts, SingleUse
from application.ports import Clock, Finding, Randomness, StoreInspection, StoreUnavailable

_FUTILE = {
    "redis.version.old",
    "redis.role.replica",
    "redis.incarnation.unreadable",
    "redis.cluster.unsaid",
}
"""After these a rehearsal could only say the same in other words."""

MOST_NAMES = 1000
"""So many names hit each server of a Cluster but with a chance that nobody will live to see."""


@frozen(kw_only=True)
class RedisInspection(StoreInspection):
    """Looks once and gives its connections back.

    ``connect`` makes one on which revocations are listened for; ``where`` names Redis, without
    a password.
    """

    link: RedisLink
    connect: Callable[[], AbstractConnection]
    scripts: Scripts
    single_use: SingleUse
    where: str
    clock: Clock
    randomness: Randomness
    events_are_kept: bool = True

    async def inspect(self) -> Sequence[Finding]:
        try:
            return await self._look()
        finally:
            await self.link.close()

    async def _look(self) -> list[Finding]:
        try:
            told = await self.link.ask_each("INFO")
        except StoreUnavailable as error:
            return [why_unreachable(error, self.where)]
        servers = {name: facts_of(info) for name, info in told.items()}
        config = await self._config(servers)
        findings = []
        for name, server in servers.items():
            findings.append(Finding.ok("redis.reached", where=name or self.where))
            findings += judge(server, config[name], self.single_use)
            if str(server.get("cluster_enabled")) == "1" and not self.link.in_cluster:
                findings.append(Finding.failed("redis.cluster.unsaid"))
        if _FUTILE.isdisjoint(finding.what for finding in findings):
            findings += await self._rehearse(servers)
        return findings

    async def _config(self, servers: Iterable[str]) -> Mapping[str, Mapping[str, object]]:
        """Return what INFO leaves out; a managed service or a minimal user may not tell it."""
        nothing: dict[str, Mapping[str, object]] = {name: {} for name in servers}
        if self.single_use is SingleUse.STRICT:
            return nothing
        try:
            told = await self.link.ask_each("CONFIG", "GET", "*appendfsync*")
        except StoreUnavailable:
            return nothing
        return nothing | {name: _pairs(words) for name, words in told.items()}

    async def _rehearse(self, servers: Iterable[str]) -> list[Finding]:
        """Rehearse on each server, and say once what is the same on all."""
        findings: list[Finding] = []
        for name in self._clients_of_each(servers):
            rehearsal = Rehearsal(
                link=self.link,
                connect=self.connect,
                scripts=self.scripts,
                single_use=self.single_use,
                clock=self.clock,
                randomness=self.randomness,
                client=name,
                events_are_kept=self.events_are_kept,
            )
            findings += [one for one in await rehearsal.run() if one not in findings]
        return findings

    def _clients_of_each(self, servers: Iterable[str]) -> Iterable[str]:
        """Name a client for each server, whose sessions are kept there."""
        wanted = set(servers)
        chance = self.randomness.secret(8).hex()
        for number in range(MOST_NAMES):
            name = f".doctor-{chance}-{number}"
            server = self.link.server_of(keys_of(name)[0])
            if server in wanted:
                wanted.remove(server)
                yield name


def _pairs(words: Sequence[bytes]) -> Mapping[str, object]:
    return {
        key.decode(): value.decode() for key, value in zip(words[::2], words[1::2], strict=True)
    }
