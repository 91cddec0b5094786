"""``framegate audit``: what was audited, in a terminal or for a program."""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from application.ports import StoreUnavailable
from application.read_audit import ReadAuditRequest
from domain.audit import Entry, Wanted
from domain.refusal import Refusal
from entrypoints.cli_flags import json_flag
from entrypoints.container.audit import EVENT_NAMES, Audit, trail_of_file
from entrypoints.container.building import build_trail
from entrypoints.output import give_up_output
from entrypoints.settings import Settings, SettingsError, load_settings
from entrypoints.terminal import CommandFailed, stops_on_bad_settings, tell

FOLLOW_SECONDS = 0.5
_AGO = re.compile(r"(\d{1,9})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ALARMING = {"replay_attempted", "redeem_refused", "grant_refused", "key_rejected"}
_FIRST = ("client", "fingerprint", "remote")


@click.command()
@click.option("--since")
@click.option("--client")
@click.option("--reason", type=click.Choice([reason.value for reason in Refusal]), metavar="NAME")
@click.option("--event", "events", type=click.Choice(EVENT_NAMES), metavar="NAME", multiple=True)
@click.option("--follow", is_flag=True)
@json_flag
@click.option("--file", type=click.Path(path_type=Path))
@stops_on_bad_settings
def audit(  # noqa: PLR0913 a parameter is an option
    since: str | None,
    client: str | None,
    reason: str | None,
    events: tuple[str, ...],
    file: Path | None,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Show what was audited: the stream of all servers on a Redis, or a file."""
    wanted = Wanted(
        since=None if since is None else since_when(since, time.time()),
        client=client,
        reason=reason,
        events=events,
    )
    source = _source(load_settings({}), file)
    show = _as_json if as_json else _as_text
    try:
        asyncio.run(_show(source, wanted, show, follow=follow))
    except StoreUnavailable as error:
        key = "cli.unreadable" if file else "cli.audit.away"
        raise CommandFailed(key, path=file, problem=error.problem) from error
    except KeyboardInterrupt:
        if not follow:  # which is ended like this
            raise
    except BrokenPipeError:  # whoever read has seen enough, and what is left cannot be flushed
        give_up_output()


def since_when(text: str, now: float) -> int:
    """Read a time, or how long ago, in milliseconds since the epoch. Raises ``SettingsError``."""
    if ago := _AGO.fullmatch(text):
        return int((now - int(ago[1]) * _SECONDS[ago[2]]) * 1000)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise SettingsError("--since", "cli.audit.since", text=text) from None


def _source(settings: Settings, file: Path | None) -> Audit:
    if file is None and settings.storage == "memory":
        file = settings.audit_file
        if file is None:
            raise SettingsError("--file", "cli.audit.memory")
    return build_trail(settings) if file is None else trail_of_file(file)


async def _show(
    source: Audit, wanted: Wanted, show: Callable[[Entry], str], *, follow: bool
) -> None:
    after, shown = None, 0
    try:
        while True:
            try:
                request = ReadAuditRequest(wanted=wanted, after=after)
                stretch = await source.read.execute(request)
            except StoreUnavailable:
                if not follow or after is None:
                    raise
                await asyncio.sleep(FOLLOW_SECONDS)  # nothing is missed that is still there then
                continue
            after = stretch.end
            if stretch.missed:
                click.echo(tell("cli.audit.missed", missed=stretch.missed), err=True)
            for entry in stretch.entries:
                click.echo(show(entry))
            shown += len(stretch.entries)
            if not stretch.reaches_the_end:
                continue
            if not follow:
                break
            await asyncio.sleep(FOLLOW_SECONDS)
        if not shown:
            some = await source.read.execute(ReadAuditRequest(wanted=Wanted()))
            said = tell("cli.audit.none_fits") if some.entries else tell("cli.audit.nothing")
            click.echo(said, err=True)
    finally:
        await source.close()


def _as_json(entry: Entry) -> str:
    told = {"timestamp": _time(entry), "event": entry.event, "at": entry.at, **entry.facts}
    return orjson.dumps(told).decode()


def _as_text(entry: Entry) -> str:
    first = [str(entry.facts.get(name, "-")) for name in _FIRST]
    rest = [f"{name}={value}" for name, value in entry.facts.items() if name not in _FIRST]
    event = click.style(entry.event.ljust(19), fg="yellow" if entry.event in _ALARMING else None)
    client, fingerprint, remote = map(_printable, first)
    line = f"{_time(entry)}  {event}  {client:12}  {fingerprint:12}  {remote:15}"
    return f"{line}  {_printable(' '.join(rest))}".rstrip()


def _time(entry: Entry) -> str:
    at = datetime.fromtimestamp(entry.at / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _printable(text: str) -> str:
    """Keep a terminal from obeying what somebody sent as an address."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
