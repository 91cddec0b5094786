"""Go on with what a session has opened."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from attrs import frozen

from application.ports import (
    ClientDirectory,
    Clock,
    EventSink,
    GrantRepository,
    StoreUnavailable,
)
from domain.attempt import Attempt, counted_together
from domain.client import NOBODY, Client
from domain.errors import RateLimited
from domain.events import GrantRefused, RateLimitReached
from domain.grant import Grant, Shown
from domain.grant_token import GrantToken
from domain.rate import Rate
from domain.refusal import Refusal, Refused


@frozen(kw_only=True)
class UseGrantRequest:
    """The tokens that a browser holds, the one to try first in front.

    ``origin`` is that of the page which embeds the iframe, ``None`` where nobody tells; ``region``
    the country that the browser asks from, empty where it is not known.
    """

    tokens: Sequence[GrantToken]
    remote: str
    origin: str | None = None
    region: str = ""


@frozen(kw_only=True)
class UsedGrant:
    """The grant, and the client whose it is."""

    grant: Grant
    client: Client


@frozen
class UseGrant:
    """Finds the first grant that holds, one client after the other, and puts off its expiry.

    ``failures`` is how often one address may show none that does: to look at what somebody has
    made up is work, though nobody guesses a token's 192 random bits.
    """

    grants: GrantRepository
    directory: ClientDirectory
    sink: EventSink
    clock: Clock
    failures: Rate | None = None

    async def execute(self, request: UseGrantRequest) -> UsedGrant:
        """Use it. Raises ``Refused`` where none holds, ``RateLimited``, ``StoreUnavailable``."""
        refusals: list[tuple[Client | None, Refused]] = []
        for tag in dict.fromkeys(token.client_tag for token in request.tokens):
            client = self.directory.by_tag(tag)
            shown = [(t.session, t.digest) for t in request.tokens if t.client_tag == tag]
            try:
                if client is None:
                    raise Refused(Refusal.UNKNOWN)
                grant = await self._use(client, shown, request.origin)
            except Refused as refused:
                refusals.append((client, refused))
            else:
                return UsedGrant(grant=grant, client=client)
        if not refusals:
            raise Refused(Refusal.UNKNOWN)
        # The first only is told of: whoever likes can bring several.
        await self._refuse(request, *refusals[0])
        raise refusals[0][1]

    async def _use(self, client: Client, shown: Sequence[Shown], origin: str | None) -> Grant:
        grant = await self.grants.use(client.name, *shown)
        try:
            grant.embedded_by(origin)
        except Refused:
            rest = shown[shown.index((grant.session, grant.token)) + 1 :]
            with suppress(Refused):
                if rest:
                    return await self._use(client, rest, origin)
            raise
        return grant

    async def _refuse(
        self, request: UseGrantRequest, client: Client | None, refused: Refused
    ) -> None:
        scene: dict[str, Any] = {
            "at": self.clock.now(),
            "remote": request.remote,
            "client": client.name if client else None,
            "fingerprint": request.tokens[0].session.fingerprint,
            "region": request.region or None,
        }
        if self.failures is not None:
            owner = NOBODY if client is None else client.name
            attempt = Attempt(counted_together(request.remote), self.failures)
            try:
                with suppress(StoreUnavailable):  # none holds, whether it can be counted or not
                    await self.grants.count_refusal(owner, attempt)
            except RateLimited:
                self.sink.emit(RateLimitReached(limited="grant", **scene))
                raise
        self.sink.emit(GrantRefused(reason=refused.reason, **scene))
