"""RDS instances: hours, storage, backup, monitoring, the password RDS keeps, and extended support for old versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.extended_support import POSTGRESQL, major_of, support_meters
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.metering import Amount, Metering
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.resources.address import IPV4
from glimpse.planner.resources.reservable import reserved_hours
from glimpse.planner.resources.secret import secret_month
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

RDS, CLOUDWATCH = "AmazonRDS", "AmazonCloudWatch"
WHOLE_DAY = 24
GENERAL, PROVISIONED, MAGNETIC = ("gp2", "gp3"), ("io1", "io2"), "standard"

STRIPED_FROM_GIB = 400
STRIPED_FROM_GIB_OF: Mapping[str, int | None] = {"Oracle": 200, "SQL Server": None}
"""From this size a volume is striped over four, and gp3 includes more; SQL Server's never is (user guide, storage)."""

GP3_INCLUDED = {False: (3_000, 125), True: (12_000, 500)}
"""IOPS and MiBps that the price of gp3 includes, striped or not (RDS user guide, "gp3 storage")."""

LEAST_GIB, LEAST_MAGNETIC_GIB, LEAST_PROVISIONED_GIB, LEAST_PROVISIONED_IOPS = 20, 5, 100, 1_000
"""The smallest volumes that RDS makes, and their least IOPS (RDS user guide, storage types)."""

LOG_VOLUME_GIB, LOG_VOLUME_IOPS = 1_024, 3_000
"""A dedicated log volume has this size, of the instance's own storage type (RDS user guide, "dedicated log volume")."""

FREE_INSIGHTS_DAYS, LONGEST_INSIGHTS_DAYS, DAYS_IN_MONTH = 7, 731, 31
"""What Performance Insights keeps within the price, at most, and by which steps (RDS user guide, "pricing")."""


def vcpus(instance_class: str) -> int | None:
    """
    Virtual CPUs of an instance class by its size word; None where the word is not one of AWS's.

    `large` and below have 2 (T2 micro and small, which have 1, are no longer sold for new versions),
    `xlarge` 4, `Nxlarge` 4 × N. Source: RDS user guide, DB instance classes.
    """
    size = instance_class.rpartition(".")[2]
    if size in ("nano", "micro", "small", "medium", "large"):
        return 2
    count = size.removesuffix("xlarge")
    return 4 * int(count or 1) if size.endswith("xlarge") and (count.isdecimal() or not count) else None


def bursts_unlimited(instance_class: str) -> bool:
    """T3 and T4g always run in Unlimited mode on RDS (user guide, DB instance classes); T2 never does."""
    return instance_class.startswith(("db.t3.", "db.t4g."))


def cpu_credits(metering: Metering, instance_class: str, sku: Sku, traffic: Traffic) -> Iterator[Meter]:
    """
    Virtual CPU hours beyond the baseline: the hours stated, by the CPUs of the class (or as `vcpu_count` states).

    Where the workload is known it is taken to stay within the baseline, and nothing is said of it.
    """
    hours, stated = metering.number("monthly_cpu_credit_hrs"), metering.number("vcpu_count")
    cpus = vcpus(instance_class) if stated is None else stated
    if not bursts_unlimited(instance_class) or (hours is None and traffic.people):
        return
    quantity = None if hours is None or cpus is None else hours * cpus
    needs = say("needs_usage", keys="monthly_cpu_credit_hrs")
    yield metering.used("CPU credits", "vCPU-hour", (), sku, quantity=quantity, needs=needs)


def given_backup(metering: Metering, traffic: Traffic, sku: Sku) -> Meter:
    return metering.used(
        "Additional backup storage",
        "GB-month",
        "additional_backup_storage_gb",
        sku,
        quantity=0 if traffic.people else None,
        assumes=(say("backup_within_storage"),),
    )


def public_address(metering: Metering, is_public: bool | None) -> Iterator[Meter]:
    """The address of what is reached from the internet: one, a standby's is not counted. None is unknown."""
    if is_public is not False:
        needs = say("needs_publicly_accessible")
        yield metering.hours("Public IPv4 address", IPV4, 1 if is_public else None, needs=needs)


def exported_logs(metering: Metering) -> Meter:
    """Logs that a database sends to CloudWatch: ingested there like any other."""
    sku = Sku(CLOUDWATCH, "logs_ingest_gb")
    return metering.used("Logs exported to CloudWatch", "GB", "monthly_exported_logs_gb", sku)


@dataclass(frozen=True, slots=True)
class Monitoring:
    """
    What watches an instance. `kept_days`: how long Performance Insights keeps what it sees. None is unknown for each.

    `advanced`: Database Insights in its advanced mode, which keeps it for 15 months within its own price. `enhanced`:
    Enhanced Monitoring, which writes to CloudWatch logs.
    """

    insights: bool | None = False
    kept_days: int | None = FREE_INSIGHTS_DAYS
    advanced: bool = False
    enhanced: bool | None = False

    def meters(
        self, metering: Metering, instance_class: str, units: Amount | None, unit: str = "vCPU"
    ) -> Iterator[Meter]:
        """`units`: the virtual CPUs watched, which the class decides, or capacity units (ACU), which use decides."""
        if self.insights is not False and self.kept_days is None:
            sku = Sku(RDS, "performance_insights_vcpu_month")
            needs = say("needs_insights_retention")
            yield metering.fixed("Performance Insights retention", "vCPU-month", sku, None, needs=needs)
        elif self.insights and not self.advanced and (self.kept_days or 0) > FREE_INSIGHTS_DAYS:
            yield self._of(
                metering, "Performance Insights retention", f"{unit}-month", self._kept(instance_class, unit), units
            )
        key, sku = "monthly_additional_performance_insights_requests", Sku(RDS, "performance_insights_api_1k")
        asked = metering.used("Performance Insights API", "1k requests", key, sku, per=1_000)
        yield from perhaps(self.insights, (asked,))
        if self.advanced:
            sku = Sku(CLOUDWATCH, f"database_insights_{unit.lower()}_hour")
            hours = None if units is None else units * HOURS_PER_MONTH
            yield self._of(metering, "Database Insights, advanced mode", f"{unit}-hour", sku, hours)
        sku = Sku(CLOUDWATCH, "logs_ingest_gb")
        written = metering.used("Enhanced Monitoring", "GB", "monthly_enhanced_monitoring_gb", sku)
        yield from perhaps(self.enhanced, (written,))

    def _kept(self, instance_class: str, unit: str) -> Sku:
        """Two years have a price by class; fewer months one by their number."""
        if unit == "vCPU" and (self.kept_days or 0) >= LONGEST_INSIGHTS_DAYS:
            return Sku(RDS, "performance_insights_vcpu_month", {"instance_class": instance_class})
        months = str((self.kept_days or 0) // DAYS_IN_MONTH + bool((self.kept_days or 0) % DAYS_IN_MONTH))
        return Sku(RDS, f"performance_insights_retention_{unit.lower()}_month", {"months": months})

    def _of(self, metering: Metering, component: str, unit: str, sku: Sku, amount: Amount | None) -> Meter:
        if unit.startswith("ACU"):
            needs = say("needs_usage", keys="capacity_units_per_hr")
            return metering.used(component, unit, (), sku, quantity=amount, needs=needs)
        return metering.fixed(component, unit, sku, amount, needs=say("needs_vcpu_count"))


UNWATCHED = Monitoring()


@dataclass(frozen=True, slots=True)
class Database:
    """
    One RDS instance (or several alike). `engine` as on the pricing page: PostgreSQL, MySQL, MariaDB, Oracle SE2.

    `version` as the files say it, None where they do not. `storage_gib` None is unknown; where `storage_assumed`, it
    is the least that RDS makes. `extended_support`: RDS enrolls an old version by itself unless the instance says that
    it must not. `license`: for Oracle and SQL Server, whether the price includes it. `grows_to_gib`: what autoscaling
    may make of the storage, None where it may not, or where that is not `grows_known`. `is_public`: whether it has a
    public address, None where that is unknown. `copied_across_regions`: it is a replica of a database in another
    region. `environment` as its tag or its name says it, None where neither does. `awake_hours`: of each day, in which
    it runs; in the others a schedule stops it.
    `replicates`: it is a replica or has one, None where that is unknown.
    """

    origin: Origin
    engine: str
    version: str | None
    instance_class: str | None
    storage_type: str
    storage_gib: int | None
    multi_az: bool = False
    iops: int | None = None
    extended_support: bool = True
    managed_password: bool = False
    version_known: bool = True
    license: str | None = None
    mibps: int | None = None
    mibps_known: bool = True
    storage_assumed: bool = False
    # Left out of the repr, by which unpriced parts are compared: no part of today's bill depends on the limit.
    grows_to_gib: int | None = field(default=None, repr=False)
    monitoring: Monitoring = UNWATCHED
    is_public: bool | None = False
    log_volume: bool | None = False
    exports_logs: bool = False
    copied_across_regions: bool = False
    environment: str | None = None
    awake_hours: int = WHOLE_DAY
    replicates: bool | None = False
    grows_known: bool = True

    @property
    def deployment(self) -> str:
        return "Multi-AZ" if self.multi_az else "Single-AZ"

    @property
    def major(self) -> str:
        """The version that support goes by: `17` of PostgreSQL 17.6, `5.7` of MySQL 5.7.44."""
        return major_of(self.engine if self.engine == POSTGRESQL else "MySQL", self.version)

    @property
    def _instances(self) -> int:
        """With its standby, which is charged for extended support and insights, too (user guide, charges)."""
        return 2 if self.multi_az else 1

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.instance_class is None:
            sku = Sku(RDS, "db_instance_hour")
            yield metering.hours("Database instance", sku, None, needs=say("needs_instance_class"))
        else:
            yield from self._instance(metering, self.instance_class, traffic)
        yield from self._storage(metering)
        yield given_backup(metering, traffic, Sku(RDS, "backup_gb_month"))
        if self.managed_password:
            yield secret_month(self.origin, "Secret kept by RDS")
        yield from public_address(metering, self.is_public)
        if self.exports_logs:
            yield exported_logs(metering)
        if self.copied_across_regions:
            yield metering.used(
                "Replication from another region",
                "GB",
                "monthly_replicated_gb",
                Sku("AWSDataTransfer", "inter_region_out_gb"),
            )

    def _instance(self, metering: Metering, instance_class: str, traffic: Traffic) -> Iterator[Meter]:
        attributes = {"engine": self.engine, "instance_class": instance_class, "deployment": self.deployment}
        if self.license:
            attributes["license"] = self.license
        sku = Sku(RDS, "db_instance_hour", attributes)
        share = Fraction(self.awake_hours, WHOLE_DAY)
        yield reserved_hours(self.origin, f"{instance_class} {self.engine}", sku, 1, traffic, awake=share)
        cpus = vcpus(instance_class)
        watched = None if cpus is None else cpus * self._instances
        if self.extended_support:
            running = None if watched is None else watched * share
            yield from support_meters(metering, self.engine, self.version, self.version_known, running, traffic.today)
        yield from cpu_credits(metering, instance_class, Sku(RDS, "cpu_credit_vcpu_hour"), traffic)
        yield from self.monitoring.meters(metering, instance_class, watched)

    def _storage(self, metering: Metering) -> Iterator[Meter]:
        zone = {"deployment": self.deployment}
        volume = {"volume_type": self.storage_type, **zone}
        assumes: tuple[Sentence, ...] = ()
        size = self.storage_gib
        if size is not None and self.storage_assumed:
            assumes += (say("least_storage", gib=size, kind=self.storage_type),)
        elif size is not None and size < (least := least_storage(self.storage_type, self.engine)):
            size = least
            assumes += (say("raised_storage", gib=size, kind=self.storage_type),)
        if self.grows_to_gib and self.grows_to_gib > (self.storage_gib or 0):
            assumes += (say("storage_grows", gib=self.grows_to_gib),)
        yield metering.fixed(
            f"Database storage {self.storage_type}",
            "GB-month",
            Sku(RDS, "db_storage_gb_month", volume),
            size,
            needs=say("needs_storage_size"),
            assumes=assumes,
        )
        iops = Sku(RDS, "db_iops_month", volume)
        if self.storage_type == "gp3":
            yield from self._gp3(metering, iops)
        elif self.storage_type in PROVISIONED:
            count = max(self.iops or 0, LEAST_PROVISIONED_IOPS)
            raised = () if count == self.iops else (say("least_iops", count=count, kind=self.storage_type),)
            yield metering.fixed("Provisioned IOPS", "IOPS-month", iops, count, assumes=raised)
            yield from self._log_volume(metering, volume, iops)
        elif self.storage_type == MAGNETIC:
            sku = Sku(RDS, "db_io_million", {"volume_type": MAGNETIC})
            yield metering.used("I/O requests", "1M I/O", "monthly_standard_io_requests", sku, per=1_000_000)

    def _gp3(self, metering: Metering, iops: Sku) -> Iterator[Meter]:
        """What is provisioned beyond what the price of the storage includes."""
        throughput = Sku(RDS, "db_gp3_throughput_mibps_month", {"deployment": self.deployment})
        if not self.mibps_known:
            needs = say("needs_storage_throughput")
            yield metering.fixed("Provisioned throughput", "MiBps-month", throughput, None, needs=needs)
        asked = (
            ("Provisioned IOPS", "IOPS-month", self.iops or 0, iops),
            ("Provisioned throughput", "MiBps-month", self.mibps or 0, throughput),
        )
        for index, (component, unit, count, sku) in enumerate(asked):
            if self.is_striped is None and count > GP3_INCLUDED[False][index]:
                yield metering.fixed(component, unit, sku, None, needs=say("needs_storage_size"))
            elif (extra := count - GP3_INCLUDED[self.is_striped or False][index]) > 0:
                yield metering.fixed(component, unit, sku, extra)

    @property
    def is_striped(self) -> bool | None:
        """Whether the volume is large enough to be striped over four; None where its size is unknown and decides."""
        family = next((name for name in STRIPED_FROM_GIB_OF if name in self.engine), None)
        first = STRIPED_FROM_GIB_OF[family] if family else STRIPED_FROM_GIB
        if first is None:
            return False
        return None if self.storage_gib is None else self.storage_gib >= first

    def _log_volume(self, metering: Metering, volume: Mapping[str, str], iops: Sku) -> Iterator[Meter]:
        """A second volume for the logs, in each zone like the first: RDS makes one for provisioned IOPS alone."""
        if self.log_volume is False:
            return
        known = self.log_volume is not None
        needs = say("needs_log_volume")
        size = Sku(RDS, "db_storage_gb_month", volume)
        yield metering.fixed("Dedicated log volume", "GB-month", size, LOG_VOLUME_GIB if known else None, needs=needs)
        yield metering.fixed(
            "Dedicated log volume, IOPS", "IOPS-month", iops, LOG_VOLUME_IOPS if known else None, needs=needs
        )


def least_storage(storage_type: str, engine: str) -> int:
    """GiB of the smallest volume that RDS makes of a type; SQL Server's begin at 20 GiB whatever the type."""
    if "SQL Server" in engine or storage_type in GENERAL:
        return LEAST_GIB
    return LEAST_MAGNETIC_GIB if storage_type == MAGNETIC else LEAST_PROVISIONED_GIB
