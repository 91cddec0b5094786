"""Instants as programs and people read them."""

from datetime import UTC, datetime


def iso_time(ms: int) -> str:
    """Write milliseconds since the epoch as ISO 8601, in UTC."""
    return datetime.fromtimestamp(ms / 1000, tz=UTC).isoformat(timespec="milliseconds")
