"""Flags that several commands take, and how an answer is printed for programs."""

from collections.abc import Callable

import click
import orjson

json_flag = click.option("--json", "as_json", is_flag=True)
"""``as_json``: the answer is for a program."""


def flags_of_a_server(command: Callable[..., None]) -> Callable[..., None]:
    """Take what a server is started with; each flag stands for its variable, which judges it."""
    storages = click.Choice(["redis", "memory"])
    command = click.option("--storage", shell_complete=storages.shell_complete)(command)
    for flag in ("--workers", "--port", "--host"):
        command = click.option(flag)(command)
    return command


def as_environment(flags: dict[str, str | None]) -> dict[str, str]:
    """Name the flags that were given as their variables are."""
    return {name.upper(): value for name, value in flags.items() if value is not None}


def print_json(told: object) -> None:
    """Print one JSON value, for programs, and so that people can read it too."""
    click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
