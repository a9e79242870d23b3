"""The month from which a commitment is cheaper than on demand, by hand arithmetic of a few lines."""

from __future__ import annotations

from fractions import Fraction

import pytest

from glimpse.planner.break_even import break_even_month, committed_usd


def usd(text: str) -> Fraction:
    return Fraction(text)


def test_a_year_without_upfront_of_the_smallest_database_in_seoul() -> None:
    """12 × 730 × 0.0198 = 173.448 USD; a month on demand is 730 × 0.025 = 18.25; 173.448 / 18.25 = 9.50…"""
    assert committed_usd(12, usd("0.0198")) == usd("173.448")
    assert break_even_month(12, usd("0.0198"), usd("0.025")) == 10


def test_a_year_with_82_usd_upfront() -> None:
    """82 + 12 × 730 × 0.0094 = 164.344 USD; / 18.25 = 9.005…: after nine months on demand was cheaper by 9 cents."""
    assert break_even_month(12, usd("0.0094"), usd("0.025"), usd("82")) == 10


def test_three_years_with_167_usd_upfront() -> None:
    """167 + 36 × 730 × 0.0064 = 335.192 USD; / 18.25 = 18.3…"""
    assert break_even_month(36, usd("0.0064"), usd("0.025"), usd("167")) == 19


def test_all_upfront_of_a_search_node() -> None:
    """1,155.882 USD; a month on demand is 730 × 0.203 = 148.19; / = 7.79…"""
    assert break_even_month(12, Fraction(0), usd("0.203"), usd("1155.882")) == 8


def test_a_month_that_is_reached_exactly_counts() -> None:
    """Half the price: after six of twelve months both cost the same."""
    assert break_even_month(12, usd("0.5"), usd("1")) == 6


@pytest.mark.parametrize(("reserved", "upfront"), [("1.001", "0"), ("0.9", "900"), ("0", "8760.01")])
def test_a_commitment_that_costs_more_than_its_whole_term_on_demand_never_pays(reserved: str, upfront: str) -> None:
    assert break_even_month(12, usd(reserved), usd("1"), usd(upfront)) is None


def test_nothing_pays_against_what_costs_nothing() -> None:
    assert break_even_month(12, usd("0.1"), Fraction(0)) is None


@pytest.mark.parametrize("months", [12, 36])
@pytest.mark.parametrize("reserved", ["0.01", "0.4", "0.77", "0.999"])
@pytest.mark.parametrize("upfront", ["0", "1", "87.6"])
def test_at_the_end_of_that_month_on_demand_has_cost_as_much_and_a_month_earlier_less(
    months: int, reserved: str, upfront: str
) -> None:
    month = break_even_month(months, usd(reserved), usd("1"), usd(upfront))
    whole = committed_usd(months, usd(reserved), usd(upfront))
    if month is None:
        assert whole > months * 730
    else:
        assert (month - 1) * 730 < whole <= month * 730
