"""The memory store, read as a whole and put back."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence

from adapters.memory.sessions import MemorySessions
from application.snapshot_ports import SnapshotStore
from domain.payload import EMPTY
from domain.record import Record, State, record_of_granted
from domain.refusal import Refusal
from domain.session import Session
from domain.snapshot import Part, PutBack, grant_after, session_after
from domain.usage import kept_days

PIECE = 500
"""So many sessions are copied before others get their turn: less than a millisecond."""

# What is active first: what ends meanwhile is met again behind it.
_ORDER = (None, Refusal.USED, Refusal.REVOKED, Refusal.EXPIRED, Refusal.STALE)


class MemorySnapshots(SnapshotStore):
    """Copies in pieces; whoever takes them gives way to the others in between."""

    def __init__(self, sessions: MemorySessions) -> None:
        self._sessions = sessions

    async def read(self, client: str, *, final: bool) -> AsyncIterator[Part]:
        for reason in _ORDER:
            state = State(reason or State.ACTIVE)
            for sessions in self._pieces(client, reason):
                records = [
                    Record(
                        client=client,
                        digest=session.digest,
                        state=state,
                        expires_at=session.expires_at,
                        payload=session.payload if final and reason is None else EMPTY,
                    )
                    for session in sessions
                ]
                yield Part(client=client, records=records)
        if final:
            granted = [record_of_granted(g, None) for g in self._sessions.grants.live(client)]
            for start in range(0, len(granted), PIECE):
                yield Part(client=client, records=granted[start : start + PIECE])
        now, own = self._sessions.look_at(client)
        counts = own.tallies.of(*kept_days(now))
        yield Part(client=client, created=own.created, redeemed=own.redeemed, counts=counts)

    def _pieces(self, client: str, reason: Refusal | None) -> Iterator[Sequence[Session]]:
        position = None
        while True:
            _, own = self._sessions.look_at(client)
            sessions = own.behind(reason, position, PIECE)
            if not sessions:
                return
            yield sessions
            position = sessions[-1].expires_at, sessions[-1].digest.raw

    async def put_back(self, part: Part, *, final: bool) -> PutBack:
        now, own = self._sessions.at_now(part.client)
        own.created = max(own.created, part.created)
        own.redeemed = max(own.redeemed, part.redeemed)
        own.tallies.put_back(now, part.counts)
        done = Counter[str]()
        for record in part.records:
            there = own.get(record.digest)
            after = session_after(there, record, now, self._sessions.incarnation, final=final)
            if after is not None and after is not there:
                own.put_back(after, after.refusal(now, self._sessions.incarnation))
                # One that has expired meanwhile is as active as it was, and will say so.
                revived = after.incarnation == self._sessions.incarnation
                done["revived" if revived else "refused"] += 1
            elif record.expires_at is not None:
                done["unchanged"] += 1
            held = self._sessions.grants.get(part.client, record.digest)
            grant = grant_after(held, record, now, final=final)
            if grant is not None and grant is not held:
                self._sessions.grants.give(grant, now)
                done["grants"] += 1
        return PutBack(**done)

    def end(self) -> bool:
        self._sessions.end()
        return True
