"""What is charged by use, and at least by what the files set as the least."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import say


def hours_above_least(
    metering: Metering, component: str, unit: str, key: str, sku: Sku, least: Fraction | None
) -> Iterator[Meter]:
    """
    So much of something through every hour of a month, as `key` states it; never less than `least`, in its `unit`.

    Where nobody stated it, the least is one line, and what goes beyond it a symbol. `least` None or 0: there is none.
    """
    given, floor = metering.number(key), least or Fraction(0)
    if given is not None:
        yield metering.used(component, f"{unit}-hour", (), sku, quantity=max(given, floor) * HOURS_PER_MONTH)
        return
    if floor:
        assumes = (say("least_capacity", count=_text(floor), unit=unit),)
        yield metering.hours(f"{component}, the least", sku, floor, unit=f"{unit}-hour", assumes=assumes)
    above = f"{component} above the least" if floor else component
    yield metering.used(above, f"{unit}-hour", key, sku)


def _text(number: Fraction) -> str:
    return str(int(number)) if number.denominator == 1 else str(float(number))
