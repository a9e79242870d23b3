"""Money is exact inside, and rounded once, half-up, where it is printed."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from glimpse.planner.money import cents, decimal_text, usd_text

amounts = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6)


def test_half_a_cent_rounds_away_from_zero() -> None:
    # banker's rounding would give 2.66 for 2.665 and 2.68 for 2.675
    assert usd_text(Fraction("2.665")) == "2.67"
    assert usd_text(Fraction("2.675")) == "2.68"
    assert usd_text(Fraction("-2.665")) == "-2.67"


def test_nothing_is_ever_printed_as_minus_zero() -> None:
    assert usd_text(Fraction("-0.004")) == "0.00"
    assert decimal_text(Fraction(-1, 10**15)) == "0"


@given(amounts)
def test_rounding_moves_an_amount_by_half_a_cent_at_most(amount: Fraction) -> None:
    assert abs(cents(amount) - amount) <= Fraction(1, 200)
    assert cents(amount) * 100 == int(cents(amount) * 100)


@given(amounts)
def test_a_printed_amount_reads_back_as_the_rounded_one(amount: Fraction) -> None:
    assert Fraction(usd_text(amount)) == cents(amount)


@given(st.decimals(min_value=0, max_value=10**9, places=9, allow_nan=False))
def test_a_finite_decimal_is_printed_exactly_and_without_an_exponent(number: object) -> None:
    exact = Fraction(str(number))
    text = decimal_text(exact)
    assert Fraction(text) == exact
    assert "e" not in text.lower()
