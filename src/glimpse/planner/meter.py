"""A meter: one thing AWS counts about one resource, before any price is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from glimpse.planner.catalogue import Sku
from glimpse.planner.quantities import CostCases
from glimpse.planner.sentence import Sentence, say


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where something stands: its address, and the file and line where the reader can find it. `region` is None where it
    stands in the stack's own region.
    """

    address: str
    file: str | None = None
    line: int | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    """
    `quantity` is in the unit of the SKU, a month; None is unknown, and `needs` says what would tell it.

    `component` is the name on AWS's pricing page. `usage_based` marks what people's use decides, not the files: where
    nobody gave it, its quantity is None and the meter is a symbol, which counts in no total and is no gap.
    `usage_keys` are the keys under which it can be given.
    """

    origin: Origin
    component: str
    unit: str
    quantity: CostCases | None
    sku: Sku
    assumes: tuple[Sentence, ...] = ()
    usage_based: bool = False
    needs: Sentence | None = None
    usage_keys: tuple[str, ...] = ()

    @property
    def is_symbol(self) -> bool:
        """Whether this is usage that nobody gave."""
        return self.usage_based and self.quantity is None


def perhaps(charged: bool | None, meters: Iterable[Meter]) -> Iterator[Meter]:
    """
    These meters where what they measure is charged, and none where it is not. None is unknown: a symbol stays one, and
    any quantity is a gap, for it may not be charged at all.
    """
    for meter in meters if charged is not False else ():
        if charged or meter.is_symbol:
            yield meter
        else:
            yield replace(meter, quantity=None, assumes=(), usage_based=False, needs=say("part_doubtful"))
