"""``framegate keys``: keys are made here, and kept nowhere."""

import sys

import click

from application.issue_key import IssuedKey
from domain.client import check_holder
from domain.errors import InvalidClient
from entrypoints.cli_flags import json_flag, print_json
from entrypoints.container.keys import build_issue_key
from entrypoints.output import give_up_output
from entrypoints.settings import SettingsError
from entrypoints.terminal import CommandFailed, stops_on_bad_settings, tell


@click.group()
def keys() -> None:
    """Make keys."""


@keys.command()
@click.argument("name")
@click.option("--admin", is_flag=True)
@json_flag
@stops_on_bad_settings
def new(name: str, *, admin: bool, as_json: bool) -> None:
    """Print a new key, once, and the entry for the clients file that holds its digest."""
    try:
        check_holder(name, frozenset())
    except InvalidClient as error:
        raise SettingsError("NAME", "clients_file.invalid_name", name=error.name) from None
    issued = build_issue_key().execute()
    table = "admin" if admin else "client"
    entry = f'\n[[{table}]]\nname = "{name}"\nkeys = ["{issued.digest}"]\n'
    if not admin:
        entry += 'origins = ["https://portal.example"]\n'
    told = {"kind": table, "name": name, "key": issued.key, "digest": issued.digest, "entry": entry}
    try:
        if as_json:
            print_json(told)
        else:
            # The entry first, and all of it: a key that is shown must not be lost with its digest.
            click.echo(entry, nl=False)
        sys.stdout.flush()
    except OSError as error:
        give_up_output()
        raise CommandFailed("cli.cannot_write", reason=error.strerror) from None
    if not as_json:
        _show(issued)


def _show(issued: IssuedKey) -> None:
    """Show the key to the terminal only, so that the entry can be redirected to a file."""
    click.echo(f"\n{tell('cli.key_shown')}\n\n    {issued.key}\n", err=True)
