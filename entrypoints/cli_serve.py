"""``framegate serve`` and ``framegate demo``: the servers."""

import sys
from functools import partial

import click

from entrypoints.announcement import announce
from entrypoints.cli_flags import as_environment, flags_of_a_server
from entrypoints.container.building import build_runtime
from entrypoints.listening import Listeners, listen, listen_for_metrics, metrics_place_of, place_of
from entrypoints.logs import configure_logs
from entrypoints.settings import Settings, load_demo_settings, load_settings
from entrypoints.store_check import warn_of_unfit_store
from entrypoints.supervisor import Supervisor
from entrypoints.terminal import stops_on_bad_settings, tell
from entrypoints.texts import load_texts
from entrypoints.tls import Certificate
from entrypoints.worker import reload, run_worker


@click.command()
@flags_of_a_server
@stops_on_bad_settings
def serve(**flags: str | None) -> None:
    """Run the production server, configured by the environment."""
    settings = load_settings(as_environment(flags))
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


@click.command()
@click.option("--host")
@click.option("--port")
@stops_on_bad_settings
def demo(**flags: str | None) -> None:
    """Run a server to try it: in memory, open, on loopback only."""
    settings = load_demo_settings(as_environment(flags))
    runtime = build_runtime(settings, demo=True)
    runtime.load()
    _configure(settings)
    sockets = listen(settings)
    click.echo(tell("cli.demo", url=f"{place_of(settings, sockets)}/auth-demo"), err=True)
    run_worker(runtime, settings, Listeners(sockets))


def _configure(settings: Settings) -> None:
    configure_logs("DEBUG" if settings.debug else settings.log_level)
    load_texts(settings.locale)
