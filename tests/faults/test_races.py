"""Races over HTTP, from several processes at once, against several workers and real Redis."""

import asyncio
import multiprocessing
from collections import Counter
from multiprocessing.synchronize import Barrier
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults.kinds import Scale, Serve, TakeFigure
from tests.faults.redeeming import address
from tests.support.framegate_server import KEYS, FramegateServer, bearer, write_clients
from tests.support.http_call import call

RACERS = (13, 13, 12, 12)
"""How many race in each process; fifty in all."""

RACE_SECONDS = 1800


def test_of_all_racers_for_an_id_exactly_one_wins_and_nobody_meets_an_error(
    tmp_path: Path, serve: Serve, scale: Scale, figure: TakeFigure
) -> None:
    roomy = str(write_clients(tmp_path / "roomy.toml", "session_cap = 100_000"))
    with serve(WORKERS="4", CLIENTS_FILE=roomy) as server:
        ids = [_create(server) for _ in range(scale(150, 20_000))]
        tallies = _race(server.url, ids)
    assert len(tallies) == len(ids)
    wrong = [
        (session_id[:12], Counter(statuses))
        for session_id, statuses in tallies.items()
        if sorted(statuses) != [200] + [401] * (sum(RACERS) - 1)
    ]
    figure(
        "single use under race: ids with exactly one success",
        f"{len(ids) - len(wrong):,} of {len(ids):,}, {sum(RACERS)} racers each",
    )
    assert not wrong


def test_the_cap_holds_under_200_creators_at_once_and_recovers_as_sessions_end(
    tmp_path: Path, serve: Serve
) -> None:
    capped = str(write_clients(tmp_path / "capped.toml", "session_cap = 50"))
    with serve(WORKERS="2", CLIENTS_FILE=capped) as server:
        answers = asyncio.run(_create_at_once(server.url, 200))
        created = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200")]
        full = [answer for answer in answers if b"session_cap_reached" in answer]
        assert (len(created), len(full)) == (50, 150)
        assert _figures(server)["active_sessions"] == 50

        ids = [answer.split(b'"session_id":"')[1].split(b'"')[0].decode() for answer in created]
        for session_id in ids[:7]:
            query = f"session_id={session_id}"
            assert call("GET", f"{server.url}/auth/validate-session?{query}").status == 200
        answers = asyncio.run(_create_at_once(server.url, 20))
        assert sum(answer.startswith(b"HTTP/1.1 200") for answer in answers) == 7
        assert _figures(server)["active_sessions"] == 50


def _figures(server: FramegateServer) -> dict[str, int]:
    answer = call("GET", f"{server.url}/auth/session-status", headers=bearer(KEYS.portal))
    figures: dict[str, int] = answer.fields
    return figures


def _create(server: FramegateServer) -> str:
    answer = call("POST", f"{server.url}/auth/create-session", headers=bearer(KEYS.portal))
    assert answer.status == 200
    session_id: str = answer.fields["session_id"]
    return session_id


def _race(url: str, ids: list[str]) -> dict[str, list[int]]:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(RACERS))
    results: multiprocessing.Queue[list[list[int]]] = context.Queue()
    racers = [
        context.Process(target=_run_racers, args=(url, ids, count, barrier, results))
        for count in RACERS
    ]
    for racer in racers:
        racer.start()
    tallies: dict[str, list[int]] = {session_id: [] for session_id in ids}
    for _ in racers:
        for session_id, statuses in zip(ids, results.get(timeout=RACE_SECONDS), strict=True):
            tallies[session_id] += statuses
    for racer in racers:
        racer.join()
    return tallies


def _run_racers(
    url: str,
    ids: list[str],
    count: int,
    barrier: Barrier,
    results: "multiprocessing.Queue[list[list[int]]]",
) -> None:
    results.put(asyncio.run(_redeem_all(url, ids, count, barrier)))


async def _redeem_all(url: str, ids: list[str], count: int, barrier: Barrier) -> list[list[int]]:
    lines = [await _connect(url) for _ in range(count)]
    outcome = []
    for session_id in ids:
        requests = [
            f"GET {address(session_id, asker)} HTTP/1.1\r\n"
            f"Host: {urlsplit(url).netloc}\r\n\r\n".encode()
            for asker in range(count)
        ]
        barrier.wait(timeout=60)  # all processes set off for this id at the same moment
        for (_, writer), request in zip(lines, requests, strict=True):
            writer.write(request)
        statuses = [await _status(reader) for reader, _ in lines]
        for place in range(count):
            # Too many of them have come to one worker. Nothing was looked up: on to another.
            while statuses[place] == 503:
                lines[place] = await _connect(url)
                lines[place][1].write(requests[place])
                statuses[place] = await _status(lines[place][0])
        outcome.append(statuses)
    for _, writer in lines:
        writer.close()
    return outcome


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(b" ")[1])


async def _create_at_once(url: str, count: int) -> list[bytes]:
    """Create from ``count`` connections at once; whoever is told to come again does."""
    answers: list[bytes] = []
    for _ in range(20):
        answers += await _send_at_once(url, count - len(answers))
        answers = [a for a in answers if not a.startswith(b"HTTP/1.1 503")]
        if len(answers) == count:
            break
    return answers


async def _send_at_once(url: str, count: int) -> list[bytes]:
    request = (
        f"POST /auth/create-session HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n"
        f"Authorization: Bearer {KEYS.portal}\r\nConnection: close\r\n\r\n"
    ).encode()
    lines = [await _connect(url) for _ in range(count)]
    for _, writer in lines:
        writer.write(request)
    answers = list(await asyncio.gather(*(reader.read() for reader, _ in lines)))
    for _, writer in lines:
        writer.close()
    return answers
