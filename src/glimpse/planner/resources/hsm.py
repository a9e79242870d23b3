"""CloudHSM: each hardware security module by the hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

NEWEST = "hsm2m.medium"
"""The type that new clusters have; hsm1.medium can no longer be created (CloudHSM user guide, "HSM types")."""


@dataclass(frozen=True, slots=True)
class Hsm:
    """`hsm_type` is its cluster's; None where that cluster is not in the stack."""

    origin: Origin
    hsm_type: str | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        stated = metering.number("monthly_hrs")
        hours = HOURS_PER_MONTH if stated is None else stated
        sku = Sku("CloudHSM", "hsm_hour", {"hsm_type": self.hsm_type or NEWEST})
        assumes = () if self.hsm_type else (say("hsm_type_newest", type=NEWEST),)
        yield metering.fixed("Hardware security module", "hour", sku, hours, assumes=assumes)
