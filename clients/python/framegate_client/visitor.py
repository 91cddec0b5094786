"""Who has come in through a gate."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

VISITOR = "framegate.visitor"


@frozen
class Visitor:
    """Whom framegate has let in.

    ``client`` is the parent application, ``session`` the fingerprint of the session; ``subject``
    and ``metadata`` are what it was created with.
    """

    client: str
    session: str
    subject: str | None = None
    metadata: Mapping[str, Any] | None = None


def visitor(request: Mapping[str, Any]) -> Visitor:
    """Return who has come in by an ASGI scope or a WSGI environ (in Django, ``request.META``).

    Raises ``KeyError`` where no gate was passed, as on a path that is left open.
    """
    found = request[VISITOR]
    if not isinstance(found, Visitor):
        raise KeyError(VISITOR)
    return found
