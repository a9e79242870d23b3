"""
Amazon Managed Service for Prometheus: collectors by the hour.

What a workspace takes in, keeps and is asked is by use (by_use.py). Source: its pricing page, as known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import PROMETHEUS
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Collector:
    """A managed collector, which runs as long as it exists."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("Managed collector", Sku(PROMETHEUS, "collector_hour"))
        sku = Sku(PROMETHEUS, "collected_samples_10m")
        yield metering.used("Samples collected", "10M samples", "monthly_samples_collected", sku, per=10**7)
