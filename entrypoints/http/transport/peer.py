"""Who is at the other end of a connection."""

import asyncio
import socket

from attrs import frozen

UNIX_PEER = "0.0.0.0"  # noqa: S104 # nosec B104 nobody listens here: so Tornado calls it


@frozen
class Peer:
    """As Tornado's requests want to know it: an address, and the protocol he speaks."""

    remote_ip: str
    protocol: str

    @classmethod
    def of(cls, transport: asyncio.BaseTransport) -> "Peer":
        """Look at the other end of a transport."""
        line: socket.socket = transport.get_extra_info("socket")
        has_address = line.family in {socket.AF_INET, socket.AF_INET6}
        name = transport.get_extra_info("peername") if has_address else None
        protocol = "https" if transport.get_extra_info("sslcontext") else "http"
        return cls(name[0] if name else UNIX_PEER, protocol)

    def __str__(self) -> str:
        return self.remote_ip
