"""The hostile requests, a file for each part of a request that they abuse."""

from tests.faults.corpus import bodies, framing, heads, hosts, sizes, start_lines, targets
from tests.faults.corpus.case import Case

CORPUS: dict[str, list[Case]] = {
    "start lines": start_lines.CASES,
    "headers": heads.CASES,
    "hosts": hosts.CASES,
    "framing": framing.CASES,
    "sizes": sizes.CASES,
    "targets": targets.CASES,
    "bodies": bodies.CASES,
}
