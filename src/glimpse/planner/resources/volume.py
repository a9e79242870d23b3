"""EBS: disks of an instance, and volumes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

EC2 = "AmazonEC2"

GP3_BASELINE_IOPS = 3000
GP3_BASELINE_MIBPS = 125
"""What the price of gp3 storage includes (EBS pricing page)."""


@dataclass(frozen=True, slots=True)
class Disk:
    """An EBS disk: `gib` None is unknown. IOPS and throughput only where the files ask for them."""

    kind: str
    gib: int | None
    iops: int | None = None
    mibps: int | None = None

    def meters(self, origin: Origin, count: int = 1) -> Iterator[Meter]:
        volume = {"volume_type": self.kind}
        yield Meter(
            origin,
            f"EBS {self.kind} storage",
            "GB-month",
            None if self.gib is None else certain(self.gib * count),
            Sku(EC2, "ebs_volume_gb_month", volume),
            needs=say("needs_disk_size") if self.gib is None else None,
        )
        extra_iops = (self.iops or 0) - (GP3_BASELINE_IOPS if self.kind == "gp3" else 0)
        if self.kind in ("gp3", "io1", "io2") and extra_iops > 0:
            quantity = certain(extra_iops * count)
            yield Meter(origin, f"EBS {self.kind} IOPS", "IOPS-month", quantity, Sku(EC2, "ebs_iops_month", volume))
        extra_mibps = (self.mibps or 0) - GP3_BASELINE_MIBPS
        if self.kind == "gp3" and extra_mibps > 0:
            sku = Sku(EC2, "ebs_gp3_throughput_gibps_month", volume)
            quantity = certain(Fraction(extra_mibps * count, 1024))
            yield Meter(origin, "EBS gp3 throughput", "GiBps-month", quantity, sku)


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk of its own, attached or not."""

    origin: Origin
    disk: Disk

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self.disk.meters(self.origin))
