"""What it costs to be watched: metrics, dashboard, events kept and filed, regions, snapshots."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from attrs import define, evolve, field

from bench.contestants import FAST, Contestant
from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.comparing import compared
from bench.scenarios.starting import started_often
from bench.serving import NotTheSame, Served
from bench.wrk import Burst, burst
from tests.support.dashboard_stream import crowd, sign_in
from tests.support.framegate_server import KEYS, bearer
from tests.support.http_call import call

SCRAPE_SECONDS = 15
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
    """Measure framegate with all of it against framegate with nothing of it."""
    both = [_with("everything on", ON), _with("everything off", OFF)]
    scrapes = _Scrapes()

    @contextmanager
    def watching(part: Plan, servers: Sequence[Served]) -> Iterator[None]:
        del part
        on, _ = servers
        _try_all(on)
        with crowd(on.url, sign_in(on.url, KEYS.ops), 1), scrapes.of(on):
            yield

    def load(server: Served) -> Burst:
        return burst(server, "flow", plan.seconds, PATH, COUNTRY)

    (watched, ours), (alone, theirs) = started_often(plan, both, load, watching).items()
    yield from compared(watched, ours, theirs, at_least=0.95, cpu_at_most=1.05)
    yield from compared(alone, theirs, theirs)


def _with(name: str, settings: dict[str, str]) -> Contestant:
    return evolve(FAST, name=name, environment={**FAST.environment, **settings})


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
