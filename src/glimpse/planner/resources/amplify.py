"""Amplify Hosting: builds, what is stored and served, and pages rendered on the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic

AMPLIFY = "AWSAmplify"


@dataclass(frozen=True, slots=True)
class AmplifyApp:
    """`renders` pages on the server; `compute` is the size of the machines that build it."""

    origin: Origin
    renders: bool = False
    compute: str = "STANDARD_8GB"

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        builds = Sku(AMPLIFY, "build_minute", {"compute_type": self.compute})
        yield metering.used("Builds", "minute", "monthly_build_mins", builds)
        yield metering.used("Storage", "GB-month", "storage_gb", Sku(AMPLIFY, "storage_gb_month"))
        yield metering.used("Data served", "GB", "monthly_served_gb", Sku(AMPLIFY, "served_gb"))
        if self.renders:
            requests = Sku(AMPLIFY, "server_request_million")
            yield metering.used("Server requests", "1M requests", "monthly_server_requests", requests, per=10**6)
            yield metering.used("Server time", "GB-hour", "monthly_server_gb_hours", Sku(AMPLIFY, "server_gb_hour"))
