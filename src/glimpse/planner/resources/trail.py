"""
CloudTrail: trails, and what event data stores take in and keep.

The first copy of management events is free in each account and region; every further trail's is charged. Source:
AWS CloudTrail's pricing page, as known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow, meters_of
from glimpse.planner.traffic import Traffic

CLOUDTRAIL = "AWSCloudTrail"
EVENTS = 100_000
"""Events are priced by so many."""

YEAR_DAYS = 366
"""What a store with extendable retention keeps within the price of taking in (pricing page)."""

MANAGEMENT, DATA, INSIGHTS, NETWORK = "Management", "Data", "Insights", "NetworkActivity"
COMPONENTS = {
    MANAGEMENT: ("Management events, further copies", "monthly_additional_management_events", "management_event_100k"),
    DATA: ("Data events", "monthly_data_events", "data_event_100k"),
    NETWORK: ("Network activity events", "monthly_network_activity_events", "network_activity_event_100k"),
    INSIGHTS: ("Insights events analysed", "monthly_insight_events", "insight_event_100k"),
}


@dataclass(frozen=True, slots=True)
class Trail:
    """`logged` are the kinds of events that it asks for; others are shown where usage was given."""

    origin: Origin
    logged: frozenset[str] = frozenset({MANAGEMENT})

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        rows = (
            UsageRow(component, "100k events", key, Sku(CLOUDTRAIL, sku), EVENTS, shown=kind in self.logged)
            for kind, (component, key, sku) in COMPONENTS.items()
        )
        yield from meters_of(tuple(rows), traffic.metering(self.origin))


@dataclass(frozen=True, slots=True)
class EventDataStore:
    """`fixed`: seven years are paid for when events come in; else one year is, and what is kept longer by the month."""

    origin: Origin
    fixed: bool = False
    kept_days: int | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        option = {"retention": "fixed" if self.fixed else "extendable"}
        rows = [
            UsageRow("Events ingested", "GB", "monthly_data_ingested_gb", Sku(CLOUDTRAIL, "lake_ingested_gb", option))
        ]
        if not self.fixed and (self.kept_days or 0) > YEAR_DAYS:
            sku = Sku(CLOUDTRAIL, "lake_extended_retention_gb_month")
            rows.append(UsageRow("Extended retention", "GB-month", "extended_retention_gb", sku))
        rows.append(UsageRow("Queries", "GB", "monthly_data_scanned_gb", Sku(CLOUDTRAIL, "lake_scanned_gb")))
        yield from meters_of(tuple(rows), traffic.metering(self.origin))
