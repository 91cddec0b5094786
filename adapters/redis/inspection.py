"""The look at Redis: is it there, is it fit, may we use it, does the fence hold."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from adapters.redis.diagnosis import why_unreachable
from adapters.redis.judgement import judge
from adapters.redis.link import RedisLink
from adapters.redis.rehearsal import Rehearsal
from adapters.redis.scripts import Scripts, SingleUse
from application.ports import Clock, Finding, Randomness, StoreInspection, StoreUnavailable

_FUTILE = {"redis.version.old", "redis.role.replica", "redis.incarnation.unreadable"}
"""After these a rehearsal could only say the same in other words."""


@frozen(kw_only=True)
class RedisInspection(StoreInspection):
    """Looks once and gives its connections back. ``where`` names Redis, without a password."""

    link: RedisLink
    scripts: Scripts
    single_use: SingleUse
    where: str
    clock: Clock
    randomness: Randomness

    async def inspect(self) -> Sequence[Finding]:
        try:
            return await self._look()
        finally:
            await self.link.close()

    async def _look(self) -> list[Finding]:
        try:
            server: Mapping[str, object] = await self.link.ask("INFO")
        except StoreUnavailable as error:
            return [why_unreachable(error, self.where)]
        findings = [Finding.ok("redis.reached", where=self.where)]
        findings += judge(server, await self._config(), self.single_use)
        if _FUTILE.isdisjoint(finding.what for finding in findings):
            findings += await self._rehearsal().run()
        return findings

    async def _config(self) -> Mapping[str, object]:
        """Return what INFO leaves out; a managed service or a minimal user may not tell it."""
        if self.single_use is SingleUse.STRICT:
            return {}
        try:
            told = await self.link.ask("CONFIG", "GET", "*appendfsync*")
        except StoreUnavailable:
            return {}
        words = [bytes(word).decode() for word in told]
        return dict(zip(words[::2], words[1::2], strict=True))

    def _rehearsal(self) -> Rehearsal:
        name = self.randomness.secret(8).hex()
        return Rehearsal(self.link, self.scripts, self.single_use, self.clock, name)
