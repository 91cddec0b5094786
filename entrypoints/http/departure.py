"""The end of a request: its answer is on its way."""

import asyncio
from typing import Any

from tornado.http1connection import HTTP1Connection

from entrypoints.http.face import Face

WRITE_SECONDS = 10.0
"""How long a caller may take to read an answer before it is given up."""


def see_off(written: "asyncio.Future[None]", connection: Any, face: Face, *, closes: bool) -> None:
    """Let go of a request when its answer has left, or when nobody reads it.

    The work is done; in flight it is until the last byte has left, or a stopping server
    would cut it off. ``closes`` is whether the answer has said so of its connection.
    """
    face.admission.end(connection)
    if closes and isinstance(connection, HTTP1Connection):
        # RFC 9112 section 9.6: who says so must do so. Tornado does where it was the first to.
        written.add_done_callback(lambda _: connection.close())
    if written.done():
        face.drain.end(connection)
        return
    give_up_if_unread(written, connection)
    written.add_done_callback(lambda _: face.drain.end(connection))


def give_up_if_unread(written: "asyncio.Future[None]", connection: Any) -> None:
    """Hang up where what is being written does not leave in time."""
    if not written.done():
        give_up = asyncio.get_running_loop().call_later(WRITE_SECONDS, connection.close)
        written.add_done_callback(lambda _: give_up.cancel())


def lose(connection: Any, face: Face) -> None:
    """Let go of a request whose caller is gone.

    What was begun goes on without him, and is work until its deadline.
    """
    face.drain.end(connection)
    asyncio.get_running_loop().call_later(face.request_seconds, face.admission.end, connection)
