"""Which core does what: the server has one of its own, all else shares another."""

import os

SERVER_CORES = "0"
OTHER_CORE = 1
BOTH_CORES = "0,1"


def stand_aside() -> None:
    """Move this process off the server's core; wrk and Redis are its children and follow.

    Raises ``RuntimeError`` where there is no second core to go to.
    """
    if not {0, OTHER_CORE} <= os.sched_getaffinity(0):
        raise RuntimeError("the benchmark needs cores 0 and 1")
    os.sched_setaffinity(0, {OTHER_CORE})


def pinned(cores: str, command: tuple[str, ...]) -> list[str]:
    """Return the command that runs ``command`` on these cores only."""
    return ["taskset", "--cpu-list", cores, *command]
