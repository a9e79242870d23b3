"""Lower and upper bounds of a price that no catalogue holds, from prices that are held."""

from __future__ import annotations

from fractions import Fraction

from glimpse.planner.catalogue import ON_DEMAND, SPOT, Catalogue, Sku

ON_DEMAND_OF = {"fargate_spot_vcpu_hour": "fargate_vcpu_hour", "fargate_spot_gb_hour": "fargate_gb_hour"}
X86, ARM = "x86_64", "arm64"


def bounds(sku: Sku, catalogue: Catalogue) -> tuple[Fraction, Fraction] | None:
    """
    USD a unit, lowest and highest, of Fargate Spot on ARM, where Spot on x86 and both on-demand prices are held. None
    for all else, and for what has a price of its own.

    Highest: ARM on demand, no discount. Spot is sold as a discount on it, "up to 70 %" (AWS Fargate Spot). Lowest: the
    discount of x86 in that region, ARM on demand × x86 Spot / x86 on demand. That end is an assumption, for Spot prices
    move: where both are held (Ireland, us-east-1; feeds of 2026-09-28 and 29) the two discounts are less than 0.1
    points apart.
    """
    kind = ON_DEMAND_OF.get(sku.kind)
    if kind is None or sku.term != SPOT or sku.attributes.get("arch") != ARM or catalogue.price(sku):
        return None
    arm = _usd(Sku(sku.service, kind, sku.attributes, ON_DEMAND), catalogue)
    x86 = {**sku.attributes, "arch": X86}
    x86_spot = _usd(Sku(sku.service, sku.kind, x86, SPOT), catalogue)
    x86_on_demand = _usd(Sku(sku.service, kind, x86, ON_DEMAND), catalogue)
    if arm is None or x86_spot is None or not x86_on_demand:
        return None
    return arm * min(Fraction(1), x86_spot / x86_on_demand), arm


def _usd(sku: Sku, catalogue: Catalogue) -> Fraction | None:
    price = catalogue.price(sku)
    return price.tiers[0].usd if price else None
