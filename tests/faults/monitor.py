"""Redis's MONITOR: every command that it is sent, read along and kept in memory."""

import socket
import threading
from typing import Self

from tests.support.waiting import until

PATIENCE = 30.0


class Monitor:
    """Reads along from ``with`` on, until Redis or the test ends it."""

    def __init__(self, port: int) -> None:
        self.text = b""
        self._wire = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._wire.sendall(b"MONITOR\r\n")
        assert self._wire.recv(5) == b"+OK\r\n"
        self._wire.settimeout(None)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._wire.close()

    def wait_for(self, text: bytes) -> None:
        """Wait until what it has read contains ``text``."""
        until("MONITOR has told it", lambda: text in self.text)

    def _read(self) -> None:
        while piece := self._wire.recv(65536):
            self.text += piece
