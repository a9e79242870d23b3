"""What was watched → a report in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from glimpse.operations.monitoring.blocks import Block, Bullets, Chart, Heading, Paragraph, Report, Table
from glimpse.operations.monitoring.costs import TAG
from glimpse.operations.monitoring.health import UNKNOWN
from glimpse.operations.monitoring.note import Note
from glimpse.operations.monitoring.spending import Spending, SpendingLine
from glimpse.operations.monitoring.watch import Watched
from glimpse.operations.options import Say

CENT = Decimal("0.01")
HALF_CENT = CENT / 2


def report(watched: Watched, say: Say) -> Report:
    title = say("watch_title", name=watched.name, region=watched.region, date=watched.at[:10])
    return Report(title, say.language, list(_blocks(watched, say)))


def _blocks(watched: Watched, say: Say) -> Iterator[Block]:
    if watched.attention:
        yield Heading(say("watch_attention"))
        yield Bullets([each.text(say) for each in watched.attention], is_alarming=True)
    else:
        yield Paragraph(say("watch_attention_none"))
    yield Heading(say("watch_spending"))
    if watched.spending:
        yield from _spending(watched.spending, say)
    elif watched.why_no_spending:
        yield Paragraph(_unknown(watched.why_no_spending, say))
    yield Heading(say("watch_health"))
    yield Table(
        [say("watch_column_what"), say("watch_column_finding")],
        [
            [
                say(f"watch_of_{item.name}"),
                _unknown(item.why, say) if item.state == UNKNOWN else item.why.text(say),
            ]
            for item in watched.health
        ],
    )
    yield Paragraph(say("watch_requests", count=watched.requests))


def _unknown(why: Note, say: Say) -> str:
    return f"{say('watch_unknown')}: {why.text(say)}"


def _spending(spending: Spending, say: Say) -> Iterator[Block]:
    yield Paragraph(
        say(
            "watch_paid",
            paid=_usd(spending.paid_usd),
            days=spending.days,
            start=spending.start.isoformat(),
            end=(spending.end - timedelta(days=1)).isoformat(),
            month=_usd(spending.paid_month_usd),
            planned=_usd(spending.planned_month_usd),
        )
    )
    explained = {name: usd for name, usd in spending.explained.items() if abs(usd) >= HALF_CENT}
    if explained:
        parts = ", ".join(_part(name, usd, say) for name, usd in explained.items())
        yield Paragraph(say("watch_explained", total=_signed(sum(explained.values(), Decimal())), parts=parts))
    remarks = list(_remarks(spending, say))
    if remarks:
        yield Bullets(remarks)
    planned_day = say("watch_chart", planned=_usd(spending.planned_day_usd))
    yield Chart(spending.daily, float(spending.planned_day_usd), planned_day)
    money = [say(f"watch_column_{name}") for name in ("planned", "paid", "difference")]
    if spending.lines:
        yield Heading(say("watch_lines"))
        yield Table(
            [say("watch_column_line"), *money, say("watch_column_why")],
            [
                [line.name, *_amounts(line.planned_usd, line.paid_usd), "; ".join(_why(line, say))]
                for line in spending.lines
            ],
            (1, 2, 3),
        )
    if spending.not_planned:
        yield Heading(say("watch_not_planned"))
        yield _without_empty(
            [say("watch_column_line"), say("watch_column_paid"), say("watch_column_why")],
            [
                [f"{row.service} {row.usage_type}".strip(), _usd(row.paid_usd), _untagged(row.untagged_usd, say)]
                for row in spending.not_planned
            ],
        )
    if spending.not_paid:
        yield Heading(say("watch_not_paid"))
        yield _without_empty(
            [say("watch_column_line"), say("watch_column_planned"), say("watch_column_why")],
            [
                [
                    f"{row.name}, {row.service}",
                    _usd(row.planned_usd),
                    "" if row.is_comparable else say("watch_not_comparable"),
                ]
                for row in spending.not_paid
            ],
        )
        if any(row.is_hosted_zone for row in spending.not_paid):
            yield Paragraph(say("watch_hosted_zone"))
    yield Heading(say("watch_services"))
    yield Table(
        [say("watch_column_service"), *money],
        [[row.service, *_amounts(row.planned_usd, row.paid_usd)] for row in spending.services],
        (1, 2, 3),
    )


def _without_empty(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table of amounts in the second column, and of reasons in the last, if there is one."""
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Table(columns, rows, (1,))


def _remarks(spending: Spending, say: Say) -> Iterator[str]:
    if spending.days < spending.wanted_days:
        yield say(
            "watch_partial", days=spending.days, wanted=spending.wanted_days, first=spending.start.isoformat()
        )  # fmt: skip
    if spending.is_least:
        yield say("watch_at_least")
    if spending.tax_usd or spending.credits_usd:
        yield say("watch_adjustments", tax=_usd(spending.tax_usd), credits=_usd(spending.credits_usd))
    if spending.tag:
        yield say(
            "watch_tag", key=TAG, value=spending.tag, untagged=_usd(spending.untagged_usd),
            others=_usd(spending.others_usd),
        )  # fmt: skip
    elif spending.why_no_tag:
        yield f"{say('watch_no_tag')} {spending.why_no_tag.text(say)}"
    if spending.is_estimated:
        yield say("watch_estimated")


def _amounts(planned: Decimal, paid: Decimal) -> list[str]:
    return [_usd(planned), _usd(paid), _signed(paid - planned)]


def _why(line: SpendingLine, say: Say) -> Iterator[str]:
    for name, usd in line.parts.items():
        if abs(usd) < HALF_CENT:
            continue
        text = _part(name, usd, say)
        if name == "usage" and line.planned_quantity is not None and line.paid_quantity is not None:
            paid, planned = _quantity(line.paid_quantity), _quantity(line.planned_quantity)
            text += say("watch_instead", paid=paid, planned=planned, unit=line.unit or "")
        elif name == "price" and line.rates:
            paid, listed = (f"${rate:.3g}" for rate in line.rates)
            text += say("watch_instead_rate", paid=paid, listed=listed, unit=line.unit or "")
        yield text
    if text := _untagged(line.untagged_usd, say):
        yield text


def _part(name: str, usd: Decimal, say: Say) -> str:
    code = f"watch_part_{name}" if name in ("free", "not_planned", "not_paid") else f"part_of_{name}"
    return say(code, amount=_signed(usd))


def _untagged(usd: Decimal, say: Say) -> str:
    return say("part_untagged", amount=f"{usd:.2f}") if usd >= HALF_CENT else ""


def _usd(amount: Decimal) -> str:
    """Dollars and cents; never minus zero."""
    rounded = amount.quantize(CENT)
    return f"-${-rounded}" if rounded < 0 else f"${abs(rounded)}"


def _signed(amount: Decimal) -> str:
    rounded = amount.quantize(CENT)
    return f"{rounded:+}" if rounded else "0.00"


def _quantity(amount: Decimal) -> str:
    """Three digits are enough to see why."""
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:.3g}"
