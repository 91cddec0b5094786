import asyncio
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from framegate_client import visitor
from framegate_client.asgi import Gate
from tests.clients.applications.telling import OPEN, OWN_POLICY, PATIENCE, begin, say_where, tell


async def told(request: Request) -> Response:
    return Response(tell(request.scope, request.headers.keys()), media_type="application/json")


async def own_policy(_: Request) -> Response:
    return Response("own", headers=OWN_POLICY)


async def broken(_: Request) -> Response:
    raise RuntimeError


async def echo(request: Request) -> Response:
    return Response(await request.body())


async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(visitor(websocket.scope).client)
    await websocket.close()


def application(framegate: str) -> Starlette:
    routes = [
        Route("/own-policy", own_policy),
        Route("/broken", broken),
        Route("/echo", echo, methods=["POST"]),
        WebSocketRoute("/live", live),
        Route("/{path:path}", told),
    ]
    gate = Middleware(Gate, framegate=framegate, open_paths=OPEN, timeout_seconds=PATIENCE)
    return Starlette(routes=routes, middleware=[gate])


async def main() -> None:
    framegate = begin()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        say_where(listening.getsockname()[1])
        config = uvicorn.Config(application(framegate), log_level="debug", access_log=False)
        await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    asyncio.run(main())
