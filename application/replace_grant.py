"""Have a grant end, because another has taken its place."""

from contextlib import suppress

from attrs import frozen

from application.ports import ClientDirectory, GrantRepository
from domain.grant_token import GrantToken
from domain.refusal import Refused


@frozen
class ReplaceGrant:
    """Ends the grant of whoever shows that he holds it: after a moment, not at once."""

    grants: GrantRepository
    directory: ClientDirectory

    async def execute(self, token: GrantToken) -> None:
        """Have it end; one that has ended already is as it should be.

        Raises ``StoreUnavailable``: the grant may go on to its own end then.
        """
        client = self.directory.by_tag(token.client_tag)
        if client is not None:
            with suppress(Refused):
                await self.grants.replace(client.name, token.session, token.digest)
