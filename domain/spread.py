"""How long something took, time and again."""

from attrs import frozen


@frozen
class Spread:
    """How many times fell into each bucket: those up to each of ``bounds``, in seconds, ascending.

    ``counts`` has one more than there are bounds: what took longer than the last of them.
    """

    bounds: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def none(cls, bounds: tuple[float, ...]) -> "Spread":
        """Return that of something that never was."""
        return cls(bounds, (0,) * (len(bounds) + 1))

    @property
    def many(self) -> int:
        """How many times there were."""
        return sum(self.counts)

    def __add__(self, other: "Spread") -> "Spread":
        pairs = zip(self.counts, other.counts, strict=True)
        return Spread(self.bounds, tuple(one + more for one, more in pairs))

    def since(self, earlier: "Spread | None") -> "Spread":
        """Return what has come on top of what there was."""
        if earlier is None:
            return self
        pairs = zip(self.counts, earlier.counts, strict=True)
        return Spread(self.bounds, tuple(now - before for now, before in pairs))

    def quantile(self, share: float) -> float | None:
        """Return the seconds within which so great a share of the times was; ``None`` without any.

        Within a bucket they count as evenly spread, and beyond the last bound as that bound, as
        with ``histogram_quantile`` of Prometheus.
        """
        rank = share * self.many
        if not rank:
            return None
        below, lower = 0, 0.0
        for bound, count in zip(self.bounds, self.counts, strict=False):
            if below + count >= rank:
                return lower + (bound - lower) * (rank - below) / count
            below, lower = below + count, bound
        return lower
