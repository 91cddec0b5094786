"""``framegate completion``: the shell asks framegate what could be typed next."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what a shell has to read to complete commands and flags.

    It asks the program again at each press of the key: https://click.palletsprojects.com/shell-completion/
    """
    program = context.find_root()
    name = program.info_name or ""
    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(program.command, {}, name, f"_{name.upper()}_COMPLETE").source())
