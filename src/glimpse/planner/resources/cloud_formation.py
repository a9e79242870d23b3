"""CloudFormation: operations of handlers that are not AWS's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic

CLOUD_FORMATION = "AWSCloudFormation"


@dataclass(frozen=True, slots=True)
class StackOperations:
    """
    Operations on resources outside the namespaces AWS::, Alexa:: and Custom::, and their seconds beyond the first 30 of
    each (CloudFormation pricing page).
    """

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        operations = Sku(CLOUD_FORMATION, "handler_operation")
        yield metering.used("Handler operations", "operation", "monthly_handler_operations", operations)
        seconds = Sku(CLOUD_FORMATION, "handler_second")
        yield metering.used("Durations above 30 s", "second", "monthly_duration_secs", seconds)
