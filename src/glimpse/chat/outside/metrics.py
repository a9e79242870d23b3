"""The counts of a task, for Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from glimpse.chat.counts import ACK_SECONDS_BOUNDS, Counts

COMMIT_MESSAGES_BOUNDS = (1, 2, 5, 10, 25, 50, 100, 250, 500)

Gauges = Callable[[], Mapping[str, float]]
"""Returns the values of gauges at this moment, by their names in `GAUGES`."""

GAUGES = {
    "bus_age_seconds": "Seconds since this task received its own heartbeat from the bus",
    "connections": "Open connections, also those that are no sockets",
    "held_bytes": "Bytes that peers have not finished sending, or have not read",
    "commit_waiting": "Messages and changes queued for a commit",
    "database_connections": "Open connections to the database",
    "database_connections_busy": "Connections to the database that run a statement",
    "database_connections_most": "Most connections to the database that this task may open",
}


class Metrics:
    """Converts the counts when Prometheus asks: the library's own counters would take a lock for each message."""

    def __init__(self, counts: Counts, gauges: Gauges = dict) -> None:
        self._counts, self._gauges = counts, gauges
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """Called by the registry."""
        counts = self._counts
        yield GaugeMetricFamily("glimpse_sockets", "Sockets that have joined", value=counts.sockets)
        yield CounterMetricFamily("glimpse_joins", "Sockets that ever joined", value=counts.joined)
        yield _labelled("glimpse_leaves", "Sockets that have left, by reason", "reason", counts.left)
        yield _labelled(
            "glimpse_sessions_not_joined",
            "Sessions that ended outside any namespace, by reason",
            "reason",
            counts.unjoined,
        )
        yield _labelled(
            "glimpse_connections_cut_off",
            "Connections whose peer did not finish or held too much, by reason",
            "reason",
            counts.cut_off,
        )
        yield _labelled("glimpse_events", "Events that clients sent", "event", counts.events)
        yield _labelled("glimpse_refusals", "Refused requests, by code", "code", counts.refusals)
        yield _labelled("glimpse_files", "Files, by outcome", "outcome", counts.files)
        yield CounterMetricFamily("glimpse_deliveries", "Events written to sockets", value=counts.deliveries)
        yield CounterMetricFamily(
            "glimpse_failures", "Exceptions that are defects of this program", value=counts.failures
        )
        yield _histogram(
            "glimpse_ack_seconds",
            "From a message's arrival to its acknowledgement",
            ACK_SECONDS_BOUNDS,
            counts.ack_buckets,
            counts.ack_seconds,
        )
        batches = [0] * (len(COMMIT_MESSAGES_BOUNDS) + 1)
        for messages, count in counts.batches.items():
            batches[bisect_left(COMMIT_MESSAGES_BOUNDS, messages)] += count
        yield _histogram(
            "glimpse_commit_messages",
            "Messages that share one commit",
            COMMIT_MESSAGES_BOUNDS,
            batches,
            sum(messages * count for messages, count in counts.batches.items()),
        )
        for name, value in self._gauges().items():
            yield GaugeMetricFamily(f"glimpse_{name}", GAUGES[name], value=value)


def _histogram(
    name: str, help_text: str, bounds: Sequence[float], counts: Sequence[int], total: float
) -> HistogramMetricFamily:
    """`counts` has one bucket more than `bounds`. Prometheus wants them cumulated."""
    labels = [*map(str, map(float, bounds)), "+Inf"]
    buckets = list(zip(labels, accumulate(counts), strict=True))
    return HistogramMetricFamily(name, help_text, buckets=buckets, sum_value=total)


def _labelled(name: str, help_text: str, label: str, counts: Mapping[str, int]) -> Metric:
    metric = CounterMetricFamily(name, help_text, labels=[label])
    for value, count in counts.items():
        metric.add_metric([value], count)
    return metric
