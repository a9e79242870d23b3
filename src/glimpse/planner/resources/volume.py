"""EBS: disks of an instance, and volumes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import CostCases, certain
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

EC2 = "AmazonEC2"

GP3_BASELINE_IOPS = 3000
GP3_BASELINE_MIBPS = 125
"""What the price of gp3 storage includes (EBS pricing page)."""

IO2_TIERS = ((0, 32_000), (32_000, 64_000), (64_000, None))
"""The IOPS of one io2 volume from which the next, lower rate is charged (EBS pricing page)."""

ONE = certain(1)


@dataclass(frozen=True, slots=True)
class Disk:
    """
    An EBS disk: `gib` None is unknown, and `needs` may say why. IOPS and throughput only where the files ask for them.
    `is_assumed`: its size is left out, so that only the image knows it; of a root disk it is then the usual one.
    `kind_assumed`: so is its type. `multi_attach`: several instances may use it at once; None is unknown.
    """

    kind: str
    gib: int | None
    iops: int | None = None
    mibps: int | None = None
    is_assumed: bool = False
    needs: Sentence | None = None
    kind_assumed: bool = False
    multi_attach: bool | None = False

    def meters(self, metering: Metering, count: CostCases = ONE) -> Iterator[Meter]:
        """What `count` such disks are charged."""
        volume = {"volume_type": self.kind}
        yield metering.fixed(
            f"EBS {self.kind} storage",
            "GB-month",
            Sku(EC2, "ebs_volume_gb_month", volume),
            None if self.gib is None else count * self.gib,
            needs=self.needs or say("needs_disk_size"),
            assumes=(say("root_disk_assumed", gib=self.gib),) if self.is_assumed and self.gib else (),
        )
        yield from self._iops(metering, count)
        extra_mibps = (self.mibps or 0) - GP3_BASELINE_MIBPS
        if self.kind == "gp3" and extra_mibps > 0:
            sku = Sku(EC2, "ebs_gp3_throughput_gibps_month", volume)
            yield metering.fixed("EBS gp3 throughput", "GiBps-month", sku, count * Fraction(extra_mibps, 1024))
        if self.kind == "standard":
            sku = Sku(EC2, "ebs_io_request", volume)
            yield metering.used("EBS standard I/O requests", "request", "monthly_standard_io_requests", sku)

    def _iops(self, metering: Metering, count: CostCases) -> Iterator[Meter]:
        component, sku = f"EBS {self.kind} IOPS", Sku(EC2, "ebs_iops_month", {"volume_type": self.kind})
        if self.kind == "gp3":
            if (extra := (self.iops or 0) - GP3_BASELINE_IOPS) > 0:
                yield metering.fixed(component, "IOPS-month", sku, count * extra)
        elif self.kind == "io1" or (self.kind == "io2" and self.iops is None):
            quantity = None if self.iops is None else count * self.iops
            yield metering.fixed(component, "IOPS-month", sku, quantity, needs=say("needs_disk_iops"))
        elif self.kind == "io2":
            for tier, (above, end) in enumerate(IO2_TIERS, start=1):
                inside = min(self.iops or 0, end or self.iops or 0) - above
                if inside > 0 and tier == 1:
                    yield metering.fixed(component, "IOPS-month", sku, count * inside)
                elif inside > 0:
                    lower = Sku(EC2, f"ebs_io2_tier{tier}_iops_month")
                    yield metering.fixed(f"{component} above {above}", "IOPS-month", lower, count * inside)


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk of its own. `attached`: whether anything in the files uses it, None where nobody knows."""

    origin: Origin
    disk: Disk
    attached: bool | None = None

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self.disk.meters(traffic.metering(self.origin)))
