"""Tell whether somebody is signed in at the dashboard."""

from attrs import frozen

from application.ports import ClientDirectory, Clock
from domain.dashboard_pass import DashboardPass
from domain.errors import FramegateError


class SignedOut(FramegateError):
    """There is no pass, or its end or that of its key has come."""


@frozen
class CheckPass:
    """Asks nobody but the directory, so that it can be asked time and again."""

    directory: ClientDirectory
    clock: Clock

    def execute(self, text: str | None) -> None:
        """Return if the text is a pass that holds. Raises ``SignedOut``."""
        shown = DashboardPass.presented(text) if text else None
        now = self.clock.now()
        if shown is None or not any(shown.holds(admin, now) for admin in self.directory.admins()):
            raise SignedOut
