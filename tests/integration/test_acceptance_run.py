"""The acceptance run of the service that framegate replaces, step by step, over real Redis."""

from pathlib import Path

from domain.session_id import SessionId
from tests.support.framegate_server import KEYS, bearer, running_framegate
from tests.support.http_call import call
from tests.support.redis_server import RedisServer


def test_the_ten_steps_of_the_acceptance_run_pass_in_order(
    tmp_path: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    with running_framegate(tmp_path / "server", environment, "serve") as server:
        auth = f"{server.url}/auth"
        client, admin = bearer(KEYS.portal), bearer(KEYS.ops)

        # 1. health
        health = call("GET", f"{auth}/redis-health")
        assert (health.status, health.fields["status"]) == (200, "healthy")
        assert health.fields["message"] == "Conexão com Redis funcionando corretamente"

        # 2. status
        status = call("GET", f"{auth}/session-status", headers=client)
        assert (status.status, status.fields["total_sessions"]) == (200, 0)
        assert status.fields["redis_healthy"] is True

        # 3. create
        created = call("POST", f"{auth}/create-session", headers=client)
        assert created.status == 200
        session_id = created.fields["session_id"]
        assert created.fields == {
            "session_id": session_id,
            "expires_in_minutes": 30,
            "expires_in_seconds": 1800,
            "iframe_url": f"/client/iframe.html?session_id={session_id}",
            "storage": "redis",
        }

        # 4. validate
        validate = f"{auth}/validate-session?session_id={session_id}"
        valid = call("GET", validate)
        assert (valid.status, valid.fields["valid"]) == (200, True)
        assert (valid.fields["session_id"], valid.fields["storage"]) == (session_id, "redis")

        # 5. reuse
        again = call("GET", validate)
        assert (again.status, again.fields["code"]) == (401, "session_invalid")

        # 6. status updated
        status = call("GET", f"{auth}/session-status", headers=client)
        assert (status.fields["active_sessions"], status.fields["used_sessions"]) == (0, 1)

        # 7. clean-up
        cleaned = call("DELETE", f"{auth}/cleanup-sessions", headers=admin)
        assert cleaned.status == 200
        assert (cleaned.fields["sessions_removed"], cleaned.fields["sessions_remaining"]) == (0, 1)

        # 8. three more sessions
        more = [call("POST", f"{auth}/create-session", headers=client) for _ in range(3)]
        assert [answer.status for answer in more] == [200, 200, 200]

        # 9. final statistics
        final = call("GET", f"{auth}/session-status", headers=client).fields
        assert final == {
            "total_sessions": 4,
            "active_sessions": 3,
            "used_sessions": 1,
            "total_created": 4,
            "total_used": 1,
            "max_sessions": 1000,
            "storage": "redis",
            "redis_healthy": True,
        }

        # 10. direct look into Redis
        with redis_server.client() as redis:
            active = set(redis.zrange("fg:{portal}:active", 0, -1))
            used = set(redis.zrange("fg:{portal}:used", 0, -1))
            assert active == {SessionId(a.fields["session_id"]).digest.raw for a in more}
            assert used == {SessionId(session_id).digest.raw}
            assert all(redis.pttl(key) > 0 for key in redis.keys("*"))
