"""
What was really used and paid in one month, as an export of AWS tells it.

A charge knows what it may be the price of (`ChargedSku`); what the stack has of that decides (charge_matching.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from glimpse.planner.catalogue import SPOT, Sku

BY_LINE_ITEM, BY_USAGE_TYPE, BY_SERVICE = "line_item", "usage_type", "service"
"""What each row of an export is about; only line items are everything that an account used."""

USAGE = frozenset(("", "Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"))
"""Types of line items whose amount is what was used (Cost and Usage Report user guide, lineItem/LineItemType)."""


@dataclass(frozen=True, slots=True)
class ChargedSku:
    """
    A SKU that a usage type may be the charge for. `per` of AWS's units are one unit of the price. An attribute with an
    empty text must not be among the SKU's. `is_spot` None means on demand as well as Spot; `everywhere` means that the
    charge has no region.
    """

    service: str
    kind: str
    attributes: Mapping[str, str]
    per: int = 1
    is_spot: bool | None = None
    everywhere: bool = False

    def is_of(self, sku: Sku) -> bool:
        """Whether this is the charge for the SKU."""
        if (sku.service, sku.kind) != (self.service, self.kind):
            return False
        if self.is_spot is not None and self.is_spot != (sku.term == SPOT):
            return False
        return all(sku.attributes.get(name, "") == value for name, value in self.attributes.items())


@dataclass(frozen=True, slots=True)
class Charge:
    """
    The sum of a month's line items that were charged alike.

    `service` is AWS's product code, empty if the export has none. `quantity` is in AWS's unit, None if the export has
    only money. `list_usd` is the price without a commitment. `tagged` is None if the export has no tags.
    """

    service: str
    usage_type: str
    usd: Fraction
    quantity: Fraction | None = None
    operation: str = ""
    resource: str = ""
    line_type: str = ""
    region: str | None = None
    list_usd: Fraction | None = None
    tagged: bool | None = None
    bought: tuple[ChargedSku, ...] = ()

    @property
    def is_usage(self) -> bool:
        return self.line_type in USAGE


@dataclass(frozen=True, slots=True)
class Period:
    """A month, `2026-10`, empty where the export does not say; and on how many of its days something was charged."""

    month: str
    days: int = 0
    of: int = 0

    @property
    def is_whole(self) -> bool:
        return self.days >= self.of


@dataclass(frozen=True)
class Actual:
    """One month of an export. `comparable` are the services and kinds whose usage types are known."""

    source: str
    period: Period
    charges: tuple[Charge, ...]
    grouped_by: str = BY_LINE_ITEM
    comparable: frozenset[tuple[str, str]] = frozenset()
    products: Mapping[tuple[str, str], frozenset[str]] | None = None

    @cached_property
    def services(self) -> frozenset[str]:
        return frozenset(charge.service for charge in self.charges)
