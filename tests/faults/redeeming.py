"""What an honest caller does, to see whether the server still serves it."""

from domain.grant import Granting
from domain.session_id import Digest
from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import call

WAYS = ("/auth/validate-session", "/client/iframe.html")
"""A program's, which gets no grant, and a browser's, which gets one."""

GRANTING = Granting(token=Digest.of("a token"), ttl_ms=28_800_000, idle_ms=1_800_000)


def address(session_id: str, asker: int = 0) -> str:
    """Return where to redeem: those who ask for one id go both ways, one after the other."""
    way = WAYS[(asker + Digest.of(session_id).raw[0]) % 2]
    return f"{way}?session_id={session_id}"


def granting(asker: int) -> Granting | None:
    """Return what the redeem of one asker is to give: every other one's a grant."""
    return GRANTING if asker % 2 else None


def create(url: str, **wishes: object) -> str:
    answer = call("POST", f"{url}/auth/create-session", headers=bearer(KEYS.portal), body=wishes)
    assert answer.status == 200, f"an honest create got {answer.status}"
    session_id: str = answer.fields["session_id"]
    return session_id


def redeem(url: str, session_id: str) -> int:
    return call("GET", url + address(session_id)).status
