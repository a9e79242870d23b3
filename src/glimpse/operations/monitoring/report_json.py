"""What was watched as `glimpse.watch/1`: codes and values for programs, and the same as text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec
from msgspec import Struct

from glimpse.operations.monitoring.costs import TAG
from glimpse.operations.monitoring.note import Note
from glimpse.operations.monitoring.spending import Spending
from glimpse.operations.monitoring.watch import Watched
from glimpse.operations.options import Say

SCHEMA = "glimpse.watch/1"
PLACES = Decimal("0.000001")


class NoteDocument(Struct, frozen=True):
    """A stable English code, its values, and its text in the reader's language."""

    code: str
    values: Mapping[str, str | int]
    text: str


class HealthDocument(Struct, frozen=True):
    """One thing that was looked at. `state` is "good", "attention" or "unknown"."""

    name: str
    state: str
    why: NoteDocument


class DayDocument(Struct, frozen=True):
    """An ISO date, and what was paid for it."""

    date: str
    usd: str


class LineDocument(Struct, frozen=True):
    """
    Lines of the bill that share usage types; USD and quantities of a month. `parts` of the difference are "usage",
    "price", "free", "discount", "tax" and "rest"; those of nothing are left out.
    """

    name: str
    service: str
    usage_types: Sequence[str]
    planned_usd: str
    paid_usd: str
    parts: Mapping[str, str]
    unit: str | None
    planned_quantity: str | None
    paid_quantity: str | None
    untagged_usd: str


class ServiceDocument(Struct, frozen=True):
    """USD of a month, by the name that Cost Explorer gives a service."""

    service: str
    planned_usd: str
    paid_usd: str


class NotPlannedDocument(Struct, frozen=True):
    """What was paid for and is not in the plan; USD of a month."""

    service: str
    usage_type: str
    paid_usd: str
    untagged_usd: str


class NotPaidDocument(Struct, frozen=True):
    """
    What is in the plan and was not paid for; USD of a month. `is_comparable` is false where the usage type on AWS's
    invoice is not known.
    """

    name: str
    address: str
    service: str
    planned_usd: str
    is_comparable: bool


class TagDocument(Struct, frozen=True):
    """
    The tag of the environment. Where `value` is null everything in the account is counted, and `why` says why. USD of
    the days.
    """

    key: str
    value: str | None
    untagged_usd: str
    others_usd: str
    why: NoteDocument | None


class SpendingDocument(Struct, frozen=True):
    """
    What was paid from `start` to the day before `end`, in decimal texts. `days` of `wanted_days` have costs.
    `is_at_least`: a part of the plan has no price. `is_estimated`: Cost Explorer may still change its figures.
    """

    start: str
    end: str
    days: int
    wanted_days: int
    paid_usd: str
    tax_usd: str
    credits_usd: str
    paid_month_usd: str
    planned_month_usd: str
    is_at_least: bool
    is_estimated: bool
    explained: Mapping[str, str]
    """Paid less planned, in USD of a month, by its parts: those of lines, and "not_planned" and "not_paid"."""

    tag: TagDocument
    daily: Sequence[DayDocument]
    lines: Sequence[LineDocument]
    services: Sequence[ServiceDocument]
    not_planned: Sequence[NotPlannedDocument]
    not_paid: Sequence[NotPaidDocument]


class WatchDocument(Struct, frozen=True):
    """
    What `glimpse watch` found of the environment `name`; `at` is an ISO time. `attention` is what needs a person.
    `spending` is null where nothing can be compared, and `why_no_spending` says why. `cost_explorer_requests` cost
    $0.01 each.
    """

    name: str
    region: str
    at: str
    attention: Sequence[NoteDocument]
    health: Sequence[HealthDocument]
    spending: SpendingDocument | None
    why_no_spending: NoteDocument | None
    cost_explorer_requests: int
    schema: str = SCHEMA


def json_text(watched: Watched, say: Say) -> str:
    return msgspec.json.format(msgspec.json.encode(json_document(watched, say)), indent=2).decode() + "\n"


def json_document(watched: Watched, say: Say) -> WatchDocument:
    def noted(found: Note) -> NoteDocument:
        return NoteDocument(found.code, dict(found.values), found.text(say))

    return WatchDocument(
        name=watched.name,
        region=watched.region,
        at=watched.at,
        attention=[noted(each) for each in watched.attention],
        health=[HealthDocument(item.name, item.state, noted(item.why)) for item in watched.health],
        spending=_spending(watched.spending, say) if watched.spending else None,
        why_no_spending=noted(watched.why_no_spending) if watched.why_no_spending else None,
        cost_explorer_requests=watched.requests,
    )


def _spending(found: Spending, say: Say) -> SpendingDocument:
    why = found.why_no_tag
    return SpendingDocument(
        start=found.start.isoformat(),
        end=found.end.isoformat(),
        days=found.days,
        wanted_days=found.wanted_days,
        paid_usd=_text(found.paid_usd),
        tax_usd=_text(found.tax_usd),
        credits_usd=_text(found.credits_usd),
        paid_month_usd=_text(found.paid_month_usd),
        planned_month_usd=_text(found.planned_month_usd),
        is_at_least=found.is_least,
        is_estimated=found.is_estimated,
        explained={name: _text(usd) for name, usd in found.explained.items()},
        tag=TagDocument(
            TAG, found.tag, _text(found.untagged_usd), _text(found.others_usd),
            NoteDocument(why.code, dict(why.values), why.text(say)) if why else None,
        ),
        daily=[DayDocument(day.day.isoformat(), _text(day.usd)) for day in found.daily],
        lines=[
            LineDocument(
                name=line.name,
                service=line.service,
                usage_types=line.usage_types,
                planned_usd=_text(line.planned_usd),
                paid_usd=_text(line.paid_usd),
                parts={name: _text(usd) for name, usd in line.parts.items()},
                unit=line.unit,
                planned_quantity=None if line.planned_quantity is None else _text(line.planned_quantity),
                paid_quantity=None if line.paid_quantity is None else _text(line.paid_quantity),
                untagged_usd=_text(line.untagged_usd),
            )
            for line in found.lines
        ],
        services=[ServiceDocument(row.service, _text(row.planned_usd), _text(row.paid_usd)) for row in found.services],
        not_planned=[
            NotPlannedDocument(row.service, row.usage_type, _text(row.paid_usd), _text(row.untagged_usd))
            for row in found.not_planned
        ],
        not_paid=[
            NotPaidDocument(row.name, row.address, row.service, _text(row.planned_usd), row.is_comparable)
            for row in found.not_paid
        ],
    )  # fmt: skip


def _text(amount: Decimal) -> str:
    """A decimal text without an exponent and without zeros at its end."""
    text = f"{amount.quantize(PLACES):f}"
    return text.rstrip("0").rstrip(".") or "0"
