"""The header ``Idempotency-Key``, by which a create that comes again is known."""

import re

from tornado.httputil import HTTPHeaders

from domain.repeat import MOST_CHARACTERS
from entrypoints.http.bad_input import BadInput

_VISIBLE = re.compile(rf"[!-~]{{1,{MOST_CHARACTERS}}}")


def idempotency_key(headers: HTTPHeaders) -> str | None:
    """Return the key, ``None`` where there is none. Raises ``BadInput``.

    draft-ietf-httpapi-idempotency-key-header has it in double quotes; as many services take
    it without, both are taken, and mean the same.
    """
    sent = headers.get_list("Idempotency-Key")
    if not sent:
        return None
    text = sent[0].strip()
    if text.startswith('"') and text.endswith('"'):
        text = text[1:-1]
    if len(sent) > 1 or not _VISIBLE.fullmatch(text):
        raise BadInput("idempotency_key_invalid", most_characters=MOST_CHARACTERS)
    return text
