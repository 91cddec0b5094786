"""What a server says of where it is, before its workers serve."""

import sys

import click
import structlog

from entrypoints.terminal import tell


def announce(url: str) -> None:
    """Say where a server is: in words where a person watches, else in a line of the log."""
    if sys.stderr.isatty():
        click.echo(tell("cli.serving", url=url), err=True)
    else:
        structlog.stdlib.get_logger("framegate.start").info("listening", url=url)
