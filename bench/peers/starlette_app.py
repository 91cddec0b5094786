"""Starlette under uvicorn with uvloop and httptools; redis-py on asyncio, one script a request.

This is the peer that everything else is a multiple of.
"""

from pathlib import Path

import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.peers import manners

HERE = Path(__file__).parent

redis = Redis.from_url(manners.REDIS_URL)
# Called by their hash; redis-py parses the replies with hiredis, which is installed.
take_in = redis.register_script((HERE / "create.lua").read_text())
take_out = redis.register_script((HERE / "redeem.lua").read_text())


async def create(request: Request) -> JSONResponse:
    """Give out a session."""
    if not manners.may_create(request.headers.get("authorization")):
        return JSONResponse(manners.refused("no such key"), 401)
    session_id = manners.new_id()
    if not await take_in(["sessions:active"], (session_id, manners.CAP, manners.TTL_SECONDS)):
        return JSONResponse(manners.refused("too many sessions"), 429)
    return JSONResponse(manners.created(session_id))


async def validate(request: Request) -> JSONResponse:
    """Redeem a session."""
    session_id = request.query_params["session_id"]
    if not await take_out(["sessions:active", f"session:used:{session_id}"], [session_id]):
        return JSONResponse(manners.refused("no such session"), 401)
    return JSONResponse(manners.redeemed(session_id))


app = Starlette(
    routes=[
        Route("/auth/create-session", create, methods=["POST"]),
        Route("/auth/validate-session", validate),
    ]
)

if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=manners.PORT,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
    )
