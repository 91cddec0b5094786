"""One worker: a process that serves requests until it is told to stop."""

import asyncio
import gc
import resource
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from tornado import locale

from entrypoints import audit_lines
from entrypoints.container.runtime import Runtime
from entrypoints.http.gate import Gate
from entrypoints.http.server import GuardedServer, HttpLimits, make_server, stop_gracefully
from entrypoints.listening import Listeners
from entrypoints.settings import Settings, SettingsError
from entrypoints.supervisor import Post
from entrypoints.texts import say
from entrypoints.tls import Certificate

new_event_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
# uvloop is an extra: faster, and not there on every platform.
with suppress(ImportError):
    from uvloop import new_event_loop

ENOUGH_DESCRIPTORS = 65_536

LAST_LINES_SECONDS = 0.5
"""So long a worker that ends waits for a slow reader of its log."""

GARBAGE_AT_LEAST = 50_000
"""So many objects more than before are a reason to look for garbage. Python's own is 700."""

_log = structlog.stdlib.get_logger("framegate.server")


def run_worker(
    runtime: Runtime,
    settings: Settings,
    listeners: Listeners,
    certificate: Certificate | None = None,
    post: Post | None = None,
) -> None:
    """Serve on the listeners until SIGTERM or SIGINT, then finish what runs and return.

    ``runtime`` is loaded and has opened nothing: connections and the event loop are made
    here, after the fork. ``post`` is what a supervisor has given.
    """
    _raise_descriptor_limit()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(runtime, settings, listeners, certificate, post))
    audit_lines.drain(LAST_LINES_SECONDS)


def reload(runtime: Runtime, certificate: Certificate | None = None) -> None:
    """Read the files again; what is wrong with them goes to the log."""
    failed = False
    for load in (runtime.load, certificate.load if certificate else None):
        try:
            if load is not None:
                load()
        except SettingsError as error:
            failed = True
            _log.error("reload_failed", problem=say(locale.get("en"), error.key, error.facts))
    if not failed:
        _log.info("reloaded", clients=len(runtime.directory.clients()))


def _raise_descriptor_limit() -> None:
    """Take as many descriptors as the system allows: each connection needs one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH_DESCRIPTORS if hard == resource.RLIM_INFINITY else hard
    with suppress(OSError, ValueError):  # some systems promise more than they give
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _serve(
    runtime: Runtime,
    settings: Settings,
    listeners: Listeners,
    certificate: Certificate | None,
    post: Post | None,
) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, reload, runtime, certificate)
    if post is not None:
        loop.add_reader(post.alive, stopping.set)
    limits = HttpLimits(keep_alive=settings.keep_alive_seconds)
    context = certificate.context if certificate else None
    server = make_server(runtime.application, limits, settings.http_transport, context)
    if context is None:  # the gate answers in plain text; with TLS the handlers do
        server.gate = Gate(runtime.face)
    gc.set_threshold(GARBAGE_AT_LEAST)
    await runtime.begin()
    runtime.start(post.place if post else 0)
    if runtime.snapshots is not None:
        loop.add_signal_handler(signal.SIGUSR1, runtime.snapshots.take_now)
    server.add_sockets(listeners.callers)
    watched = _watched(runtime, limits, settings, listeners.watchers)
    # What is there now stays, and what a request makes is gone with it, without cycles: the
    # garbage collector need not look at either time and again.
    gc.collect()
    gc.freeze()
    _log.info("serving", storage=settings.storage, demo=runtime.face.demo)
    await stopping.wait()
    if post is not None:
        loop.remove_reader(post.alive)
    _log.info("stopping")
    await stop_gracefully(server, runtime.face.drain, settings.drain_seconds)
    if watched is not None:
        watched.stop()
        await watched.close_all_connections()
    await runtime.close()
    for signum in (signal.SIGTERM, signal.SIGINT):
        # The loop would give them back their default, and who is told twice would end as killed.
        loop.remove_signal_handler(signum)
        signal.signal(signum, signal.SIG_IGN)
    _log.info("stopped")


def _watched(
    runtime: Runtime, limits: HttpLimits, settings: Settings, sockets: Sequence[socket.socket]
) -> GuardedServer | None:
    """Serve who comes for the metrics only, until the end: they are of use above all then."""
    if runtime.metrics_application is None or not sockets:
        return None
    server = make_server(runtime.metrics_application, limits, settings.http_transport)
    server.add_sockets(sockets)
    return server
