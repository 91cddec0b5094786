"""What is read from what wrk says."""

import pytest

from bench.wrk import Burst, Spoilt, read_summary


def test_requests_and_time_are_read_from_the_last_line() -> None:
    said = "Running 1s test\n  5000 requests in 1.00s\n\nBENCH 5000 1002500 0 0 \n"
    assert read_summary(said) == (5000, 1.0025)


@pytest.mark.parametrize(
    "line",
    [
        "BENCH 5000 1000000 1 0 503 overloaded",
        "BENCH 5000 1000000 0 1 ",
        "BENCH 0 1000000 0 0 ",
        "unable to connect to 127.0.0.1:1 Connection refused",
        "",
    ],
)
def test_a_burst_with_anything_but_answers_of_200_is_spoilt(line: str) -> None:
    with pytest.raises(Spoilt):
        read_summary(f"Running 1s test\n{line}\n")


def test_the_first_refusal_is_shown() -> None:
    with pytest.raises(Spoilt, match=r"2 not, .*503 overloaded"):
        read_summary("BENCH 5000 1000000 2 0 503 overloaded\n")


def test_a_burst_tells_what_a_request_costs() -> None:
    burst = Burst(requests=10_000, seconds=2.0, server_seconds=1.0, redis_seconds=0.5)
    assert (burst.rate, burst.cpu_us, burst.redis_us, burst.busy) == (5000.0, 100.0, 50.0, 0.5)
