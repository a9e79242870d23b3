"""CloudWatch log groups."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

CLOUDWATCH = "AmazonCloudWatch"


@dataclass(frozen=True, slots=True)
class LogGroup:
    """Logs written and kept. Retention of a month or more keeps at least a month's worth."""

    origin: Origin
    infrequent_access: bool = False

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        amount = certain(traffic.workload.log_gb / traffic.log_groups)
        shared = (say("shared_evenly", count=traffic.log_groups),) if traffic.log_groups > 1 else ()
        kept = (*shared, say("logs_kept_a_month"))
        kind = "logs_ingest_ia_gb" if self.infrequent_access else "logs_ingest_gb"
        ingestion, storage = Sku(CLOUDWATCH, kind), Sku(CLOUDWATCH, "logs_storage_gb_month")
        return (
            Meter(self.origin, "Log ingestion", "GB", amount, ingestion, shared, usage_based=True),
            Meter(self.origin, "Log storage", "GB-month", amount, storage, kept, usage_based=True),
        )
