"""KMS keys that the account manages itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

KMS = "awskms"
SYMMETRIC = "SYMMETRIC_DEFAULT"


def requests_sku(spec: str) -> Sku:
    """KMS pricing page: one price for symmetric and HMAC keys and for RSA 2048, another for every other key pair."""
    if spec == SYMMETRIC or spec.startswith("HMAC"):
        return Sku(KMS, "request_10k")
    return Sku(KMS, "request_10k", {"key_spec": spec if spec == "RSA_2048" else "other asymmetric"})


@dataclass(frozen=True, slots=True)
class KmsKey:
    """
    A customer-managed KMS key; `spec` is its key spec in AWS's words.

    `rotated`: AWS makes new material every year; the first and the second time that adds a key's month.
    """

    origin: Origin
    spec: str = SYMMETRIC
    rotated: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        assumes = (say("key_rotation_adds"),) if self.rotated else ()
        yield metering.fixed("KMS key", "key-month", Sku(KMS, "key_month"), 1, assumes=assumes)
        sku = requests_sku(self.spec)
        yield metering.used("KMS requests", "10k requests", "monthly_requests", sku, per=10_000)
        for pair in ("ECC", "RSA"):
            key = f"monthly_{pair.lower()}_data_key_pair_requests"
            if self.spec == SYMMETRIC and key in metering.given:
                sku = Sku(KMS, "data_key_pair_request_10k", {"key": pair})
                yield metering.used(f"{pair} data key pairs", "10k requests", key, sku, per=10_000)
