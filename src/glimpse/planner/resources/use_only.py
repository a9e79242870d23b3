"""What AWS charges by use alone, where no price of that use is held: the bill names it as usage, not as a gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class UseOnly:
    """`service` is AWS's name of it. Where people give any usage, something is charged that has no price here."""

    origin: Origin
    service: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        component, sku = f"Usage of {self.service}", Sku(self.service, "usage")
        given = [key for key in metering.given if metering.number(key)]
        if given:
            needs = say("use_only_given", service=self.service, keys=", ".join(given))
            yield metering.fixed(component, "usage", sku, None, needs=needs)
        else:
            yield metering.used(component, "usage", (), sku, needs=say("use_only", service=self.service))
