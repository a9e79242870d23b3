"""Values as a person wrote them in a file: what number each is, and how a message shows it."""

from __future__ import annotations

from fractions import Fraction


def as_fraction(found: object) -> Fraction | None:
    """The number that a value is; None where it is none, nan or infinite."""
    if isinstance(found, bool) or not isinstance(found, int | float | Fraction):
        return None
    try:
        return Fraction(found)
    except (ValueError, OverflowError):  # nan, inf
        return None


def shown(found: object) -> str:
    """The value in at most 60 characters."""
    if found is None:
        return "–"
    if isinstance(found, Fraction) and found.denominator == 1 and abs(found) < 10**15:
        found = found.numerator
    try:
        text = repr(found) if isinstance(found, str) else str(float(found) if isinstance(found, Fraction) else found)
    except (ValueError, OverflowError):  # Python writes no integer of more than 4,300 digits, and no float over 1e308
        return "…"
    return text if len(text) <= 60 else text[:57] + "…"
