"""Systems Manager parameters, of which only the advanced ones are charged."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class AdvancedParameter:
    """A Systems Manager parameter of the advanced tier; standard ones are free."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        sku = Sku("AWSSystemsManager", "advanced_parameter_month")
        return (Meter(self.origin, "Advanced parameter", "parameter-month", certain(1), sku),)
