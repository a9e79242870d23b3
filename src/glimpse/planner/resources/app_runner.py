"""App Runner services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.charged_units import times
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

APP_RUNNER = "AWSAppRunner"


@dataclass(frozen=True, slots=True)
class AppRunnerService:
    """
    Provisioned instances pay for their memory all the time, and for their CPU only while they answer requests (App
    Runner pricing page). `provisioned` instances are the fewest that stand, None where nobody knows that. `builds`:
    from source code, by the minute; `deploys`: by itself, whenever its source changes.
    """

    origin: Origin
    vcpu: Fraction
    memory_gb: Fraction
    provisioned: int | None = 1
    builds: bool = False
    deploys: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        memory = Sku(APP_RUNNER, "gb_hour")
        gb = None if self.provisioned is None else self.provisioned * self.memory_gb
        yield metering.hours("Provisioned memory", memory, gb, unit="GB-hour", needs=say("needs_provisioned_instances"))
        vcpu = metering.used("Active vCPU", "vCPU-hour", "monthly_active_hours", Sku(APP_RUNNER, "vcpu_hour"))
        yield times(vcpu, self.vcpu)
        further = metering.used("Memory of further instances", "GB-hour", "monthly_further_instance_hours", memory)
        yield times(further, self.memory_gb)
        if self.deploys:
            sku = Sku(APP_RUNNER, "automatic_deployment_month")
            yield metering.fixed("Automatic deployments", "application-month", sku, 1)
        if self.builds:
            yield metering.used("Builds", "minute", "monthly_build_mins", Sku(APP_RUNNER, "build_minute"))
