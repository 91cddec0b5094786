"""What all peers have in common: the key, the ids, the fields of the answers."""

import hashlib
import hmac
import os
import secrets
from functools import cache

CAP = 10_000_000
TTL_SECONDS = 86_400

PORT = int(os.environ.get("PORT", "0"))
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")


@cache
def _expected() -> str:
    return os.environ["KEY_DIGEST"]


def may_create(authorization: str | None) -> bool:
    """Tell whether the header holds the one key that there is."""
    digest = hashlib.sha256((authorization or "").removeprefix("Bearer ").encode()).hexdigest()
    return hmac.compare_digest(f"sha256:{digest}", _expected())


def new_id() -> str:
    """Make a session id."""
    return secrets.token_urlsafe(32)


def created(session_id: str) -> dict[str, object]:
    """Return the answer to a create."""
    return {
        "session_id": session_id,
        "expires_in_minutes": TTL_SECONDS // 60,
        "expires_in_seconds": TTL_SECONDS,
        "iframe_url": f"/client/iframe.html?session_id={session_id}",
        "storage": "redis",
    }


def redeemed(session_id: str) -> dict[str, object]:
    """Return the answer to a redeem that won."""
    return {
        "valid": True,
        "message": "The session is valid.",
        "session_id": session_id,
        "storage": "redis",
    }


def refused(detail: str) -> dict[str, object]:
    """Return the answer to those who get a 401."""
    return {"detail": detail}
