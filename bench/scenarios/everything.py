"""What it costs to be watched: metrics, dashboard, events kept and filed, regions, snapshots."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from attrs import define, evolve, field

from bench.contestants import FAST, Contestant
from bench.figure import Figure
from bench.plan import Plan, rotated
from bench.scenarios.comparing import compared
from bench.serving import NotTheSame, Served
from bench.wrk import Burst, burst
from tests.support.dashboard_stream import crowd, sign_in
from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import call

SCRAPE_SECONDS = 15
STARTS = 5
PATH, COUNTRY = "/auth/validate-session", "BR"

OFF = {"METRICS": "off", "AUDIT_STREAM_LENGTH": "0", "REGIONS": "off"}
ON = {
    "METRICS": "on",
    "AUDIT_STREAM_LENGTH": "100000",
    "AUDIT_FILE": "audit.jsonl",
    "REGIONS": "header",
    "TRUSTED_PROXIES": "127.0.0.1",
    "SNAPSHOT_DIR": ".",
}


def measure(plan: Plan) -> Iterator[Figure]:
    """Measure framegate with all of it against framegate with nothing of it.

    Both are started ``STARTS`` times. Where its memory happens to lie makes the same server some
    hundredths cheaper or dearer from start to start, which is as much as what is looked for.
    """
    both = [_with("everything on", ON), _with("everything off", OFF)]
    bursts: dict[str, list[Burst]] = {each.name: [] for each in both}
    rounds, scrapes = max(1, plan.rounds // STARTS), _Scrapes()
    for number in range(STARTS):
        part = evolve(plan, rounds=rounds, folder=plan.folder / str(number))
        with part.all_serving(both) as servers:
            on, _ = servers
            for server in servers:
                _burst(server, plan.seconds)  # to warm up
            _try_all(on)
            order = rotated(servers, number)
            with crowd(on.url, sign_in(on.url, KEYS.ops), 1), scrapes.of(on):
                measured = part.in_rounds(order, lambda server: _burst(server, plan.seconds))
            for server, some in measured.items():
                bursts[server.name] += some
    ours, theirs = bursts.values()
    yield from compared(both[0].name, ours, theirs, at_least=0.95, cpu_at_most=1.05)
    yield from compared(both[1].name, theirs, theirs)


def _with(name: str, settings: dict[str, str]) -> Contestant:
    return evolve(FAST, name=name, environment={**FAST.environment, **settings})


def _burst(server: Served, seconds: int) -> Burst:
    return burst(server, "flow", seconds, PATH, COUNTRY)


@define
class _Scrapes:
    """Ask for metrics as often as a Prometheus does, whichever server runs by then."""

    _due: float = field(factory=lambda: monotonic() + SCRAPE_SECONDS)

    @contextmanager
    def of(self, server: Served) -> Iterator[None]:
        over = Event()

        def scrape() -> None:
            while not over.wait(max(0.0, self._due - monotonic())):
                _metrics(server)
                self._due += SCRAPE_SECONDS

        scraping = Thread(target=scrape)
        scraping.start()
        try:
            yield
        finally:
            over.set()
            scraping.join()


def _metrics(server: Served) -> str:
    answer = call("GET", f"{server.url}/metrics", headers=bearer(KEYS.ops), timeout=20)
    return answer.body.decode()


def _try_all(server: Served) -> None:
    """Make sure that there is what is measured. Raises ``NotTheSame``."""
    told = _metrics(server)
    usage = call("GET", f"{server.url}/auth/usage?by=region", headers=bearer(KEYS.portal)).fields
    with server.redis.client() as redis:
        events = redis.xlen("fg:{.audit}:events")
    done = {
        "metrics": 'framegate_sessions_redeemed_total{client="portal"}' in told,
        "snapshots": "framegate_snapshot_age_seconds" in told,
        "regions": any(row["region"] == COUNTRY for row in usage["usage"]),
        "events": events > 0,
    }
    if missing := [what for what, is_there in done.items() if not is_there]:
        raise NotTheSame(f"{server.name} does without {', '.join(missing)}")
