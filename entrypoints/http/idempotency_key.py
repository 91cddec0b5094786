"""The header ``Idempotency-Key``, by which a create that comes again is known."""

import re
from collections.abc import Mapping

from tornado.httputil import HTTPHeaders

from domain.repeat import MOST_CHARACTERS
from entrypoints.http.bad_input import BadInput

_VISIBLE = re.compile(rf"[!-~]{{1,{MOST_CHARACTERS}}}")

IDEMPOTENCY_CODES = (
    *("idempotency_key_invalid", "idempotency_key_reused", "idempotency_key_spent"),
)


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    """Return the key, ``None`` where there is none. Raises ``BadInput``.

    draft-ietf-httpapi-idempotency-key-header has it in double quotes; as many services take
    it without, both are taken, and mean the same.
    """
    text = headers.get("Idempotency-Key")
    if text is None:
        return None
    # Tornado joins those that came twice; elsewhere none did.
    came_twice = isinstance(headers, HTTPHeaders) and len(headers.get_list("Idempotency-Key")) > 1
    text = text.strip()
    if text.startswith('"') and text.endswith('"'):
        text = text[1:-1]
    if came_twice or not _VISIBLE.fullmatch(text):
        raise BadInput("idempotency_key_invalid", most_characters=MOST_CHARACTERS)
    return text
