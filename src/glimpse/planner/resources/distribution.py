"""CloudFront: requests, what goes out to people, what they send to the origin, and what is switched on beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

CLOUDFRONT = "AmazonCloudFront"
SERVICE, FILES = "service", "files"

PRO = "pro"
PLAN_REQUESTS, PLAN_GB = 10_000_000, 51_200
"""
What the Pro plan holds a month; beyond it AWS serves more slowly instead of charging more (the price list's own offer
of CloudFront plans, 2026-09-11).
"""

FREE_INVALIDATION_PATHS = 1_000
"""How many paths an account may invalidate a month for nothing (CloudFront pricing page, "Invalidation requests")."""

GEOGRAPHIES = {
    "us": ("US", "us-east-1"),
    "europe": ("Europe", "eu-west-1"),
    "south_africa": ("South Africa", "af-south-1"),
    "south_america": ("South America", "sa-east-1"),
    "japan": ("Japan", "ap-northeast-1"),
    "australia": ("Australia", "ap-southeast-2"),
    "asia_pacific": ("Asia Pacific", "ap-southeast-1"),
    "india": ("India", "ap-south-1"),
}
"""Where people are, by the end of a usage key: its name, and a region of that column of the pricing page."""

SHIELD_KEYS = {
    "us-": "us", "eu-": "europe", "sa-": "south_america", "ap-northeast-1": "japan", "ap-southeast-2": "australia",
    "ap-southeast-1": "singapore", "ap-northeast-2": "south_korea", "ap-south-1": "india",
}  # fmt: skip
"""The end of the usage key of an Origin Shield, by the beginning of its region's name."""

ROWS = (
    ("HTTPS requests", "10k requests", "monthly_https_requests", 10_000, "https_request"),
    ("HTTP requests", "10k requests", "monthly_http_requests", 10_000, "http_request"),
    ("Data transfer out to internet", "GB", "monthly_data_transfer_to_internet_gb", 1, "internet_out_gb"),
    ("Data transfer out to origin", "GB", "monthly_data_transfer_to_origin_gb", 1, "to_origin_gb"),
)

REQUEST_KEYS, OUT_KEY = ("monthly_https_requests", "monthly_http_requests"), "monthly_data_transfer_to_internet_gb"


@dataclass(frozen=True, slots=True)
class Distribution:
    """
    `carries` what stands behind it: the service (a balancer), files (a bucket), both, or nothing that is known.

    What it fetches from an origin inside AWS is not charged (CloudFront pricing page, "origin fetches"). `dedicated`:
    it answers with addresses of its own for clients without SNI. `shields`: the regions of its Origin Shields.
    `acl_elsewhere`: a web ACL that is not in the stack inspects its requests. `fits_plan`: it has nothing that the
    flat-rate plan Pro leaves out. `plan`: the one that it is to have.
    """

    origin: Origin
    carries: frozenset[str]
    dedicated: bool = False
    encrypts_fields: bool = False
    logs_in_real_time: bool = False
    shields: tuple[str, ...] = ()
    acl_elsewhere: bool = False
    fits_plan: bool = False
    plan: str | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if plan := metering.word("flat_rate_plan"):
            # Requests, transfer, WAF and logs are within the plan's price; what goes beyond is throttled.
            sku = Sku(CLOUDFRONT, "flat_rate_plan_month", {"plan": plan.capitalize()})
            yield metering.used("Flat-rate plan", "month", "flat_rate_plan", sku, quantity=1)
            return
        if self.plan:
            sku = Sku(CLOUDFRONT, "flat_rate_plan_month", {"plan": self.plan.capitalize()})
            month = 1 if self._is_within_plan(metering, traffic) else None
            yield metering.fixed("Flat-rate plan", "month", sku, month, needs=say("flat_rate_exceeded"))
            return
        yield from self._requests(metering, traffic)
        yield from self._options(metering, traffic)

    def _requests(self, metering: Metering, traffic: Traffic) -> Iterator[Meter]:
        stated = [place for place in GEOGRAPHIES if any(f"{row[2]}.{place}" in metering.given for row in ROWS)]
        for place in stated:
            name, region = GEOGRAPHIES[place]
            there = traffic.metering(replace(self.origin, region=region))
            for component, unit, key, per, kind in ROWS:
                if there.number(f"{key}.{place}") is not None:
                    yield there.used(f"{component}, {name}", unit, f"{key}.{place}", Sku(CLOUDFRONT, kind), per=per)
        carried = self._carried(traffic)
        for component, unit, key, per, kind in ROWS:
            amount = carried.get(kind) if carried else None
            by_place = any(f"{key}.{place}" in metering.given for place in stated)
            if key in metering.given or (not by_place and (kind != "http_request" or not traffic.people)):
                yield metering.used(
                    component,
                    unit,
                    key,
                    Sku(CLOUDFRONT, kind),
                    per=per,
                    quantity=None if amount is None else amount / per,
                    assumes=(say("edge_of_region"),),
                )

    def _options(self, metering: Metering, traffic: Traffic) -> Iterator[Meter]:
        certificates = "custom_ssl_certificates"
        if self.dedicated or certificates in metering.given:
            sku = Sku(CLOUDFRONT, "dedicated_ip_certificate_month")
            count = metering.number(certificates)
            yield metering.fixed("Dedicated IP custom SSL", "certificate-month", sku, 1 if count is None else count)
        if self.encrypts_fields or "monthly_encryption_requests" in metering.given:
            sku = Sku(CLOUDFRONT, "field_level_encryption_request_10k")
            key = "monthly_encryption_requests"
            yield metering.used("Field-level encryption requests", "10k requests", key, sku, per=10_000)
        if self.logs_in_real_time or "monthly_log_lines" in metering.given:
            sku = Sku(CLOUDFRONT, "real_time_log_line_million")
            yield metering.used("Real-time log lines", "1M lines", "monthly_log_lines", sku, per=10**6)
        if (paths := metering.number("monthly_invalidation_requests")) is not None:
            yield metering.used(
                "Invalidation paths",
                "path",
                (),
                Sku(CLOUDFRONT, "invalidation_path"),
                quantity=max(Fraction(0), paths - FREE_INVALIDATION_PATHS),
                assumes=(say("invalidations_within_price", paths=FREE_INVALIDATION_PATHS),),
            )
        for region in self.shields:
            there = traffic.metering(replace(self.origin, region=region))
            fitting = [name for name in SHIELD_KEYS if region.startswith(name)]
            place = SHIELD_KEYS[max(fitting, key=len)] if fitting else region
            key = f"monthly_shield_requests.{place}"
            for other in SHIELD_KEYS.values():
                there.number(f"monthly_shield_requests.{other}")
            sku = Sku(CLOUDFRONT, "origin_shield_request_10k")
            yield there.used(f"Origin Shield requests, {region}", "10k requests", key, sku, per=10_000)
        if self.acl_elsewhere:
            yield metering.used("AWS WAF requests", "request", "monthly_waf_requests", Sku("awswaf", "request"))

    def _is_within_plan(self, metering: Metering, traffic: Traffic) -> bool:
        """Whether what was given, or what people do, is within the plan; what nobody knows may be."""
        carried = self._carried(traffic) or {}
        requests, out = carried.get("https_request", Fraction(0)), carried.get("internet_out_gb", Fraction(0))
        given = {key: metering.number(key) or Fraction(0) for key in metering.given}
        stated = sum((value for key, value in given.items() if key.startswith(REQUEST_KEYS)), Fraction(0))
        stated_gb = sum((value for key, value in given.items() if key.startswith(OUT_KEY)), Fraction(0))
        return max(requests, stated) <= PLAN_REQUESTS and max(out, stated_gb) <= PLAN_GB

    def _carried(self, traffic: Traffic) -> dict[str, Fraction] | None:
        """Requests, GB to people and GB to the origin, by the price's kind; None where nothing tells."""
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
        return {"https_request": requests, "internet_out_gb": out, "to_origin_gb": to_origin}


@dataclass(frozen=True, slots=True)
class EdgeFunction:
    """A CloudFront function, charged by its invocations."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(CLOUDFRONT, "function_invocation_million")
        metering = traffic.metering(self.origin)
        yield metering.used("Function invocations", "1M invocations", "monthly_requests", sku, per=10**6)
