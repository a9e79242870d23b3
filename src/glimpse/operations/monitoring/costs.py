"""What Cost Explorer says was paid, and the same as a month's report that `glimpse bill --actual` reads."""

from __future__ import annotations

import calendar
import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from glimpse.operations.monitoring.note import Note

TAG = "Environment"
"""The tag that tells the environments of an account apart. Its value is the variable `name` of the Terraform."""

CREDIT, REFUND, TAX = "Credit", "Refund", "Tax"
"""Record types of Cost Explorer that are no usage (GetCostAndUsage, dimension RECORD_TYPE)."""

DAYS_PER_MONTH = Decimal(730) / 24
"""A bill has 730 hours."""

CHARGED_AT_ONCE = ("HostedZone",)
"""Usage types that a month has one charge for, whatever the days (Route 53 pricing: zones are not prorated)."""

COLUMNS = (
    "line_item_product_code", "line_item_usage_type", "line_item_line_item_type", "line_item_usage_amount",
    "line_item_unblended_cost",
)  # fmt: skip


class Usage(Struct, frozen=True):
    """One usage type of one day. `service` as Cost Explorer calls it; `quantity` in AWS's `unit`."""

    day: date
    service: str
    usage_type: str
    usd: Decimal
    quantity: Decimal
    unit: str


class Adjustment(Struct, frozen=True):
    """A credit, a refund or a tax of one day; credits are negative."""

    day: date
    usage_type: str
    record_type: str
    usd: Decimal


class TaggedCost(Struct, frozen=True):
    """What one usage type cost in all the days with one value of the tag, which is empty where there is no tag."""

    usage_type: str
    value: str
    usd: Decimal


class Costs(Struct, frozen=True):
    """
    From `start` to the day before `end`. `tag` is None where the tag cannot separate environments, and `why_no_tag`
    says why; then everything in the account is here. `tagged` is then empty, else it has all environments.
    """

    start: date
    end: date
    usage: Sequence[Usage]
    adjustments: Sequence[Adjustment]
    tagged: Sequence[TaggedCost]
    tag: str | None
    requests: int
    why_no_tag: Note | None = None
    is_estimated: bool = False

    @property
    def first(self) -> date | None:
        """The first day with costs; a stack that is younger than the days has fewer."""
        return min((row.day for row in self.usage if row.usd or row.quantity), default=None)

    @property
    def days(self) -> int:
        return (self.end - self.first).days if self.first else 0


def monthly(row: Usage | Adjustment, days: int) -> Decimal:
    """
    By how much a day's figure is multiplied so that `days` of them are a month. GB-months are counted by the hours of
    the calendar month, everything else by a bill's 730 hours.
    """
    if row.usage_type in CHARGED_AT_ONCE:
        return Decimal(1)
    if isinstance(row, Usage) and "mo" in row.unit.lower():
        return Decimal(calendar.monthrange(row.day.year, row.day.month)[1]) / days
    return DAYS_PER_MONTH / days


def service_of_types(costs: Costs) -> dict[str, str]:
    """The service of each usage type; some names are shared, and then the dearest service is meant."""
    paid: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in costs.usage:
        paid[row.usage_type][row.service] += row.usd
    return {name: max(services, key=services.__getitem__) for name, services in paid.items()}


def daily(costs: Costs) -> list[tuple[date, Decimal]]:
    """USD of usage on each day from the first one with costs."""
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    for row in costs.usage:
        by_day[row.day] += row.usd
    days = [costs.end - timedelta(days=back) for back in range(costs.days, 0, -1)]
    return [(day, by_day[day]) for day in days]


def report_text(costs: Costs) -> str:
    """
    A month's usage and credits as a Cost and Usage Report in CSV. Taxes are left out: AWS records them once a month.
    """
    days, services = costs.days, service_of_types(costs)
    sums: dict[tuple[str, str, str], list[Decimal]] = defaultdict(lambda: [Decimal(), Decimal()])
    for row in costs.usage:
        held = sums[row.service, row.usage_type, "Usage"]
        held[0] += row.quantity * monthly(row, days)
        held[1] += row.usd * monthly(row, days)
    for credit in costs.adjustments:
        if credit.record_type != TAX:
            key = services.get(credit.usage_type, ""), credit.usage_type, CREDIT
            sums[key][1] += credit.usd * monthly(credit, days)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key, (quantity, usd) in sums.items():
        if quantity or usd:
            writer.writerow([*key, f"{quantity:.9f}", f"{usd:.9f}"])
    return out.getvalue()
