"""The end of a request: its answer is on its way."""

import asyncio
from typing import Any

from entrypoints.http.face import Face

WRITE_SECONDS = 10.0
"""How long a caller may take to read an answer before it is given up."""


def see_off(written: "asyncio.Future[None]", connection: Any, face: Face) -> None:
    """Let go of a request when its answer has left, or when nobody reads it.

    The work is done; in flight it is until the last byte has left, or a stopping server
    would cut it off.
    """
    face.admission.end(connection)
    if written.done():
        face.drain.end(connection)
        return
    give_up = asyncio.get_running_loop().call_later(WRITE_SECONDS, connection.close)

    def leave(_: "asyncio.Future[None]") -> None:
        give_up.cancel()
        face.drain.end(connection)

    written.add_done_callback(leave)


def lose(connection: Any, face: Face) -> None:
    """Let go of a request whose caller is gone.

    What was begun goes on without him, and is work until its deadline.
    """
    face.drain.end(connection)
    asyncio.get_running_loop().call_later(face.request_seconds, face.admission.end, connection)
