"""
Prices: a tier charges only what lies in it, an upfront payment is spread over its term, a missing price is never
guessed.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from glimpse.planner.catalogue import Catalogue, Price, Sku, Tier
from glimpse.planner.money import usd_text
from glimpse.planner.outside import price_files
from tests.conftest import SEOUL

EGRESS = Sku("AWSDataTransfer", "internet_out_gb")
MICRO = {"engine": "PostgreSQL", "instance_class": "db.t4g.micro", "deployment": "Single-AZ"}


def price(*tiers: tuple[int, str]) -> Price:
    made = tuple(Tier(Fraction(start), Fraction(usd)) for start, usd in tiers)
    return Price("id", "S", "k", {}, "on_demand", "GB", made, "a source", "2026-01-01", "high")


def test_each_tier_charges_only_what_lies_inside_it(seoul: Catalogue) -> None:
    found = seoul.price(EGRESS)
    assert found is not None
    # 10 TB are 10,240 GB at 0.126; the other 1,760 GB cost 0.122
    assert found.charge(Fraction(12_000)) == 10_240 * Fraction("0.126") + 1_760 * Fraction("0.122")


@given(st.fractions(0, 10**6), st.fractions(0, 10**6))
def test_more_never_costs_less_and_a_unit_more_costs_a_unit_price(less: Fraction, more: Fraction) -> None:
    tiered = price((0, "0.126"), (10_240, "0.122"), (51_200, "0.117"), (153_600, "0.108"))
    low, high = sorted((less, more))
    grown = tiered.charge(high) - tiered.charge(low)
    assert (high - low) * Fraction("0.108") <= grown <= (high - low) * Fraction("0.126")


def test_an_upfront_payment_is_spread_over_its_term(seoul: Catalogue) -> None:
    found = seoul.price(Sku("AmazonRDS", "db_instance_hour", MICRO, "reserved_1yr_partial_upfront"))
    assert found is not None
    # 82 upfront over 12 months and 0.0094 an hour for 730 hours
    assert found.charge(Fraction(730)) == Fraction(82, 12) + 730 * Fraction("0.0094")


def test_a_year_reserved_without_upfront_saves_a_fifth_not_a_third(seoul: Catalogue) -> None:
    now, reserved = (
        seoul.price(Sku("AmazonRDS", "db_instance_hour", MICRO, term))
        for term in ("on_demand", "reserved_1yr_no_upfront")
    )
    assert now is not None
    assert reserved is not None
    assert usd_text(now.charge(Fraction(730)) - reserved.charge(Fraction(730))) == "3.80"


def test_a_gap_is_none_and_the_nearest_terms_are_named(seoul: Catalogue) -> None:
    arm_spot = Sku("AmazonECS", "fargate_spot_vcpu_hour", {"arch": "arm64", "os": "Linux"}, "spot")
    assert seoul.price(arm_spot) is None
    upfront = Sku("AmazonRDS", "db_instance_hour", MICRO, "reserved_1yr_all_upfront")
    assert seoul.price(upfront) is None
    assert "reserved_1yr_no_upfront" in seoul.terms(upfront)


def test_every_price_of_every_region_has_its_source_and_date() -> None:
    _, held = price_files.manifest()
    assert len(held) > 30
    for entry in held:
        for prices in price_files.PriceTable((entry.region,)).values():
            for found in prices:
                assert found.source
                assert found.as_of
                assert found.confidence in ("high", "medium")
                assert all(tier.usd >= 0 for tier in found.tiers)
                assert found.tiers[0].start == 0


def test_no_two_prices_of_one_region_answer_the_same_question() -> None:
    for key, prices in price_files.PriceTable((SEOUL, price_files.GLOBAL, *price_files.edge_of(SEOUL))).items():
        seen = [frozenset(found.attributes.items()) for found in prices]
        assert len(seen) == len(set(seen)), key
