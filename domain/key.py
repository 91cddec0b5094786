"""Keys: what a parent application or an operator proves itself with."""

import base64
import hashlib
import re

KEY_BYTES = 32

_PREFIX = "fgk"
_KEY = re.compile(rf"{_PREFIX}_[A-Za-z0-9_-]{{8,}}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def compose_key(secret: bytes) -> str:
    """Write 32 random bytes as a key: ``fgk_`` and URL-safe base64."""
    return f"{_PREFIX}_{base64.urlsafe_b64encode(secret).rstrip(b'=').decode()}"


def digest_key(key: str) -> str:
    """Return ``sha256:<hex>`` of the key's text, the form that a clients file holds.

    A fast hash is right here, unlike for passwords: a key has 256 random bits.
    """
    return f"sha256:{hashlib.sha256(key.encode(errors='backslashreplace')).hexdigest()}"


def is_key_digest(text: str) -> bool:
    """Tell whether ``text`` has the form that ``digest_key`` returns."""
    return _DIGEST.fullmatch(text) is not None


def hide_keys(text: str) -> str:
    """Return ``text`` with every key in it cut short: people put keys in the wrong place."""
    return _KEY.sub(f"{_PREFIX}_[redacted]", text) if _PREFIX in text else text
