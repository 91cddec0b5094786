"""What is measured, in the order in which it is told."""

from collections.abc import Callable, Iterator

from attrs import frozen

from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios import (
    batch,
    everything,
    flow,
    gate,
    latency,
    memory,
    original,
    page,
    routes,
    size,
    viewers,
    workers,
)


@frozen
class Scenario:
    """A name to ask for it, a title, and how it is measured."""

    name: str
    title: str
    measure: Callable[[Plan], Iterator[Figure]]


SCENARIOS = (
    Scenario("flow", "Create and redeem, against Starlette + uvicorn", flow.measure),
    Scenario(
        "original",
        "Create and redeem with 1,000 active, against the original design",
        original.measure,
    ),
    Scenario("size", "Create and redeem with ever more sessions active", size.measure),
    Scenario("redis-memory", "Bytes of Redis an active session", memory.in_redis),
    Scenario(
        "batch", "Sessions a second by batches of 1,000, against one at a time", batch.measure
    ),
    Scenario("memory-adapter", "Bytes a session in the memory adapter", memory.in_the_adapter),
    Scenario("latency", "Latency at half load", latency.measure),
    Scenario("workers", "Two workers against one", workers.measure),
    Scenario("everything", "Create and redeem, watched by everything", everything.measure),
    Scenario("viewers", "Create and redeem while many watch the dashboard", viewers.measure),
    Scenario("page", "Create and open the page, against create and validate", page.measure),
    Scenario("gate", "The gate by a grant, against the same nginx without it", gate.measure),
    Scenario("routes", "Ordinary handlers, fast against tornado transport", routes.measure),
)
