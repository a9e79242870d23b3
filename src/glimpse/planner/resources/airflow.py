"""Managed Workflows for Apache Airflow (MWAA)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.charged_units import times
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.traffic import Traffic

MWAA = "AmazonMWAA"

INCLUDED_WORKERS, INCLUDED_SCHEDULERS, INCLUDED_WEBSERVERS = 1, 2, 2
"""What the price of an environment's hour includes (MWAA pricing page; API, CreateEnvironment)."""


@dataclass(frozen=True, slots=True)
class AirflowEnvironment:
    """
    `size` is its class, such as mw1.small. `workers`, `schedulers` and `webservers` are the fewest that the files ask
    for; beyond that, use decides how many workers and web servers run.
    """

    origin: Origin
    size: str
    workers: int = INCLUDED_WORKERS
    schedulers: int = INCLUDED_SCHEDULERS
    webservers: int = INCLUDED_WEBSERVERS

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        size = {"environment_class": self.size}
        yield metering.hours(f"Environment {self.size}", Sku(MWAA, "environment_hour", size))
        for component, key, kind, extra, grows in (
            ("Additional workers", "additional_workers", "worker_hour", self.workers - INCLUDED_WORKERS, True),
            ("Additional schedulers", "additional_schedulers", "scheduler_hour",
             self.schedulers - INCLUDED_SCHEDULERS, False),
            ("Additional web servers", "additional_webservers", "webserver_hour",
             self.webservers - INCLUDED_WEBSERVERS, False),
        ):  # fmt: skip
            if extra > 0 or grows or metering.number(key) is not None:
                least = extra * HOURS_PER_MONTH if extra > 0 else None
                if metering.number(key) is None:
                    yield metering.used(component, "hour", key, Sku(MWAA, kind, size), quantity=least)
                else:
                    yield times(metering.used(component, "hour", key, Sku(MWAA, kind, size)), HOURS_PER_MONTH)
        yield metering.used("Metadata database", "GB-month", "meta_database_gb", Sku(MWAA, "database_gb_month"))
