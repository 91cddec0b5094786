"""The audit log in a file of its own."""

from attrs import Factory, define

from adapters.aside import Aside
from adapters.gathering import NotTaken, Writer
from adapters.rotating_file import RotatingFile


@define
class AuditFile(Writer):
    """Appends a line of JSON an event, in a thread: a disk may be slow, or hang."""

    file: RotatingFile
    _aside: Aside = Factory(Aside)

    async def write(self, number: int, lines: bytes) -> None:
        del number  # what fails has not been written
        try:
            await self._aside.do(lambda: self.file.append(lines + b"\n"))
        except OSError as error:
            raise NotTaken(error.strerror or type(error).__name__) from error
