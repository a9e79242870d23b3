"""What was paid beside a bill: texts that the terminal and Markdown share, and the JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from glimpse.planner.actual import Period
from glimpse.planner.bill import Line
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.paid import Comparison, NotInTerraform, PaidLines
from glimpse.planner.report.fragments import dollars_text
from glimpse.words import Words, plain

MAX_ROWS = 20
"""So many of what is not in Terraform are shown to people."""


def period_text(period: Period, words: Words) -> str:
    return period.month or words("actual_period_unknown")


def summary(comparison: Comparison, words: Words) -> Iterator[str]:
    """What was paid in all, and what the export does not tell."""
    row = comparison
    monthly = sum((lines.monthly for lines in row.lines), Fraction(0))
    others = sum((entry.paid for entry in row.not_in_terraform), Fraction(0))
    yield words(
        "actual_sum",
        paid=dollars_text(row.paid),
        lines=dollars_text(row.paid_for_lines),
        monthly=dollars_text(monthly),
        others=dollars_text(others),
        tax=dollars_text(row.tax),
        discount=dollars_text(row.discount),
    )
    period = row.actual.period
    if not period.month:
        yield words("actual_undated")
    elif not period.is_whole:
        yield words("actual_partial", period=period.month, days=period.days, of=period.of)
    if all(charge.quantity is None for charge in row.actual.charges):
        yield words("actual_money_only")


def lines_text(row: PaidLines) -> str:
    """What is compared: a line by its place and component, several by what AWS calls their usage."""
    if len(row.lines) == 1:
        return line_text(row.lines[0])
    return f"{', '.join(plain(name) for name in row.usage_types[:3])} (×{len(row.lines)})"


def line_text(line: Line) -> str:
    return f"{plain(line.meter.origin.address)}, {plain(line.meter.component)}"


def difference_text(row: PaidLines, words: Words) -> str:
    """The parts of a difference, the number of resources where it says more, and what has no tags."""
    parts = [words(f"part_of_{name}", amount=signed(amount)) for name, amount in row.difference.items()]
    if row.resources > len({line.meter.origin.address for line in row.lines}):
        parts.append(words("paid_resources", count=row.resources))
    if row.untagged:
        parts.append(words("part_untagged", amount=usd_text(row.untagged)))
    return ", ".join(parts)


def charge_text(row: NotInTerraform, words: Words) -> str:
    """What is not in Terraform, with the first resources that the export names."""
    name = " ".join(filter(None, (row.service, row.usage_type)))
    text = plain(name) or "–"
    if row.resources:
        more = f", … ({row.count})" if row.count > len(row.resources) else ""
        text += f": {', '.join(plain(resource) for resource in row.resources)}{more}"
    return f"{text}; {words('part_untagged', amount=usd_text(row.untagged))}" if row.untagged else text


def shown(rows: Sequence[NotInTerraform], words: Words) -> tuple[Sequence[NotInTerraform], str]:
    """The dearest rows, and a text for the rest; empty where there is none."""
    rest = rows[MAX_ROWS:]
    paid = sum((row.paid for row in rest), Fraction(0))
    return rows[:MAX_ROWS], words("ui_more_rows", count=len(rest), paid=usd_text(paid)) if rest else ""


def signed(amount: Fraction) -> str:
    return ("+" if amount > 0 else "") + usd_text(amount)


def paid_as_json(comparison: Comparison) -> dict[str, Any]:
    """The `actual` of a bill's or a plan's document."""
    row, period = comparison, comparison.actual.period
    return {
        "source": plain(row.actual.source),
        "period": {"month": period.month, "days": period.days, "of": period.of} if period.month else None,
        "grouped_by": row.actual.grouped_by,
        "has_quantities": any(charge.quantity is not None for charge in row.actual.charges),
        "has_resources": any(charge.resource for charge in row.actual.charges),
        "paid_usd": usd_text(row.paid),
        "paid_for_lines_usd": usd_text(row.paid_for_lines),
        "tax_usd": usd_text(row.tax),
        "discount_usd": usd_text(row.discount),
        "lines": [_lines(lines) for lines in row.lines],
        "not_in_terraform": [_charge(entry) for entry in row.not_in_terraform],
        "not_paid": [{"id": plain(line.id), "monthly_usd": usd_text(line.monthly)} for line in row.not_paid],
        "not_compared": [{"id": plain(line.id), "monthly_usd": usd_text(line.monthly)} for line in row.not_compared],
    }


def _lines(row: PaidLines) -> dict[str, Any]:
    return {
        "ids": [plain(line.id) for line in row.lines],
        "usage_types": [plain(name) for name in row.usage_types],
        "monthly_usd": usd_text(row.monthly),
        "paid_usd": usd_text(row.paid),
        "difference_usd": usd_text(row.paid - row.monthly),
        "difference": {name: usd_text(amount) for name, amount in row.difference.items()},
        "paid_quantity": None if row.quantity is None else decimal_text(row.quantity),
        "unit": row.lines[0].meter.unit if row.quantity is not None else None,
        "resources": row.resources or None,
        "untagged_usd": None if row.untagged is None else usd_text(row.untagged),
    }


def _charge(row: NotInTerraform) -> dict[str, Any]:
    return {
        "service": plain(row.service),
        "usage_type": plain(row.usage_type),
        "region": row.region and plain(row.region),
        "paid_usd": usd_text(row.paid),
        "resources": [plain(resource) for resource in row.resources],
        "resource_count": row.count or None,
        "untagged_usd": None if row.untagged is None else usd_text(row.untagged),
    }
