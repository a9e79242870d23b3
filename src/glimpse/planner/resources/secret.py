"""Secrets Manager secrets."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import NOTHING, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


def secret_month(origin: Origin, component: str = "Secret") -> Meter:
    return Meter(origin, component, "secret-month", certain(1), Sku("AWSSecretsManager", "secret_month"))


@dataclass(frozen=True, slots=True)
class Secret:
    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        calls = Meter(
            self.origin,
            "Secrets Manager API calls",
            "10k requests",
            NOTHING,
            Sku("AWSSecretsManager", "api_10k"),
            assumes=(say("secret_read_at_start"),),
            usage_based=True,
        )
        return (secret_month(self.origin), calls)
