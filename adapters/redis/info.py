"""What INFO says."""

from collections.abc import Mapping


def facts_of(info: bytes) -> Mapping[str, str]:
    """Read INFO: ``name:value`` a line, and headings."""
    lines = info.decode(errors="replace").splitlines()
    return {name: value for name, found, value in (line.partition(":") for line in lines) if found}
