"""Aurora clusters and their instances, Multi-AZ DB clusters of RDS, and databases that span regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.extended_support import AURORA_MYSQL, support_meters
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.metering import Amount, Metering
from glimpse.planner.minimum_capacity import hours_above_minimum
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.resources.database import (
    LEAST_PROVISIONED_IOPS,
    PROVISIONED,
    RDS,
    UNWATCHED,
    Monitoring,
    cpu_credits,
    exported_logs,
    given_backup,
    public_address,
    vcpus,
)
from glimpse.planner.resources.reservable import reserved_hours
from glimpse.planner.resources.secret import secret_month
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

STANDARD, IO_OPTIMIZED = "standard", "io-optimized"
SERVERLESS = "db.serverless"
"""The instance class of Aurora Serverless v2, and of its like in DocumentDB and Neptune."""

CLUSTER_INSTANCES = 3
"""A Multi-AZ DB cluster has one writer and two readers (RDS user guide, "Multi-AZ DB cluster deployments")."""

SECONDS_PER_MONTH = HOURS_PER_MONTH * 3_600
CAPACITY = "capacity_units_per_hr"
BACKUP = Sku(RDS, "aurora_backup_gb_month")


def _storage_config(io_optimized: bool) -> dict[str, str]:
    return {"storage_config": IO_OPTIMIZED if io_optimized else STANDARD}


@dataclass(frozen=True, slots=True)
class AuroraCluster:
    """
    The volume of an Aurora cluster and what is done with it; its instances are charged by themselves.

    `is_serverless`: version 1, whose capacity is the cluster's own, at least `least_acu` (0 where it may pause).
    `kept_days`: how long backups stay; the first day is part of the price, None is unknown. `backtracks`: it keeps what
    changed, so that it can be set back in time.
    """

    origin: Origin
    engine: str
    io_optimized: bool = False
    is_serverless: bool = False
    least_acu: Fraction = Fraction(0)
    kept_days: int | None = 1
    backtracks: bool = False
    managed_password: bool = False
    exports_logs: bool = False
    answers_http: bool | None = False
    copied_across_regions: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.is_serverless:
            sku = Sku(RDS, "aurora_serverless_v1_acu_hour")
            yield from hours_above_minimum(metering, "Aurora Serverless v1", "ACU", CAPACITY, sku, self.least_acu)
        sku = Sku(RDS, "aurora_storage_gb_month", _storage_config(self.io_optimized))
        yield metering.used("Aurora storage", "GB-month", "storage_gb", sku)
        yield from self._requests(traffic.metering(self.origin))
        yield from self._backups(traffic.metering(self.origin))
        yield from self._backtrack(traffic.metering(self.origin))
        metering = traffic.metering(self.origin)
        yield metering.used("Snapshot export", "GB", "snapshot_export_size_gb", Sku(RDS, "aurora_snapshot_export_gb"))
        sku = Sku(RDS, "data_api_request_million")
        asked = metering.used("Data API", "1M requests", "monthly_data_api_requests", sku, per=1_000_000)
        yield from perhaps(self.answers_http, (asked,))
        if self.exports_logs:
            yield exported_logs(metering)
        if self.copied_across_regions:
            sku = Sku("AWSDataTransfer", "inter_region_out_gb")
            yield metering.used("Replication from another region", "GB", "monthly_replicated_gb", sku)
        if self.managed_password:
            yield secret_month(self.origin, "Secret kept by RDS")

    def _requests(self, metering: Metering) -> Iterator[Meter]:
        """Reads and writes of every second of a month; I/O-Optimized charges none (Aurora pricing page)."""
        keys = ("write_requests_per_sec", "read_requests_per_sec")
        stated = [rate for rate in map(metering.number, keys) if rate is not None]
        quantity = sum(stated) * SECONDS_PER_MONTH / Fraction(1_000_000) if stated else None
        if not self.io_optimized:
            yield metering.used("I/O requests", "1M I/O", keys, Sku(RDS, "aurora_io_million"), quantity=quantity)
        elif stated:
            yield metering.used("I/O requests", "1M I/O", (), Sku(RDS, "aurora_io_million"), quantity=0)

    def _backups(self, metering: Metering) -> Iterator[Meter]:
        """What is kept beyond the first day: a snapshot of the stated size for each further day."""
        size = metering.number("backup_snapshot_size_gb")
        if self.kept_days is not None and self.kept_days <= 1 and size is None:
            return
        further = None if self.kept_days is None else max(0, self.kept_days - 1)
        quantity = None if size is None else size * (further or 0)
        needs = say("needs_usage", keys="backup_snapshot_size_gb")
        kept = metering.used("Backup storage", "GB-month", (), BACKUP, quantity=quantity, needs=needs)
        yield from perhaps(further is not None or None, (kept,))

    def _backtrack(self, metering: Metering) -> Iterator[Meter]:
        """
        Each change record, for every hour that it is kept: statements an hour × records each × hours × 730.

        Source: Aurora pricing page, "Backtrack", charged by the change record an hour.
        """
        keys = ("average_statements_per_hr", "change_records_per_statement", "backtrack_window_hrs")
        statements, records, window = (metering.number(key) for key in keys)
        quantity = None
        if statements is not None and records is not None and window is not None:
            quantity = statements * records * window * HOURS_PER_MONTH / 1_000_000
        if self.engine == AURORA_MYSQL and not self.is_serverless and (self.backtracks or quantity is not None):
            sku = Sku(RDS, "aurora_backtrack_million")
            yield metering.used("Backtrack", "1M records", keys, sku, quantity=quantity)


@dataclass(frozen=True, slots=True)
class AuroraInstance:
    """
    One instance of an Aurora cluster. `engine` as on the pricing page: Aurora MySQL, Aurora PostgreSQL.

    `least_acu`: what an instance of Serverless v2 (class db.serverless) never goes below, 0 where it may pause and None
    where nobody knows. `cluster_known`: its cluster, which decides how its storage is charged, is in these files.
    `backed_up_alone`: no cluster in the files states its backups.
    """

    origin: Origin
    engine: str
    instance_class: str | None
    version: str | None = None
    version_known: bool = True
    io_optimized: bool = False
    extended_support: bool = True
    least_acu: Fraction | None = Fraction(0)
    cluster_known: bool = True
    monitoring: Monitoring = UNWATCHED
    is_public: bool | None = False
    backed_up_alone: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.instance_class is None:
            sku = Sku(RDS, "aurora_instance_hour")
            yield metering.hours("Aurora instance", sku, None, needs=say("needs_instance_class"))
        elif self.instance_class == SERVERLESS:
            yield from self._serverless(metering, traffic)
        else:
            yield from self._provisioned(metering, self.instance_class, traffic)
        if self.backed_up_alone:
            yield given_backup(traffic.metering(self.origin), traffic, BACKUP)
        yield from public_address(traffic.metering(self.origin), self.is_public)

    def _provisioned(self, metering: Metering, instance_class: str, traffic: Traffic) -> Iterator[Meter]:
        attributes = {"engine": self.engine, "instance_class": instance_class, **_storage_config(self.io_optimized)}
        sku = Sku(RDS, "aurora_instance_hour", attributes)
        assumed = () if self.cluster_known else (say("standard_storage_assumed"),)
        yield reserved_hours(self.origin, f"{instance_class} {self.engine}", sku, 1, traffic, *assumed)
        yield from self._support(metering, vcpus(instance_class), traffic)
        yield from cpu_credits(metering, instance_class, Sku(RDS, "aurora_cpu_credit_vcpu_hour"), traffic)
        yield from self.monitoring.meters(metering, instance_class, vcpus(instance_class))

    def _serverless(self, metering: Metering, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(RDS, "aurora_serverless_v2_acu_hour", _storage_config(self.io_optimized))
        if self.least_acu is None and metering.number(CAPACITY) is None:
            needs = say("needs_least_capacity")
            yield metering.hours("Aurora Serverless v2, minimum", sku, None, unit="ACU-hour", needs=needs)
        yield from hours_above_minimum(metering, "Aurora Serverless v2", "ACU", CAPACITY, sku, self.least_acu)
        capacity = metering.number(CAPACITY)
        needs = say("needs_usage", keys=CAPACITY)
        yield from self._support(metering, capacity, traffic, unit="ACU", needs=needs)
        yield from self.monitoring.meters(metering, SERVERLESS, capacity, "ACU")

    def _support(self, metering: Metering, units: Amount | None, traffic: Traffic, **said: object) -> Iterator[Meter]:
        if self.extended_support:
            yield from support_meters(
                metering,
                self.engine,
                self.version,
                self.version_known,
                units,
                traffic.today,
                **said,  # type: ignore[arg-type]
            )


@dataclass(frozen=True, slots=True)
class DatabaseCluster:
    """
    A Multi-AZ DB cluster of RDS: one writer and two readers, charged together. `engine`: PostgreSQL or MySQL.

    The price of its hour is that of all three, and so is that of a GB, which each of them keeps (RDS pricing page,
    "Multi-AZ deployment with two readable standbys").
    """

    origin: Origin
    engine: str
    version: str | None
    instance_class: str | None
    storage_type: str
    storage_gib: int | None
    iops: int | None = None
    version_known: bool = True
    extended_support: bool = True
    managed_password: bool = False
    monitoring: Monitoring = UNWATCHED
    exports_logs: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering, zones = traffic.metering(self.origin), {"deployment": "Multi-AZ DB cluster"}
        if self.instance_class is None:
            sku = Sku(RDS, "db_instance_hour")
            yield metering.hours("Multi-AZ DB cluster", sku, None, needs=say("needs_instance_class"))
        else:
            attributes = {"engine": self.engine, "instance_class": self.instance_class, **zones}
            sku = Sku(RDS, "db_instance_hour", attributes)
            yield reserved_hours(self.origin, f"{self.instance_class} {self.engine}, three", sku, 1, traffic)
            cpus = vcpus(self.instance_class)
            watched = None if cpus is None else cpus * CLUSTER_INSTANCES
            if self.extended_support:
                yield from support_meters(
                    metering, self.engine, self.version, self.version_known, watched, traffic.today
                )
            yield from self.monitoring.meters(metering, self.instance_class, watched)
        volume = {"volume_type": self.storage_type, **zones}
        yield metering.fixed(
            f"Cluster storage {self.storage_type}",
            "GB-month",
            Sku(RDS, "db_storage_gb_month", volume),
            self.storage_gib,
            needs=say("needs_storage_size"),
        )
        if self.storage_type in PROVISIONED:
            count = max(self.iops or 0, LEAST_PROVISIONED_IOPS)
            yield metering.fixed("Provisioned IOPS", "IOPS-month", Sku(RDS, "db_iops_month", volume), count)
        yield given_backup(metering, traffic, Sku(RDS, "backup_gb_month"))
        if self.exports_logs:
            yield exported_logs(metering)
        if self.managed_password:
            yield secret_month(self.origin, "Secret kept by RDS")


@dataclass(frozen=True, slots=True)
class GlobalDatabase:
    """A database that spans regions: each write is copied to every other region. `service` sells it: RDS, DocDB."""

    origin: Origin
    service: str = RDS

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).used(
            "Replicated write I/O",
            "1M I/O",
            "monthly_replicated_write_io_requests",
            Sku(self.service, "global_replicated_io_million"),
            per=1_000_000,
        )
