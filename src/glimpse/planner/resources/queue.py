"""SQS queues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.charged_units import used_in_pieces
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic

PIECE_KB = 64
"""Each 64 KB of a payload is charged as one request (SQS pricing page)."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Requests of producers and consumers alike."""

    origin: Origin
    fifo: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        kind = "fifo" if self.fifo else "standard"
        yield used_in_pieces(
            traffic.metering(self.origin),
            "FIFO requests" if self.fifo else "Requests",
            "request",
            ("monthly_requests", "request_size_kb"),
            Sku("AWSQueueService", "request", {"queue": kind}),
            PIECE_KB,
        )
