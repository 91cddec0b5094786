"""Usage in a terminal: a table, and a bar for each step."""

from collections.abc import Sequence

from rich.bar import Bar as Drawn
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from domain.client import NOBODY
from domain.usage import Counted, Period, Step, Usage
from entrypoints.http.iso_time import iso_time
from entrypoints.terminal import tell
from entrypoints.usage_chart import bars_of
from entrypoints.usage_table import figures_of

PLOT_WIDTH = 24
COLUMNS = ("created", "redeemed", "refused", "refused_used", "revoked", "cap_reached")


def print_usage(
    usages: Sequence[Usage], period: Period, *, by_region: bool, console: Console | None = None
) -> None:
    """Print it to standard output, without colours or lines drawn where that is no terminal."""
    out = console or Console()
    facts = {"start": when(period.start), "end": when(period.end)}
    if not usages:
        out.print(tell("report.nothing", **facts))
        return
    title = Text(tell("report.title", **facts), style="bold")
    out.print(
        Group(title, "", _table(usages, period, by_region=by_region), "", _plot(usages, period))
    )


def when(at: int) -> str:
    """Write an instant down to the hour, in UTC, midnight as the day that begins."""
    date, _, time = iso_time(at)[:16].partition("T")
    return date if time == "00:00" else f"{date} {time}"


def name_of(client: str) -> str:
    """Name a client, or say that ids were nobody's."""
    return tell("report.nobody") if client == NOBODY else client


def _table(usages: Sequence[Usage], period: Period, *, by_region: bool) -> Table:
    table = Table(
        box=None, pad_edge=False, collapse_padding=True, show_footer=True, header_style="dim"
    )
    if period.step is not Step.ALL:
        table.add_column(tell("report.column.start"), no_wrap=True)
    table.add_column(
        tell("report.column.client"), tell("report.total"), footer_style="bold", no_wrap=True
    )
    if by_region:
        table.add_column(tell("report.column.region"), overflow="fold")
    total = figures_of(usages)
    for name in COLUMNS:
        # Where there is no room a word is broken: nothing is ever cut.
        table.add_column(
            tell(f"report.column.{name}"),
            str(total[name]),
            justify="right",
            overflow="fold",
            footer_style="bold",
        )
    for usage in usages:
        start = [] if period.step is Step.ALL else [when(usage.start)]
        region = [usage.region or "-"] if by_region else []
        figures = figures_of([usage])
        table.add_row(*start, name_of(usage.client), *region, *(str(figures[n]) for n in COLUMNS))
    return table


def _plot(usages: Sequence[Usage], period: Period) -> Table:
    bars = bars_of(usages, period)
    most = max(max(bar.redeemed, bar.refused) for bar in bars) or 1
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", no_wrap=True)
    for name, style in ((Counted.REDEEMED.value, "green"), ("refused", "red")):
        table.add_column(tell(f"report.column.{name}"), style=style, width=PLOT_WIDTH)
        table.add_column("", justify="right", no_wrap=True)
    for bar in bars:
        cells = [
            cell
            for many in (bar.redeemed, bar.refused)
            for cell in (Drawn(most, 0, many, width=PLOT_WIDTH), str(many))
        ]
        table.add_row(when(bar.start), *cells)
    return table
