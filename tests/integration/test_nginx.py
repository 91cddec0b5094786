"""deploy/nginx, as it stands but for its addresses, before an application."""

from adapters.redis.scripts import SingleUse, load_scripts
from tests.integration.gate_behaviour import DATA, FRAME, GateBehaviour, ask, granted
from tests.support.gate import Gate
from tests.support.nginx import running_nginx
from tests.support.waiting import until

PROXY = running_nginx
USE_GRANT = load_scripts(SingleUse.STRICT).use_grant.sha


class TestNginx(GateBehaviour):
    takes_grants_off = False

    def test_the_gates_own_location_is_not_there_for_others(self, gate: Gate) -> None:
        assert ask(gate, "/_framegate", FRAME).status == 404

    def test_what_a_page_loads_asks_redis_for_nothing_once_its_grant_is_known(
        self, gate: Gate
    ) -> None:
        grant = granted(gate)
        assert ask(gate, "/first.js", DATA, grant).status == 200
        with gate.redis.client() as client, gate.redis.client() as watcher:
            client.ping()  # what it begins with is over
            until("the worker listens", lambda: client.pubsub_numsub("fg:revoked")[0][1] == 1)
            with watcher.monitor() as monitor:
                for n in range(50):
                    assert ask(gate, f"/{n}.js", DATA, grant).status == 200
                client.echo("the end")
                commands = list(iter(lambda: monitor.next_command()["command"], "ECHO the end"))

        # What the server asks of its own accord now and then, like the figures, is no grant's.
        assert [command for command in commands if USE_GRANT in command] == []
