"""What is measured, in the order in which it is told."""

from collections.abc import Callable, Iterator

from attrs import frozen

from bench.figure import Figure
from bench.plan import Plan
from bench.scenarios.batch import batch
from bench.scenarios.flow import flow
from bench.scenarios.latency import latency
from bench.scenarios.memory import memory_adapter, redis_memory
from bench.scenarios.original import original
from bench.scenarios.routes import routes
from bench.scenarios.size import size
from bench.scenarios.workers import workers


@frozen
class Scenario:
    """A name to ask for it, a title, and how it is measured."""

    name: str
    title: str
    measure: Callable[[Plan], Iterator[Figure]]


SCENARIOS = (
    Scenario("flow", "Create and redeem, against Starlette + uvicorn", flow),
    Scenario(
        "original", "Create and redeem with 1,000 active, against the original design", original
    ),
    Scenario("size", "Create and redeem with ever more sessions active", size),
    Scenario("redis-memory", "Bytes of Redis an active session", redis_memory),
    Scenario("batch", "Sessions a second by batches of 1,000, against one at a time", batch),
    Scenario("memory-adapter", "Bytes a session in the memory adapter", memory_adapter),
    Scenario("latency", "Latency at half load", latency),
    Scenario("workers", "Two workers against one", workers),
    Scenario("routes", "Ordinary handlers, fast against tornado transport", routes),
)
