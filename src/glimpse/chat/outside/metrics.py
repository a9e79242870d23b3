"""What happened, counted for Prometheus, and logged where somebody should look."""

from __future__ import annotations

import logging

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)
SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500)

log = logging.getLogger("glimpse")


class Metrics:
    """The service's witness; names follow Prometheus' own conventions."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._sockets = Gauge("glimpse_sockets", "Sockets that have joined", registry=registry)
        self._joins = Counter("glimpse_joins", "Sockets that ever joined", registry=registry)
        self._events = Counter("glimpse_events", "Events that clients sent", ["event"], registry=registry)
        self._refusals = Counter("glimpse_refusals", "Requests refused, by reason", ["code"], registry=registry)
        self._deliveries = Counter("glimpse_deliveries", "Events written to sockets", registry=registry)
        self._failures = Counter("glimpse_failures", "Errors of this program", registry=registry)
        self._ack = Histogram(
            "glimpse_ack_seconds",
            "From a message's arrival to its acknowledgement",
            buckets=SECONDS,
            registry=registry,
        )
        self._batch = Histogram(
            "glimpse_commit_messages", "Messages that share one commit", buckets=SIZES, registry=registry
        )

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def socket_joined(self) -> None:
        self._sockets.inc()
        self._joins.inc()

    def socket_left(self) -> None:
        self._sockets.dec()

    def event(self, name: str) -> None:
        self._events.labels(name).inc()

    def refused(self, code: str) -> None:
        self._refusals.labels(code).inc()

    def acknowledged(self, seconds: float) -> None:
        self._ack.observe(seconds)

    def delivered(self, count: int) -> None:
        self._deliveries.inc(count)

    def committed(self, messages: int) -> None:
        self._batch.observe(messages)

    def failed(self, error: BaseException) -> None:
        self._failures.inc()
        log.error("failed", exc_info=error)
