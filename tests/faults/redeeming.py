"""What an honest caller does, to see whether the server still serves it."""

from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import call


def create(url: str, **wishes: object) -> str:
    answer = call("POST", f"{url}/auth/create-session", headers=bearer(KEYS.portal), body=wishes)
    assert answer.status == 200, f"an honest create got {answer.status}"
    session_id: str = answer.fields["session_id"]
    return session_id


def redeem(url: str, session_id: str) -> int:
    return call("GET", f"{url}/auth/validate-session?session_id={session_id}").status
