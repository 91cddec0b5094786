"""What the operating system gives, and who takes note of events."""

from injector import Module, provider, singleton

from adapters.fanout import Fanout
from adapters.system import SystemClock, SystemRandomness
from application.ports import Clock, EventSink, Randomness
from entrypoints.audit_lines import tell
from entrypoints.container.audit import Audit
from entrypoints.container.metrics import Metering
from entrypoints.rarely import Rarely


class SystemModule(Module):
    """What the operating system gives."""

    @singleton
    @provider
    def clock(self) -> Clock:
        return SystemClock()

    @singleton
    @provider
    def randomness(self) -> Randomness:
        return SystemRandomness()

    @singleton
    @provider
    def sink(self, audit: Audit, metering: Metering) -> EventSink:
        failed = Rarely("event_sink_failed")
        return Fanout(
            tell,
            [*audit.gatherings.values()],
            (*audit.takers, *metering.takers),
            lambda taker, problem: failed.warn(sink=taker, problem=problem),
        )
