"""``framegate doctor``: everything that can be checked before, and beside, a running server."""

import asyncio
from collections.abc import Iterator, Sequence

from application.ports import Finding, RegionResolver
from application.snapshot_ports import SnapshotsUnavailable
from entrypoints.container.building import build_runtime, build_trail
from entrypoints.container.regions import load_regions, region_resolver
from entrypoints.container.runtime import audit_file_told, load_page
from entrypoints.container.snapshots import snapshot_files
from entrypoints.http.iframe_page import IframePage
from entrypoints.listening import rehearse_listening
from entrypoints.own_url import look_at_own_urls
from entrypoints.settings import Settings, SettingsError
from entrypoints.store_check import examine_store
from entrypoints.tls import Certificate

STORE_SECONDS = 10.0
"""A person waits, and a slow Redis is to be told from one that is away."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what was found, part by part. Raises ``SettingsError`` for what no start survives."""
    store, resolver = examine_store(settings, STORE_SECONDS), region_resolver(settings)
    yield Finding.ok("doctor.settings")
    yield from store
    yield from _look_at_clients(settings)
    yield _look_at_page(settings)
    yield from _look_at_audit_file(settings)
    yield from asyncio.run(_look_at_snapshots(settings))
    yield from _look_at_listening(settings)
    yield from _look_at_regions(resolver)
    yield from _look_at_certificate(settings)
    if settings.public_url and not settings.trusted_proxies:
        yield Finding.note("doctor.proxies.none")
    yield from asyncio.run(look_at_own_urls(settings))


def _look_at_clients(settings: Settings) -> Sequence[Finding]:
    try:
        runtime = build_runtime(settings)
        runtime.load_clients()
    except SettingsError as error:
        return [Finding.failed(error.key, **error.facts)]
    clients = runtime.directory.clients()
    findings = [Finding.ok("doctor.clients.read", path=settings.clients_file, count=len(clients))]
    homeless = [client.name for client in clients if not client.origins]
    if homeless:
        findings.append(Finding.note("doctor.clients.no_origins", names=", ".join(homeless)))
    if not runtime.has_admin:
        findings.append(Finding.note("doctor.clients.no_admin"))
    return findings


def _look_at_audit_file(settings: Settings) -> Iterator[Finding]:
    file = build_trail(settings).file
    if file is None:
        return
    try:
        with audit_file_told(file):
            has_room = file.rehearse()
    except SettingsError as error:
        yield Finding.failed(error.key, **error.facts)
    else:
        if has_room:
            yield Finding.ok("doctor.audit_file.ok", path=file.path)
        else:
            yield Finding.note("doctor.audit_file.full", path=file.path)


async def _look_at_snapshots(settings: Settings) -> Sequence[Finding]:
    # A server goes on without them, so that nothing about them is worse than a note.
    if settings.snapshot_dir is None:
        return []
    try:
        await snapshot_files(settings.snapshot_dir).rehearse()
    except SnapshotsUnavailable as error:
        facts = {"path": error.path, "reason": error.reason}
        return [Finding.note("doctor.snapshots.unavailable", **facts)]
    return [Finding.ok("doctor.snapshots.ok", path=settings.snapshot_dir)]


def _look_at_listening(settings: Settings) -> Iterator[Finding]:
    try:
        rehearse_listening(settings)
    except SettingsError as error:
        yield Finding.failed(error.key, **error.facts)


def _look_at_certificate(settings: Settings) -> Iterator[Finding]:
    try:
        Certificate.of(settings)
    except SettingsError as error:
        yield Finding.failed(error.key, **error.facts)


def _look_at_regions(resolver: RegionResolver | None) -> Iterator[Finding]:
    if resolver is None:
        return
    try:
        load_regions(resolver)
    except SettingsError as error:
        yield Finding.failed(error.key, **error.facts)
    else:
        yield Finding.ok("doctor.regions")


def _look_at_page(settings: Settings) -> Finding:
    page = IframePage(settings.iframe_root)
    try:
        load_page(page)
    except SettingsError as error:
        return Finding.failed(error.key, **error.facts)
    if page.content is None:
        return Finding.note("doctor.page.sample")
    return Finding.ok("doctor.page.read", path=page.path)
