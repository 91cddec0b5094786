"""Go on with what a session has opened."""

from collections.abc import Sequence

from attrs import frozen

from application.ports import ClientDirectory, Clock, EventSink, GrantRepository
from domain.client import Client
from domain.events import GrantRefused
from domain.grant import Grant
from domain.grant_token import GrantToken
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
    """Finds the first grant that holds, and puts off its expiry.

    Nobody guesses a token's 192 random bits, so that refusals are not counted.
    """

    grants: GrantRepository
    directory: ClientDirectory
    sink: EventSink
    clock: Clock

    async def execute(self, request: UseGrantRequest) -> UsedGrant:
        """Use it. Raises ``Refused`` where none holds, ``StoreUnavailable``."""
        refusals = []
        for token in request.tokens:
            client = self.directory.by_tag(token.client_tag)
            try:
                if client is None:
                    raise Refused(Refusal.UNKNOWN)
                grant = await self.grants.use(client.name, token.session, token.digest)
                grant.embedded_by(request.origin)
            except Refused as refused:
                refusals.append((token, client, refused))
            else:
                return UsedGrant(grant=grant, client=client)
        if not refusals:
            raise Refused(Refusal.UNKNOWN)
        self._tell(request, *refusals[0])
        raise refusals[0][2]

    def _tell(
        self, request: UseGrantRequest, token: GrantToken, client: Client | None, refused: Refused
    ) -> None:
        """Tell of the first only: whoever likes can bring several."""
        self.sink.emit(
            GrantRefused(
                at=self.clock.now(),
                remote=request.remote,
                client=client.name if client else None,
                fingerprint=token.session.fingerprint,
                reason=refused.reason,
                region=request.region or None,
            )
        )
