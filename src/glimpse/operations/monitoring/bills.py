"""What `operations` reads of `glimpse bill --format json`, which leaves out what is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec
from msgspec import Struct, field

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import PlanProblem, PlanRefused


class BillLine(Struct, frozen=True):
    """`quantity` is of a month; None where it is not known. `service` is a product code, such as AmazonECS."""

    id: str
    address: str
    component: str
    service: str
    monthly_usd: Decimal | None = None
    quantity: Decimal | None = None
    unit: str = ""

    @property
    def usd(self) -> Decimal:
        return self.monthly_usd or Decimal()


class PaidLines(Struct, frozen=True):
    """Lines that share usage types, and what was paid for them in a month. `difference` is by its parts."""

    ids: Sequence[str]
    usage_types: Sequence[str]
    monthly_usd: Decimal
    paid_usd: Decimal
    difference: Mapping[str, Decimal] = field(default_factory=dict)
    paid_quantity: Decimal | None = None
    unit: str | None = None


class PaidOther(Struct, frozen=True):
    service: str
    usage_type: str
    paid_usd: Decimal


class LineId(Struct, frozen=True):
    id: str


class Actual(Struct, frozen=True):
    """`not_compared` are lines whose usage type the planner does not know."""

    lines: Sequence[PaidLines] = ()
    not_in_terraform: Sequence[PaidOther] = ()
    not_compared: Sequence[LineId] = ()


class Catalogue(Struct, frozen=True):
    """ISO dates of the newest and the oldest price."""

    newest: str | None = None
    oldest: str | None = None


class Bill(Struct, frozen=True, tag_field="schema", tag="glimpse.bill/1"):
    monthly_usd: Decimal
    lines: Sequence[BillLine] = ()
    at_least: bool = False
    catalogue: Catalogue = field(default_factory=Catalogue)
    actual: Actual | None = None


class _Errors(Struct, frozen=True, tag_field="schema", tag="glimpse.errors/1"):
    errors: Sequence[PlanProblem]


def bill_of(document: bytes) -> Bill:
    """Raises PlanRefused with the planner's own errors, and Failure (`plan_unreadable`) for what is no bill."""
    try:
        found = msgspec.json.decode(document, type=Bill | _Errors)
    except msgspec.MsgspecError as error:
        raise Failure("plan_unreadable", detail=str(error)[:200]) from None
    if isinstance(found, _Errors):
        raise PlanRefused(found.errors)
    return found
