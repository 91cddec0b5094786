"""The key in ``Authorization: Bearer <key>`` (RFC 6750)."""

from tornado.httputil import HTTPHeaders


def bearer_key(headers: HTTPHeaders) -> str | None:
    """Return the key, ``None`` where no credentials came.

    Credentials of another kind count as a key that nobody has, so that they are refused
    and not overlooked.
    """
    if "Authorization" not in headers:
        return None
    scheme, _, key = headers["Authorization"].partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
