"""Every metric there is: its name, its kind, its labels, and what it says."""

from enum import Enum

from attrs import frozen

PREFIX = "framegate_"

LOST_WHERE = ("stream", "file", "log")
"""Where entries of the audit log go to, and may be lost on the way."""


class Kind(Enum):
    """What can be done with a metric."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@frozen
class Metric:
    """``name`` is without the prefix and without the ``_total`` that counters end in."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    says: str

    @property
    def exported(self) -> str:
        """The name that Prometheus knows, but for what it adds to those of histograms."""
        return PREFIX + self.name + ("_total" if self.kind is Kind.COUNTER else "")


def _counter(name: str, says: str, *labels: str) -> Metric:
    return Metric(name, Kind.COUNTER, labels, says)


def _gauge(name: str, says: str, *labels: str) -> Metric:
    return Metric(name, Kind.GAUGE, labels, says)


def _histogram(name: str, says: str, *labels: str) -> Metric:
    return Metric(name, Kind.HISTOGRAM, labels, says)


COUNTED = (
    _counter("sessions_created", "Sessions created, one by one and in batches.", "client"),
    _counter("creates_repeated", "Creates that came again and got what there was.", "client"),
    _counter("creates_refused", "Creates refused.", "client", "reason"),
    _counter("sessions_redeemed", "Sessions redeemed.", "client"),
    _counter("redeems_refused", "Redeems refused; used is a replay.", "client", "reason"),
    _counter("sessions_revoked", "Sessions taken back before they were used.", "client"),
    _counter("sessions_cleaned_up", "Expired sessions removed at an admin's wish."),
    _counter("grants_given", "Grants given with a redeem.", "client"),
    _counter("grants_refused", "Grants refused.", "client", "reason"),
    _counter("grants_revoked", "Grants taken back.", "client"),
    _counter("keys_rejected", "Callers without a key, or with one that does not open this."),
    _counter("http_requests_shed", "Requests turned away because there was too much to do."),
    _counter(
        "audit_entries_lost",
        "Entries of the audit log that were not written; of the log, lines of any kind.",
        "where",
    ),
    _counter("worker_starts", "Workers started, those in the place of a lost one among them."),
)

TIMED = (
    _histogram(
        "http_request_duration_seconds",
        "From the head of a request to the writing of its answer.",
        *("route", "status"),
    ),
    _histogram(
        "store_operation_duration_seconds",
        "What an operation of the store took.",
        *("operation", "outcome"),
    ),
    _histogram("event_loop_lag_seconds", "How late the event loop came to what was due."),
)

WATCHED = (
    _gauge("http_requests_in_flight", "Requests that have come in and are not answered."),
    _gauge("store_breakers_open", "Workers that turn callers away as the store did not answer."),
    _gauge("audit_in_trouble", "Workers that cannot write what is audited, by where to.", "where"),
)

ASKED = (
    _gauge("sessions_active", "Sessions that can be redeemed.", "client"),
    _gauge("session_cap", "The most active sessions that a client may have.", "client"),
    _gauge("store_up", "Whether the store has told how many sessions there are."),
    _gauge("store_memory_bytes", "What the store's server uses.", "server"),
    _gauge("store_memory_limit_bytes", "What it may use; 0 is no limit.", "server"),
    _gauge("store_is_primary", "Whether it is no replica of another.", "server"),
    _gauge("store_replicas", "Replicas that are attached to it.", "server"),
    _gauge("snapshot_age_seconds", "How old the last snapshot is; absent without one."),
    _gauge("workers", "Workers that are running."),
    _gauge(
        "build_info",
        "Always 1; the labels say what is running.",
        *("version", "python", "storage", "transport"),
    ),
)

METRICS = (*COUNTED, *TIMED, *WATCHED, *ASKED)
