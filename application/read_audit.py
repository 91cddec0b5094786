"""Read what was audited."""

from attrs import evolve, frozen

from application.audit_ports import AuditTrail
from domain.audit import Stretch, Wanted

LOOK_AT = 1000


@frozen(kw_only=True)
class ReadAuditRequest:
    """``after`` is where the last stretch has ended, ``None`` for the first."""

    wanted: Wanted
    after: str | None = None


@frozen
class ReadAudit:
    """Reads stretch by stretch, so that nobody waits for all, and whoever follows goes on."""

    trail: AuditTrail

    async def execute(self, request: ReadAuditRequest) -> Stretch:
        """Read the next stretch. Raises ``StoreUnavailable``."""
        wanted, after = request.wanted, request.after
        if after is None:
            after = self.trail.start_of(wanted.since or 0)
        read = await self.trail.after(after, LOOK_AT, wanted.events)
        entries = [entry for entry in read.entries if wanted.takes(entry)]
        return evolve(read, entries=entries)
