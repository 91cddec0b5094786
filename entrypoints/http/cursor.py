"""Where the next page of a list begins, as a text that callers hand back as they got it."""

import base64
import binascii
import re

from application.list_sessions import Cursor
from domain.listing import Position
from entrypoints.http.bad_input import BadInput

CURSOR_CODES = ("cursor_invalid",)

_FORM = re.compile(r"([a-z0-9-]{1,48}):(?:([0-9]{1,15}):([0-9a-f]{12}))?")


def write_cursor(cursor: Cursor | None) -> str | None:
    """Write it down; it holds a client's name, an expiry and a fingerprint, and no digest."""
    if cursor is None:
        return None
    at = cursor.position
    text = f"{cursor.client}:" + (f"{at.expires_at}:{at.fingerprint}" if at else "")
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def read_cursor(text: str) -> Cursor:
    """Read what ``write_cursor`` has written. Raises ``BadInput``."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        form = _FORM.fullmatch(raw.decode())
    except (binascii.Error, ValueError) as error:
        raise BadInput("cursor_invalid") from error
    if form is None:
        raise BadInput("cursor_invalid")
    client, expires_at, fingerprint = form.groups()
    return Cursor(client, Position(int(expires_at), fingerprint) if fingerprint else None)
