"""Systems Manager: parameters, of which only the advanced ones are charged, and managed servers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

SERVICE = "AWSSystemsManager"
INTERACTIONS = "monthly_api_interactions"


def _interactions(metering: Metering, always: bool) -> Iterator[Meter]:
    """
    API interactions: each with an advanced parameter is charged, with a standard one only at a higher throughput limit
    (Systems Manager pricing page). `always`: the parameter is advanced.
    """
    charged = metering.word("api_throughput_limit") in ("advanced", "higher") or always
    stated, sku = metering.number(INTERACTIONS), Sku(SERVICE, "parameter_api_10k")
    if charged:
        yield metering.used("API interactions", "10k requests", INTERACTIONS, sku, per=10_000)
    elif stated is not None:
        yield metering.used("API interactions", "10k requests", (), sku, quantity=0)


@dataclass(frozen=True, slots=True)
class AdvancedParameter:
    """A parameter of the advanced tier; standard ones are free. `certain` False: AWS decides which tier it has."""

    origin: Origin
    certain: bool = True

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        stored = metering.number("parameter_storage_hrs")
        hours = stored if stored is not None else HOURS_PER_MONTH if self.certain else None
        sku = Sku(SERVICE, "advanced_parameter_hour")
        yield metering.fixed("Advanced parameter", "parameter-hour", sku, hours, needs=say("needs_parameter_tier"))
        yield from _interactions(metering, always=True)


@dataclass(frozen=True, slots=True)
class StandardParameter:
    """What a standard parameter may still cost: calls beyond the free throughput, where somebody states them."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        metering.number("parameter_storage_hrs")
        yield from _interactions(metering, always=False)


@dataclass(frozen=True, slots=True)
class Activation:
    """Servers outside EC2 that Systems Manager manages; those of the standard tier are free."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        tier, servers = metering.word("instance_tier"), metering.number("instances")
        advanced = 0 if tier == "standard" else None if servers is None else servers * HOURS_PER_MONTH
        yield metering.used(
            "Advanced on-premises instances",
            "hour",
            ("instance_tier", "instances"),
            Sku(SERVICE, "advanced_instance_hour"),
            quantity=advanced,
        )
