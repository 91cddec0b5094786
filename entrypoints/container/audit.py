"""What becomes of events besides their lines in the log."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog
from attrs import evolve, field, frozen
from injector import Module, provider, singleton

from adapters.audit_entry import NAMES
from adapters.audit_file import AuditFile
from adapters.audit_file_trail import FileTrail
from adapters.fanout import Taker
from adapters.gathering import Gathering, Trouble, Writer
from adapters.memory.audit_trail import MemoryTrail
from adapters.redis.address import RedisAddress, RedisLimits
from adapters.redis.audit_stream import AuditStream
from adapters.redis.audit_trail import RedisTrail
from adapters.redis.link import RedisLink
from adapters.redis.scripts import Scripts
from adapters.rotating_file import RotatingFile
from application.audit_ports import AuditTrail
from application.ports import Randomness
from application.read_audit import ReadAudit
from entrypoints.settings import Settings

MOST_IN_MEMORY = 10_000

EVENT_NAMES = tuple(NAMES.values())

_log = structlog.stdlib.get_logger("framegate.server")


@frozen
class Audit:
    """Where events are read again, and by whom they are brought there, by where that is."""

    trail: AuditTrail
    takers: Sequence[Taker] = ()
    gatherings: Mapping[str, Gathering] = field(factory=dict)
    link: RedisLink | None = None
    file: RotatingFile | None = None

    @property
    def read(self) -> ReadAudit:
        """What reads them."""
        return ReadAudit(self.trail)

    def start(self) -> None:
        """Begin to write what is gathered, in the event loop that runs."""
        for each in self.gatherings.values():
            each.start()

    async def close(self) -> None:
        """Write the last, and give back what was opened."""
        await asyncio.gather(*(each.close() for each in self.gatherings.values()))
        if self.link is not None:
            await self.link.close()


class AuditModule(Module):
    """Reading what was kept, wherever it is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def with_file(self, audit: Audit) -> Audit:
        """Have events written to a file as well, where one is wanted."""
        s = self._settings
        if s.audit_file is None:
            return audit
        file = RotatingFile(s.audit_file, s.audit_file_megabytes * 1_000_000, s.audit_file_keep)
        lines = {"file": gathering("file", AuditFile(file))}
        return evolve(audit, gatherings={**audit.gatherings, **lines}, file=file)

    @provider
    def trail(self, audit: Audit) -> AuditTrail:
        return audit.trail

    @provider
    def read(self, audit: Audit) -> ReadAudit:
        return audit.read


class MemoryAuditModule(AuditModule):
    """The latest events in memory."""

    @singleton
    @provider
    def audit(self) -> Audit:
        trail = MemoryTrail(min(self._settings.audit_stream_length, MOST_IN_MEMORY))
        return self.with_file(Audit(trail, [trail]))


class RedisAuditModule(AuditModule):
    """The latest events in a stream, over a connection of its own."""

    @singleton
    @provider
    def audit(
        self, address: RedisAddress, limits: RedisLimits, scripts: Scripts, randomness: Randomness
    ) -> Audit:
        link = RedisLink.to(address, limits)
        trail = RedisTrail(link, scripts)
        length = self._settings.audit_stream_length
        if not length:
            return self.with_file(Audit(trail, link=link))
        stream = gathering("stream", AuditStream(link, scripts, randomness, length))
        return self.with_file(Audit(trail, gatherings={"stream": stream}, link=link))


def trail_of_file(path: Path) -> Audit:
    """Build what is needed to read a file of events."""
    return Audit(FileTrail(path))


def gathering(where: str, writer: Writer) -> Gathering:
    """Have a writer's trouble told in the log."""

    def begins(problem: str, lost: int) -> None:
        _log.warning("audit_not_written", where=where, problem=problem, lost=lost)

    def ends(lost: int) -> None:
        _log.info("audit_written_again", where=where, lost=lost)

    return Gathering(writer, Trouble(begins, ends))
