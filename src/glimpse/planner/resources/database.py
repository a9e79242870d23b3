"""RDS instances: hours, storage, backup, the password RDS keeps, and extended support for old versions."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, NOTHING, certain
from glimpse.planner.resources.reservable import instance_hours
from glimpse.planner.resources.secret import secret_month
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

RDS = "AmazonRDS"

# The day from which a major version is charged for extended support, and the day its third year begins.
# PostgreSQL 11 and 12, MySQL 5.7: RDS user guide, "Extended Support charges" and "Using RDS Extended Support".
# PostgreSQL 13 to 17 are derived, and their lines say so: the community ends a version in the November of its fifth
# year (PostgreSQL versioning policy), and RDS ended 11 and 12 with the February after that.
# Whether a version not listed is charged is not known, and named as such.
EXTENDED_SUPPORT: Mapping[tuple[str, str], tuple[datetime.date, datetime.date]] = {
    ("PostgreSQL", "11"): (datetime.date(2024, 4, 1), datetime.date(2026, 4, 1)),
    ("PostgreSQL", "12"): (datetime.date(2025, 3, 1), datetime.date(2027, 3, 1)),
    ("PostgreSQL", "13"): (datetime.date(2026, 3, 1), datetime.date(2028, 3, 1)),
    ("PostgreSQL", "14"): (datetime.date(2027, 3, 1), datetime.date(2029, 3, 1)),
    ("PostgreSQL", "15"): (datetime.date(2028, 3, 1), datetime.date(2030, 3, 1)),
    ("PostgreSQL", "16"): (datetime.date(2029, 3, 1), datetime.date(2031, 3, 1)),
    ("PostgreSQL", "17"): (datetime.date(2030, 3, 1), datetime.date(2032, 3, 1)),
    ("MySQL", "5.7"): (datetime.date(2024, 3, 1), datetime.date(2026, 3, 1)),
}

DERIVED = frozenset(("PostgreSQL", str(major)) for major in range(13, 18))

GP3_LARGE_GIB = 400
GP3_BASELINE_IOPS = (3000, 12_000)
"""Part of the gp3 price below and from 400 GiB (RDS user guide, storage types)."""


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


@dataclass(frozen=True, slots=True)
class Database:
    """
    One RDS instance (or several alike). `engine` as on the pricing page: PostgreSQL, MySQL, MariaDB.

    `version` as the files say it, None where they do not. `storage_gib` None is unknown. `extended_support`:
    RDS enrolls an old version by itself unless the instance says that it must not.
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

    @property
    def deployment(self) -> str:
        return "Multi-AZ" if self.multi_az else "Single-AZ"

    @property
    def major(self) -> str:
        """The version that support goes by: `17` of PostgreSQL 17.6, `5.7` of MySQL 5.7.44."""
        parts = (self.version or "").split(".")
        return ".".join(parts[: 1 if self.engine == "PostgreSQL" else 2])

    @property
    def _may_be_charged(self) -> bool:
        """
        Whether a version that EXTENDED_SUPPORT does not list may be out of standard support.

        RDS sells extended support for PostgreSQL and MySQL alone. Without a version, RDS takes one it supports;
        and a PostgreSQL newer than all listed is younger than the five years that support lasts.
        """
        if self.engine == "PostgreSQL":
            return self.major.isdecimal() and int(self.major) < 11
        return self.engine == "MySQL" and self.version is not None

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        zone = {"deployment": self.deployment}
        if self.instance_class is None:
            sku = Sku(RDS, "db_instance_hour")
            yield Meter(self.origin, "Database instance", "hour", None, sku, needs=say("needs_instance_class"))
        else:
            attributes = {"engine": self.engine, "instance_class": self.instance_class, **zone}
            sku = Sku(RDS, "db_instance_hour", attributes)
            yield instance_hours(self.origin, f"{self.instance_class} {self.engine}", sku, 1, traffic)
            yield from self._extended_support(traffic)
        volume = {"engine": self.engine, "volume_type": self.storage_type, **zone}
        yield Meter(
            self.origin,
            f"Database storage {self.storage_type}",
            "GB-month",
            None if self.storage_gib is None else certain(self.storage_gib),
            Sku(RDS, "db_storage_gb_month", volume),
            needs=say("needs_storage_size") if self.storage_gib is None else None,
        )
        included = GP3_BASELINE_IOPS[(self.storage_gib or 0) >= GP3_LARGE_GIB] if self.storage_type == "gp3" else 0
        extra_iops = (self.iops or 0) - included
        if self.storage_type in ("gp3", "io1", "io2") and extra_iops > 0:
            sku = Sku(RDS, "db_iops_month", {"volume_type": self.storage_type, **zone})
            # The evidence for gp3 does not say for how many zones; two cost more, and how much is not known.
            unsure = self.multi_az and self.storage_type == "gp3"
            quantity, needs = (None, say("needs_multi_az_price")) if unsure else (certain(extra_iops), None)
            yield Meter(self.origin, "Provisioned IOPS", "IOPS-month", quantity, sku, needs=needs)
        yield Meter(
            self.origin,
            "Additional backup storage",
            "GB-month",
            NOTHING,
            Sku(RDS, "backup_gb_month"),
            assumes=(say("backup_within_storage"),),
            usage_based=True,
        )
        if self.managed_password:
            yield secret_month(self.origin, "Secret kept by RDS")

    def _extended_support(self, traffic: Traffic) -> Iterator[Meter]:
        begins = EXTENDED_SUPPORT.get((self.engine, self.major))
        if self.extended_support and not self.version_known and self.engine in ("PostgreSQL", "MySQL"):
            sku = Sku(RDS, "extended_support_vcpu_hour", {"engine": self.engine})
            yield Meter(self.origin, "Extended support", "vCPU-hour", None, sku, needs=say("needs_version"))
            return
        if self.extended_support and begins is None and self._may_be_charged:
            sku = Sku(RDS, "extended_support_vcpu_hour", {"engine": self.engine})
            needs = say("support_unknown", engine=self.engine, version=self.major)
            yield Meter(self.origin, "Extended support", "vCPU-hour", None, sku, needs=needs)
        if not self.extended_support or not begins or traffic.today < begins[0] or self.instance_class is None:
            return
        cpus = vcpus(self.instance_class)
        year = "3" if traffic.today >= begins[1] else "1-2"
        hours = None if cpus is None else certain(HOURS_PER_MONTH * cpus * (2 if self.multi_az else 1))
        yield Meter(
            self.origin,
            f"Extended support, year {year}",
            "vCPU-hour",
            hours,
            Sku(RDS, "extended_support_vcpu_hour", {"engine": self.engine, "year": year}),
            assumes=(
                say("extended_support", version=self.major, since=begins[0].isoformat()),
                *((say("support_derived"),) if (self.engine, self.major) in DERIVED else ()),
            ),
            needs=say("needs_vcpu_count") if hours is None else None,
        )
