"""Where Redis is, and what connecting to it may cost."""

from urllib.parse import urlsplit

from attrs import field, frozen

HostAndPort = tuple[str, int]


@frozen(kw_only=True)
class RedisAddress:
    """Where Redis is and how to get in. ``url`` wins over the parts.

    With ``sentinels`` these are asked who the primary of ``sentinel_service`` is; with
    ``nodes`` it is a Redis Cluster, of which these are some members. Both get in with
    ``username``, ``password`` and TLS as one Redis would.
    """

    url: str | None = field(default=None, repr=False)
    host: str = "localhost"
    port: int = 6379
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    tls_ca_file: str | None = None
    sentinels: tuple[HostAndPort, ...] = ()
    sentinel_service: str = ""
    sentinel_password: str | None = field(default=None, repr=False)
    nodes: tuple[HostAndPort, ...] = ()

    @property
    def where(self) -> str:
        """Name it for people: without user and password."""
        if self.nodes:
            return _listed(self.nodes)
        if self.sentinels:
            return f"{self.sentinel_service} ({_listed(self.sentinels)})"
        if self.url is None:
            return f"{self.host}:{self.port}"
        url = urlsplit(self.url)
        return url.path if url.scheme == "unix" else url.netloc.rpartition("@")[2]


@frozen(kw_only=True)
class RedisLimits:
    """``timeout_seconds`` bounds connecting, each reply and a whole operation.

    ``in_flight`` bounds the commands that await their replies, in a Cluster those of each node.
    """

    timeout_seconds: float = 0.3
    in_flight: int = 1024


def _listed(addresses: tuple[HostAndPort, ...]) -> str:
    return ", ".join(f"{host}:{port}" for host, port in addresses)
