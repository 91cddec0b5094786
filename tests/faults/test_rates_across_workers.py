"""A rate is one rate, however many processes count towards it."""

from collections import Counter
from pathlib import Path

from domain.client import Client
from domain.session_id import SessionId
from tests.faults.kinds import Serve
from tests.support.framegate_server import KEYS, bearer, write_clients
from tests.support.http_call import call

TAG = Client(name="portal").tag
MOST = 20


def test_creates_of_a_client_are_counted_across_workers(serve: Serve, tmp_path: Path) -> None:
    slow = str(write_clients(tmp_path / "slow.toml", f"creates_per_minute = {MOST}"))
    with serve(WORKERS="3", RATE_LIMITS="on", CLIENTS_FILE=slow) as server:
        create = f"{server.url}/auth/create-session"
        answers = [call("POST", create, headers=bearer(KEYS.portal)) for _ in range(2 * MOST)]
        others = call("POST", create, headers=bearer(KEYS.other))
    assert Counter(answer.status for answer in answers) == {200: MOST, 429: MOST}
    assert others.status == 200


def test_failed_redeems_of_an_address_are_counted_across_workers(serve: Serve) -> None:
    limits = {"RATE_LIMITS": "on", "FAILED_REDEEMS_PER_MINUTE": str(MOST)}
    with serve(WORKERS="3", **limits) as server:
        statuses = Counter(
            call("GET", f"{server.url}/auth/validate-session?session_id={unknown(n)}").status
            for n in range(2 * MOST)
        )
    assert statuses == {401: MOST, 429: MOST}


def unknown(number: int) -> str:
    return SessionId.compose(TAG, number.to_bytes(24, "big")).text
