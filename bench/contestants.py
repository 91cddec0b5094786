"""Who is measured: how each is started."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from bench.cores import SERVER_CORES

FASTIFY = Path(__file__).parent / "peers" / "fastify_app"


@frozen
class Contestant:
    """A server that speaks the two routes of the flow.

    All are told ``PORT``, ``REDIS_URL``, ``CLIENTS_FILE`` and ``KEY_DIGEST``.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(factory=dict)
    cores: str = SERVER_CORES


def framegate(
    transport: str, storage: str = "redis", *, workers: int = 1, cores: str = SERVER_CORES
) -> Contestant:
    """Return framegate as it comes: keys, audit log, rate limits and fence are on."""
    where = "" if storage == "redis" else " on memory"
    many = "" if workers == 1 else f", {workers} workers"
    return Contestant(
        f"framegate{where}, {transport}{many}",
        (sys.executable, "-m", "entrypoints", "serve"),
        {"HTTP_TRANSPORT": transport, "STORAGE": storage, "WORKERS": str(workers)},
        cores,
    )


def _python(name: str, module: str) -> Contestant:
    return Contestant(name, (sys.executable, "-m", f"bench.peers.{module}"))


FAST, TORNADO = framegate("fast"), framegate("tornado")
STARLETTE = _python("Starlette + uvicorn", "starlette_app")
BARE_TORNADO = _python("bare Tornado handler", "bare_tornado")
ORIGINAL = _python("the original design", "blocking_scan")


def fastify() -> Contestant | None:
    """Return Fastify + ioredis, installed beside its source, where Node is."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    if not (FASTIFY / "node_modules").exists():
        subprocess.run([npm, "install", "--silent"], cwd=FASTIFY, check=True)
    return Contestant("Fastify + ioredis", (node, str(FASTIFY / "server.js")))
