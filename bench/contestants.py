"""Who is measured: how each is started."""

import sys
from collections.abc import Mapping

from attrs import field, frozen

from bench.cores import SERVER_CORES


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
