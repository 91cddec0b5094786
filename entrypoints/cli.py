"""The command line: ``framegate serve``, ``demo``, ``doctor``, ``keys new`` and what it joins."""

import signal
import sys
from collections.abc import Callable
from functools import partial

import click

from domain.client import check_holder
from domain.errors import InvalidClient
from entrypoints.cli_audit import audit
from entrypoints.cli_report import report
from entrypoints.cli_snapshots import restore, snapshot
from entrypoints.container import build_issue_key, build_runtime
from entrypoints.doctor import examine
from entrypoints.listening import Listeners, listen, listen_for_metrics, metrics_place_of, place_of
from entrypoints.logs import configure_logs
from entrypoints.settings import (
    Settings,
    SettingsError,
    load_demo_settings,
    load_settings,
)
from entrypoints.store_check import warn_of_unfit_store
from entrypoints.supervisor import Supervisor
from entrypoints.terminal import announce, show, stops_on_bad_settings, tell
from entrypoints.texts import load_texts
from entrypoints.tls import Certificate
from entrypoints.worker import reload, run_worker

_SERVER_FLAGS = {
    "--host": "Address to listen on (HOST).",
    "--port": "Port to listen on (PORT).",
    "--workers": "Number of processes (WORKERS).",
    "--storage": "redis or memory (STORAGE).",
}


def _flags_of_a_server(command: Callable[..., None]) -> Callable[..., None]:
    for flag, text in reversed(_SERVER_FLAGS.items()):
        command = click.option(flag, help=text)(command)
    return command


def _as_environment(flags: dict[str, str | None]) -> dict[str, str]:
    return {name.upper(): value for name, value in flags.items() if value is not None}


@click.group()
@click.version_option(package_name="framegate")
def main() -> None:
    """Let a page be opened in an iframe once."""
    load_texts("en")  # what is said before the settings have been read
    for signum in (signal.SIGHUP, signal.SIGUSR1):
        signal.signal(signum, signal.SIG_IGN)  # by default it would end a server that starts


@main.command()
@_flags_of_a_server
@stops_on_bad_settings
def serve(**flags: str | None) -> None:
    """Run the production server, configured by the environment."""
    settings = load_settings(_as_environment(flags))
    runtime = build_runtime(settings)
    runtime.load()  # stops here, before anything listens, if it cannot work
    certificate = Certificate.of(settings)
    _configure(settings)
    sockets, watchers = listen(settings), listen_for_metrics(settings)
    runtime.share(settings.workers)
    warn_of_unfit_store(settings)  # once, before there are workers
    announce(place_of(settings, sockets))
    if watchers:
        announce(metrics_place_of(settings, watchers))
    work = partial(run_worker, runtime, settings, Listeners(sockets, watchers), certificate)
    if settings.workers == 1:
        work()
    else:
        again = partial(reload, runtime, certificate)
        sys.exit(Supervisor(settings.workers, work, again, runtime.lost).run())


@main.command()
@click.option("--host", help="Loopback address to listen on.")
@click.option("--port", help="Port to listen on (PORT).")
@stops_on_bad_settings
def demo(**flags: str | None) -> None:
    """Run a server to try it: in memory, open, on loopback only."""
    settings = load_demo_settings(_as_environment(flags))
    runtime = build_runtime(settings, demo=True)
    runtime.load()
    _configure(settings)
    sockets = listen(settings)
    click.echo(tell("cli.demo", url=f"{place_of(settings, sockets)}/auth-demo"), err=True)
    run_worker(runtime, settings, Listeners(sockets))


@main.command()
@_flags_of_a_server
@stops_on_bad_settings
def doctor(**flags: str | None) -> None:
    """Check settings, Redis, clients file, page and address; exit with 1 if a check failed."""
    sys.exit(0 if show(examine(load_settings(_as_environment(flags)))) else 1)


main.add_command(report)
main.add_command(audit)


@main.group()
def keys() -> None:
    """Make keys."""


@keys.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="For an operator instead of a client.")
@stops_on_bad_settings
def new(name: str, *, admin: bool) -> None:
    """Print a new key, once, and the entry for the clients file that holds its digest."""
    try:
        check_holder(name, frozenset())
    except InvalidClient as error:
        raise SettingsError("NAME", "clients_file.invalid_name", name=error.name) from None
    issued = build_issue_key().execute()
    table = "admin" if admin else "client"
    # The entry first, and all of it: a key that is shown must not be lost with its digest.
    entry = f'\n[[{table}]]\nname = "{name}"\nkeys = ["{issued.digest}"]\n'
    if not admin:
        entry += 'origins = ["https://portal.example"]\n'
    try:
        click.echo(entry, nl=False)
        sys.stdout.flush()
    except OSError as error:
        raise SettingsError("stdout", "cli.cannot_write", reason=error.strerror) from None
    # The key goes to the terminal only, so that the entry can be redirected to a file.
    click.echo(f"\n{tell('cli.key_shown')}\n\n    {issued.key}\n", err=True)


main.add_command(snapshot)
main.add_command(restore)


def _configure(settings: Settings) -> None:
    configure_logs("DEBUG" if settings.debug else settings.log_level)
    load_texts(settings.locale)
