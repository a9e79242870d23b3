"""
Terraform's numbers: binary floating point with 512 bits, rounded to even (cty, which parses and divides so).

Here they are exact: an int where the number is whole, else the Fraction that those bits stand for.
"""

from __future__ import annotations

import re
from fractions import Fraction

from glimpse.planner.terraform.errors import EvaluationError

PRECISION = 512
DIGITS = 155
"""Decimal digits that always tell two numbers of that precision apart: 1 + ceil(512 × log10 2)."""

MAX_EXPONENT = 4_000
"""No figure of a stack needs more digits, and Python writes no more than 4,300 of them."""

MAX_BITS = 13_500
"""The same in binary digits, beyond PRECISION. Terraform's numbers go on to two thousand million of them."""

TOO_MANY_DIGITS = "this number has too many digits"
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)

Number = int | Fraction


def parsed(text: str) -> Number:
    """The number that a text writes. Raises ValueError where it writes none."""
    match = NUMBER.fullmatch(text)
    if not match or len(text) > MAX_EXPONENT or abs(int((match[3] or "e0")[1:])) > MAX_EXPONENT:
        raise ValueError("a number is required")
    if not (match[2] or match[3] or text.startswith((".", "+."))):
        return rounded(int(text))
    return rounded(Fraction(text))


def rounded(exact: Number) -> Number:
    """The nearest number of 512 bits; of two as near, the even one. Raises EvaluationError beyond MAX_BITS."""
    if isinstance(exact, int):
        size = abs(exact).bit_length() - PRECISION
        if size > MAX_BITS:
            raise EvaluationError(TOO_MANY_DIGITS)
        return exact if size <= 0 else round(Fraction(exact, 1 << size)) << size
    if exact.denominator == 1:
        return rounded(exact.numerator)
    bits = abs(exact.numerator).bit_length() - exact.denominator.bit_length()
    if abs(bits) > MAX_BITS:
        raise EvaluationError(TOO_MANY_DIGITS)
    if exact.denominator & (exact.denominator - 1) == 0 and abs(exact.numerator).bit_length() <= PRECISION:
        return exact
    scale = PRECISION - bits
    # The quotient has 512 or 513 bits; one too many is shifted away before it is rounded.
    if abs(exact) * _power(scale) >= 1 << PRECISION:
        scale -= 1
    found = round(exact * _power(scale)) / _power(scale)
    return found.numerator if found.denominator == 1 else found


def _power(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def text_of(number: Number) -> str:
    """The shortest decimal that reads as this number, never with an exponent. Raises EvaluationError."""
    if isinstance(number, int):
        if number.bit_length() > PRECISION + MAX_BITS:
            raise EvaluationError(TOO_MANY_DIGITS)
        return str(number)
    sign, number = ("-", -number) if number < 0 else ("", number)
    before = len(str(int(number))) if number >= 1 else 1 - _leading_zeros(number) - 1
    for digits in range(1, DIGITS + 1):
        places = digits - before
        shown = round(number * 10**places) if places >= 0 else round(number / 10**-places) * 10**-places
        near = Fraction(shown, 10**places) if places >= 0 else Fraction(shown)
        if rounded(near) == number:
            break
    if places <= 0:
        return f"{sign}{shown}"
    text = str(shown).rjust(places + 1, "0")
    return f"{sign}{text[:-places]}.{text[-places:]}".rstrip("0").rstrip(".")


def _leading_zeros(number: Fraction) -> int:
    """Zeros between the point and the first digit of a number below 1."""
    zeros = 0
    while number * 10 < 1:
        number *= 10
        zeros += 1
    return zeros
