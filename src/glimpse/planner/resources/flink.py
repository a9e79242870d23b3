"""
Amazon Managed Service for Apache Flink: KPUs by the hour, what they keep, and backups (pricing page).

A KPU is a vCPU with 4 GB of memory and 50 GB of running storage. Each Flink application is charged one more KPU for
its orchestration; a Studio notebook two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

FLINK = "AmazonKinesisAnalytics"

STORAGE_GB_PER_KPU = 50
"""Running storage of a KPU (pricing page)."""

KPUS, BACKUP = "kinesis_processing_units", "durable_application_backup_gb"


@dataclass(frozen=True, slots=True)
class StreamApplication:
    """
    `orchestration` counts the KPUs beside those that process: 1, for a notebook 2, for SQL none. `parallelism` and
    how much of it one KPU carries are what the files state of an application that they start; None otherwise.
    `started`: the files say that it runs; else people start it, and it is charged while it runs.
    """

    origin: Origin
    orchestration: int = 1
    parallelism: int | None = None
    per_kpu: int = 1
    started: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        kpus = metering.number(KPUS)
        assumes: tuple[Sentence, ...] = ()
        if kpus is None and self.parallelism is not None:
            # KPUs = parallelism / parallelism per KPU (developer guide, application scaling).
            kpus = Fraction(math.ceil(Fraction(self.parallelism, self.per_kpu)))
            assumes = (say("flink_runs"),)
        hour = Sku(FLINK, "kpu_hour")
        yield metering.used(
            "KPU",
            "KPU-hour",
            (),
            hour,
            quantity=None if kpus is None else kpus * HOURS_PER_MONTH,
            assumes=assumes,
            needs=say("needs_usage", keys=KPUS),
        )
        if not self.orchestration:
            return
        if self.started:
            yield metering.hours("Orchestration KPU", hour, self.orchestration, unit="KPU-hour")
        else:
            yield metering.used(
                "Orchestration KPU",
                "KPU-hour",
                (),
                hour,
                quantity=None if kpus is None else self.orchestration * HOURS_PER_MONTH,
                needs=say("needs_usage", keys=KPUS),
            )
        yield metering.used(
            "Running application storage",
            "GB-month",
            (),
            Sku(FLINK, "running_storage_gb_month"),
            quantity=None if kpus is None else kpus * STORAGE_GB_PER_KPU,
            needs=say("needs_usage", keys=KPUS),
        )
        yield metering.used("Durable application backups", "GB-month", BACKUP, Sku(FLINK, "backup_gb_month"))


@dataclass(frozen=True, slots=True)
class ApplicationSnapshot:
    """A snapshot of an application, kept until it is deleted."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).used(
            "Durable application backups", "GB-month", BACKUP, Sku(FLINK, "backup_gb_month")
        )
