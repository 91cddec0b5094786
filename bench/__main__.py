"""``python -m bench``: the command line."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path

import click

from bench.contestants import framegate
from bench.cores import stand_aside
from bench.scenarios import SCENARIOS
from bench.serving import serving
from bench.spread import spread
from bench.wrk import burst

PROGRAMS = ("wrk", "redis-server", "taskset")
NAMES = [scenario.name for scenario in SCENARIOS]


@click.group(invoke_without_command=True)
@click.option("--rounds", default=15, help="How often everybody has a turn.")
@click.option("--seconds", default=1, help="How long a turn is.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Measure nothing else.")
@click.pass_context
def main(context: click.Context, rounds: int, seconds: int, only: tuple[str, ...]) -> None:
    """Measure framegate beside others; end with 1 where what must hold does not."""
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        raise click.ClickException(f"Needed, and not there: {', '.join(missing)}.")
    # Ended from outside, it takes along what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    stand_aside()
    if context.invoked_subcommand:
        return
    from bench import run  # noqa: PLC0415 - `cost` works where there is no matplotlib

    chosen = [each for each in SCENARIOS if not only or each.name in only]
    sys.exit(0 if run.measure(chosen, rounds, seconds) else 1)


@main.command()
@click.option("--transport", default="fast", help="HTTP_TRANSPORT.")
@click.option("--storage", default="redis", help="STORAGE.")
@click.option("--seconds", default=3)
@click.option("--rounds", default=5)
@click.argument("path", required=False)
def cost(transport: str, storage: str, seconds: int, rounds: int, path: str | None) -> None:
    """Load the framegate of the current folder and print what a request costs it.

    By default with the flow, otherwise with GETs of PATH.
    """
    load = ("get", seconds, path) if path else ("flow", seconds)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(framegate(transport, storage), Path(folder) / "0") as server,
    ):
        burst(server, *load)  # to warm up
        bursts = [burst(server, *load) for _ in range(rounds)]
    ours, redis = spread(b.cpu_us for b in bursts), spread(b.redis_us for b in bursts)
    click.echo(f"{ours.median:.1f} us a request ({ours.low:.1f} to {ours.high:.1f})")
    click.echo(f"{redis.median:.1f} us of Redis's")
    click.echo(f"{spread(b.busy for b in bursts).median:.0%} of a core used")


@main.command()
def draw() -> None:
    """Write document and picture anew from what was measured last."""
    from bench import run  # noqa: PLC0415 - as above

    run.write()


if __name__ == "__main__":
    main()
