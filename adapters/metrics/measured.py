"""Stores whose every operation is timed, whichever store it is."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from time import monotonic
from typing import Any, TypeVar

from adapters.metrics.meter import Key, Meter
from application.control_ports import SessionControl
from application.ports import GrantRepository, SessionRepository, StoreUnavailable
from domain.figures import CleanUp, Figures
from domain.grant import Grant
from domain.listing import Ended, Page
from domain.opening import Opened, OpenedBatch
from domain.record import Record
from domain.session import Session

T = TypeVar("T")

ANSWERED, UNAVAILABLE = "answered", "unavailable"


def _keys(operation: str) -> tuple[Key, Key]:
    name = "store_operation_duration_seconds"
    return (name, operation, ANSWERED), (name, operation, UNAVAILABLE)


_CREATE, _CREATE_MANY = _keys("create"), _keys("create_many")
_REDEEM, _REVOKE = _keys("redeem"), _keys("revoke")
_FIGURES, _CLEAN_UP = _keys("figures"), _keys("clean_up")
_USE_GRANT, _REVOKE_GRANT = _keys("use_grant"), _keys("revoke_grant")
_FIND, _PAGE = _keys("find"), _keys("page")
_REVOKE_SUBJECT, _REVOKE_ALL = _keys("revoke_subject"), _keys("revoke_all")

OPERATIONS = tuple(
    keys[0][1]
    for keys in (
        *(_CREATE, _CREATE_MANY, _REDEEM, _REVOKE, _FIGURES, _CLEAN_UP),
        *(_USE_GRANT, _REVOKE_GRANT, _FIND, _PAGE, _REVOKE_SUBJECT, _REVOKE_ALL),
    )
)


async def _timed(meter: Meter, keys: tuple[Key, Key], asked: Awaitable[T]) -> T:
    """Await an answer. A refusal is one, too; who has stopped waiting has had none."""
    began = monotonic()
    try:
        answer = await asked
    except (StoreUnavailable, asyncio.CancelledError):
        meter.since(keys[1], began)
        raise
    except Exception:
        meter.since(keys[0], began)
        raise
    meter.since(keys[0], began)
    return answer


# What the methods are given is the ports' business, and goes on as it comes.


class MeasuredSessions(SessionRepository):
    """Passes everything on, and counts the grants that redeems give."""

    def __init__(self, store: SessionRepository, meter: Meter) -> None:
        self._store = store
        self._meter = meter

    def create(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Opened]:
        return _timed(self._meter, _CREATE, self._store.create(*asked, **named))

    def create_many(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, OpenedBatch]:
        return _timed(self._meter, _CREATE_MANY, self._store.create_many(*asked, **named))

    async def redeem(self, client: str, *asked: Any, **named: Any) -> Session:
        redeemed = self._store.redeem(client, *asked, **named)
        session = await _timed(self._meter, _REDEEM, redeemed)
        if named.get("granting") is not None:
            self._meter.counts["grants_given", client] += 1
        return session

    def revoke(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Session]:
        return _timed(self._meter, _REVOKE, self._store.revoke(*asked, **named))

    def figures(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Figures]:
        return _timed(self._meter, _FIGURES, self._store.figures(*asked, **named))

    def clean_up(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, CleanUp]:
        return _timed(self._meter, _CLEAN_UP, self._store.clean_up(*asked, **named))


class MeasuredGrants(GrantRepository):
    """Passes everything on."""

    def __init__(self, store: GrantRepository, meter: Meter) -> None:
        self._store = store
        self._meter = meter

    def use(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Grant]:
        return _timed(self._meter, _USE_GRANT, self._store.use(*asked, **named))

    def revoke(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, bool]:
        return _timed(self._meter, _REVOKE_GRANT, self._store.revoke(*asked, **named))


class MeasuredControl(SessionControl):
    """Passes everything on."""

    def __init__(self, store: SessionControl, meter: Meter) -> None:
        self._store = store
        self._meter = meter

    def find(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Sequence[Record]]:
        return _timed(self._meter, _FIND, self._store.find(*asked, **named))

    def page(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Page]:
        return _timed(self._meter, _PAGE, self._store.page(*asked, **named))

    def revoke_subject(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Ended]:
        return _timed(self._meter, _REVOKE_SUBJECT, self._store.revoke_subject(*asked, **named))

    def revoke_all(self, *asked: Any, **named: Any) -> Coroutine[Any, Any, Ended]:
        return _timed(self._meter, _REVOKE_ALL, self._store.revoke_all(*asked, **named))
