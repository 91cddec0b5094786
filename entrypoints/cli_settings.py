"""``framegate settings``: what holds, and where it comes from."""

from collections.abc import Sequence

import click
from attrs import asdict, frozen
from rich.console import Console
from rich.table import Table

from entrypoints.cli_flags import json_flag, print_json
from entrypoints.setting_list import declared_settings
from entrypoints.setting_values import Secret, SecretBytes
from entrypoints.settings import given_settings, load_settings
from entrypoints.terminal import stops_on_bad_settings, tell

HIDDEN = "[hidden]"


@frozen
class _Held:
    """A setting as it holds, as text; ``source`` is ``environment``, ``.env`` or ``default``."""

    variable: str
    value: str
    source: str


@click.command()
@json_flag
@stops_on_bad_settings
def settings(*, as_json: bool) -> None:
    """Show every setting that holds here, and where it comes from; no secrets."""
    held = _held()
    if as_json:
        print_json([asdict(one) for one in held])
    else:
        _print(held)


def _held() -> Sequence[_Held]:
    loaded, given = load_settings({}), given_settings()
    found = []
    for one in declared_settings():
        text, source = given.get(one.variable, (one.default, "default"))
        hidden = isinstance(getattr(loaded, one.setting), Secret | SecretBytes)
        found.append(_Held(one.variable, HIDDEN if hidden else text, source))
    return found


def _print(held: Sequence[_Held]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("variable", "value", "source"):
        table.add_column(tell(f"cli.settings.{name}"), overflow="fold")
    for one in held:
        style = "dim" if one.source == "default" else ""
        table.add_row(one.variable, one.value, tell(f"cli.settings.{one.source}"), style=style)
    Console(markup=False).print(table)
