"""A directory for demos: one client, no keys, everybody is it."""

from collections.abc import Sequence

from attrs import frozen

from application.ports import ClientDirectory
from domain.client import Admin, Caller, Client


@frozen
class OpenDirectory(ClientDirectory):
    """Lets every caller, with any key or none, be the demo client and an admin."""

    client: Client

    def holder(self, key_digest: str | None) -> Caller:
        del key_digest
        return Caller(self.client, is_admin=True)

    def by_tag(self, tag: str) -> Client | None:
        return self.client if tag == self.client.tag else None

    def clients(self) -> Sequence[Client]:
        return (self.client,)

    def admins(self) -> Sequence[Admin]:
        return ()
