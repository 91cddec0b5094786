"""``framegate report``: usage in the terminal, for programs, or as a page to send on."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import orjson

from application.ports import StoreUnavailable
from application.report_usage import UsageRequest
from domain.client import Caller
from domain.errors import ClientNotFound, InvalidPeriod
from domain.usage import Period, Step, Usage
from entrypoints.cli_flags import json_flag
from entrypoints.container.report import build_usage_report
from entrypoints.http.iso_time import iso_time
from entrypoints.period import read_period
from entrypoints.settings import SettingsError, load_settings
from entrypoints.terminal import CommandFailed, stops_on_bad_settings, tell
from entrypoints.usage_page import usage_page
from entrypoints.usage_table import as_csv, figures_of, row_of
from entrypoints.usage_text import print_usage

OPERATOR = Caller(is_admin=True)


@click.command()
@click.option("--from", "since", metavar="DATE")
@click.option("--to", "until", metavar="DATE")
@click.option("--step", type=click.Choice([step.value for step in Step]), default=Step.DAY.value)
@click.option("--client")
@click.option("--by-region", is_flag=True)
@json_flag
@click.option("--csv", "in_csv", is_flag=True)
@click.option("--html", type=click.Path(path_type=Path))
@stops_on_bad_settings
def report(  # noqa: PLR0913, PLR0917 one argument an option
    since: str | None,
    until: str | None,
    step: str,
    client: str | None,
    by_region: bool,
    as_json: bool,
    in_csv: bool,
    html: Path | None,
) -> None:
    """Tell how much was used, by whom and when."""
    _check_one_form({"--json": as_json, "--csv": in_csv, "--html": html is not None})
    period, usages = asyncio.run(_usages(since, until, Step(step), client, by_region=by_region))
    if html is not None:
        _write(html, usage_page(usages, period, by_region=by_region))
        click.echo(tell("report.written", path=html), err=True)
    elif in_csv:
        sys.stdout.write(as_csv(usages, by_region=by_region))
    elif as_json:
        click.echo(_json_of(usages, period))
    else:
        print_usage(usages, period, by_region=by_region)


def _check_one_form(asked: Mapping[str, bool]) -> None:
    flags = [flag for flag, given in asked.items() if given]
    if len(flags) > 1:
        raise SettingsError(flags[0], "settings.two_ways", other=flags[1])


async def _usages(
    since: str | None, until: str | None, step: Step, client: str | None, *, by_region: bool
) -> tuple[Period, Sequence[Usage]]:
    built = build_usage_report(load_settings({}))
    try:
        period = read_period(since, until, step, built.report.clock.now())
        request = UsageRequest(caller=OPERATOR, period=period, client=client, by_region=by_region)
        return period, await built.report.execute(request)
    except InvalidPeriod as error:
        raise SettingsError("--from, --to", "report.period") from error
    except ClientNotFound as error:
        raise SettingsError("--client", "report.client", client=client) from error
    except StoreUnavailable as error:
        raise CommandFailed("report.away", variable="REDIS_URL", reason=error.problem) from error
    finally:
        await built.link.close()


def _json_of(usages: Sequence[Usage], period: Period) -> bytes:
    told = {
        "from": iso_time(period.start),
        "to": iso_time(period.end),
        "step": period.step.value,
        "usage": [row_of(usage) for usage in usages],
        "total": figures_of(usages),
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def _write(path: Path, page: bytes) -> None:
    try:
        path.write_bytes(page)
    except OSError as error:
        raise CommandFailed(
            "report.cannot_write", variable="--html", reason=error.strerror
        ) from error
