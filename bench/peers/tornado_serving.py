"""How the peers on Tornado serve their two routes."""

import asyncio
from typing import Any

from tornado.web import Application, RequestHandler

from bench.peers import manners


def serve(
    create: type[RequestHandler], validate: type[RequestHandler], use: dict[str, Any]
) -> None:
    """Serve for ever. The handlers are initialized with ``use``."""
    asyncio.run(_serve(create, validate, use))


async def _serve(
    create: type[RequestHandler], validate: type[RequestHandler], use: dict[str, Any]
) -> None:
    routes = [(r"/auth/create-session", create, use), (r"/auth/validate-session", validate, use)]
    Application(routes, log_function=lambda _: None).listen(manners.PORT, "127.0.0.1")
    await asyncio.Event().wait()
