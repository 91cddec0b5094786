"""The proxy does the harm it is told to, and none when it is told nothing."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests.faults.fault import Fault, Harm
from tests.faults.proxy import FaultyProxy
from tests.support.redis_server import RedisServer

PING, PONG = b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n"
PATIENCE = 60.0


@pytest.fixture
def proxy(redis_server: RedisServer) -> Iterator[FaultyProxy]:
    with FaultyProxy(redis_server.port) as proxy:
        yield proxy


@pytest.fixture
def wire(proxy: FaultyProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE) as wire:
        wire.sendall(PING)
        assert wire.recv(64) == PONG
        yield wire


def everything_from(wire: socket.socket) -> bytes:
    received = b""
    while piece := wire.recv(64):
        received += piece
    return received


def test_it_counts_connections_made_and_open(proxy: FaultyProxy, wire: socket.socket) -> None:
    assert (proxy.connections, proxy.open, proxy.seen) == (1, 1, PING)
    wire.close()
    deadline = time.monotonic() + PATIENCE
    while proxy.open:
        assert time.monotonic() < deadline
    assert (proxy.connections, proxy.cuts) == (1, 0)


@pytest.mark.parametrize(
    ("fault", "sent", "answered"),
    [
        (Fault(requests=Harm(cut_at=0)), b"", b""),
        (Fault(requests=Harm(cut_at=5)), PING[:5], b""),
        (Fault(replies=Harm(cut_at=0)), PING, b""),
        (Fault(replies=Harm(cut_at=3)), PING, PONG[:3]),
        (Fault(replies=Harm(cut_at=len(PONG))), PING, PONG),
    ],
)
def test_a_cut_passes_on_as_many_bytes_as_it_says(
    proxy: FaultyProxy, wire: socket.socket, fault: Fault, sent: bytes, answered: bytes
) -> None:
    proxy.seen, proxy.fault = b"", fault
    wire.sendall(PING)
    assert everything_from(wire) == answered
    assert (proxy.seen, proxy.cuts) == (sent, 1)


def test_a_cut_at_the_end_of_a_request_still_has_it_arrive(
    proxy: FaultyProxy, wire: socket.socket, redis_server: RedisServer
) -> None:
    command = b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"
    proxy.fault = Fault(requests=Harm(cut_at=len(command)))
    wire.sendall(command)
    assert PONG not in everything_from(wire)
    deadline = time.monotonic() + PATIENCE
    with redis_server.client() as redis:
        while redis.get("a") != b"1":
            assert time.monotonic() < deadline


def test_a_cut_can_be_a_reset(proxy: FaultyProxy, wire: socket.socket) -> None:
    proxy.fault = Fault(replies=Harm(cut_at=0), reset=True)
    wire.sendall(PING)
    with pytest.raises(ConnectionResetError):
        wire.recv(64)


def test_all_connections_can_be_reset_at_once(proxy: FaultyProxy, wire: socket.socket) -> None:
    proxy.reset_all()
    with pytest.raises(ConnectionResetError):
        wire.recv(64)


@pytest.mark.parametrize(
    "delayed", [Fault(requests=Harm(delay=0.2)), Fault(replies=Harm(delay=0.2))]
)
def test_a_delay_comes_before_what_is_passed_on(
    proxy: FaultyProxy, wire: socket.socket, delayed: Fault
) -> None:
    proxy.fault = delayed
    began = time.monotonic()
    wire.sendall(PING)
    assert wire.recv(64) == PONG
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("fault", [Fault.BLACK_HOLE, Fault(requests=Harm(drop=True))])
def test_what_is_dropped_never_arrives(
    proxy: FaultyProxy, wire: socket.socket, fault: Fault
) -> None:
    proxy.seen, proxy.fault = b"", fault
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE) as another:
        for one in (wire, another):
            one.settimeout(0.1)
            one.sendall(PING)
            with pytest.raises(TimeoutError):
                one.recv(64)
    assert proxy.seen == b""


def test_who_is_refused_may_come_again_when_the_fault_ends(
    proxy: FaultyProxy, wire: socket.socket
) -> None:
    proxy.fault = Fault.REFUSE
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port))
    wire.sendall(PING)
    assert wire.recv(64) == PONG  # the connection that was open is none the worse
    proxy.release()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE) as another:
        another.sendall(PING)
        assert another.recv(64) == PONG
