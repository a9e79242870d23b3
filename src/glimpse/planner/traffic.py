"""
The workload as it meets a stack: hour by hour, and shared among the resources that carry it.

Sharing is even where several resources of a kind could carry the same flow: the sum is right whichever does.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from glimpse.planner.capacity import Capacity
from glimpse.planner.quantities import DAYS_PER_MONTH
from glimpse.planner.workload import Commitment, Workload


@dataclass(frozen=True, slots=True)
class HourOfTraffic:
    """What happens in one hour of the day; sockets are open through the hour, the rest is counted in it."""

    sockets: Fraction
    messages: Fraction
    requests: Fraction
    connects: Fraction
    uploads: Fraction


@lru_cache(maxsize=16)
def hours_of(workload: Workload) -> tuple[HourOfTraffic, ...]:
    """The 24 hours of an average day. Sockets follow the peak, counts follow the share of the day."""
    peak, total = max(workload.hours), sum(workload.hours)
    daily = {
        name: workload.monthly(name) / DAYS_PER_MONTH / total
        for name in ("messages", "requests", "connects", "uploads")
    }

    def counted(what: str, weight: Fraction) -> Fraction:
        return daily[what] * weight

    return tuple(
        HourOfTraffic(
            sockets=workload.peak_sockets * weight / peak,
            messages=counted("messages", weight),
            requests=counted("requests", weight),
            connects=counted("connects", weight),
            uploads=counted("uploads", weight),
        )
        for weight in workload.hours
    )


@dataclass(frozen=True, slots=True)
class Traffic:
    """
    The hours, and among how many resources of each kind they are shared (at least 1 each).

    `uploads_through_api`: files pass the balancer and a task on their way to the bucket.
    """

    workload: Workload
    hours: tuple[HourOfTraffic, ...]
    today: datetime.date
    capacity: Capacity | None = None
    uploads_through_api: bool = True
    balancers: int = 1
    services: int = 1
    log_groups: int = 1
    buckets: int = 1
    registries: int = 1
    topics: int = 1
    nat_gateways: int = 1
    zones: int = 2

    @property
    def sharing(self) -> tuple[int, ...]:
        """All that one stack's traffic differs by from another's under the same workload."""
        return (
            self.uploads_through_api, self.balancers, self.services, self.log_groups, self.buckets,
            self.registries, self.topics, self.nat_gateways, self.zones,
        )  # fmt: skip

    def commitment(self, address: str) -> Commitment | None:
        """The commitment that prices this resource today."""
        rows = self.workload.commitments
        return next((row for row in rows if row.address == address and row.holds(self.today)), None)

    def balancer_gb(self, hour: HourOfTraffic) -> Fraction:
        """
        GB through the balancers in one hour, both directions.

        Downloads are not among them: files are fetched from the bucket by signed links.
        """
        workload = self.workload
        bytes_ = hour.messages * workload["message_bytes"] * (1 + workload["recipients_per_message"])
        bytes_ += hour.requests * (workload["request_bytes"] + workload["response_bytes"])
        if self.uploads_through_api:
            bytes_ += hour.uploads * workload["upload_mb"] * 10**6
        return bytes_ / 10**9

    def new_connections(self, hour: HourOfTraffic) -> Fraction:
        """Connections that clients open to the balancers in one hour."""
        return hour.connects + hour.requests / self.workload["requests_per_connection"]
