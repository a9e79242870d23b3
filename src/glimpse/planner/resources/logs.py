"""CloudWatch log groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import DAYS_PER_MONTH, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

CLOUDWATCH = "AmazonCloudWatch"


@dataclass(frozen=True, slots=True)
class LogGroup:
    """Logs written and kept. `kept_days` None never expires; a month's worth is then charged, and grows."""

    origin: Origin
    infrequent_access: bool = False
    kept_days: int | None = None
    retention_known: bool = True

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        written = certain(traffic.workload.log_gb * Fraction(traffic.logged_percent, 100) / traffic.log_groups)
        kept = written if self.kept_days is None else written * (self.kept_days / DAYS_PER_MONTH)
        shared = (say("shared_evenly", count=traffic.log_groups),) if traffic.log_groups > 1 else ()
        how_long = say("logs_kept_a_month") if self.kept_days is None else say("logs_kept", days=self.kept_days)
        kind = "logs_ingest_ia_gb" if self.infrequent_access else "logs_ingest_gb"
        ingestion, storage = Sku(CLOUDWATCH, kind), Sku(CLOUDWATCH, "logs_storage_gb_month")
        storing = Meter(self.origin, "Log storage", "GB-month", kept, storage, (*shared, how_long), usage_based=True)
        if not self.retention_known:
            storing = replace(storing, quantity=None, assumes=shared, needs=say("needs_retention"))
        return (Meter(self.origin, "Log ingestion", "GB", written, ingestion, shared, usage_based=True), storing)
