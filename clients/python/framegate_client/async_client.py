"""framegate for programs that do other things meanwhile."""

from collections.abc import AsyncIterator
from typing import Self, TypeVar, Unpack

import httpx
from attrs import evolve

from framegate_client import calls
from framegate_client.calls import Call, Filters, Wishes
from framegate_client.results import (
    CleanedUp,
    Health,
    KnownSession,
    Page,
    Redeemed,
    Revoked,
    Session,
    Status,
)
from framegate_client.server import TIMEOUT_SECONDS, Server

T = TypeVar("T")


class AsyncClient:
    """``Client`` for ``asyncio``: what its methods do and raise, and why, stands there.

    It belongs to one event loop, and is closed by ``aclose()`` or by leaving its ``async with``.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        self._server = Server(url, key)
        self._is_own = http_client is None
        self._http = http_client or httpx.AsyncClient(timeout=timeout_seconds)

    async def create_session(self, **wishes: Unpack[Wishes]) -> Session:
        """Create a session."""
        return await self._ask(calls.create_session(**wishes))

    async def create_sessions(self, count: int, **wishes: Unpack[Wishes]) -> tuple[Session, ...]:
        """Create 1 to 1000 sessions at once, or none."""
        return await self._ask(calls.create_sessions(count, **wishes))

    async def redeem(self, session_id: str) -> Redeemed:
        """Redeem a session."""
        return await self._ask(calls.redeem(session_id))

    async def status(self) -> Status:
        """Tell how many sessions there are."""
        return await self._ask(calls.status())

    async def clean_up(self) -> CleanedUp:
        """Remove what has expired."""
        return await self._ask(calls.clean_up())

    async def health(self) -> Health:
        """Tell whether framegate can work with its store."""
        return await self._ask(calls.health())

    async def sessions(self, **filters: Unpack[Filters]) -> AsyncIterator[KnownSession]:
        """List sessions."""
        call: Call[Page] | None = calls.sessions(**filters)
        while call is not None:
            page = await self._ask(call)
            for session in page.sessions:
                yield session
            call = calls.next_page(call, page)

    async def look_up(self, fingerprint_or_id: str) -> KnownSession:
        """Tell what is known of a session."""
        return await self._ask(calls.look_up(fingerprint_or_id))

    async def revoke(self, fingerprint_or_id: str) -> Revoked:
        """End a session and its grant."""
        return await self._ask(calls.revoke(fingerprint_or_id))

    async def revoke_all(
        self, *, subject: str | None = None, client: str | None = None, everything: bool = False
    ) -> Revoked:
        """End many."""
        call = calls.revoke_all(subject=subject, client=client, everything=everything)
        return await self._ask(call)

    async def aclose(self) -> None:
        """Close its connections."""
        if self._is_own:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        """Leave the key out."""
        return f"<AsyncClient of {self._server.url}>"

    async def _ask(self, call: Call[T]) -> T:
        request = self._server.request(self._http, call)
        try:
            response = await self._http.send(request, follow_redirects=False)
        except httpx.HTTPError as error:
            if call.again_if_lost:
                return await self._ask(evolve(call, again_if_lost=False))
            raise self._server.silent(error) from error
        return self._server.read(call, response)
