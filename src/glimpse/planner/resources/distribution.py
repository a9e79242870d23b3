"""CloudFront distributions: requests, what goes out to people, and what they send to the origin."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
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

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        workload = traffic.workload
        requests = out = to_origin = Fraction(0)
        service_edges = traffic.service_edges + traffic.unread_edges
        file_edges = traffic.file_edges + traffic.unread_edges
        if SERVICE in self.carries:
            # A WebSocket is one request: its upgrade.
            requests += (workload.monthly("requests") + workload.monthly("connects")) / service_edges
            out += workload.served_gb / service_edges
            to_origin += workload.sent_gb(traffic.uploads_through_api) / service_edges
        if FILES in self.carries:
            requests += workload.monthly("downloads") / file_edges
            out += workload.downloaded_gb / file_edges
        needs = None if self.carries else say("needs_edge_traffic")
        return tuple(
            Meter(
                self.origin,
                component,
                unit,
                None if needs else certain(amount),
                Sku(CLOUDFRONT, kind),
                assumes=(say("edge_of_region"),),
                usage_based=True,
                needs=needs,
            )
            for component, unit, kind, amount in (
                ("HTTPS requests", "10k requests", "https_request", requests / 10_000),
                ("Data transfer out to internet", "GB", "internet_out_gb", out),
                ("Data transfer out to origin", "GB", "to_origin_gb", to_origin),
            )
        )
