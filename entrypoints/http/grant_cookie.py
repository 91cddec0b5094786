"""The cookies that hold a browser's grants: one for each, so that none overwrites another.

``__Host-`` binds them to this host and to HTTPS (RFC 6265bis section 4.1.3); ``Partitioned`` has
browsers that keep third-party cookies out keep them apart for each embedding site (CHIPS). A page
may embed several iframes that load at once and share the jar, so each has a cookie of its own, by
the fingerprint of its session.
"""

from collections.abc import Mapping, Sequence

from attrs import frozen
from tornado.httputil import HTTPHeaders, parse_cookie

from domain.grant_token import GrantToken
from entrypoints.http.head import Line

PREFIX = "__Host-fg-"
MOST_GRANTS = 8
"""So many of the latest count, of 111 characters each: framegate takes 8 KiB in all headers."""

_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"


@frozen
class Held:
    """The tokens that a browser brings, the newest first, and the names of cookies to drop."""

    tokens: Sequence[GrantToken] = ()
    surplus: Sequence[str] = ()

    @property
    def dropped(self) -> list[Line]:
        """Return the lines that have the browser drop what it holds beyond the latest."""
        return [_drop(name) for name in self.surplus]


def held_grants(headers: Mapping[str, str]) -> Held:
    """Read the cookies of a request. What is no token of ours is to be dropped as well."""
    cookie = _cookies_in(headers)
    if PREFIX not in cookie:
        return Held()
    tokens: list[GrantToken] = []
    surplus: list[str] = []
    # Browsers send the oldest first (RFC 6265 section 5.4).
    for name, text in reversed(parse_cookie(cookie).items()):
        if not name.startswith(PREFIX):
            continue
        token = GrantToken.presented(text)
        if token is None or name != name_for(token) or len(tokens) == MOST_GRANTS:
            surplus.append(name)
        else:
            tokens.append(token)
    return Held(tokens, surplus)


def _cookies_in(headers: Mapping[str, str]) -> str:
    """Put them together: over HTTP/2 each may come by itself (RFC 9113 section 8.2.3)."""
    if isinstance(headers, HTTPHeaders):
        return "; ".join(headers.get_list("Cookie"))
    return headers.get("Cookie", "")


def name_for(token: GrantToken) -> str:
    """Name the cookie of a grant."""
    return f"{PREFIX}{token.session.fingerprint}"


def set_grant(token: GrantToken, lifetime_seconds: int) -> Line:
    """Have the browser hold a token."""
    value = f"{name_for(token)}={token.text}; Max-Age={lifetime_seconds}; {_ATTRIBUTES}"
    return "Set-Cookie", value


def drop_grant(fingerprint: str) -> Line:
    """Have the browser forget the token of a session's grant."""
    return _drop(PREFIX + fingerprint)


def _drop(name: str) -> Line:
    return "Set-Cookie", f"{name}=; Max-Age=0; {_ATTRIBUTES}"
