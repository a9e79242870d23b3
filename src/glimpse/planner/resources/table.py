"""DynamoDB tables: by the request or by provisioned capacity, and what they keep."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

DYNAMODB = "AmazonDynamoDB"

WRITE_UNIT_BYTES = 1024
"""What one write request unit writes (DynamoDB developer guide, request units)."""


@dataclass(frozen=True, slots=True)
class Table:
    """`provisioned`: read and write capacity units; None is on demand."""

    origin: Origin
    provisioned: tuple[int | None, int | None] | None = None

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        if self.provisioned:
            for word, kind, units in zip(("Read", "Write"), ("rcu_hour", "wcu_hour"), self.provisioned, strict=True):
                yield Meter(
                    self.origin,
                    f"{word} capacity units",
                    f"{word[0]}CU-hour",
                    None if units is None else certain(units * HOURS_PER_MONTH),
                    Sku(DYNAMODB, kind),
                    needs=say("needs_table_capacity") if units is None else None,
                )
        else:
            workload = traffic.workload
            # Only where functions answer people is the table known to hold the chat.
            known = traffic.socket_functions or traffic.request_functions
            pieces = math.ceil(workload["message_bytes"] / WRITE_UNIT_BYTES)
            writes = workload.monthly("messages") * pieces + 2 * workload.monthly("connects")
            reads = workload.monthly("requests") + workload.monthly("messages")
            for component, unit, kind, amount in (
                ("Write request units", "1M WRU", "write_request_million", writes),
                ("Read request units", "1M RRU", "read_request_million", reads),
            ):
                yield Meter(
                    self.origin,
                    component,
                    unit,
                    certain(amount / traffic.tables / 10**6) if known else None,
                    Sku(DYNAMODB, kind),
                    assumes=(say("table_requests"),) if known else (),
                    usage_based=True,
                    needs=None if known else say("needs_table_requests"),
                )
        sku = Sku(DYNAMODB, "storage_gb_month")
        yield Meter(
            self.origin, "Table storage", "GB-month", None, sku, usage_based=True, needs=say("needs_table_size")
        )
