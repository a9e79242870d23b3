"""What Fargate Spot on ARM lies between where no price of it is held."""

from __future__ import annotations

from fractions import Fraction

import pytest

from glimpse.planner.catalogue import ON_DEMAND, SPOT, Catalogue, Sku
from glimpse.planner.outside import price_files
from glimpse.planner.price_bounds import bounds


def spot(arch: str = "arm64", kind: str = "fargate_spot_vcpu_hour") -> Sku:
    return Sku("AmazonECS", kind, {"arch": arch, "os": "Linux"}, SPOT)


def test_in_seoul_arm_spot_lies_between_the_x86_discount_and_none(seoul: Catalogue) -> None:
    """x86: 0.013968 / 0.04656 = 0.3, and 0.001533 / 0.00511 = 0.3. ARM on demand: 0.03725 and 0.00409."""
    assert bounds(spot(), seoul) == (Fraction("0.011175"), Fraction("0.03725"))
    assert bounds(spot(kind="fargate_spot_gb_hour"), seoul) == (Fraction("0.001227"), Fraction("0.00409"))


def test_what_has_a_price_needs_no_bounds(seoul: Catalogue) -> None:
    assert bounds(spot("x86_64"), seoul) is None
    assert bounds(spot(), price_files.catalogue("us-east-1")) is None


def test_nothing_else_is_bounded(seoul: Catalogue) -> None:
    """That a reserved hour costs no more than one on demand leaves everything from nothing on."""
    database = {"engine": "PostgreSQL", "instance_class": "db.unknown", "deployment": "Single-AZ"}
    assert bounds(Sku("AmazonRDS", "db_instance_hour", database, "reserved_1yr_no_upfront"), seoul) is None
    assert bounds(Sku("AmazonECS", "fargate_vcpu_hour", {"arch": "arm64", "os": "Linux"}), seoul) is None


@pytest.mark.parametrize(
    "missing",
    [
        spot("x86_64"),
        Sku("AmazonECS", "fargate_vcpu_hour", {"arch": "x86_64", "os": "Linux"}, ON_DEMAND),
        Sku("AmazonECS", "fargate_vcpu_hour", {"arch": "arm64", "os": "Linux"}, ON_DEMAND),
    ],
    ids=lambda sku: f"{sku.kind} {sku.attributes['arch']}",
)
def test_without_any_of_the_three_prices_there_are_no_bounds(seoul: Catalogue, missing: Sku) -> None:
    price = seoul.price(missing)
    assert price is not None
    assert bounds(spot(), seoul.without(price)) is None


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
@pytest.mark.parametrize("kind", ["fargate_spot_vcpu_hour", "fargate_spot_gb_hour"])
def test_where_arm_spot_is_known_it_is_within_the_bounds_but_for_a_thousandth_of_the_price_on_demand(
    region: str, kind: str
) -> None:
    catalogue = price_files.catalogue(region)
    known = catalogue.price(spot(kind=kind))
    assert known is not None
    found = bounds(spot(kind=kind), catalogue.without(known))
    assert found is not None
    low, high = found
    assert low - high / 1000 < known.tiers[0].usd < high
