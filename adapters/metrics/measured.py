"""Stores whose every operation is timed, whichever store it is."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from time import monotonic
from typing import Any, NoReturn, TypeVar

from adapters.metrics.meter import Key, Meter, Timing
from application.control_ports import SessionControl
from application.ports import GrantRepository, SessionRepository, StoreUnavailable
from domain.figures import CleanUp, Figures
from domain.grant import Grant
from domain.listing import Ended, Page
from domain.opening import Opened, OpenedBatch
from domain.record import Record
from domain.session import Session

T = TypeVar("T")

OUTCOMES = ("answered", "unavailable")


class Operations:
    """Times the operations of a store."""

    def __init__(self, meter: Meter, *names: str) -> None:
        self._counts = meter.counts
        self._timings = {
            name: tuple(_timing(meter, name, how) for how in OUTCOMES) for name in names
        }

    async def timed(self, name: str, asked: Awaitable[T], gives: Key | None = None) -> T:
        """Await an answer. A refusal is one, too; who has stopped waiting has had none.

        ``gives`` is counted where it is not refused.
        """
        answered, unavailable = self._timings[name]
        began = monotonic()
        try:
            answer = await asked
        except (StoreUnavailable, asyncio.CancelledError):
            unavailable.since(began)
            raise
        except Exception:
            answered.since(began)
            raise
        answered.since(began)
        if gives is not None:
            self._counts[gives] += 1
        return answer


def _timing(meter: Meter, operation: str, outcome: str) -> Timing:
    return meter.timing("store_operation_duration_seconds", operation, outcome)


# What the methods are given is the ports' business, and goes on as it comes.


class MeasuredSessions(SessionRepository):
    """Passes everything on, and counts the grants that redeems give."""

    def __init__(self, store: SessionRepository, meter: Meter) -> None:
        self._store = store
        self._operations = Operations(
            meter, "create", "create_many", "redeem", "refuse", "revoke", "figures", "clean_up"
        )

    def create(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Opened]:
        return self._operations.timed("create", self._store.create(*asked, **named))

    def create_many(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, OpenedBatch]:
        return self._operations.timed("create_many", self._store.create_many(*asked, **named))

    def redeem(self, client: str, *asked: Any, **named: Any) -> Coroutine[Any, Any, Session]:
        gives = None if named.get("granting") is None else ("grants_given", client)
        redeemed = self._store.redeem(client, *asked, **named)
        return self._operations.timed("redeem", redeemed, gives)

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
        self._operations = Operations(
            meter, "use_grant", "count_grant_refusal", "replace_grant", "revoke_grant"
        )

    def use(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Grant]:
        return self._operations.timed("use_grant", self._store.use(*asked, **named))

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
