"""Usage that AWS charges in other units than people state it in: by pieces of so many KB, by the hour, by the GB."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter
from glimpse.planner.metering import Amount, Metering
from glimpse.planner.sentence import Sentence


def pieces(kb: Fraction | None, piece_kb: int) -> int:
    """The number of pieces that something of a mean size is charged as: at least 1, and 1 if nobody stated the size."""
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
    The meter of a monthly count that is charged in pieces of `piece_kb`. `keys` are those of the count and of the mean
    size in KB.

    `quantity`, in pieces, counts if nobody stated the count.
    """
    count, kb = metering.number(keys[0]), metering.number(keys[1])
    if count is None or kb is None:
        return metering.used(component, unit, keys[0], sku, quantity=quantity, assumes=assumes)
    return metering.used(component, unit, keys, sku, quantity=count * pieces(kb, piece_kb))


def times(meter: Meter, factor: Fraction | int) -> Meter:
    """The meter with its quantity multiplied: `factor` is how many units of the price are in one stated unit."""
    return meter if meter.quantity is None else replace(meter, quantity=meter.quantity * factor)
