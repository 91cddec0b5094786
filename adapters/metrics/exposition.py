"""What has been measured, written down in the formats that Prometheus reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate, product
from typing import TypeVar

from attrs import field, frozen
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from adapters.metrics.catalogue import ASKED, COUNTED, LOST_WHERE, PREFIX, TIMED, WATCHED, Metric
from adapters.metrics.event_meter import CAP, CONFLICT, RATE
from adapters.metrics.meter import BOUNDS, Key, State, added, no_time
from application.metrics_ports import Exposition
from domain.client import NOBODY
from domain.refusal import Refusal

V = TypeVar("V")

_REASONS: Mapping[str, tuple[str, ...]] = {
    "creates_refused": (CAP, RATE, CONFLICT.format("spent"), CONFLICT.format("reused")),
    "redeems_refused": (*Refusal, RATE),
    "grants_refused": (Refusal.UNKNOWN, Refusal.EXPIRED, Refusal.MISMATCH),
}
_NOBODYS = (
    ("redeems_refused", NOBODY, Refusal.UNKNOWN),
    ("grants_refused", NOBODY, Refusal.UNKNOWN),
)
_ENDS = (*(str(bound) for bound in BOUNDS), "+Inf")


@frozen(kw_only=True, eq=False)
class Measured(Collector):
    """Everything at one moment.

    ``states`` are those of all places, ``running`` by their places where there is a worker.
    ``clients`` are all there are, ``asked`` what was asked just now, by metric.
    """

    states: Sequence[State]
    running: Mapping[int, State]
    clients: Sequence[str]
    asked: Mapping[str, Mapping[Key, float]] = field(factory=dict)

    def written(self, accept: str) -> Exposition:
        """Write it down in the format that a caller accepts best."""
        registry = CollectorRegistry()
        registry.register(self)
        encode, kind = choose_encoder(accept)
        return Exposition(kind, encode(registry))

    def describe(self) -> Iterable[Family]:
        """Keep the registry from collecting to learn the names."""
        return ()

    def collect(self) -> Iterator[Family]:
        """Yield all metrics."""
        yield from self._counters()
        yield from self._histograms()
        yield from self._watched()
        for metric in ASKED:
            yield _gauge(metric, self.asked.get(metric.name, {}))
        yield from self._processes()

    def _counters(self) -> Iterator[Family]:
        counts: defaultdict[Key, int] = defaultdict(int, dict.fromkeys(_NOBODYS, 0))
        for state in self.states:
            for key, count in state.counts.items():
                counts[key] += count
        for metric in COUNTED:
            # One that is only there after the first time hides that time from rate().
            for labels in self._labels(metric):
                counts.setdefault((metric.name, *labels), 0)
        by_name = _by_name(counts)
        for metric in COUNTED:
            family = CounterMetricFamily(PREFIX + metric.name, metric.says, labels=metric.labels)
            for labels, count in by_name[metric.name]:
                family.add_metric(labels, count)
            yield family

    def _watched(self) -> Iterator[Family]:
        told: defaultdict[Key, float] = defaultdict(float)
        for metric in WATCHED:
            if not metric.labels:
                told[metric.name,] = 0
        for state in self.running.values():
            for key, value in state.gauges.items():
                told[key] += value
        by_name = _by_name(told)
        for metric in WATCHED:
            yield _gauge(metric, dict(by_name[metric.name]))

    def _labels(self, metric: Metric) -> Iterable[Key]:
        reasons = _REASONS.get(metric.name, ())
        every = {"client": self.clients, "reason": reasons, "where": LOST_WHERE}
        return product(*(every[label] for label in metric.labels))

    def _histograms(self) -> Iterator[Family]:
        timings: defaultdict[Key, list[float]] = defaultdict(no_time)
        for state in self.states:
            for key, timing in state.timings.items():
                timings[key] = added(timings[key], timing)
        by_name = _by_name(timings)
        for metric in TIMED:
            family = HistogramMetricFamily(PREFIX + metric.name, metric.says, labels=metric.labels)
            for labels, timing in by_name[metric.name]:
                buckets = list(zip(_ENDS, accumulate(timing[:-1]), strict=True))
                family.add_metric(labels, buckets, timing[-1])
            yield family

    def _processes(self) -> Iterator[Family]:
        """Yield what the system says of each worker; nothing where it is not Linux."""
        families: dict[str, Family] = {}
        for place, state in self.running.items():
            for family in ProcessCollector(pid=partial(int, state.pid), registry=None).collect():
                mine = families.setdefault(family.name, family)
                samples = [each._replace(labels={"worker": str(place)}) for each in family.samples]
                mine.samples = samples if mine is family else mine.samples + samples
        yield from families.values()


def _gauge(metric: Metric, told: Mapping[Key, float]) -> Family:
    family = GaugeMetricFamily(PREFIX + metric.name, metric.says, labels=metric.labels)
    for labels, value in told.items():
        family.add_metric(labels, value)
    return family


def _by_name(values: Mapping[Key, V]) -> defaultdict[str, list[tuple[Key, V]]]:
    by_name: defaultdict[str, list[tuple[Key, V]]] = defaultdict(list)
    for (name, *labels), value in sorted(values.items(), key=lambda item: item[0]):
        by_name[name].append((tuple(labels), value))
    return by_name
