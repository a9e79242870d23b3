"""
Exact money, and the one rule for rounding it.

Amounts are Fractions of a US dollar: list prices are finite decimals, but quantities are often quotients
(connections / 25), and a Fraction keeps both without error. Only what is printed is rounded.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

CENT = Fraction(1, 100)


def cents(usd: Fraction) -> Fraction:
    """
    Round to the cent, a half cent away from zero.

    >>> cents(Fraction("2.675")), cents(Fraction("-2.675"))
    (Fraction(67, 25), Fraction(-67, 25))
    """
    whole = math.floor(abs(usd) / CENT + Fraction(1, 2))
    return (whole if usd >= 0 else -whole) * CENT


def usd_text(usd: Fraction) -> str:
    """Two decimals, always: `88.29`, `-0.05`, `0.00`."""
    hundredths = int(cents(usd) / CENT)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def decimal_text(number: Fraction, places: int = 12) -> str:
    """
    A plain decimal: exact where `places` digits suffice, else rounded to that many. Never an exponent.

    >>> decimal_text(Fraction(365, 2)), decimal_text(Fraction(1, 3), places=4)
    ('182.5', '0.3333')
    """
    with localcontext() as context:
        context.prec = 60
        value = (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal(1).scaleb(-places))
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
