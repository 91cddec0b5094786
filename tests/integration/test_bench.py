"""The benchmark's own contestants, under the wrk that measures them."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from attrs import evolve

from bench.contestants import BARE_TORNADO, FAST, ORIGINAL, STARLETTE, Contestant
from bench.gate import PATH, a_grant, gated
from bench.serving import NotTheSame, Served, serving
from bench.wrk import Spoilt, burst
from tests.support.framegate_server import PATIENT

CONTESTANTS = [FAST, BARE_TORNADO, ORIGINAL]
if find_spec("starlette") and find_spec("uvicorn"):  # the extra `bench`
    CONTESTANTS.append(STARLETTE)


def patient(contestant: Contestant) -> Contestant:
    """Have it wait for its Redis as long as a busy machine needs."""
    return evolve(contestant, environment={**contestant.environment, **PATIENT})


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda each: each.name)
def test_a_contestant_does_the_flow_under_load(contestant: Contestant, tmp_path: Path) -> None:
    with serving(patient(contestant), tmp_path / "server") as server:
        came = burst(server, "flow", 1)
    assert came.requests > 0
    assert came.cpu_us > 0


def test_the_flow_may_redeem_by_opening_the_page(tmp_path: Path) -> None:
    with serving(patient(FAST), tmp_path / "server") as server:
        assert burst(server, "flow", 1, "/client/iframe.html").requests > 0


def test_the_gate_passes_a_grant_under_load_and_its_neighbour_anybody(tmp_path: Path) -> None:
    with (
        serving(patient(FAST), tmp_path / "server") as server,
        gated(server, tmp_path / "nginx") as (through, alone),
    ):
        assert burst(through, "get", 1, PATH, a_grant(server), connections=8).requests > 0
        assert burst(alone, "get", 1, PATH).requests > 0
        with pytest.raises(Spoilt, match=r"0 answers were 200"):
            burst(through, "get", 1, PATH, connections=8)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(BARE_TORNADO, tmp_path_factory.mktemp("bench") / "server") as server:
        yield server


@pytest.mark.parametrize(
    ("script", "args"), [("get", ("/nowhere",)), ("post", ("/nowhere", "{}")), ("post", ("/",))]
)
def test_answers_that_are_no_200_spoil_a_burst(
    server: Served, script: str, args: tuple[str, ...]
) -> None:
    with pytest.raises(Spoilt, match=r"0 answers were 200, .*404"):
        burst(server, script, 1, *args)


def test_a_server_that_does_not_start_is_shown_with_what_it_said(tmp_path: Path) -> None:
    ends = Contestant("it", (sys.executable, "-c", "raise SystemExit('no luck today')"))
    with pytest.raises(NotTheSame, match="no luck today"), serving(ends, tmp_path / "server"):
        pass
