"""Which server tells of an alert that several have noticed."""

from adapters.redis.keys import key_of
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Scripts
from application.ports import StoreUnavailable
from domain.alerts import Notice

ALERTS = ".alerts"

CLAIMED_MS = 60_000
"""So far servers may be apart in noticing it. No alert changes twice within it."""


class AlertClaims:
    """Asks Redis, which they share. Where it does not answer, all tell rather than none."""

    def __init__(self, link: RedisLink, scripts: Scripts) -> None:
        self._link = link
        self._script = scripts.claim

    async def is_ours(self, notice: Notice) -> bool:
        """Claim it, and tell whether nobody else had."""
        name = f"{notice.change.value}:{notice.alert}:{notice.subject}"
        try:
            return bool(await self._link.run(self._script, [key_of(ALERTS, name)], [CLAIMED_MS]))
        except StoreUnavailable:
            return True
