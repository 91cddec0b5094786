"""Usage as rows of named figures, the same for programs and for spreadsheets."""

import csv
import io
from collections.abc import Sequence

from domain.usage import Counted, Usage
from entrypoints.http.iso_time import iso_time


def row_of(usage: Usage) -> dict[str, object]:
    """Name the figures of one usage; ``refused`` is the sum of those that begin so."""
    region = {} if usage.region is None else {"region": usage.region or None}
    return {
        "from": iso_time(usage.start),
        "to": iso_time(usage.end),
        "client": usage.client,
        **region,
        **figures_of([usage]),
    }


def figures_of(usages: Sequence[Usage]) -> dict[str, int]:
    """Name the figures of several, added up."""
    sums = {what.value: sum(usage.many(what) for usage in usages) for what in Counted}
    return {**sums, "refused": sum(usage.refused for usage in usages)}


def as_csv(usages: Sequence[Usage], *, by_region: bool) -> str:
    """Write them down as CSV (RFC 4180), the names first, nothing for what is not known."""
    text = io.StringIO(newline="")
    region = ["region"] if by_region else []
    names = ["from", "to", "client", *region, *figures_of(())]
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(map(row_of, usages))
    return text.getvalue()
