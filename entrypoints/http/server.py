"""A server for an application, and how it stops."""

import asyncio
from collections.abc import Callable
from ssl import SSLContext

from tornado.web import Application

from entrypoints.http.drain import Drain
from entrypoints.http.guarded_server import GuardedServer
from entrypoints.http.limits import HttpLimits
from entrypoints.http.tornado_server import TornadoServer
from entrypoints.http.transport.server import FastServer

__all__ = ["TRANSPORTS", "GuardedServer", "HttpLimits", "make_server", "stop_gracefully"]

Make = Callable[[Application, HttpLimits, SSLContext | None], GuardedServer]

TRANSPORTS: dict[str, Make] = {
    "fast": FastServer,
    "tornado": TornadoServer.of,
}
"""By the names that ``HTTP_TRANSPORT`` may be."""

FINISH_SECONDS = 9
"""How long a stopping server waits for what is in flight. With the drain of at most 5 s
before it, a worker is gone within 15 s."""

SETTLING_PASSES = 10
"""So many turns of the event loop it takes at the most until whoever was let in last is heard."""


def make_server(
    application: Application,
    limits: HttpLimits,
    transport: str,
    tls: SSLContext | None = None,
) -> GuardedServer:
    """Make a server; it does no I/O until it is given a socket."""
    return TRANSPORTS[transport](application, limits, tls)


async def stop_gracefully(server: GuardedServer, drain: Drain, drain_seconds: float) -> None:
    """Stop: readiness off first, then no new connections, then let what runs finish.

    ``drain_seconds`` is the time that a load balancer has to see that the server is no
    longer ready; it is served all the while.
    """
    drain.started = True
    server.end_keep_alive()
    await asyncio.sleep(drain_seconds)
    server.stop()
    for _ in range(SETTLING_PASSES):
        await asyncio.sleep(0)
    await drain.finish(FINISH_SECONDS)
    await server.close_all_connections()
