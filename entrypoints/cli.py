"""The command line: ``framegate serve``, ``framegate demo``, ``framegate keys new``."""

import errno
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial, wraps
from typing import NoReturn

import click
from tornado import locale
from tornado.netutil import bind_sockets

from domain.client import check_holder
from domain.errors import InvalidClient
from entrypoints.container import build_issue_key, build_runtime
from entrypoints.logs import configure_logs
from entrypoints.settings import (
    Settings,
    SettingsError,
    load_demo_settings,
    load_settings,
    terminal_language,
)
from entrypoints.supervisor import Supervisor
from entrypoints.texts import load_texts, say
from entrypoints.worker import reload, run_worker

BACKLOG = 1024
"""How many connections the kernel keeps until they are taken up: it is better to take up and
turn away than to let wait. Tornado's own is 128."""


def tell(key: str, **facts: object) -> str:
    """Return a text in the language of the terminal."""
    return say(locale.get(terminal_language()), key, facts)


def fail(error: SettingsError) -> NoReturn:
    """Stop with one line that says what is wrong and what to do."""
    click.echo(f"framegate: {tell(error.key, **error.facts)}", err=True)
    sys.exit(2)


def _stops_on_bad_settings(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def run(**flags: str | None) -> None:
        try:
            command(**flags)
        except SettingsError as error:
            fail(error)

    return run


def _as_environment(flags: dict[str, str | None]) -> dict[str, str]:
    return {name.upper(): value for name, value in flags.items() if value is not None}


@click.group()
@click.version_option(package_name="framegate")
def main() -> None:
    """Let a page be opened in an iframe once."""
    load_texts("en")  # what is said before the settings have been read
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # by default it would end a server that starts


@main.command()
@click.option("--host", help="Address to listen on (HOST).")
@click.option("--port", help="Port to listen on (PORT).")
@click.option("--workers", help="Number of processes (WORKERS).")
@click.option("--storage", help="redis or memory (STORAGE).")
@_stops_on_bad_settings
def serve(**flags: str | None) -> None:
    """Run the production server, configured by the environment."""
    settings = load_settings(_as_environment(flags))
    runtime = build_runtime(settings)
    runtime.load()  # stops here, before anything listens, if it cannot work
    _configure(settings)
    sockets = _listen(settings)
    click.echo(tell("cli.serving", url=_url(settings, sockets)), err=True)
    work = partial(run_worker, runtime, settings, sockets)
    if settings.workers == 1:
        work()
    else:
        sys.exit(Supervisor(settings.workers, work, partial(reload, runtime)).run())


@main.command()
@click.option("--host", help="Loopback address to listen on.")
@click.option("--port", help="Port to listen on (PORT).")
@_stops_on_bad_settings
def demo(**flags: str | None) -> None:
    """Run a server to try it: in memory, open, on loopback only."""
    settings = load_demo_settings(_as_environment(flags))
    runtime = build_runtime(settings, demo=True)
    runtime.load()
    _configure(settings)
    sockets = _listen(settings)
    click.echo(tell("cli.demo", url=f"{_url(settings, sockets)}/auth-demo"), err=True)
    run_worker(runtime, settings, sockets)


@main.group()
def keys() -> None:
    """Make keys."""


@keys.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="For an operator instead of a client.")
@_stops_on_bad_settings
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


def _configure(settings: Settings) -> None:
    configure_logs("DEBUG" if settings.debug else settings.log_level)
    load_texts(settings.locale)


def _listen(settings: Settings) -> list[socket.socket]:
    try:
        sockets = bind_sockets(settings.port, settings.host, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        facts = {"host": settings.host, "port": settings.port, "reason": reason}
        if getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES):
            raise SettingsError("PORT", "settings.cannot_listen", **facts) from error
        raise SettingsError("HOST", "settings.no_such_host", **facts) from error
    for listener in sockets:
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            # Linux: a connection is taken up when its request is there, up to a second later.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
    return sockets


def _url(settings: Settings, sockets: list[socket.socket]) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{sockets[0].getsockname()[1]}"
