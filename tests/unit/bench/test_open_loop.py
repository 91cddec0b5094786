"""Requests that come when they come."""

from itertools import pairwise

import pytest

from bench.open_loop import Again, arrivals, latencies
from bench.scenarios.latency import percentiles
from bench.wrk import CONNECTIONS, Spoilt
from tests.unit.bench.pretended_peer import Manners, pretended_peer


def test_arrivals_are_as_many_as_the_rate_says_and_the_same_for_all() -> None:
    times = arrivals(1000, 4, "a seed")
    assert times == arrivals(1000, 4, "a seed")
    assert len(times) == 4000
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert 3.6 < times[-1] < 4.4


def test_arrivals_are_irregular() -> None:
    gaps = [later - earlier for earlier, later in pairwise(arrivals(1000, 1, "a seed"))]
    assert min(gaps) < 0.0002
    assert max(gaps) > 0.003


def test_a_latency_counts_from_when_the_request_was_due() -> None:
    lag, turns = 0.05, 3
    with pretended_peer(Manners(lag=lag)) as url:
        seconds = latencies(url, [0.0] * (turns * CONNECTIONS))
    assert len(seconds) == turns * CONNECTIONS
    # The last of them have waited until all connections had been used twice before.
    assert sorted(seconds)[-CONNECTIONS] >= turns * lag


def test_what_is_created_is_redeemed() -> None:
    manners = Manners()
    with pretended_peer(manners) as url:
        latencies(url, [number / 1000 for number in range(100)])
    assert next(manners.numbers) >= 50
    assert len(manners.active) <= CONNECTIONS


def test_one_refusal_spoils_it() -> None:
    with pretended_peer(Manners(refuses_from=40)) as url, pytest.raises(Spoilt, match="503"):
        latencies(url, [0.0] * 41)


def test_one_path_is_asked_for_again_and_again_with_its_cookie() -> None:
    asking = Again("/page", "held=1")
    asked = asking.request("Host: here\r\n")
    asking.learn(b"HTTP/1.1 200 OK\r\n\r\n")
    assert asked == b"GET /page HTTP/1.1\r\nHost: here\r\nCookie: held=1\r\n\r\n"
    assert asking.request("Host: here\r\n") == asked


def test_percentiles_are_told_in_milliseconds() -> None:
    found = percentiles([number / 1000 for number in range(1001)])
    assert found == pytest.approx({"p50": 500.0, "p99": 990.0, "p99.9": 999.0})
