"""Scripts and styles: files of the package, each known by its hash."""

import base64
import hashlib
import mimetypes
from collections.abc import Mapping
from importlib.resources import files

from attrs import field, frozen


@frozen
class Asset:
    """One file, held in memory."""

    name: str
    content: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """The type to serve it with."""
        if self.name.endswith(".d.ts"):  # to others a video
            return "text/plain"
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def integrity(self) -> str:
        """The hash for ``integrity`` attributes and the CSP (W3C Subresource Integrity)."""
        return f"sha256-{base64.b64encode(hashlib.sha256(self.content).digest()).decode()}"

    @property
    def version(self) -> str:
        """A short hash: an address with it never changes its content."""
        return hashlib.sha256(self.content).hexdigest()[:12]


@frozen
class Assets:
    """All files of ``static/``, and the addresses they are served at."""

    base_path: str
    by_name: Mapping[str, Asset]

    @classmethod
    def load(cls, base_path: str) -> "Assets":
        """Read them all. ``base_path`` is what a proxy puts before every path, or empty."""
        folder = files("entrypoints.http").joinpath("static")
        assets = [Asset(file.name, file.read_bytes()) for file in folder.iterdir()]
        return cls(base_path, {asset.name: asset for asset in assets})

    def url(self, name: str) -> str:
        """Return where a page finds the file."""
        return f"{self.base_path}/static/{name}?v={self.by_name[name].version}"

    def integrity(self, name: str) -> str:
        """Return the file's hash."""
        return self.by_name[name].integrity
