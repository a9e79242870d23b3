"""
The workload of a stack hour by hour, shared among the resources that carry it.

Several resources of a kind share a flow evenly: the sum is right whichever of them carries it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property, lru_cache

from glimpse.planner.capacity import Capacity
from glimpse.planner.meter import Origin
from glimpse.planner.metering import Metering
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


@dataclass(frozen=True)
class Traffic:
    """
    The hours, and among how many resources of each kind they are shared (at least 1 each). `behind_balancers`:
    services that people reach through a balancer, counted from 0.

    `uploads_through_api`: files pass the balancer and a task on their way to the bucket. Functions that answer
    requests or sockets, and distributions (edges) before the service or before its files, are counted from 0; so are
    `unread_edges`, which stand before something that nobody knows.
    `commitments` are those the stack proposes, beside those the workload already holds.
    """

    workload: Workload
    hours: tuple[HourOfTraffic, ...]
    today: datetime.date
    capacity: Capacity | None = None
    commitments: tuple[Commitment, ...] = ()
    uploads_through_api: bool = True
    balancers: int = 1
    services: int = 1
    log_groups: int = 1
    buckets: int = 1
    registries: int = 1
    topics: int = 1
    nat_gateways: int = 1
    http_apis: int = 1
    socket_apis: int = 1
    tables: int = 1
    serverless_caches: int = 1
    request_functions: int = 0
    socket_functions: int = 0
    behind_balancers: int = 0
    service_edges: int = 0
    file_edges: int = 0
    unread_edges: int = 0
    zones: int = 2

    @cached_property
    def sharing(self) -> tuple[object, ...]:
        """
        Everything in which the traffic of two stacks under one workload can differ, except commitments, which concern
        one resource each.
        """
        shared = {"workload", "hours", "today", "capacity", "commitments"}
        return tuple(getattr(self, field.name) for field in fields(self) if field.name not in shared)

    @property
    def people(self) -> Workload | None:
        """What people do with the stack, where its owner said how many they are."""
        return self.workload if self.workload.has_people else None

    def metering(self, origin: Origin) -> Metering:
        """What makes the meters of one resource, with the usage that was given for it."""
        return Metering(origin, self.workload.usage.of(origin.address))

    def commitment(self, address: str) -> Commitment | None:
        """The commitment that prices this resource today."""
        rows = (*self.workload.commitments, *self.commitments)
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
