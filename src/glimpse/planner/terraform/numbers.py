"""
Terraform's numbers: binary floating point with 512 bits, rounded to even (cty, which parses and divides so).

Here they are exact: an int where the number is whole, else the Fraction that those bits stand for.
"""

from __future__ import annotations

import re
from fractions import Fraction

from glimpse.planner.terraform.errors import EvaluationError

PRECISION = 512
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
    """
    The shortest decimal that reads as this number, never with an exponent.

    Where several are as short, the one that Go's strconv chooses: digits are taken from the exact decimal until what
    is left out can no longer be told apart, and the last one is rounded. Raises EvaluationError beyond 4,300 digits.
    """
    if isinstance(number, int):
        return _written(number)
    sign = "-" if number < 0 else ""
    mantissa = abs(number.numerator)
    # The number is mantissa × 2^-places, with a mantissa of 513 bits: the last one is half a unit.
    places = number.denominator.bit_length() - 1 + PRECISION + 1 - mantissa.bit_length()
    mantissa <<= PRECISION + 1 - mantissa.bit_length()
    scale = 5**places
    texts = [_written(part * scale) for part in (mantissa - 1, mantissa, mantissa + 1)]
    width = max(map(len, texts))
    below, exact, above = (text.rjust(width, "0") for text in texts)
    digits = _shortest(below, exact, above, inclusive=mantissa >> 1 & 1 == 0)
    before = len(digits) - places + (width - len(digits))
    digits = digits.ljust(max(before, 0), "0") if before > 0 else "0" * (1 - before) + digits
    before = max(before, 1)
    whole, rest = digits[:before].lstrip("0") or "0", digits[before:].rstrip("0")
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def _written(number: int) -> str:
    """All digits of a whole number. Raises EvaluationError where they are more than Python writes (4,300)."""
    try:
        return str(number)
    except ValueError:
        raise EvaluationError(TOO_MANY_DIGITS) from None


def _shortest(below: str, exact: str, above: str, inclusive: bool) -> str:
    """The first digits of `exact` that lie between the other two, or are one of them where that is `inclusive`."""
    ends = len(below.rstrip("0")), len(above.rstrip("0"))
    for place, digit in enumerate(exact):
        down = below[place] != digit or (inclusive and place + 1 == ends[0])
        up = digit != above[place] and (inclusive or int(digit) + 1 < int(above[place]) or place + 1 < ends[1])
        if not (down or up):
            continue
        rest = exact[place + 1 :]
        half = "5".ljust(len(rest), "0")
        if down and up:
            up = rest > half or (rest == half and int(digit) % 2 == 1)
        kept = exact[: place + 1]
        return str(int(kept) + 1).rjust(len(kept), "0") if up else kept
    return exact
