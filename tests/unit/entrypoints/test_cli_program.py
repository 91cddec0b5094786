"""What the program says of itself, and of what is typed wrong."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from entrypoints.cli_later import Later
from tests.unit.catalogues import CATALOGUES


def run(*arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, arguments, env={"LC_ALL": language})


def wrong(*arguments: str, language: str = "en") -> str:
    """Type something wrong, and return the one line that is said of it."""
    done = run(*arguments, language=language)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("framegate: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_command_that_there_is_not_is_told_with_the_nearest() -> None:
    said = wrong("audti")
    assert "There is no command audti. Nearest: audit." in said
    assert "framegate --help" in said
    assert "Nearest" not in wrong("xyz")
    assert "Nearest: new." in wrong("keys", "nwe")


def test_a_flag_that_there_is_not_is_told_with_the_nearest() -> None:
    said = wrong("report", "--by-reigon")
    assert "There is no flag --by-reigon. Nearest: --by-region." in said
    assert "framegate report --help" in said


def test_a_wrong_value_is_told_with_what_is_allowed() -> None:
    assert "--step must be one of: hour, day, all." in wrong("report", "--step", "week")
    assert "SHELL must be one of: bash, zsh, fish." in wrong("completion", "tcsh")


def test_what_is_missing_or_too_much_is_named() -> None:
    assert "NAME is missing." in wrong("keys", "new")
    hint = "framegate {} --help tells what there is.\n"
    said = wrong("audit", "--since")
    assert said == "framegate: --since needs a value. " + hint.format("audit")
    assert "--follow takes no value. framegate audit" in wrong("audit", "--follow=x")
    assert wrong("report", "more") == "framegate: more is too much. " + hint.format("report")
    assert "framegate: one more is too much. " in wrong("report", "one", "more")


def test_what_is_wrong_is_said_in_the_language_of_the_terminal() -> None:
    said = wrong("audit", "--folow", language="pt_BR.UTF-8")
    assert "Não há a opção --folow. Mais parecido: --follow" in said
    for typed, words in (
        (["report", "mais"], "Sobra mais."),
        (["report", "--html"], "Falta o valor de --html."),
        (["report", "--json=x"], "--json não leva valor."),
    ):
        told = wrong(*typed, language="pt_BR.UTF-8")
        assert told == f"framegate: {words} framegate report --help diz o que há.\n"
    said = wrong("audit", "--reason", "x", language="pt_BR.UTF-8")
    assert "--reason deve ser um destes valores: unknown, used," in said


def test_without_a_command_there_is_help_and_it_counts_as_wrong() -> None:
    for arguments in ((), ("keys",)):
        done = run(*arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.startswith("Usage: framegate")


def test_the_version_is_told() -> None:
    done = run("--version")
    assert done.exit_code == 0
    assert done.stdout.startswith("framegate, version ")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Usage: Options Show this help."), ("pt", "Uso: Opções Mostra esta ajuda.")],
)
def test_help_is_in_the_language_of_the_terminal(language: str, words: str) -> None:
    done = run("audit", "--help", language=language)
    usage, options, rest = words.split(" ", 2)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{usage} framegate audit ")
    assert f"\n{options}:\n" in done.stdout
    assert rest in done.stdout
    assert CATALOGUES[language]["help.audit.event"] in done.stdout


def commands(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    command = command.command if isinstance(command, Later) else command
    yield name, command
    if isinstance(command, click.Group):
        for inner, it in command.commands.items():
            yield from commands(it, f"{name}.{inner}")


COMMANDS = dict(commands(main))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_flag_has_a_help_in_both_languages(name: str) -> None:
    flags = [param.opts[0] for param in COMMANDS[name].params if isinstance(param, click.Option)]
    for catalogue in CATALOGUES.values():
        assert f"help{name}" in catalogue
        for flag in flags:
            ways = {f"help{name}.{flag.lstrip('-')}", f"help.any.{flag.lstrip('-')}"}
            assert ways & catalogue.keys(), flag


def test_every_help_is_of_a_command_or_a_flag_that_there_is() -> None:
    known = {"help.usage", "help.heading.options", "help.heading.commands", "help.any.help"}
    for name, command in COMMANDS.items():
        known.add(f"help{name}")
        for param in command.params:
            flag = param.opts[0].lstrip("-")
            known |= {f"help{name}.{flag}", f"help.any.{flag}"}
    assert {key for key in CATALOGUES["en"] if f"{key}.".startswith("help.")} <= known
