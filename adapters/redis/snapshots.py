"""Redis, read as a whole and put back, in steps that hold nobody up."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from adapters.redis.keys import grant_keys_of, keys_of
from adapters.redis.link import RedisLink
from adapters.redis.packed import pack
from adapters.redis.scripts import Script, Scripts
from adapters.redis.usage import RedisUsage, field_of
from application.ports import Clock
from application.snapshot_ports import SnapshotStore
from domain.grant import Grant
from domain.record import Record, State
from domain.session import MOST_REMEMBERED, REMEMBERED_MS
from domain.session_id import Digest
from domain.snapshot import Part, PutBack
from domain.usage import DAY_MS, Count, kept_days

READ = 1000
"""So many sessions one script reads: less than a millisecond, in which Redis does nothing else."""
PUT_BACK = 250

# In the order of lua/read.lua.
_STATES = (State.ACTIVE, State.USED, State.REVOKED, State.EXPIRED, State.STALE)
_SEEN = {State.USED: b"used", State.REVOKED: b"revoked"}


class RedisSnapshots(SnapshotStore):
    """Has the scripts read and put back.

    What is read has neither payloads nor grants: no snapshot of a store that lives on is final.
    """

    def __init__(
        self,
        link: RedisLink,
        scripts: Scripts,
        clock: Clock,
        most_remembered: int = MOST_REMEMBERED,
    ) -> None:
        self._link = link
        self._scripts = scripts
        self._clock = clock
        self._usage = RedisUsage(link)
        self._memory = (REMEMBERED_MS, most_remembered)

    async def read(self, client: str, *, final: bool) -> AsyncIterator[Part]:
        del final
        for number, state in enumerate(_STATES, start=1):
            where: tuple[bytes | int, bytes] = b"", b""
            while True:
                told = await self._run(self._scripts.read, client, number, *where, READ)
                if not told:
                    break
                records = _records(client, state, told)
                yield Part(client=client, records=records)
                where = int(told[-1]), bytes(told[-2])
        first_day, last_day = kept_days(self._clock.now())  # the clock of the store may be another
        counts = await self._usage.counts(client, first_day - 1, last_day + 1)
        *_, created, redeemed = await self._run(self._scripts.figures, client)
        yield Part(client=client, created=int(created), redeemed=int(redeemed), counts=counts)

    async def put_back(self, part: Part, *, final: bool) -> PutBack:
        if part.created or part.redeemed:
            await self._put_back_numbers(
                part.client, {b"created": part.created, b"redeemed": part.redeemed}
            )
        for day, counts in _by_day(part.counts).items():
            numbers = {field_of(count): count.many for count in counts}
            await self._put_back_numbers(part.client, numbers, day)
        done = PutBack()
        for state, records in _by_state(part.records, final=final).items():
            for start in range(0, len(records), PUT_BACK):
                done += await self._put_back(part.client, state, records[start : start + PUT_BACK])
        grants = [record.grant for record in part.records if final and record.grant]
        for grant in grants:
            done += PutBack(grants=await self._put_back_grant(grant))
        return done

    async def _put_back_numbers(
        self, client: str, numbers: Mapping[bytes, int], day: int | None = None
    ) -> None:
        told = [word for number in numbers.items() for word in number]
        place = b"" if day is None else day
        await self._run(self._scripts.put_back_counts, client, place, len(numbers), *told)

    async def _put_back(self, client: str, state: bytes, records: Sequence[Record]) -> PutBack:
        digests = b"".join([record.digest.raw for record in records])
        expiries = "".join([f"{record.expires_at:013}" for record in records]).encode()
        carried = [pack(record.payload) for record in records] if state == b"active" else []
        wish = (state, digests, expiries, *carried)
        changed = int(await self._run(self._scripts.put_back, client, *wish))
        unchanged = len(records) - changed
        if state == b"active":
            return PutBack(revived=changed, unchanged=unchanged)
        return PutBack(refused=changed, unchanged=unchanged)

    async def _put_back_grant(self, grant: Grant) -> int:
        limits = f"{grant.ends_at:013}{grant.idle_ms:010}{grant.origin}\n".encode()
        facts = grant.token.raw + limits + pack(grant.payload)
        wish = (grant.session.raw, grant.expires_at, grant.ends_at, facts)
        keys = grant_keys_of(grant.client)
        return int(await self._link.run(self._scripts.put_back_grant, keys, wish))

    def end(self) -> bool:
        return False

    async def _run(self, script: Script, client: str, *arguments: bytes | int) -> Any:
        return await self._link.run(script, keys_of(client), (*self._memory, *arguments))


def _records(client: str, state: State, told: Sequence[Any]) -> list[Record]:
    return [
        Record(client=client, digest=Digest(bytes(raw)), state=state, expires_at=int(expires_at))
        for raw, expires_at in zip(told[::2], told[1::2], strict=True)
    ]


def _by_day(counts: Iterable[Count]) -> dict[int, list[Count]]:
    days: defaultdict[int, list[Count]] = defaultdict(list)
    for count in counts:
        days[count.hour // DAY_MS].append(count)
    return days


def _by_state(records: Iterable[Record], *, final: bool) -> dict[bytes, list[Record]]:
    """Sort what has a session in it by what lua/put_back.lua is to do."""
    sorted_out: defaultdict[bytes, list[Record]] = defaultdict(list)
    for record in records:
        if record.expires_at is not None:
            lost = b"active" if final and record.state is State.ACTIVE else b"lost"
            sorted_out[_SEEN.get(record.state, lost)].append(record)
    return sorted_out
