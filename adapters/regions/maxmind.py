"""Countries by a file in MaxMind's format: GeoLite2 or GeoIP2, Country or City, and their like.

The format is described at https://maxmind.github.io/MaxMind-DB/.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from maxminddb import MODE_MMAP, open_database

from adapters.regions.by_address import Lookup, RegionsByAddress, RegionsUnusable
from domain.region import region_of

LOOKED_AT = 1000
"""A file that names no country in so many networks is about something else."""


class MaxMindRegions(RegionsByAddress):
    """Looks countries up in the file as it was when it was loaded."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def _opened(self) -> Lookup:
        try:
            with _copy_of(self._path) as path:
                tells = _tells_of_countries(path)
                reader = open_database(path)
        except OSError as error:
            raise self._unusable("unreadable", reason=error.strerror) from error
        except Exception as error:  # a damaged file brings more than its readers' own errors
            raise self._unusable("not_a_database") from error
        if not tells:
            raise self._unusable("no_countries")
        return lambda address: _code_in(reader.get(address))

    def _unusable(self, problem: str, **facts: object) -> RegionsUnusable:
        return RegionsUnusable(f"regions.{problem}", {"path": str(self._path), **facts})


@contextmanager
def _copy_of(path: Path) -> Iterator[str]:
    """Give a copy in memory, which the reader maps; workers that are forked later share it.

    Who maps the file itself dies (SIGBUS) when somebody writes a shorter one over it.
    """
    content = path.read_bytes()
    if sys.platform != "linux":
        yield str(path)
        return
    with open(os.memfd_create("regions"), "wb") as copy:  # noqa: PTH123 it has no path
        copy.write(content)
        copy.flush()
        yield f"/proc/self/fd/{copy.fileno()}"


def _tells_of_countries(path: str) -> bool:
    # By the reader in Python: to walk through a damaged file, that in C ends the process.
    with open_database(path, MODE_MMAP) as reader:
        return any(region_of(_code_in(record)) for _, record in islice(reader, LOOKED_AT))


def _code_in(record: object) -> object:
    country = record.get("country") if isinstance(record, dict) else None
    return country.get("iso_code") if isinstance(country, dict) else None
