"""Reading what a server tells Prometheus."""

from prometheus_client.parser import text_string_to_metric_families


def samples_of(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value_of(text: str, name: str, **labels: str) -> float | None:
    return samples_of(text).get((name, frozenset(labels.items())))


def counters_of(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Everything that must never go back."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if family.type in {"counter", "histogram"} and family.name.startswith("framegate_")
    }
