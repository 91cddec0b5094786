"""The protected page that a session opens."""

from importlib.resources import files
from pathlib import Path

FILE_NAME = "iframe.html"


class IframePage:
    """The page, held in memory: a file that fails to open must not cost anybody a session.

    ``load`` reads it from the folder given, or else the sample that ships with framegate.
    """

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self.content = b""

    @property
    def is_sample(self) -> bool:
        """Whether it is our own sample, which keeps to a policy that others may not."""
        return self._root is None

    @property
    def path(self) -> str:
        """Where it is read from, to tell people."""
        return str(self._root / FILE_NAME) if self._root else "the sample page"

    def load(self) -> None:
        """Read the page. Raises ``OSError``; what was there before stays then."""
        if self._root is None:
            sample = files("entrypoints.http").joinpath("pages", "sample", FILE_NAME)
            self.content = sample.read_bytes()
        else:
            self.content = (self._root / FILE_NAME).read_bytes()
