"""What a snapshot says, as lines of JSON (https://jsonlines.org): one for each part.

The first is about the whole, the last has the SHA-256 of all before it. Digests are in hex, times
in ms since the epoch.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from attrs import frozen

from domain.client import check_holder
from domain.errors import FramegateError
from domain.grant import Grant
from domain.payload import Payload
from domain.record import Record, State
from domain.session_id import DIGEST_BYTES, Digest
from domain.snapshot import About, Part
from domain.usage import Count, Counted

VERSION = 1


class NoLine(ValueError):
    """The line does not say what it should."""


class OtherVersion(NoLine):
    """It is of a version that this program does not know."""


@frozen
class End:
    """The last line: how many sessions are in the snapshot, and what all before it digests to."""

    sessions: int
    sha256: str


def write_about(about: About, inode: int) -> bytes:
    """Write the first line; ``inode`` is that of the file in which it is."""
    return _line(
        {
            "framegate_snapshot": VERSION,
            "taken_at": about.taken_at,
            "storage": about.storage,
            # A copy is another file, and is not final.
            "final_as_inode": inode if about.final else None,
        }
    )


def read_about(line: bytes) -> tuple[About, int | None]:
    """Read the first line, and as which inode it is final. Raises ``NoLine``."""
    told = _object(line)
    try:
        if told["framegate_snapshot"] != VERSION:
            raise OtherVersion
        inode = told["final_as_inode"]
        about = About(taken_at=int(told["taken_at"]), storage=str(told["storage"]))
    except (KeyError, TypeError, ValueError) as error:
        raise error if isinstance(error, NoLine) else NoLine from error
    return about, inode


def write_part(part: Part) -> bytes:
    """Write the line of a part."""
    return _line(
        {
            "client": part.client,
            "created": part.created,
            "redeemed": part.redeemed,
            "sessions": [_session(record) for record in part.records],
            "counts": [[one.hour, one.what, one.region, one.many] for one in part.counts],
        }
    )


def read_part(line: bytes) -> Part:
    """Read the line of a part. Raises ``NoLine``."""
    told = _object(line)
    try:
        client = str(told["client"])
        check_holder(client, frozenset())
        return Part(
            client=client,
            records=tuple([_record(client, session) for session in told["sessions"]]),
            created=int(told["created"]),
            redeemed=int(told["redeemed"]),
            counts=tuple([_count(*count) for count in told["counts"]]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, FramegateError) as error:
        raise NoLine from error


def write_end(end: End) -> bytes:
    """Write the last line."""
    return _line({"end": end.sha256, "sessions": end.sessions})


def read_end(line: bytes) -> End:
    """Read the last line. Raises ``NoLine``."""
    told = _object(line)
    try:
        return End(sessions=int(told["sessions"]), sha256=str(told["end"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NoLine from error


def _line(said: object) -> bytes:
    return orjson.dumps(said) + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise NoLine from error
    if not isinstance(told, dict):
        raise NoLine
    return told


def _session(record: Record) -> Sequence[object]:
    said: list[object] = [record.state, record.digest.raw.hex(), record.expires_at]
    carried = [record.payload.subject, record.payload.metadata]
    if grant := record.grant:
        limits = [grant.ends_at, grant.idle_ms, grant.expires_at, grant.origin]
        return [*said, *carried, grant.token.raw.hex(), *limits]
    return said if carried == [None, None] else [*said, *carried]


def _record(client: str, said: Sequence[Any]) -> Record:
    state, digest, expires_at, *carried = said
    session = _digest(digest)
    payload = Payload(*carried[:2])
    return Record(
        client=client,
        digest=session,
        state=State(state),
        expires_at=None if expires_at is None else int(expires_at),
        payload=payload,
        grant=_grant(client, session, payload, *carried[2:]) if carried[2:] else None,
    )


def _grant(client: str, session: Digest, payload: Payload, *said: Any) -> Grant:
    token, ends_at, idle_ms, expires_at, origin = said
    return Grant(
        client=client,
        session=session,
        token=_digest(token),
        payload=payload,
        ends_at=int(ends_at),
        idle_ms=int(idle_ms),
        expires_at=int(expires_at),
        origin=str(origin),
    )


def _count(hour: int, what: str, region: str, many: int) -> Count:
    return Count(hour=int(hour), what=Counted(what), region=str(region), many=int(many))


def _digest(text: str) -> Digest:
    raw = bytes.fromhex(text)
    if len(raw) != DIGEST_BYTES:
        raise NoLine
    return Digest(raw)
