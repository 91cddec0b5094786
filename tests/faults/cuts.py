"""The moments of an operation at which its connection can be cut."""

import random
from enum import Enum

from attrs import frozen

from tests.faults.fault import Fault, Harm
from tests.faults.proxy import FaultyProxy


class Moment(Enum):
    BEFORE = "before the request"
    DURING = "in the request"
    AFTER = "after the request"
    REPLY = "in the reply"

    @property
    def decided(self) -> bool:
        """Whether the operation has happened when it is cut; right after the request it may
        or may not have."""
        return self is Moment.REPLY

    @property
    def undone(self) -> bool:
        """Whether the operation has not happened and never will."""
        return self in {Moment.BEFORE, Moment.DURING}


@frozen
class Sizes:
    """How many bytes an operation sends and is answered."""

    request: int
    reply: int

    @classmethod
    def of_the_last(cls, proxy: FaultyProxy) -> "Sizes":
        """Measure what has passed since ``forget``."""
        return cls(len(proxy.seen), len(proxy.answered))

    def cut(self, moment: Moment, rng: random.Random) -> Fault:
        """Make a cut at this moment, with or without a reset."""
        reset = rng.random() < 0.5
        if moment is Moment.REPLY:
            return Fault(replies=Harm(cut_at=rng.randrange(self.reply)), reset=reset)
        cut_at = {
            Moment.BEFORE: 0,
            Moment.DURING: rng.randrange(1, self.request),
            Moment.AFTER: self.request,
        }[moment]
        return Fault(requests=Harm(cut_at=cut_at), reset=reset)


def forget(proxy: FaultyProxy) -> None:
    """Have the proxy begin anew with what it has seen."""
    proxy.seen = proxy.answered = b""
