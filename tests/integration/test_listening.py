"""Where a server can be reached beside a port: with TLS, and over a unix socket."""

import http.client
import json
import signal
import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest
import trustme

from tests.faults.raw_http import exchange
from tests.http.talk import LIVEZ, request_bytes
from tests.support.command_line import assert_stops, framegate
from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.waiting import until

on_both_transports = pytest.mark.usefixtures("transport")

NOBODYS_ID = "fgs_00000000_" + "A" * 32


@pytest.fixture
def memory(tmp_path: Path) -> dict[str, str]:
    return {
        "STORAGE": "memory",
        "CLIENTS_FILE": str(write_clients(tmp_path / "clients.toml")),
        "DRAIN_SECONDS": "0",
        "LOCALE": "en",
    }


@attrs.frozen
class Pair:
    """A certificate and its key, in files that another may be written to."""

    cert: Path
    key: Path
    authority: trustme.CA

    @classmethod
    def in_folder(cls, folder: Path) -> "Pair":
        pair = cls(folder / "cert.pem", folder / "key.pem", trustme.CA())
        pair.renew("localhost")
        return pair

    @property
    def settings(self) -> dict[str, str]:
        return {"TLS_CERT_FILE": str(self.cert), "TLS_KEY_FILE": str(self.key)}

    def renew(self, name: str) -> None:
        issued = self.authority.issue_cert(name, "localhost")
        issued.private_key_pem.write_to_path(self.key)
        self.cert.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))

    def names_shown_by(self, url: str) -> set[str]:
        """Connect and hold what is shown to the authority."""
        parts = urlsplit(url)
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        with (
            socket.create_connection((parts.hostname, parts.port), 60) as line,
            context.wrap_socket(line, server_hostname="localhost") as encrypted,
        ):
            encrypted.sendall(request_bytes("GET", LIVEZ))
            assert encrypted.recv(65536).startswith(b"HTTP/1.1 200 OK")
            shown: Any = encrypted.getpeercert()
        return {name for _, name in shown["subjectAltName"]}


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair.in_folder(tmp_path)


@on_both_transports
def test_a_certificate_is_shown_and_after_sighup_the_next_one(
    tmp_path: Path, memory: dict[str, str], pair: Pair
) -> None:
    with running_framegate(tmp_path / "server", memory | pair.settings, "serve") as server:
        assert pair.names_shown_by(server.url) == {"localhost"}
        pair.renew("gate.example")
        server.send(signal.SIGHUP)
        until("it has read it", lambda: '"reloaded"' in server.log)
        assert pair.names_shown_by(server.url) == {"localhost", "gate.example"}
        pair.key.write_bytes(trustme.CA().issue_cert("x").private_key_pem.bytes())
        server.send(signal.SIGHUP)
        until("it has said so", lambda: '"reload_failed"' in server.log)
        assert pair.names_shown_by(server.url) == {"localhost", "gate.example"}
    assert server.process.returncode == 0


@on_both_transports
def test_who_does_not_speak_tls_to_it_holds_nobody_up(
    tmp_path: Path, memory: dict[str, str], pair: Pair
) -> None:
    with running_framegate(tmp_path / "server", memory | pair.settings, "serve") as server:
        assert b"HTTP" not in exchange(server.url, request_bytes("GET", LIVEZ))
        assert pair.names_shown_by(server.url) == {"localhost"}
        assert '"level":"error"' not in server.log.replace(" ", "")


def nobodys_key(pair: Pair) -> None:
    pair.key.write_bytes(trustme.CA().issue_cert("x").private_key_pem.bytes())


def no_pem(pair: Pair) -> None:
    pair.cert.write_text("a certificate")


def no_key(pair: Pair) -> None:
    pair.key.write_text("")


@pytest.mark.parametrize("spoil", [nobodys_key, no_pem, no_key])
def test_a_certificate_that_is_none_stops_the_start_with_one_line(
    tmp_path: Path, memory: dict[str, str], pair: Pair, spoil: Callable[[Pair], None]
) -> None:
    spoil(pair)
    done = framegate("serve", folder=tmp_path, **memory, **pair.settings, LANG="en")
    assert_stops(done, "TLS_CERT_FILE", str(pair.cert))


def test_a_key_without_a_certificate_stops_the_start(
    tmp_path: Path, memory: dict[str, str], pair: Pair
) -> None:
    done = framegate("serve", folder=tmp_path, **memory, TLS_KEY_FILE=str(pair.key), LANG="en")
    assert_stops(done, "TLS_KEY_FILE", "TLS_CERT_FILE")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self._path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    # The path of a socket has at most 107 bytes.
    short = tmp_path / "s"
    assert len(str(short)) < 100, "set TMPDIR to something shorter"
    return short


def failed_redeem_over(path: Path) -> int:
    connection = UnixConnection(path)
    target = f"/auth/validate-session?session_id={NOBODYS_ID}"
    connection.request("GET", target, headers={"X-Forwarded-For": "203.0.113.7"})
    status = connection.getresponse().status
    connection.close()
    return status


def serve(
    folder: Path, memory: dict[str, str], path: Path, **more: str
) -> AbstractContextManager[FramegateServer]:
    return running_framegate(folder, memory | {"UNIX_SOCKET": str(path)} | more, "serve")


def remote_in(log: str) -> set[str]:
    events = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return {event["remote"] for event in events if "remote" in event}


@on_both_transports
def test_who_comes_over_a_socket_is_a_proxy_only_where_that_is_said(
    tmp_path: Path, memory: dict[str, str], path: Path
) -> None:
    with serve(tmp_path / "1", memory, path, TRUSTED_PROXIES="unix,10.0.0.0/8") as server:
        assert failed_redeem_over(path) == 401
        until("it is logged", lambda: bool(remote_in(server.log)))
        assert remote_in(server.log) == {"203.0.113.7"}
    with serve(tmp_path / "2", memory, path, TRUSTED_PROXIES="0.0.0.0/0") as server:
        assert failed_redeem_over(path) == 401
        until("it is logged", lambda: bool(remote_in(server.log)))
        assert remote_in(server.log) == {"0.0.0.0"}


def test_a_socket_is_for_the_user_and_his_group(
    tmp_path: Path, memory: dict[str, str], path: Path
) -> None:
    with serve(tmp_path / "server", memory, path):
        assert path.stat().st_mode & 0o777 == 0o660


@on_both_transports
def test_the_file_of_a_server_that_has_gone_is_taken_over_and_no_other(
    tmp_path: Path, memory: dict[str, str], path: Path
) -> None:
    with serve(tmp_path / "1", memory, path) as server:
        server.process.kill()
        server.process.wait()
    assert path.is_socket()
    with serve(tmp_path / "2", memory, path):
        assert failed_redeem_over(path) == 401
        second = framegate("serve", folder=tmp_path, **memory, UNIX_SOCKET=str(path), LANG="en")
        assert_stops(second, "UNIX_SOCKET", "in use")
        assert failed_redeem_over(path) == 401
    path.unlink()
    path.write_text("something of somebody's")
    third = framegate("serve", folder=tmp_path, **memory, UNIX_SOCKET=str(path), LANG="en")
    assert_stops(third, "UNIX_SOCKET", "not a socket")
    assert path.read_text() == "something of somebody's"
