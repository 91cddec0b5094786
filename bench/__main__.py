"""``python -m bench``: the command line."""

import statistics
import tempfile
from pathlib import Path

import click

from bench.contestants import framegate
from bench.cores import stand_aside
from bench.serving import serving
from bench.wrk import burst


@click.group()
def main() -> None:
    """Measure framegate."""
    stand_aside()


@main.command()
@click.option("--transport", default="fast", help="HTTP_TRANSPORT.")
@click.option("--storage", default="redis", help="STORAGE.")
@click.option("--script", default="flow", help="What wrk does: a file in bench/lua.")
@click.option("--seconds", default=3)
@click.option("--rounds", default=5)
def cost(transport: str, storage: str, script: str, seconds: int, rounds: int) -> None:
    """Load the framegate of the current folder and print what a request costs it."""
    costs = []
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(framegate(transport, storage), Path(folder) / "0") as server,
    ):
        burst(server.pid, server.url, script, 1)
        for _ in range(rounds):
            came = burst(server.pid, server.url, script, seconds)
            costs.append(came.cpu_us)
            click.echo(f"{came.cpu_us:7.1f} us a request, {came.busy:.0%} of a core")
    click.echo(f"{statistics.median(costs):7.1f} us a request: median of {rounds}")


if __name__ == "__main__":
    main()
