"""What was paid beside what was planned, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from glimpse.operations.monitoring.bills import Bill, BillLine, PaidLines
from glimpse.operations.monitoring.costs import DAYS_PER_MONTH, TAX, Costs, daily, monthly, service_of_types
from glimpse.operations.monitoring.note import Note, note

TOLERANCE_PERCENT = 20
"""A stack that costs so much more than planned needs a person."""

ROUTE53 = "AmazonRoute53"
PARTS = ("usage", "price", "free", "discount", "tax", "rest")


class DayCost(Struct, frozen=True):
    day: date
    usd: Decimal


class SpendingLine(Struct, frozen=True):
    """
    Lines of the bill that share usage types; USD and quantities of a month. `parts` of the difference: more or less
    usage at the list price; another price; usage that cost nothing, as in a free tier; credits and commitments; tax;
    and what is not explained. `untagged_usd` is what of it carries no tag.
    """

    name: str
    service: str
    usage_types: Sequence[str]
    planned_usd: Decimal
    paid_usd: Decimal
    parts: Mapping[str, Decimal]
    unit: str | None = None
    planned_quantity: Decimal | None = None
    paid_quantity: Decimal | None = None
    untagged_usd: Decimal = Decimal()

    @property
    def difference_usd(self) -> Decimal:
        return self.paid_usd - self.planned_usd

    @property
    def rates(self) -> tuple[Decimal, Decimal] | None:
        """USD that one unit cost, and what the list price of as many is; None where the quantity is not known."""
        if not self.paid_quantity:
            return None
        others = sum((usd for name, usd in self.parts.items() if name not in ("usage", "price", "free")), Decimal())
        paid = self.paid_usd - others
        listed = paid - self.parts.get("price", self.parts.get("free", Decimal()))
        return paid / self.paid_quantity, listed / self.paid_quantity


class ServiceCost(Struct, frozen=True):
    """USD of a month."""

    service: str
    planned_usd: Decimal
    paid_usd: Decimal


class NotPlanned(Struct, frozen=True):
    service: str
    usage_type: str
    paid_usd: Decimal
    untagged_usd: Decimal = Decimal()


class NotPaid(Struct, frozen=True):
    """
    `is_comparable` is false where the planner does not know how AWS's reports call this usage; `is_hosted_zone`:
    charged once a month.
    """

    name: str
    address: str
    service: str
    planned_usd: Decimal
    is_comparable: bool = True
    is_hosted_zone: bool = False


class Spending(Struct, frozen=True):
    """
    From `start` to the day before `end`: `days` of `wanted_days` have costs. `paid_usd`, `tax_usd`, `credits_usd`,
    `untagged_usd` and `others_usd` (other environments, not counted) are of these days, everything with a month in its
    name and all tables of a month at their rate. `tag` is None where no tag separates environments.
    """

    start: date
    end: date
    days: int
    wanted_days: int
    paid_usd: Decimal
    paid_month_usd: Decimal
    planned_month_usd: Decimal
    planned_day_usd: Decimal
    tax_usd: Decimal
    credits_usd: Decimal
    untagged_usd: Decimal
    others_usd: Decimal
    tag: str | None
    why_no_tag: Note | None
    is_estimated: bool
    is_least: bool
    daily: Sequence[DayCost]
    lines: Sequence[SpendingLine]
    services: Sequence[ServiceCost]
    not_planned: Sequence[NotPlanned]
    not_paid: Sequence[NotPaid]

    @property
    def explained(self) -> Mapping[str, Decimal]:
        """What paid less planned is made of, in USD a month: the parts of all lines, and what is only on one side."""
        sums = {part: sum((line.parts.get(part, Decimal()) for line in self.lines), Decimal()) for part in PARTS}
        sums["not_planned"] = sum((row.paid_usd for row in self.not_planned), Decimal())
        sums["not_paid"] = -sum((row.planned_usd for row in self.not_paid), Decimal())
        return {name: usd for name, usd in sums.items() if usd}


def compare(costs: Costs, planned: Bill, paid: Bill) -> Spending:
    """
    `paid` is the bill that `--actual` was given these costs for: its lines have what was used where only use decides
    it, and so differ from `planned` by usage.
    """
    days, types = costs.days, service_of_types(costs)
    untagged: dict[str, Decimal] = defaultdict(Decimal)
    for cost in costs.tagged:
        if not cost.value:
            untagged[cost.usage_type] += cost.usd
    rate = DAYS_PER_MONTH / days
    by_id = {line.id: line for line in planned.lines}
    actual = paid.actual
    rows = actual.lines if actual else ()
    lines = [_line(row, by_id, types, untagged, rate) for row in rows]
    seen = {id_ for row in rows for id_ in row.ids}
    unknown = {line.id for line in actual.not_compared} if actual else set[str]()
    not_planned = [
        NotPlanned(
            types.get(row.usage_type, row.service), row.usage_type, row.paid_usd,
            min(row.paid_usd, untagged[row.usage_type] * rate),
        )
        for row in (actual.not_in_terraform if actual else ())
    ]  # fmt: skip
    names = {by_id[id_].service: line.service for row, line in zip(rows, lines, strict=True) for id_ in row.ids}
    not_paid = [
        NotPaid(
            line.component, line.address, names.get(line.service, line.service), line.usd, line.id not in unknown,
            is_hosted_zone=line.service == ROUTE53,
        )
        for line in planned.lines
        if line.id not in seen and line.usd
    ]  # fmt: skip
    credits_ = [row for row in costs.adjustments if row.record_type != TAX]
    value = costs.tag
    return Spending(
        start=costs.first or costs.start,
        end=costs.end,
        days=days,
        wanted_days=(costs.end - costs.start).days,
        paid_usd=sum((row.usd for row in costs.usage), Decimal()),
        paid_month_usd=sum((row.usd * monthly(row, days) for row in costs.usage), Decimal()),
        planned_month_usd=planned.monthly_usd,
        planned_day_usd=planned.monthly_usd / DAYS_PER_MONTH,
        tax_usd=sum((row.usd for row in costs.adjustments if row.record_type == TAX), Decimal()),
        credits_usd=sum((row.usd for row in credits_), Decimal()),
        untagged_usd=sum(untagged.values(), Decimal()),
        others_usd=sum((cost.usd for cost in costs.tagged if cost.value and cost.value != value), Decimal()),
        tag=value,
        why_no_tag=costs.why_no_tag,
        is_estimated=costs.is_estimated,
        is_least=planned.at_least,
        daily=[DayCost(day, usd) for day, usd in daily(costs)],
        lines=sorted(lines, key=lambda line: (-abs(line.difference_usd), line.name)),
        services=_services(lines, not_planned, not_paid),
        not_planned=not_planned,
        not_paid=sorted(not_paid, key=lambda row: (-row.planned_usd, row.name)),
    )


def _line(
    row: PaidLines,
    by_id: Mapping[str, BillLine],
    types: Mapping[str, str],
    untagged: Mapping[str, Decimal],
    rate: Decimal,
) -> SpendingLine:
    lines = [by_id[id_] for id_ in row.ids if id_ in by_id]
    planned = sum((line.usd for line in lines), Decimal())
    parts = dict(row.difference)
    # Where use decides, the planner puts what was used in the place of what was planned.
    parts["usage"] = parts.get("usage", Decimal()) + row.monthly_usd - planned
    if not row.paid_usd and row.paid_quantity and "price" in parts:
        parts["free"] = parts.pop("price")
    is_one_unit = len({line.unit for line in lines}) == 1 and all(line.quantity is not None for line in lines)
    dearest = [types[name] for name in row.usage_types if name in types]
    return SpendingLine(
        name=", ".join(dict.fromkeys(line.component for line in lines)),
        service=dearest[0] if dearest else lines[0].service if lines else "",
        usage_types=row.usage_types,
        planned_usd=planned,
        paid_usd=row.paid_usd,
        parts={name: parts[name] for name in PARTS if parts.get(name)},
        unit=row.unit,
        planned_quantity=sum((line.quantity or Decimal() for line in lines), Decimal()) if is_one_unit else None,
        paid_quantity=row.paid_quantity,
        untagged_usd=min(
            max(row.paid_usd, Decimal()),
            sum((untagged.get(name, Decimal()) for name in row.usage_types), Decimal()) * rate,
        ),
    )


def _services(
    lines: Sequence[SpendingLine], not_planned: Sequence[NotPlanned], not_paid: Sequence[NotPaid]
) -> list[ServiceCost]:
    planned: dict[str, Decimal] = defaultdict(Decimal)
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        planned[line.service] += line.planned_usd
        paid[line.service] += line.paid_usd
    for extra in not_planned:
        paid[extra.service] += extra.paid_usd
    for missing in not_paid:
        planned[missing.service] += missing.planned_usd
    names = sorted({*planned, *paid}, key=lambda name: (-max(paid[name], planned[name]), name))
    return [ServiceCost(name, planned[name], paid[name]) for name in names]


def needs_attention(spending: Spending) -> Note | None:
    """Where the stack costs too much more than planned, by whole periods only: a single day says little."""
    limit = spending.planned_month_usd * (100 + TOLERANCE_PERCENT) / 100
    if spending.days < spending.wanted_days or spending.paid_month_usd <= limit or not spending.planned_month_usd:
        return None
    percent = 100 * (spending.paid_month_usd / spending.planned_month_usd - 1)
    return note(
        "watch_paid_high", month=f"{spending.paid_month_usd:.2f}", planned=f"{spending.planned_month_usd:.2f}",
        percent=f"{percent:.0f}", days=spending.days,
    )  # fmt: skip
