"""framegate for programs that wait."""

from collections.abc import Iterator
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


class Client:
    """Asks framegate at ``url``, as the client or admin whose ``key`` it is.

    Threads may share one: it keeps connections open until it is closed, by ``close()`` or by
    leaving its ``with``. Connecting, sending and each wait for the answer may take
    ``timeout_seconds``. ``http_client``, a client of httpx's, is for whoever needs another
    certificate authority, a proxy or a transport; its own time-outs hold, and who gives it
    closes it.

    **Nothing is sent twice.** A redeem whose answer was lost may have won, and sent again would
    lose to itself; a create may have taken a place within the cap. So a request without an answer
    raises ``Unavailable``, and the only one that this class repeats, once, is a create with an
    idempotency key, where ``again_if_lost`` asks for it.

    Every method raises ``Unavailable``, and ``KeyRejected`` where it needs a key.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        http_client: httpx.Client | None = None,
    ) -> None:
        self._server = Server(url, key)
        self._is_own = http_client is None
        self._http = http_client or httpx.Client(timeout=timeout_seconds)

    def create_session(self, **wishes: Unpack[Wishes]) -> Session:
        """Create a session; ``Wishes`` says what can be asked for.

        Raises ``CapReached``, ``RateLimited``, ``BadRequest``.
        """
        return self._ask(calls.create_session(**wishes))

    def create_sessions(self, count: int, **wishes: Unpack[Wishes]) -> tuple[Session, ...]:
        """Create 1 to 1000 sessions at once, or none, each with the same wishes.

        Raises ``CapReached``, ``RateLimited``, ``BadRequest``.
        """
        return self._ask(calls.create_sessions(count, **wishes))

    def redeem(self, session_id: str) -> Redeemed:
        """Redeem a session: of all who try, exactly one caller gets this far, once.

        Raises ``Refused``, ``BadRequest`` for what can be no id, ``RateLimited``.
        """
        return self._ask(calls.redeem(session_id))

    def status(self) -> Status:
        """Tell how many sessions there are."""
        return self._ask(calls.status())

    def clean_up(self) -> CleanedUp:
        """Remove what has expired. For admins."""
        return self._ask(calls.clean_up())

    def health(self) -> Health:
        """Tell whether framegate can work with its store. Needs no key."""
        return self._ask(calls.health())

    def sessions(self, **filters: Unpack[Filters]) -> Iterator[KnownSession]:
        """List sessions in the order of expiry, page by page as they are needed.

        ``Filters`` says which. Raises ``BadRequest``.
        """
        call: Call[Page] | None = calls.sessions(**filters)
        while call is not None:
            page = self._ask(call)
            yield from page.sessions
            call = calls.next_page(call, page)

    def look_up(self, fingerprint_or_id: str) -> KnownSession:
        """Tell what is known of a session without redeeming it; an id is not sent.

        Raises ``NotFound``.
        """
        return self._ask(calls.look_up(fingerprint_or_id))

    def revoke(self, fingerprint_or_id: str) -> Revoked:
        """End a session and its grant; an id is not sent. Raises ``NotFound``."""
        return self._ask(calls.revoke(fingerprint_or_id))

    def revoke_all(
        self, *, subject: str | None = None, client: str | None = None, everything: bool = False
    ) -> Revoked:
        """End the sessions and grants of a subject, of a client (for admins), or of both at once.

        ``everything=True`` instead ends all that the key's owner may end: an admin, everybody's.
        Raises ``ValueError`` where nothing is said.
        """
        return self._ask(calls.revoke_all(subject=subject, client=client, everything=everything))

    def close(self) -> None:
        """Close its connections."""
        if self._is_own:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        """Leave the key out."""
        return f"<Client of {self._server.url}>"

    def _ask(self, call: Call[T]) -> T:
        request = self._server.request(self._http, call)
        try:
            response = self._http.send(request, follow_redirects=False)
        except httpx.HTTPError as error:
            if call.again_if_lost:
                return self._ask(evolve(call, again_if_lost=False))
            raise self._server.silent(error) from error
        return self._server.read(call, response)
