"""Stores whose every operation is timed, whichever store it is."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from time import monotonic
from typing import Any, NoReturn, TypeVar

from attrs import frozen

from adapters.metrics.meter import Meter
from application.control_ports import SessionControl
from application.ports import GrantRepository, SessionRepository, StoreUnavailable
from domain.attempt import Attempt
from domain.figures import CleanUp, Figures
from domain.grant import Grant, Granting, Shown
from domain.listing import Ended, Page
from domain.opening import Opened, OpenedBatch, Opening
from domain.record import Record
from domain.session import Session
from domain.session_id import Digest

T = TypeVar("T")

METRIC = "store_operation_duration_seconds"
OUTCOMES = ("answered", "unavailable")


@frozen
class Operation:
    """Times one operation of a store."""

    answered: Callable[[float], None]
    unavailable: Callable[[float], None]

    @classmethod
    def of(cls, meter: Meter, name: str) -> "Operation":
        """Take note in the meter under this name."""
        return cls(*(meter.timings[METRIC, name, outcome].take for outcome in OUTCOMES))

    def failed(self, error: BaseException, began: float) -> None:
        """Take note of an error: a refusal is an answer, who has stopped waiting has had none."""
        lost = isinstance(error, (StoreUnavailable, asyncio.CancelledError))
        (self.unavailable if lost else self.answered)(monotonic() - began)


class Operations:
    """Times those operations of a store that there are few of, by their names."""

    def __init__(self, meter: Meter, *names: str) -> None:
        self._operations = {name: Operation.of(meter, name) for name in names}

    async def timed(self, name: str, asked: Awaitable[T]) -> T:
        """Await an answer."""
        operation, began = self._operations[name], monotonic()
        try:
            answer = await asked
        except BaseException as error:
            operation.failed(error, began)
            raise
        operation.answered(monotonic() - began)
        return answer


# Create, redeem and use are on the hot path: each is timed where it stands, because another call
# between would cost as much as all the rest. What the others are given is the ports' business, and
# goes on as it comes.


class MeasuredSessions(SessionRepository):
    """Passes everything on, and counts the grants that redeems give."""

    def __init__(self, store: SessionRepository, meter: Meter) -> None:
        self._store = store
        self._counts = meter.counts
        self._create, self._redeem = (Operation.of(meter, name) for name in ("create", "redeem"))
        self._created, self._redeemed = self._create.answered, self._redeem.answered
        self._operations = Operations(
            meter, "create_many", "refuse", "revoke", "figures", "clean_up"
        )

    async def create(self, opening: Opening) -> Opened:
        began = monotonic()
        try:
            opened = await self._store.create(opening)
        except BaseException as error:
            self._create.failed(error, began)
            raise
        self._created(monotonic() - began)
        return opened

    async def redeem(
        self,
        client: str,
        digest: Digest,
        *,
        attempt: Attempt | None = None,
        granting: Granting | None = None,
        region: str = "",
    ) -> Session:
        began = monotonic()
        try:
            session = await self._store.redeem(
                client, digest, attempt=attempt, granting=granting, region=region
            )
        except BaseException as error:
            self._redeem.failed(error, began)
            raise
        self._redeemed(monotonic() - began)
        if granting is not None:
            self._counts["grants_given", client] += 1
        return session

    def create_many(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, OpenedBatch]:
        return self._operations.timed("create_many", self._store.create_many(*asked, **named))

    async def refuse(self, *asked: Any, **named: Any) -> NoReturn:
        await self._operations.timed("refuse", self._store.refuse(*asked, **named))

    def revoke(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Session]:
        return self._operations.timed("revoke", self._store.revoke(*asked, **named))

    def figures(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Figures]:
        return self._operations.timed("figures", self._store.figures(*asked, **named))

    def clean_up(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, CleanUp]:
        return self._operations.timed("clean_up", self._store.clean_up(*asked, **named))


class MeasuredGrants(GrantRepository):
    """Passes everything on."""

    def __init__(self, store: GrantRepository, meter: Meter) -> None:
        self._store = store
        self._use = Operation.of(meter, "use_grant")
        self._operations = Operations(meter, "count_grant_refusal", "replace_grant", "revoke_grant")

    async def use(self, client: str, *shown: Shown) -> Grant:
        began = monotonic()
        try:
            grant = await self._store.use(client, *shown)
        except BaseException as error:
            self._use.failed(error, began)
            raise
        self._use.answered(monotonic() - began)
        return grant

    def count_refusal(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, None]:
        counted = self._store.count_refusal(*asked, **named)
        return self._operations.timed("count_grant_refusal", counted)

    def replace(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Grant]:
        return self._operations.timed("replace_grant", self._store.replace(*asked, **named))

    def revoke(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, bool]:
        return self._operations.timed("revoke_grant", self._store.revoke(*asked, **named))


class MeasuredControl(SessionControl):
    """Passes everything on."""

    def __init__(self, store: SessionControl, meter: Meter) -> None:
        self._store = store
        self._operations = Operations(meter, "find", "page", "revoke_subject", "revoke_all")

    def find(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Sequence[Record]]:
        return self._operations.timed("find", self._store.find(*asked, **named))

    def page(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Page]:
        return self._operations.timed("page", self._store.page(*asked, **named))

    def revoke_subject(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Ended]:
        return self._operations.timed("revoke_subject", self._store.revoke_subject(*asked, **named))

    def revoke_all(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Ended]:
        return self._operations.timed("revoke_all", self._store.revoke_all(*asked, **named))
