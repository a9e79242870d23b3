"""Hours of something that can be reserved: the term comes from `glimpse.toml`, never from Terraform."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.catalogue import ON_DEMAND, Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, certain
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic


def instance_hours(origin: Origin, component: str, sku: Sku, count: int, traffic: Traffic, *assumed: Sentence) -> Meter:
    """`count` instances through the month, under the resource's commitment where there is one."""
    commitment = traffic.commitment(origin.address)
    term = commitment.term if commitment else ON_DEMAND
    assumes: tuple[Sentence, ...] = ()
    if commitment:
        until = commitment.until
        assumes = (
            say("committed", term=term, until=until.isoformat()) if until else say("committed_proposed", term=term),
        )
    quantity = certain(HOURS_PER_MONTH * count)
    return Meter(origin, component, "hour", quantity, replace(sku, term=term), (*assumed, *assumes))
