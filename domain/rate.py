"""Rates: how often something may happen within a window of time."""

from attrs import evolve, frozen

from domain.errors import RateLimited

MINUTE_MS = 60_000


@frozen
class Rate:
    """At most ``most`` in ``window_ms`` milliseconds, counted from the first of them."""

    most: int
    window_ms: int = MINUTE_MS


@frozen
class Allowance:
    """What is left of a rate: ``left`` more, and all of it again in ``resets_in_ms``."""

    rate: Rate
    left: int
    resets_in_ms: int


@frozen
class Window:
    """``count`` so far, in a window that ends at ``ends_at``: milliseconds since the epoch."""

    count: int = 0
    ends_at: int = 0

    def at(self, now: int, rate: Rate) -> "Window":
        """Return this window or, where it has ended, the next one. It is over at its end."""
        return self if now < self.ends_at else Window(0, now + rate.window_ms)

    def admit(self, now: int, rate: Rate, wanted: int = 1) -> "Window":
        """Return the window at ``now``. Raises ``RateLimited`` where it has no room for them."""
        current = self.at(now, rate)
        if current.count + wanted > rate.most:
            left = max(0, rate.most - current.count)
            raise RateLimited(rate.most, rate.window_ms, current.ends_at - now, left)
        return current

    def counted(self, wanted: int = 1) -> "Window":
        """Return the window with as many more in it."""
        return evolve(self, count=self.count + wanted)

    def allowance(self, now: int, rate: Rate) -> Allowance:
        """Tell what is left at ``now``."""
        return Allowance(rate, max(0, rate.most - self.count), self.ends_at - now)
