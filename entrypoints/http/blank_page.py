"""``GET /client/blank``: an empty page, into which the doorstep writes the protected one.

Where no cookie is taken the doorstep fetches the page with the bearer. It must not run under the
doorstep's own policy, which an ``about:blank`` would inherit (HTML Standard, policy containers).
"""

from attrs import frozen

from entrypoints.http.answer import Answer
from entrypoints.http.content_security import frame_ancestors_and_self
from entrypoints.http.entering import Entrance
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.openapi.operation import Operation, Who, offers, page
from entrypoints.http.openapi.schema import text
from entrypoints.http.route import JsonRoute

PATH = "/client/blank"
BLANK = Operation(
    name="blank_page",
    group="browsers",
    who=Who.ANYONE,
    query={"client": text("client_tag")},
    answers={200: page()},
)
_EMPTY = b"<!DOCTYPE html><title></title>"


@frozen
class BlankPageRoute(JsonRoute):
    """Gives it to everybody: there is nothing in it."""

    operations = offers(GET=BLANK)

    _face: Face
    _entrance: Entrance

    async def respond(self, incoming: Incoming) -> Answer:
        client = self._entrance.client_named(incoming)
        return self._face.pages.hand_over(_EMPTY, frame_ancestors_and_self(client))
