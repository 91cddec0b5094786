"""The names of a client's keys. The hash tag puts them all in one slot of a Redis Cluster."""

from functools import cache

_OF_SESSIONS = ("active", "payloads", "used", "revoked", "expired", "stale", "counters")
_OF_GRANTS = ("grants", "granted")


def key_of(client: str, part: str) -> bytes:
    """Name one of a client's keys."""
    return f"fg:{{{client}}}:{part}".encode()


@cache
def keys_of(client: str) -> tuple[bytes, ...]:
    """Name the keys that every script about sessions takes."""
    return tuple(key_of(client, part) for part in _OF_SESSIONS)


@cache
def grant_keys_of(client: str) -> tuple[bytes, ...]:
    """Name the keys that every script about grants takes."""
    return tuple(key_of(client, part) for part in _OF_GRANTS)
