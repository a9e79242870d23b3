"""Two sources beside the offer files' CSV: the feed of Fargate Spot, and the flat-rate plans of CloudFront."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from glimpse.planner.price_updates.charges import Charge
from glimpse.planner.price_updates.offers import MAX_USD, NUMBER, Offer, OfferRefused
from glimpse.planner.price_updates.snapshot import Key
from glimpse.planner.sentence import say

SPOT, PLANS = "FargateSpot", "CloudFrontPlans"
"""Names of the two in a report; the second is AWS's offer code."""

SPOT_UNITS = {
    "vCPU-Hours": ("fargate_spot_vcpu_hour", "x86_64"),
    "GB-Hours": ("fargate_spot_gb_hour", "x86_64"),
    "ARM-vCPU-Hours": ("fargate_spot_vcpu_hour", "arm64"),
    "ARM-GB-Hours": ("fargate_spot_gb_hour", "arm64"),
}
"""
The units of the feed. Source: public programs that read it (the address is the one that the Fargate pricing page
loads); AWS documents neither the address nor the shape, so anything else in the feed is left alone.
"""

PLAN_KIND = "flat_rate_plan_month"


def fargate_spot(text: bytes, as_of: str, regions: frozenset[str]) -> Offer:
    """The prices of Fargate Spot in some regions, which the feed had on a day. Raises OfferRefused."""
    charges: dict[str, dict[Key, Charge]] = {region: {} for region in regions}
    for entry in _list(_document(text), "prices"):
        region = _path(entry, "attributes", "aws:region")
        kind = SPOT_UNITS.get(str(_path(entry, "unit")))
        if kind is None or region not in regions:
            continue
        key: Key = ("AmazonECS", kind[0], (("arch", kind[1]), ("os", "Linux")), "spot")
        charge = _flat(_path(entry, "price", "USD"))
        known = charges[region].setdefault(key, charge)
        if known != charge:
            charges[region][key] = known._replace(doubt="price_doubt_twice")
    return Offer(SPOT, as_of, as_of, charges)


def plans(text: bytes, known: frozenset[str]) -> Offer:
    """
    The monthly prices of the plans that are known, from the offer file of CloudFrontPlans: its terms are of the type
    FlatRate (AWS Billing user guide, "Reading the service price list file for an AWS service"). Raises OfferRefused.
    """
    document = _document(text)
    if _path(document, "offerCode") != PLANS:
        raise OfferRefused(say("price_offer_other", found=str(_path(document, "offerCode"))[:40], expected=PLANS))
    published = str(_path(document, "publicationDate"))[:10]
    try:
        datetime.date.fromisoformat(published)
    except ValueError:
        raise OfferRefused(say("price_offer_no_head")) from None
    charges: dict[Key, Charge] = {}
    for plan in _list(_path(document, "terms", "FlatRate"), "plans"):
        name = str(_path(plan, "planCode"))
        if name in known:
            key: Key = ("AmazonCloudFront", PLAN_KIND, (("plan", name),), "on_demand")
            charges[key] = _flat(_path(plan, "subscriptionPrice", "pricePerUnit", "USD"))
    return Offer(PLANS, str(_path(document, "version")), published, {"global": charges})


def covers_spot(key: Key) -> bool:
    return key[1].startswith("fargate_spot_") and key[3] == "spot"


def covers_plans(key: Key) -> bool:
    return key[1] == PLAN_KIND


COVERS: Mapping[str, Callable[[Key], bool]] = {SPOT: covers_spot, PLANS: covers_plans}


def _flat(usd: object) -> Charge:
    text = str(usd)
    if not isinstance(usd, str) or not NUMBER.fullmatch(text):
        raise OfferRefused(say("price_offer_number", text=text[:40]))
    if Decimal(text) > MAX_USD:
        raise OfferRefused(say("price_offer_huge", usd=text))
    return Charge(((Decimal(0), Decimal(text)),), Decimal(0), 0)


def _document(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise OfferRefused(say("price_offer_not_json")) from None


def _path(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _list(value: Any, name: str) -> list[Any]:
    found = _path(value, name)
    if not isinstance(found, list):
        raise OfferRefused(say("price_offer_column", column=name))
    return found
