"""What the command line says to people, in the language of their terminal."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from functools import wraps
from typing import NoReturn

import click
import structlog
from tornado import locale

from application.ports import Finding, Verdict
from entrypoints.settings import SettingsError, terminal_language
from entrypoints.texts import say

_COLOURS = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.FAILED: "red"}


def tell(key: str, **facts: object) -> str:
    """Return a text in the language of the terminal."""
    return say(locale.get(terminal_language()), key, facts)


def announce(url: str) -> None:
    """Say where a server is: in words where a person watches, else in a line of the log."""
    if sys.stderr.isatty():
        click.echo(tell("cli.serving", url=url), err=True)
    else:
        structlog.stdlib.get_logger("framegate.start").info("listening", url=url)


def fail(error: SettingsError) -> NoReturn:
    """Stop with one line that says what is wrong and what to do."""
    click.echo(f"framegate: {tell(error.key, **error.facts)}", err=True)
    sys.exit(2)


def stops_on_bad_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Have a command end as ``fail`` does where it raises ``SettingsError``."""

    @wraps(command)
    def run(**flags: object) -> None:
        try:
            command(**flags)
        except SettingsError as error:
            fail(error)

    return run


def show(findings: Iterable[Finding]) -> bool:
    """Print a line for each finding as it comes, and a count; tell whether none failed."""
    count = Counter[Verdict]()
    words = {verdict: tell(f"doctor.{verdict.value}") for verdict in Verdict}
    width = max(map(len, words.values()))
    for finding in findings:
        count[finding.verdict] += 1
        word = click.style(words[finding.verdict].ljust(width), fg=_COLOURS[finding.verdict])
        click.echo(f"{word}  {tell(finding.what, **finding.facts)}")
    click.echo(tell("doctor.count", **{verdict.value: count[verdict] for verdict in Verdict}))
    return not count[Verdict.FAILED]
