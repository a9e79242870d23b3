"""Usage that AWS charges in other units than people state it in: in pieces of so many KB, by the hour, by the GB."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter
from glimpse.planner.metering import Amount, Metering
from glimpse.planner.sentence import Sentence


def pieces(kb: Fraction | None, piece_kb: int) -> int:
    """As how many pieces something of a mean size is charged: at least one, and one where nobody stated the size."""
    return max(1, math.ceil((kb or Fraction(0)) / piece_kb))


def used_in_pieces(
    metering: Metering,
    component: str,
    unit: str,
    keys: tuple[str, str],
    sku: Sku,
    piece_kb: int,
    *,
    quantity: Amount | None = None,
    assumes: tuple[Sentence, ...] = (),
) -> Meter:
    """
    A count a month, each charged in pieces of `piece_kb`: `keys` are those of the count and of the mean size in KB.

    `quantity` in pieces is taken where nobody stated the count.
    """
    count, kb = metering.number(keys[0]), metering.number(keys[1])
    if count is None or kb is None:
        return metering.used(component, unit, keys[0], sku, quantity=quantity, assumes=assumes)
    return metering.used(component, unit, keys, sku, quantity=count * pieces(kb, piece_kb))


def times(meter: Meter, factor: Fraction | int) -> Meter:
    """The same meter with so many units of the price in each unit that people state; unknown stays unknown."""
    return meter if meter.quantity is None else replace(meter, quantity=meter.quantity * factor)
