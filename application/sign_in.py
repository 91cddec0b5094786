"""Give an admin a pass to the dashboard."""

from attrs import frozen

from application.authenticate import Authenticate, KeyRejected
from domain.dashboard_pass import LIFETIME_MS, DashboardPass
from domain.key import digest_key


@frozen
class SignIn:
    """Gives a pass for a key that is an admin's."""

    authenticate: Authenticate

    def execute(self, key: str, *, remote: str) -> DashboardPass:
        """Return the pass. Raises ``KeyRejected``, which is audited like any other."""
        self.authenticate.admin(key or None, remote=remote)
        digest, now = digest_key(key), self.authenticate.clock.now()
        for admin in self.authenticate.directory.admins():
            if digest in admin.keys:
                return DashboardPass.give(admin.name, now + LIFETIME_MS, digest)
        raise KeyRejected("unknown")
