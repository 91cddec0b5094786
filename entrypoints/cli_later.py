"""A command whose code is read when it is called: no command waits for what others need."""

from importlib import import_module
from typing import Any

import click

from entrypoints.cli_program import translate


class Later(click.Command):
    """Stands for the command of its name in a module, which it reads when the command is called.

    Until then it has nothing but its help, which is the text ``help.<name>``.
    """

    def __init__(self, name: str, module: str) -> None:
        super().__init__(name)
        self._module = module

    @property
    def command(self) -> click.Command:
        """What it stands for."""
        command: click.Command = getattr(import_module(self._module), str(self.name))
        translate(command, f"help.{self.name}")
        return command

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Parse what was typed; the context is that of the command itself, which then runs."""
        return self.command.make_context(*arguments, **extra)
