"""The key in ``Authorization: Bearer <key>`` (RFC 6750)."""

from collections.abc import Mapping

KEY_CODES = ("key_missing", "key_unknown")
ONE_KIND_CODES = (*KEY_CODES, "key_wrong_kind")
"""Where the key must be a client's, or an admin's."""


def bearer_key(headers: Mapping[str, str]) -> str | None:
    """Return the key, ``None`` where no credentials came.

    Credentials of another kind count as a key that nobody has, so that they are refused
    and not overlooked.
    """
    header = headers.get("Authorization")
    if header is None:
        return None
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
