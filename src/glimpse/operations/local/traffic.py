"""The traffic of all tasks, from what each task's `/metrics` answers."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Mapping
from math import inf

from msgspec import Struct, field

from glimpse.operations.state import Traffic

WINDOW_SECONDS = 10.0
"""Rates and the p99 are those of this long before the last sample."""

LINE = re.compile(r"^(glimpse_\w+)(?:\{\w+=\"([^\"]*)\"\})? (\S+)$", re.MULTILINE)
"""
One value in Prometheus' text format. The service's metrics have at most one label, whose values are plain words, so
that this reads all of them in 0.05 ms; prometheus_client's parser takes 1.4 ms, of each task each second.
"""

SOCKETS, DATABASE_CONNECTIONS = "glimpse_sockets", "glimpse_database_connections"
ACKNOWLEDGED, ACKNOWLEDGED_WITHIN = "glimpse_ack_seconds_count", "glimpse_ack_seconds_bucket"
DELIVERED, LEFT = "glimpse_deliveries_total", "glimpse_leaves_total"
COUNTERS = {ACKNOWLEDGED, ACKNOWLEDGED_WITHIN, DELIVERED, LEFT}


class Sample(Struct, frozen=True):
    """What one task answered. `counters`: totals since it started, by metric and label."""

    sockets: int = 0
    database_connections: int = 0
    counters: Mapping[tuple[str, str], float] = field(default_factory=dict)


def read_sample(text: str) -> Sample:
    """`text`: an answer of `/metrics`. What it lacks is 0."""
    values = {(name, label): float(value) for name, label, value in LINE.findall(text)}
    return Sample(
        sockets=int(values.get((SOCKETS, ""), 0)),
        database_connections=int(values.get((DATABASE_CONNECTIONS, ""), 0)),
        counters={key: value for key, value in values.items() if key[0] in COUNTERS},
    )


class TrafficMeter:
    """Adds up the tasks' samples. A task's counters may start anew: what they had counted stays counted."""

    def __init__(self) -> None:
        self._last: dict[str, Sample] = {}
        self._sockets = 0
        self._totals: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._window: deque[tuple[float, Mapping[tuple[str, str], float]]] = deque()

    def add(self, at: float, samples: Mapping[str, Sample | None]) -> None:
        """
        `samples`: of each task that lives, by name; None where it did not answer. `at`: when they were taken, in
        seconds of a clock that never goes back.
        """
        self._sockets = sum(sample.sockets for sample in samples.values() if sample)
        last: dict[str, Sample] = {}
        for task, sample in samples.items():
            before = self._last.get(task, Sample())
            last[task] = sample or before
            # A counter below its last value has started anew, and so have the task's others.
            is_anew = any(value < before.counters.get(key, 0) for key, value in last[task].counters.items())
            for key, value in last[task].counters.items():
                self._totals[key] += value - (0 if is_anew else before.counters.get(key, 0))
        self._last = last
        self._window.append((at, dict(self._totals)))
        while len(self._window) > 2 and self._window[1][0] <= at - WINDOW_SECONDS:
            self._window.popleft()

    def traffic(self, balancer_5xx: int = 0) -> Traffic:
        """`balancer_5xx`: answers with 5xx since the stack started, as the balancer counts them."""
        drops = {label: int(count) for (name, label), count in self._totals.items() if name == LEFT and count}
        (began, first), (ended, last) = (self._window[0], self._window[-1]) if self._window else ((0.0, {}), (0.0, {}))
        grown = {key: value - first.get(key, 0) for key, value in last.items()}
        seconds = ended - began
        p99 = quantile({float(label): n for (name, label), n in grown.items() if name == ACKNOWLEDGED_WITHIN}, 0.99)
        return Traffic(
            sockets=self._sockets,
            messages_per_second=grown.get((ACKNOWLEDGED, ""), 0) / seconds if seconds else 0.0,
            deliveries_per_second=grown.get((DELIVERED, ""), 0) / seconds if seconds else 0.0,
            p99_ms=None if p99 is None else p99 * 1000,
            drops=drops,
            balancer_5xx=balancer_5xx,
        )


def quantile(buckets: Mapping[float, float], share: float) -> float | None:
    """
    Of a histogram: `buckets` has, for each upper bound, how many values were not above it. As Prometheus'
    histogram_quantile: values are spread evenly inside a bucket, and those above the last bound are at it.
    """
    ordered = sorted(buckets.items())
    count = ordered[-1][1] if ordered else 0
    if count <= 0:
        return None
    rank, lower, below = share * count, 0.0, 0.0
    for bound, within in ordered:
        if within >= rank:
            return lower if bound == inf else lower + (bound - lower) * (rank - below) / ((within - below) or 1)
        lower, below = bound, within
    return lower
