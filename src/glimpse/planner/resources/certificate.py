"""Certificates of AWS Certificate Manager, and the private authorities that sign them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

SERVICE = "AWSCertificateManager"
GENERAL, SHORT_LIVED = "general-purpose", "short-lived"


@dataclass(frozen=True, slots=True)
class PrivateAuthority:
    """A private certificate authority. `mode` is GENERAL or SHORT_LIVED; `ocsp`: it answers for what it revoked."""

    origin: Origin
    mode: str
    ocsp: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        attributes = {"mode": self.mode}
        yield metering.fixed("Private CA", "CA-month", Sku(SERVICE, "private_ca_month", attributes), 1)
        sku = Sku(SERVICE, "private_certificate", attributes)
        yield metering.used("Private certificates", "certificate", "monthly_requests", sku)
        if self.ocsp:
            sku = Sku(SERVICE, "ocsp_query_100k")
            yield metering.used("OCSP queries", "100k queries", "monthly_ocsp_queries", sku, per=100_000)


@dataclass(frozen=True, slots=True)
class PrivateCertificate:
    """A certificate that a private authority of this `mode` signs, charged once."""

    origin: Origin
    mode: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        sku = Sku(SERVICE, "private_certificate", {"mode": self.mode})
        yield metering.fixed("Private certificate", "certificate", sku, 1, assumes=(say("certificate_once"),))


@dataclass(frozen=True, slots=True)
class ExportableCertificate:
    """A public certificate whose key may be exported, charged once for each of its names."""

    origin: Origin
    names: int
    wildcards: int

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        for component, name, count in (
            ("Exportable certificate", "full", self.names),
            ("Exportable certificate, wildcard", "wildcard", self.wildcards),
        ):
            if count:
                sku = Sku(SERVICE, "exportable_certificate", {"name": name})
                yield metering.fixed(component, "name", sku, count, assumes=(say("certificate_once"),))
