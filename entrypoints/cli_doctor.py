"""``framegate doctor``: what is in order, and what to change."""

import sys
from collections import Counter
from collections.abc import Iterable

import click

from application.ports import Finding, Verdict
from entrypoints.cli_flags import as_environment, flags_of_a_server, json_flag, print_json
from entrypoints.doctor import examine
from entrypoints.settings import load_settings
from entrypoints.terminal import stops_on_bad_settings, tell

_COLOURS = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.FAILED: "red"}


@click.command()
@flags_of_a_server
@json_flag
@stops_on_bad_settings
def doctor(*, as_json: bool, **flags: str | None) -> None:
    """Check settings, Redis, clients file, page and address; exit with 1 if a check failed."""
    findings = examine(load_settings(as_environment(flags)))
    sys.exit(0 if (_print_json if as_json else _print)(findings) else 1)


def _print(findings: Iterable[Finding]) -> bool:
    """Print a line for each finding as it comes, and a count; tell whether none failed."""
    count = Counter[Verdict]()
    words = {verdict: tell(f"doctor.{verdict.value}") for verdict in Verdict}
    width = max(map(len, words.values()))
    for finding in findings:
        count[finding.verdict] += 1
        word = click.style(words[finding.verdict].ljust(width), fg=_COLOURS[finding.verdict])
        click.echo(f"{word}  {tell(finding.what, **finding.facts)}")
    click.echo(tell("doctor.count", **_by_name(count)))
    return not count[Verdict.FAILED]


def _print_json(findings: Iterable[Finding]) -> bool:
    told = [
        {"verdict": one.verdict.value, "check": one.what, "text": tell(one.what, **one.facts)}
        for one in findings
    ]
    count = _by_name(Counter(Verdict(one["verdict"]) for one in told))
    print_json({**count, "findings": told})
    return not count[Verdict.FAILED.value]


def _by_name(count: Counter[Verdict]) -> dict[str, int]:
    return {verdict.value: count[verdict] for verdict in Verdict}
