"""The audit log in a file of its own."""

from collections.abc import Sequence

from attrs import Factory, define

from adapters.aside import Aside
from adapters.audit_entry import entry_lines
from adapters.gathering import NotTaken, Writer
from adapters.rotating_file import RotatingFile
from domain.events import Event


@define
class AuditFile(Writer):
    """Appends a line of JSON an event, in a thread: a disk may be slow, or hang."""

    file: RotatingFile
    _aside: Aside = Factory(Aside)

    async def write(self, number: int, events: Sequence[Event]) -> None:
        del number  # what fails has not been written
        try:
            await self._aside.do(lambda: self._append(events))
        except OSError as error:
            raise NotTaken(error.strerror or type(error).__name__) from error

    def _append(self, events: Sequence[Event]) -> None:
        self.file.append("".join(f"{line}\n" for line in entry_lines(events)).encode())
