"""Ids and keys never reach a log or a disk, whatever is asked of a server."""

from pathlib import Path

import pytest

from domain.session_id import SessionId
from tests.support.framegate_server import KEYS, bearer, running_framegate
from tests.support.http_call import call
from tests.support.leaks import leaks_below
from tests.support.redis_server import RedisServer


def test_no_id_and_no_key_is_in_any_log_dump_or_append_only_file(
    tmp_path: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    settings = {**environment, "LOG_LEVEL": "DEBUG", "DEBUG": "True"}
    with running_framegate(tmp_path / "server", settings, "serve") as server:
        auth, page = f"{server.url}/auth", f"{server.url}/client/iframe.html"
        portal = bearer(KEYS.portal)
        body = {"subject": "ana", "metadata": {"a": 1}}
        ids = [
            call("POST", f"{auth}/create-session", headers=portal, body=body).fields["session_id"]
            for _ in range(6)
        ]
        for session_id in ids[:2]:
            call("GET", f"{auth}/validate-session?session_id={session_id}")
            call("GET", f"{auth}/validate-session?session_id={session_id}", headers=portal)
            call("GET", f"{page}?session_id={session_id}")
        call("GET", f"{page}?session_id={ids[2]}")
        call("POST", f"{auth}/validate-session", body={"session_id": ids[3]})
        # Mistakes that people make, each with an id or a key in the wrong place.
        call("GET", f"{page}?session_id={ids[4]}&session_id={ids[4]}")
        call("GET", f"{page}?session_id={ids[4]}x%00")
        call("PUT", f"{auth}/validate-session?session_id={ids[4]}")
        call("GET", f"{server.url}/{ids[4]}")
        call("POST", f"{auth}/validate-session", headers={"Content-Type": "application/json"})
        call("GET", f"{auth}/session-status", headers=bearer(f"{KEYS.portal}x"))
        call("GET", f"{auth}/session-status", headers={"Authorization": KEYS.portal})
        call("GET", f"{auth}/session-status?key={KEYS.portal}")
        redis_server.kill()
        call("GET", f"{auth}/validate-session?session_id={ids[5]}")
        redis_server.start()
        log = server.log

    redis_server.stop()
    # The look is worth something only if there was something to see.
    assert SessionId(ids[0]).digest.fingerprint in log
    assert '"reason": "used"' in log
    appended = b"".join(p.read_bytes() for p in redis_server.folder.rglob("*.aof"))
    assert SessionId(ids[0]).digest.raw in appended
    assert (redis_server.folder / "dump.rdb").stat().st_size > 0

    assert list(leaks_below(tmp_path)) == []
    for secret in (*ids, KEYS.portal, KEYS.ops):
        assert secret not in log
        assert secret.encode() not in appended


@pytest.mark.parametrize("name", ["server.log", "dump.rdb", "appendonly.aof"])
@pytest.mark.parametrize("secret", [SessionId.compose("0" * 8, bytes(24)).text, KEYS.portal])
def test_the_look_for_leaks_finds_one(tmp_path: Path, name: str, secret: str) -> None:
    path = tmp_path / "deep" / name
    path.parent.mkdir()
    path.write_bytes(b"\x00\xff some bytes " + secret.encode() + b" and more")
    assert list(leaks_below(tmp_path)) == [path]
    path.unlink()  # or the look after the whole run would find it, too
