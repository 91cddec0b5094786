"""The dashboard has no room for one more viewer."""

from domain.errors import FramegateError


class DashboardFull(FramegateError):
    """As many watch at this worker as can. ``most`` is how many that is."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most
