"""The doorstep: the page of an iframe that has its session still to redeem.

It waits for the session, finds out whether the browser takes cookies here, redeems by POST and
shows the protected page in a frame of its own. See docs/adr/0016.
"""

from tornado.locale import Locale

from domain.client import Client
from entrypoints.http.answer import Answer
from entrypoints.http.content_security import frame_ancestors_and_self
from entrypoints.http.face import Face


def show_doorstep(face: Face, client: Client, language: Locale, session_id: str = "") -> Answer:
    """Show it inside the client's pages; a ``session_id`` that has come is redeemed there.

    A protected page that reloads itself without cookies has the doorstep around it as well.
    """
    return face.pages.show(
        "doorstep.html",
        language,
        frame_ancestors_and_self(client),
        framed=True,
        scripts=["doorstep.js"],
        client=client.tag,
        session_id=session_id,
    )
