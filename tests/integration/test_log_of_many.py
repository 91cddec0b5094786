"""Lines of several processes in one pipe, whose reader takes little at a time."""

import json
import logging
import multiprocessing
import os
from collections import Counter
from multiprocessing.synchronize import Barrier

from entrypoints.audit_lines import drain
from entrypoints.logs import configure_logs
from tests.unit.logging_kept import audit, logging_kept

WRITERS = 4
LINES = 40
LONG = 20_000
"""Characters of a line: more than a pipe takes in one piece, so that it can be cut."""

PATIENCE_SECONDS = 60


def write(start: Barrier, name: str) -> None:
    start.wait()
    for _ in range(LINES):
        audit("audited", writer=name * LONG)
        logging.getLogger("some.library").warning(name * LONG)
    drain(PATIENCE_SECONDS)


def test_no_line_of_one_worker_stands_within_a_line_of_another() -> None:
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(WRITERS)
    reader, writer = os.pipe()
    with logging_kept(), os.fdopen(reader, "rb", buffering=512) as read:
        with os.fdopen(writer, "w") as stream:
            configure_logs("INFO", stream)
            writers = [fork.Process(target=write, args=(start, name)) for name in "abcd"]
            for each in writers:
                each.start()
        lines = [json.loads(line) for line in read]
        for each in writers:
            each.join()
    whole = Counter(line.get("writer", line["event"]) for line in lines)
    assert whole == {name * LONG: 2 * LINES for name in "abcd"}
