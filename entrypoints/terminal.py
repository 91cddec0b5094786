"""What the command line says to people, in the language of their terminal."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from tornado import locale

from entrypoints.settings import SettingsError, terminal_language
from entrypoints.texts import say


class CommandFailed(Exception):
    """What was asked for could not be done, whatever was typed or set. As ``SettingsError``."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


def tell(key: str, **facts: object) -> str:
    """Return a text in the language of the terminal."""
    return say(locale.get(terminal_language()), key, facts)


def tell_if_known(key: str) -> str:
    """Return a text, or nothing where there is none of this key."""
    text = tell(key)
    return "" if text == key else text


def stops_on_bad_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Have a command stop with one line that says what is wrong and what to do.

    The status is 2 where something was typed or set wrong, 1 where it could not be done.
    """

    @wraps(command)
    def run(**arguments: Any) -> None:
        try:
            command(**arguments)
        except (SettingsError, CommandFailed) as error:
            click.echo(f"framegate: {tell(error.key, **error.facts)}", err=True)
            sys.exit(2 if isinstance(error, SettingsError) else 1)

    return run
