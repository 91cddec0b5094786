"""The program's face: its help, and what it says of a command that is typed wrong."""

import re
import sys
from types import TracebackType
from typing import Any, NoReturn

import click

from entrypoints.output import OutputFailed, give_up_output, tell_failures_of_output
from entrypoints.start import INTERRUPTED
from entrypoints.terminal import tell, tell_if_known
from entrypoints.texts import load_texts

NAME = "framegate"
_TOO_MUCH = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)
"""click has no error of its own for it."""


class Program(click.Group):
    """A group of commands that speaks the language of the terminal.

    What is typed wrong is told in one line, with what comes nearest or is allowed, and ends with
    status 2. The help of a command is the text ``help.<command>``, that of its flag
    ``help.<command>.<flag>``, else ``help.any.<flag>``; where there is none, what its code says.
    """

    def main(self, *arguments: Any, **extra: Any) -> NoReturn:
        """Run, and exit."""
        load_texts("en")  # what is said before the settings have been read
        translate(self, "help")
        extra |= {"prog_name": NAME, "standalone_mode": False}
        tell_failures_of_output()
        try:
            status = super().main(*arguments, **extra)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            status = 2
        except click.ClickException as error:
            click.echo(f"{NAME}: {_told(error)}", err=True)
            status = error.exit_code
        except click.Abort:
            status = INTERRUPTED
        except BrokenPipeError:  # whoever read has seen enough
            give_up_output()
            status = 1
        except OutputFailed as error:
            give_up_output()
            click.echo(f"{NAME}: {tell('cli.cannot_answer', reason=error.strerror)}", err=True)
            status = 1
        sys.exit(status)


class _Formatter(click.HelpFormatter):
    """Writes help with its headings in the language of the terminal."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or tell("help.usage") + " ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(tell_if_known(f"help.heading.{heading.lower()}") or heading)


class _Context(click.Context):
    formatter_class = _Formatter

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        if isinstance(error, click.BadOptionUsage):  # click does not say whose option it is
            error.ctx = error.ctx or self
        return super().__exit__(kind, error, trace)


def translate(command: click.Command, key: str) -> None:
    """Put a command and all that is in it into the language of the terminal."""
    command.context_class = _Context
    command.help = tell_if_known(key) or command.help
    known = command.get_help_option(click.Context(command))
    for param in [*command.params, *([known] if known else [])]:
        if isinstance(param, click.Option):
            flag = param.opts[0].lstrip("-")
            text = tell_if_known(f"{key}.{flag}") or tell_if_known(f"help.any.{flag}")
            param.help = text or param.help
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            translate(inner, f"{key}.{name}")


def _told(error: click.ClickException) -> str:
    """Say what was wrong, what is allowed or near, and where more is said."""
    told = [_problem_of(error)]
    if near := getattr(error, "possibilities", None):
        told.append(tell("usage.near", near=", ".join(near)))
    context = getattr(error, "ctx", None)
    if context is not None:
        told.append(tell("usage.help", command=context.command_path))
    return " ".join(told)


def _problem_of(error: click.ClickException) -> str:  # noqa: PLR0911 an error, a text
    match error:
        case click.exceptions.NoSuchCommand():
            return tell("usage.no_command", name=error.command_name)
        case click.exceptions.NoSuchOption():
            return tell("usage.no_option", name=error.option_name)
        case click.MissingParameter(param=click.Parameter() as param):
            return tell("usage.missing", name=param.human_readable_name)
        case click.BadParameter(param=click.Parameter(type=click.Choice() as kind) as param):
            name = param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
            return tell("settings.choice", variable=name, choices=", ".join(kind.choices))
        case click.BadOptionUsage(ctx=click.Context() as context):
            takes = _takes_a_value(context.command, error.option_name)
            return tell(
                "usage.needs_value" if takes else "usage.takes_none", name=error.option_name
            )
        case click.UsageError() if extra := _TOO_MUCH.fullmatch(error.message):
            return tell("usage.too_much", names=extra[1])
    return error.format_message()


def _takes_a_value(command: click.Command, name: str) -> bool:
    options = (param for param in command.params if isinstance(param, click.Option))
    return any(name in option.opts and not option.is_flag for option in options)
