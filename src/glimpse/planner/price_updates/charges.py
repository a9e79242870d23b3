"""What a key costs by an offer file: the tiers and the payment upfront of its products become one charge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from glimpse.planner.price_updates.snapshot import Key

AMBIGUOUS = "price_doubt_ambiguous"
"""The reason of a key that several products have different prices for: the file may be right, and our table is not."""


class Charge(NamedTuple):
    """What a key costs by one file. `doubt` says why it must not be used."""

    tiers: tuple[tuple[Decimal, Decimal], ...]
    upfront: Decimal
    months: int
    doubt: str = ""


@dataclass
class Sku:
    """What the rows of one product under one term say."""

    tiers: dict[Decimal, tuple[Decimal, Decimal | None]] = field(default_factory=dict)
    upfront: Decimal = Decimal(0)
    doubt: str = ""


def one_charge(key: Key, skus: Iterable[Sku]) -> Charge:
    """The one price that all products of a key agree on."""
    found = [_charge_of(key, sku) for sku in skus]
    if doubts := [charge for charge in found if charge.doubt]:
        return doubts[0]
    return found[0] if len(set(found)) == 1 else found[0]._replace(doubt=AMBIGUOUS)


def _charge_of(key: Key, sku: Sku) -> Charge:
    starts = sorted(sku.tiers)
    tiers = tuple((start, sku.tiers[start][0]) for start in starts)
    ends = [sku.tiers[start][1] for start in starts]
    doubt = sku.doubt
    if not starts or starts[0] != 0 or ends != [*starts[1:], None]:
        doubt = doubt or "price_doubt_tiers"
    is_upfront = key[3].partition("_upfront")[0].endswith(("_partial", "_all"))
    if is_upfront is not bool(sku.upfront):
        doubt = doubt or "price_doubt_upfront"
    months = {"1yr": 12, "3yr": 36}.get(key[3].removeprefix("reserved_")[:3], 0)
    return Charge(tiers, sku.upfront, months if is_upfront else 0, doubt)
