"""The protected page that a session opens."""

from pathlib import Path

FILE_NAME = "iframe.html"


class IframePage:
    """The page, held in memory: a file that fails to open must not cost anybody a session.

    ``root`` is the folder that has it and all it loads, ``content`` the page; both are
    ``None`` where no folder was given, and then the sample is shown.
    """

    def __init__(self, root: Path | None) -> None:
        self.root = root
        self._path = root / FILE_NAME if root else None
        self.content: bytes | None = None

    @property
    def path(self) -> str:
        """Where it is read from, to tell people."""
        return str(self._path)

    def load(self) -> None:
        """Read the page. Raises ``OSError``; what was there before stays then."""
        if self._path is not None:
            self.content = self._path.read_bytes()
