"""The audit log in a file of its own."""

from attrs import Factory, define, field

from adapters.aside import Aside
from adapters.gathering import MOST_KEPT, NotTaken, Writer
from adapters.rotating_file import RotatingFile


@define
class AuditFile(Writer):
    """Appends a line of JSON an event, in a thread: a disk may be slow, or hang.

    All that there is at a time: to go to a thread and back costs as much as many lines.
    """

    file: RotatingFile
    most: int = field(default=MOST_KEPT, init=False)
    _aside: Aside = Factory(Aside)

    async def write(self, number: int, lines: bytes, count: int) -> None:
        del number, count  # what fails has not been written
        try:
            await self._aside.do(lambda: self.file.append(lines + b"\n"))
        except OSError as error:
            raise NotTaken(error.strerror or type(error).__name__) from error
