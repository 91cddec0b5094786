"""What the operating system gives, and the audit log."""

from injector import Module, provider, singleton

from adapters.audit_log import AuditLog
from adapters.system import SystemClock, SystemRandomness
from application.issue_key import IssueKey
from application.ports import Clock, EventSink, Randomness
from entrypoints.audit_lines import tell


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
    def sink(self) -> EventSink:
        return AuditLog(tell)

    @provider
    def issue_key(self, randomness: Randomness) -> IssueKey:
        return IssueKey(randomness)
