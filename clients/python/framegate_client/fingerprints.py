"""What a session is called by without giving its id away."""

import hashlib
import re

_FINGERPRINT = re.compile(r"[0-9a-f]{12}")


def fingerprint_of(text: str) -> str:
    """Return the fingerprint of a session id: the first 12 hex digits of its SHA-256.

    A fingerprint is returned as it is; no session id looks like one.
    """
    if _FINGERPRINT.fullmatch(text):
        return text
    return hashlib.sha256(text.encode()).hexdigest()[:12]
