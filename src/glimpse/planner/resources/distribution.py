"""CloudFront distributions: requests, what goes out to people, and what they send to the origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

CLOUDFRONT = "AmazonCloudFront"
SERVICE, FILES = "service", "files"


@dataclass(frozen=True, slots=True)
class Distribution:
    """
    `carries` what stands behind it: the service (a balancer), files (a bucket), both, or nothing that is known.

    What it fetches from an origin inside AWS is not charged (CloudFront pricing page, "origin fetches").
    """

    origin: Origin
    carries: frozenset[str]

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        requests, out, to_origin = self._carried(traffic) or (None, None, None)
        for component, unit, key, per, kind, amount in (
            ("HTTPS requests", "10k requests", "monthly_https_requests", 10_000, "https_request", requests),
            ("Data transfer out to internet", "GB", "monthly_data_transfer_to_internet_gb", 1, "internet_out_gb", out),
            ("Data transfer out to origin", "GB", "monthly_data_transfer_to_origin_gb", 1, "to_origin_gb", to_origin),
        ):
            yield metering.used(
                component,
                unit,
                key,
                Sku(CLOUDFRONT, kind),
                per=per,
                quantity=None if amount is None else amount / per,
                assumes=(say("edge_of_region"),),
            )

    def _carried(self, traffic: Traffic) -> tuple[Fraction, Fraction, Fraction] | None:
        """Requests, GB to people and GB to the origin; None where nothing tells."""
        if not (people := traffic.people) or not self.carries:
            return None
        requests = out = to_origin = Fraction(0)
        service_edges = traffic.service_edges + traffic.unread_edges
        file_edges = traffic.file_edges + traffic.unread_edges
        if SERVICE in self.carries:
            # A WebSocket is one request: its upgrade.
            requests += (people.monthly("requests") + people.monthly("connects")) / service_edges
            out += people.served_gb / service_edges
            to_origin += people.sent_gb(traffic.uploads_through_api) / service_edges
        if FILES in self.carries:
            requests += people.monthly("downloads") / file_edges
            out += people.downloaded_gb / file_edges
        return requests, out, to_origin
