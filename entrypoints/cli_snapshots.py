"""``framegate snapshot`` and ``framegate restore``."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from attrs import asdict, evolve
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from application.ports import StoreUnavailable
from application.restore_snapshot import Restored
from application.snapshot_ports import (
    Snapshot,
    SnapshotBroken,
    SnapshotsUnavailable,
    SnapshotUnderWay,
)
from application.take_snapshot import TakeRequest
from entrypoints.cli_flags import json_flag, print_json
from entrypoints.container.building import build_runtime
from entrypoints.container.runtime import Runtime
from entrypoints.settings import Settings, SettingsError, load_settings
from entrypoints.snapshotting import Plan
from entrypoints.terminal import CommandFailed, stops_on_bad_settings, tell

T = TypeVar("T")


@click.command()
@click.option("--to", "folder", type=click.Path(path_type=Path))
@json_flag
@stops_on_bad_settings
def snapshot(folder: Path | None, *, as_json: bool) -> None:
    """Take a snapshot of what Redis has."""
    settings = _settings_for_redis(folder)
    into = settings.snapshot_dir
    if into is None:
        raise SettingsError("SNAPSHOT_DIR", "cli.snapshot.nowhere")
    runtime = build_runtime(settings)
    runtime.load_clients()

    async def take(plan: Plan) -> Snapshot | None:
        # Elsewhere than where the server keeps them, all stay that are there.
        use_case = evolve(plan.take, keep=None) if folder else plan.take
        with _shown(tell("cli.snapshot.taking")) as progress:
            return await use_case.execute(TakeRequest(progress=progress))

    with _said("cli.snapshot.store_read"):
        taken = _run(runtime, take)
    if taken is None:
        return
    path = into / taken.name
    if as_json:
        print_json({"path": str(path), "sessions": taken.sessions, **asdict(taken.about)})
    else:
        click.echo(tell("cli.snapshot.taken", path=path, sessions=taken.sessions))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_flag
@stops_on_bad_settings
def restore(file: Path, *, as_json: bool) -> None:
    """Put a snapshot back into Redis; what Redis knows better stays."""
    path = file.resolve()  # a link stays what it is, and the file itself is used up
    runtime = build_runtime(_settings_for_redis(path.parent))
    try:
        path.open("rb").close()
    except OSError as error:
        facts = {"path": file, "problem": error.strerror}
        raise CommandFailed("cli.unreadable", **facts) from error

    async def put_back(plan: Plan) -> Restored:
        with _shown(tell("cli.snapshot.restoring")) as progress:
            return await plan.restore.execute(path.name, progress)

    with _said("cli.snapshot.store", path.name):
        restored = _run(runtime, put_back)
    done, about = asdict(restored.put_back), restored.snapshot.about
    if as_json:
        print_json({"name": path.name, **asdict(about), **done})
        return
    click.echo(tell("cli.snapshot.restored", name=path.name, **done))
    if restored.put_back.refused and not about.final:
        click.echo(tell("cli.snapshot.not_final"))


def _settings_for_redis(folder: Path | None) -> Settings:
    settings = load_settings({"SNAPSHOT_DIR": str(folder)} if folder else {})
    if settings.storage == "memory":
        raise SettingsError("STORAGE", "cli.snapshot.memory")
    return settings


def _run(runtime: Runtime, work: Callable[[Plan], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        snapshots = runtime.snapshots
        if snapshots is None:
            raise SettingsError("SNAPSHOT_DIR", "cli.snapshot.nowhere")
        try:
            return await work(snapshots.plan)
        finally:
            await runtime.close()

    return asyncio.run(run())


@contextmanager
def _shown(text: str) -> Iterator[Callable[..., None]]:
    """Show how far it is, to a person who watches; ``progress`` is told of so many more."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}"),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(text, total=None)
        yield lambda more, of=None: bar.update(task, advance=more, total=of)


@contextmanager
def _said(store_key: str, name: str = "") -> Iterator[None]:
    """Turn what can go wrong into the line that a command ends with."""
    try:
        yield
    except SnapshotBroken as error:
        key = f"cli.snapshot.{error.problem}"
        raise CommandFailed(key, name=error.name) from error
    except SnapshotsUnavailable as error:
        facts = {"path": error.path, "reason": error.reason}
        raise CommandFailed("cli.snapshot.unavailable", **facts) from error
    except SnapshotUnderWay as error:
        raise CommandFailed("cli.snapshot.under_way", path=error.path) from error
    except StoreUnavailable as error:
        raise CommandFailed(store_key, variable=name, problem=error.problem) from error
