"""Secrets Manager secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


def secret_month(origin: Origin, component: str = "Secret") -> Meter:
    return Meter(origin, component, "secret-month", certain(1), Sku("AWSSecretsManager", "secret_month"))


@dataclass(frozen=True, slots=True)
class Secret:
    """
    A secret; `replicas` are the regions in which it has copies, each charged there as a secret.

    `must_stay`: it is rotated, copied or shared, or a service of AWS takes it from Secrets Manager alone; None where
    nobody knows.
    """

    origin: Origin
    replicas: tuple[str, ...] = ()
    must_stay: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield secret_month(self.origin)
        for region in self.replicas:
            yield secret_month(replace(self.origin, region=region), f"Secret replica in {region}")
        yield traffic.metering(self.origin).used(
            "Secrets Manager API calls",
            "10k requests",
            "monthly_requests",
            Sku("AWSSecretsManager", "api_10k"),
            per=10_000,
            quantity=0 if traffic.people else None,
            assumes=(say("secret_read_at_start"),),
        )
