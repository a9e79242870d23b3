"""
`--format infracost-json`: bills in the shape of Infracost's JSON output, version 0.2, for the tools that read it.

The shape is the one that Infracost publishes (schema/infracost.schema.json in github.com/infracost/infracost). What it
has no field for (sources, dates, ranges, assumptions) is left out; what is not known becomes a warning of the project.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any

from glimpse.planner.bill import Bill
from glimpse.planner.differences.causes import Difference, LineDifference
from glimpse.planner.differences.snapshots import Charge, Gap, Snapshot, snapshot_of
from glimpse.planner.given_usage import type_of
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.report.infracost_names import naming
from glimpse.words import Words, plain

Json = dict[str, Any]

VERSION = "0.2"
FLOW = "flow."
NO_REPOSITORY = {
    **dict.fromkeys(("vcsBranch", "vcsCommitSha", "vcsCommitAuthorName", "vcsCommitAuthorEmail"), ""),
    "vcsCommitTimestamp": "0001-01-01T00:00:00Z",
    "vcsCommitMessage": "",
}
"""What Infracost writes where it finds no repository: a bill does not read the history of the files."""


@dataclass(frozen=True, slots=True)
class Component:
    """A line of a bill as Infracost counts it; each number is a month's, and None where it is not known."""

    origin: Origin
    name: str
    unit: str = ""
    part: str = ""
    quantity: Fraction | None = None
    price: Fraction | None = None
    monthly: Fraction | None = None
    usage_based: bool = False


def bill_as_infracost(bill: Bill, path: str, words: Words, made_at: datetime.datetime) -> Json:
    """
    `path` is where the bill was read from, as it was given. The past is empty and the diff is all of it, as in
    Infracost's breakdown.
    """
    snapshot = snapshot_of(bill, path)
    now = _components(snapshot)
    listed = {row.origin.address for row in now}
    free = Counter(type_of(address) for address in {origin.address for origin in bill.free} - listed)
    summary = _summary(snapshot, now)
    summary |= {
        "totalDetectedResources": summary["totalSupportedResources"]
        + summary["totalUnsupportedResources"]
        + free.total(),
        "totalNoPriceResources": free.total(),
        "noPriceResourceCounts": dict(sorted(free.items())),
    }
    sides = {
        "pastBreakdown": _breakdown((), Fraction(0)),
        "breakdown": _breakdown(now, bill.monthly),
        "diff": _breakdown(now, bill.monthly),
    }
    return _document("breakdown", path, sides, summary, _warnings(snapshot.gaps, words), made_at)


def diff_as_infracost(difference: Difference, words: Words, made_at: datetime.datetime) -> Json:
    """
    Free resources are not counted: a difference does not have them. A line that one side does not know is in no
    difference, so that the totals of the two sides may differ by more.
    """
    before, after = difference.before, difference.after
    now = _components(after)
    sides = {
        "pastBreakdown": _breakdown(_components(before), before.monthly),
        "breakdown": _breakdown(now, after.monthly),
        "diff": _breakdown([_change(line) for line in difference.lines], difference.delta),
    }
    return _document("diff", after.name, sides, _summary(after, now), _warnings(after.gaps, words), made_at)


def _document(
    command: str,
    path: str,
    sides: Mapping[str, Json],
    summary: Json,
    warnings: list[Json],
    made_at: datetime.datetime,
) -> Json:
    # The standard input is a plan, too.
    is_plan = path == "-" or path.endswith(".json")
    metadata: Json = {"path": plain(path), "type": "terraform_plan_json" if is_plan else "terraform_dir"}
    if warnings:
        metadata["warnings"] = warnings
    project = {"name": plain(path), "displayName": plain(path), "metadata": metadata, **sides, "summary": summary}
    totals = {
        f"{prefix}{name}": sides[side][f"total{name}"]
        for prefix, side in (("total", "breakdown"), ("pastTotal", "pastBreakdown"), ("diffTotal", "diff"))
        for name in ("HourlyCost", "MonthlyCost", "MonthlyUsageCost")
    }
    return {
        "version": VERSION,
        "metadata": {"infracostCommand": command, **NO_REPOSITORY},
        "currency": "USD",
        "projects": [project],
        **totals,
        "timeGenerated": made_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": summary,
    }


def _components(snapshot: Snapshot) -> list[Component]:
    return [
        *map(_component, snapshot.charges),
        *(Component(Origin(gap.address, gap.file, gap.line), gap.component) for gap in snapshot.gaps if gap.component),
    ]


def _component(charge: Charge) -> Component:
    """
    Where a rate falls with the quantity, the price is the mean of this quantity; a payment upfront is spread over the
    hours of its term.
    """
    price, quantity = charge.price, charge.quantity
    called = naming(charge.service, charge.component, charge.unit, charge.term, price.id if price else "")
    per_unit = None if price is None else price.charge(quantity) / quantity if quantity else price.charge(Fraction(1))
    return Component(
        charge.origin,
        called.name,
        called.unit,
        called.part,
        None if quantity is None else quantity / called.per,
        None if per_unit is None else per_unit * called.per,
        charge.monthly,
        charge.usage_based,
    )


def _change(line: LineDifference) -> Component:
    """What changed of a line; quantity and cost are not known where one side's are not. The price is today's."""
    old = _component(line.before) if line.before else None
    new = _component(line.after) if line.after else None
    shown = _component(line.charge)

    def difference(was: Fraction | None, now: Fraction | None) -> Fraction | None:
        return None if was is None or now is None else now - was

    missing = None if line.may_be_in_gap else Fraction(0)
    return Component(
        replace(shown.origin, address=line.address),
        _renamed(old.name, new.name) if old and new else shown.name,
        shown.unit,
        shown.part,
        difference(old.quantity if old else missing, new.quantity if new else missing),
        shown.price,
        line.delta,
        shown.usage_based,
    )


def _renamed(old: str, new: str) -> str:
    """
    The two names of a component that was replaced, where they differ.

    >>> _renamed("Usage (spot, t3.micro)", "Usage (spot, t3.small)")
    'Usage (spot, t3.micro → t3.small)'
    """
    was, now = re.split(r"( \(|, |\))", old), re.split(r"( \(|, |\))", new)
    if len(was) != len(now) or was[0] != now[0]:
        return old if old == new else f"{old} → {new}"
    return "".join(left if left == right else f"{left} → {right}" for left, right in zip(was, now, strict=True))


def _breakdown(components: Iterable[Component], usd: Fraction) -> Json:
    rows = sorted(components, key=lambda row: row.origin.address)
    return {
        "resources": [
            _resource(address, list(group)) for address, group in groupby(rows, key=lambda row: row.origin.address)
        ],
        "totalHourlyCost": _hourly(usd),
        "totalMonthlyCost": _text(usd),
        "totalMonthlyUsageCost": _text(_sum(row for row in rows if row.usage_based)) or "0",
    }


def _resource(address: str, rows: list[Component]) -> Json:
    place = rows[0].origin
    parts = dict.fromkeys(row.part for row in rows if row.part)
    return {
        "name": plain(address),
        "resourceType": _type(address),
        "metadata": {"filename": plain(place.file), "startLine": place.line} if place.file and place.line else {},
        **_costs(rows, [row for row in rows if not row.part]),
        "subresources": [
            {"name": part, "metadata": {}, **_costs(inside, inside)}
            for part in parts
            for inside in [[row for row in rows if row.part == part]]
        ],
    }


def _costs(rows: list[Component], own: list[Component]) -> Json:
    """What `rows` cost in all, and the components among them that are shown here."""
    usd = _sum(rows)
    return {
        "hourlyCost": _hourly(usd),
        "monthlyCost": _text(usd),
        "monthlyUsageCost": _text(_sum(row for row in rows if row.usage_based)),
        "costComponents": [_shown(row) for row in own],
    }


def _shown(row: Component) -> Json:
    return {
        "name": plain(row.name),
        "unit": row.unit,
        "hourlyQuantity": _hourly(row.quantity),
        "monthlyQuantity": _text(row.quantity),
        "price": _text(row.price),
        "hourlyCost": _hourly(row.monthly),
        "monthlyCost": _text(row.monthly),
        "usageBased": row.usage_based,
        "priceNotFound": row.price is None and row.quantity != 0,
    }


def _sum(rows: Iterable[Component]) -> Fraction | None:
    known = [row.monthly for row in rows if row.monthly is not None]
    return sum(known, Fraction(0)) if known else None


def _hourly(amount: Fraction | None) -> str | None:
    return None if amount is None else _text(amount / HOURS_PER_MONTH)


def _text(amount: Fraction | None) -> str | None:
    return None if amount is None else decimal_text(amount, 18)


def _type(address: str) -> str:
    """Infracost keeps data transfer under a type of its own; AWS has no such resource."""
    return "aws_data_transfer" if address.startswith(FLOW) else type_of(address)


def _summary(snapshot: Snapshot, components: Iterable[Component]) -> Json:
    """Resources of which no component has a price or a rate are unsupported; flows are no resources."""
    priced = {charge.origin.address for charge in snapshot.charges if not charge.origin.address.startswith(FLOW)}
    used = {charge.origin.address for charge in snapshot.charges if charge.usage_based} & priced
    unknown = {row.origin.address for row in components if not row.origin.address.startswith(FLOW)} - priced
    return {
        "totalSupportedResources": len(priced),
        "totalUnsupportedResources": len(unknown),
        "totalUsageBasedResources": len(used),
        "unsupportedResourceCounts": dict(sorted(Counter(map(type_of, unknown)).items())),
    }


def _warnings(gaps: Iterable[Gap], words: Words) -> list[Json]:
    """What could not be priced or read. Infracost's own codes are numbers that mean other things; 0 is none of them."""
    return [{"code": 0, "message": words.render(gap.what), "data": dict(_facts(gap)), "isError": False} for gap in gaps]


def _facts(gap: Gap) -> Iterator[tuple[str, str | int]]:
    yield "code", gap.what.code
    for name, value in (("address", gap.address), ("component", gap.component), ("file", gap.file)):
        if value:
            yield name, plain(value)
    if gap.line:
        yield "line", gap.line
