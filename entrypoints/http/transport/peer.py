"""Who is at the other end of a connection."""

from typing import Any

from attrs import frozen

UNIX_PEER = "0.0.0.0"  # noqa: S104 so Tornado calls it # nosec B104


@frozen
class Peer:
    """As Tornado's requests want to know it: an address, and the protocol he speaks."""

    remote_ip: str
    protocol: str

    @classmethod
    def at(cls, address: Any, *, encrypted: bool) -> "Peer":
        """Take an address as a socket has it; of a unix socket it is no more than a path."""
        remote_ip = address[0] if isinstance(address, tuple) else UNIX_PEER
        return cls(remote_ip, "https" if encrypted else "http")

    def __str__(self) -> str:
        return self.remote_ip
