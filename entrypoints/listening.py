"""The sockets that a server listens on: of an address, or a file's."""

import errno
import os
import socket
from collections.abc import Sequence
from stat import S_ISSOCK

from attrs import frozen
from tornado.netutil import bind_sockets, bind_unix_socket

from entrypoints.settings import Settings, SettingsError

BACKLOG = 4096
"""How many connections the kernel keeps until they are taken up: it is better to take up and
turn away than to let wait. Tornado's own is 128."""

UNIX_MODE = 0o660
"""The proxy in front belongs to the group of the socket's folder, or runs as the same user."""


@frozen
class Listeners:
    """Sockets for callers, and for who watches over the server and asks for metrics only."""

    callers: Sequence[socket.socket]
    watchers: Sequence[socket.socket] = ()


def listen(settings: Settings) -> list[socket.socket]:
    """Listen where the settings say. Raises ``SettingsError``."""
    if settings.unix_socket is not None:
        return [_listen_on_file(settings.unix_socket)]
    sockets = _listen_on_address("HOST", settings.host, "PORT", settings.port)
    for listener in sockets:
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            # Linux: a connection is taken up when its request is there, up to a second later.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
    return sockets


def listen_for_metrics(settings: Settings) -> list[socket.socket]:
    """Listen for who asks for metrics only, if anywhere. Raises ``SettingsError``."""
    if not settings.metrics or settings.metrics_port is None:
        return []
    return _listen_on_address(
        "METRICS_HOST", settings.metrics_host, "METRICS_PORT", settings.metrics_port
    )


def rehearse_listening(settings: Settings) -> None:
    """Listen as a server would, for a moment. Raises ``SettingsError``.

    On ports that are free, for on those that are set a server may run: what is to be found out
    is whether its sockets can be there side by side.
    """
    sockets = [] if settings.unix_socket else _listen_on_address("HOST", settings.host, "PORT", 0)
    try:
        wanted = settings.metrics_port
        if not settings.metrics or wanted is None:
            return
        same = sockets and wanted and wanted == settings.port
        port = sockets[0].getsockname()[1] if same else 0
        sockets += _listen_on_address("METRICS_HOST", settings.metrics_host, "METRICS_PORT", port)
    except SettingsError as error:
        error.facts["port"] = wanted
        raise
    finally:
        for one in sockets:
            one.close()


def place_of(settings: Settings, sockets: list[socket.socket]) -> str:
    """Say where a server is, as one would call it."""
    if settings.unix_socket is not None:
        return f"unix:{settings.unix_socket}"
    scheme = "https" if settings.tls_cert_file else "http"
    return _url(scheme, settings.host, sockets)


def metrics_place_of(settings: Settings, sockets: list[socket.socket]) -> str:
    """Say where one asks for metrics only."""
    return f"{_url('http', settings.metrics_host, sockets)}/metrics"


def _url(scheme: str, host: str, sockets: list[socket.socket]) -> str:
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{sockets[0].getsockname()[1]}"


def _listen_on_address(
    host_variable: str, host: str, port_variable: str, port: int
) -> list[socket.socket]:
    try:
        return bind_sockets(port, host, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        facts = {"host": host, "port": port, "reason": reason}
        if getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES):
            raise SettingsError(port_variable, "settings.cannot_listen", **facts) from error
        raise SettingsError(host_variable, "settings.no_such_host", **facts) from error


def _listen_on_file(path: str) -> socket.socket:
    try:
        if _is_in_use(path):
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        # It takes away the socket of a server that has gone, and nothing that is none.
        return bind_unix_socket(path, UNIX_MODE, BACKLOG)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            "UNIX_SOCKET", "settings.unix_socket", path=path, reason=reason
        ) from error


def _is_in_use(path: str) -> bool:
    """Tell whether somebody listens there: a server that has gone leaves its file behind."""
    try:
        if not S_ISSOCK(os.stat(path).st_mode):  # noqa: PTH116 the same as bind's
            return False
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    return True
