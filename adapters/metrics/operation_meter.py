"""Operations of Redis, timed by their names and by whether there was an answer."""

from adapters.metrics.meter import Meter
from adapters.redis.link import Take, Takes

METRIC = "store_operation_duration_seconds"
OUTCOMES = ("answered", "unavailable")


class _TakesOf(dict[str, Take]):
    """Those of one outcome: made when an operation is met first, and at hand from then on."""

    def __init__(self, meter: Meter, outcome: str) -> None:
        super().__init__()
        self._meter = meter
        self._outcome = outcome

    def __missing__(self, operation: str) -> Take:
        take = self[operation] = self._meter.timings[METRIC, operation, self._outcome].take
        return take


def takes_of(meter: Meter) -> Takes:
    """Return what takes note in the meter.

    A refusal is an answer. Who was turned away, or has stopped waiting, has had none.
    """
    return Takes(*(_TakesOf(meter, outcome) for outcome in OUTCOMES))
