"""What is charged by use, and never below the minimum that the files or AWS set."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter
from glimpse.planner.metering import Metering
from glimpse.planner.money import decimal_text
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import say


def hours_above_minimum(
    metering: Metering, component: str, unit: str, key: str, sku: Sku, minimum: Fraction | None
) -> Iterator[Meter]:
    """
    So much of something through every hour of a month, as `key` states it; never less than `minimum`, in its `unit`.

    Where nobody stated it, the minimum is one line, and what goes beyond it a symbol. None or 0: there is no minimum.
    """
    given, floor = metering.number(key), minimum or Fraction(0)
    if given is not None:
        yield metering.used(component, f"{unit}-hour", (), sku, quantity=max(given, floor) * HOURS_PER_MONTH)
        return
    if floor:
        assumes = (say("least_capacity", count=decimal_text(floor), unit=unit),)
        yield metering.hours(f"{component}, minimum", sku, floor, unit=f"{unit}-hour", assumes=assumes)
    above = f"{component} above the minimum" if floor else component
    yield metering.used(above, f"{unit}-hour", key, sku)
