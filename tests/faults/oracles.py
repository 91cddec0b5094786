"""What must never stand in an answer or in a log, whatever was asked."""

import json
import re

from tests.faults.corpus.case import MARK
from tests.faults.raw_http import Reply, replies_in
from tests.support.leaks import SECRET

# Tracebacks, paths, and the names and versions of what the server is made of.
INSIDE = re.compile(
    rb"Traceback|File \"|line \d+|\.py\b|\.lua\b|/home/|/tmp/|/usr/|/root|etc/passwd:|site-packages"
    rb"|tornado|python|hiredis|uvloop|redis\.|exception|errno|\bEVAL|fg:\{|root:x:",
    re.IGNORECASE,
)


def answers_in(raw: bytes, *, to_head: bool = False) -> list[Reply]:
    """Take the final answers apart, and hold them to what every answer has to keep."""
    told = INSIDE.findall(raw)
    assert not told, f"an answer tells of the inside: {told} in {raw[:500]!r}"
    # An id is random, and sooner or later one spells the mark.
    repeats = MARK.encode() in SECRET.sub(b"", raw).lower()
    assert not repeats, f"an answer repeats what was sent: {raw[:500]!r}"
    answers = [r for r in replies_in(raw, to_head=to_head) if r.status >= 200]
    for answer in answers:
        assert answer.status < 500, f"{answer.status}: {raw[:500]!r}"
        assert "Location" not in answer.headers, "an answer sends the caller elsewhere"
    return answers


def assert_nothing_to_hide(log: str) -> None:
    """Every line of a log is whole, and none tells an id, a key or a fault of ours."""
    assert not SECRET.search(log.encode()), "the log tells an id or a key"
    for line in log.splitlines():
        assert MARK not in line.lower(), f"the log repeats what was sent: {line[:300]}"
        event = json.loads(line)
        assert event["level"] not in {"error", "critical"}, line[:2000]
