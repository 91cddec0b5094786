"""The cookie that holds a browser's grants.

``__Host-`` binds it to this host and to HTTPS (RFC 6265bis section 4.1.3); ``Partitioned`` has
browsers that keep third-party cookies out keep this one apart for each embedding site (CHIPS).
A page may embed several iframes, which share the cookie: it holds the latest grants, each a
token, the newest first.
"""

from collections.abc import Mapping, Sequence

from tornado.httputil import parse_cookie

from domain.grant_token import GrantToken
from entrypoints.http.head import Line

NAME = "__Host-fg"
MOST_GRANTS = 8
"""Of 89 characters each: browsers take 4,096 in a cookie, framegate 8 KiB in all headers."""

_BETWEEN = "."
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"


def held_tokens(headers: Mapping[str, str]) -> Sequence[GrantToken]:
    """Return the tokens that a request's cookie holds, and leave out what is none."""
    cookie = headers.get("Cookie")
    if cookie is None or NAME not in cookie:
        return ()
    texts = parse_cookie(cookie).get(NAME, "").split(_BETWEEN)[:MOST_GRANTS]
    return [token for token in map(GrantToken.presented, texts) if token]


def set_grant(new: GrantToken, held: Sequence[GrantToken]) -> Line:
    """Have the browser hold a new token beside those that it has, until it is closed.

    When each of them ends is the store's to say.
    """
    others = [token for token in held if token.session != new.session]
    texts = [token.text for token in [new, *others][:MOST_GRANTS]]
    return "Set-Cookie", f"{NAME}={_BETWEEN.join(texts)}; {_ATTRIBUTES}"
