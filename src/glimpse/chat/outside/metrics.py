"""Counts for Prometheus, and log lines for what an operator should look at."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ACK_SECONDS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)
COMMIT_MESSAGES_BUCKETS = (1, 2, 5, 10, 25, 50, 100, 250, 500)

log = logging.getLogger("glimpse")

Gauges = Callable[[], Mapping[str, float]]
"""Returns the values of gauges at this moment, by their names in `GAUGES`."""

GAUGES = {
    "bus_age_seconds": "Seconds since this task received its own heartbeat from the bus",
    "commit_waiting": "Messages and changes queued for a commit",
    "database_connections": "Open connections to the database",
    "database_connections_busy": "Connections to the database that run a statement",
    "database_connections_most": "Most connections to the database that this task may open",
}


class Histogram:
    """Counts per bucket; `metric` makes Prometheus' cumulative counts of them."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def metric(self, name: str, help_text: str) -> Metric:
        bounds = [*map(str, map(float, self._bounds)), "+Inf"]
        buckets = list(zip(bounds, accumulate(self._counts), strict=True))
        return HistogramMetricFamily(name, help_text, buckets=buckets, sum_value=self._sum)


class Metrics:
    """
    The observer of the service, the uploads and the commits.

    It counts in plain numbers and makes metrics of them only when Prometheus asks: the library's own counters take a
    lock for each message.
    """

    def __init__(self, gauges: Gauges = dict) -> None:
        self._gauges = gauges
        self._joined = self._delivered = self._failed = 0
        self._events: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._files: Counter[str] = Counter()
        self._ack = Histogram(ACK_SECONDS_BUCKETS)
        self._batch = Histogram(COMMIT_MESSAGES_BUCKETS)
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """Called by the registry."""
        sockets = self._joined - self._left.total()
        yield GaugeMetricFamily("glimpse_sockets", "Sockets that have joined", value=sockets)
        yield CounterMetricFamily("glimpse_joins", "Sockets that ever joined", value=self._joined)
        yield _labelled("glimpse_leaves", "Sockets that have left, by reason", "reason", self._left)
        yield _labelled("glimpse_events", "Events that clients sent", "event", self._events)
        yield _labelled("glimpse_refusals", "Refused requests, by code", "code", self._refused)
        yield _labelled("glimpse_files", "Files, by outcome", "outcome", self._files)
        yield CounterMetricFamily("glimpse_deliveries", "Events written to sockets", value=self._delivered)
        yield CounterMetricFamily("glimpse_failures", "Exceptions that are defects of this program", value=self._failed)
        yield self._ack.metric("glimpse_ack_seconds", "From a message's arrival to its acknowledgement")
        yield self._batch.metric("glimpse_commit_messages", "Messages that share one commit")
        for name, value in self._gauges().items():
            yield GaugeMetricFamily(f"glimpse_{name}", GAUGES[name], value=value)

    # ---- What the observers are told

    def socket_joined(self) -> None:
        self._joined += 1

    def socket_left(self, reason: str) -> None:
        self._left[reason] += 1

    def event(self, name: str) -> None:
        self._events[name] += 1

    def refused(self, code: str) -> None:
        self._refused[code] += 1

    def acknowledged(self, seconds: float) -> None:
        self._ack.observe(seconds)

    def file(self, outcome: str) -> None:
        self._files[outcome] += 1

    def objects_down(self, problem: str) -> None:
        self._files["objects_down"] += 1
        log.warning("objects_down", extra={"fields": {"problem": problem}})

    def delivered(self, count: int) -> None:
        self._delivered += count

    def committed(self, messages: int) -> None:
        self._batch.observe(messages)

    def failed(self, error: BaseException) -> None:
        self._failed += 1
        log.error("failed", exc_info=error)


def _labelled(name: str, help_text: str, label: str, counts: Mapping[str, int]) -> Metric:
    metric = CounterMetricFamily(name, help_text, labels=[label])
    for value, count in counts.items():
        metric.add_metric([value], count)
    return metric
