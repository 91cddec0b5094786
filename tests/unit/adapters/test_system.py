import time

import pytest

from adapters.system import SystemClock, SystemRandomness


def test_the_clock_tells_milliseconds_since_the_epoch() -> None:
    before = time.time()
    now = SystemClock().now()
    after = time.time()
    assert type(now) is int
    assert before * 1000 - 1 <= now <= after * 1000 + 1


@pytest.mark.parametrize("size", [16, 24, 32])
def test_a_secret_has_the_size_asked_for(size: int) -> None:
    assert len(SystemRandomness().secret(size)) == size


def test_no_secret_comes_twice() -> None:
    randomness = SystemRandomness()
    assert len({randomness.secret(24) for _ in range(1000)}) == 1000
