"""
The bill: Usage × Catalogue.

Laws kept here: every meter becomes a line or is named as unpriced; a missing price is never zero;
every total is the sum of the lines as they are printed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from glimpse.planner.break_even import break_even_month
from glimpse.planner.catalogue import ON_DEMAND, SPOT, Catalogue, Price
from glimpse.planner.finding import Finding
from glimpse.planner.free_tier import after_grants
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.money import cents, decimal_text, usd_text
from glimpse.planner.quantities import NOTHING, CostCases
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Stack, Unpriced
from glimpse.planner.traffic import Traffic
from glimpse.planner.usage import Usage
from glimpse.planner.workload import TERMS, Workload


@dataclass(frozen=True)
class Line:
    """
    One priced meter. `exact` is USD a month in the stack's cheapest, expected and dearest case.

    `price` is None in two cases: the known quantity is 0, or nobody gave the usage and no price is held. `quantity` is
    None for usage that nobody gave: the line then shows a rate, and counts in no total.
    """

    meter: Meter
    quantity: CostCases | None
    price: Price | None
    exact: CostCases
    committed_until: str | None = None

    @property
    def id(self) -> str:
        return line_id(self.meter.origin.address, self.meter.component)

    @cached_property
    def monthly(self) -> Fraction:
        """USD a month as printed."""
        return cents(self.exact.expected)


def line_id(address: str, component: str) -> str:
    """The name of a line in JSON: `aws_lb.this/load-balancer-capacity-units`."""
    slug = re.sub(r"[^a-z0-9.]+", "-", component.lower()).strip("-")
    return f"{address}/{slug}"


@dataclass(frozen=True)
class Bill:
    stack: Stack
    usage: Usage
    catalogue: Catalogue
    free_tier: bool
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]

    @property
    def workload(self) -> Workload:
        return self.usage.traffic.workload

    @cached_property
    def monthly(self) -> Fraction:
        return sum((line.monthly for line in self.lines), Fraction(0))

    @property
    def exact(self) -> Fraction:
        return sum((line.exact.expected for line in self.lines), Fraction(0))

    @cached_property
    def range(self) -> CostCases:
        """Totals of printed lines when every service runs its fewest tasks, as expected, and its most."""
        return CostCases(
            sum((cents(line.exact.low) for line in self.lines), Fraction(0)),
            self.monthly,
            sum((cents(line.exact.high) for line in self.lines), Fraction(0)),
        )

    @property
    def before_usage(self) -> bool:
        """Whether some usage was not given. The total then leaves that usage out."""
        return any(line.quantity is None for line in self.lines)

    @property
    def at_least(self) -> bool:
        return bool(self.unpriced or self.stack.unresolved or self.stack.choice)

    @property
    def is_lower_bound(self) -> bool:
        """Whether more may come on top: what could not be priced or read, or usage that nobody gave."""
        return self.at_least or self.before_usage

    @property
    def free(self) -> tuple[Origin, ...]:
        return self.stack.free

    def by_service(self) -> dict[str, Fraction]:
        totals: dict[str, Fraction] = defaultdict(Fraction)
        for line in self.lines:
            totals[line.meter.sku.service] += line.monthly
        return dict(totals)

    def coverage(self) -> dict[str, int]:
        priced = {line.meter.origin.address for line in self.lines if not is_flow(line.meter.origin)}
        unpriced = {entry.origin.address for entry in self.unpriced if not is_flow(entry.origin)}
        free = {origin.address for origin in self.free}
        return {
            "resources": len(priced | unpriced | free),
            "priced": len(priced),
            "free": len(free),
            "unpriced": len(unpriced),
            "unresolved": len(self.stack.unresolved),
        }

    def not_accepted(self) -> tuple[Unpriced | Finding, ...]:
        """What `--strict` refuses: unpriced, unresolved or not given, and without a reason in the workload file."""
        accepted = [re.compile(_glob(row.address)) for row in self.workload.accepted]
        names: list[tuple[str, Unpriced | Finding]] = [(entry.origin.address, entry) for entry in self.unpriced]
        names += [(str(found.what.params.get("address", found.file or "")), found) for found in self.stack.unresolved]
        if choice := self.stack.choice:
            names += [
                (f"var.{name}", Finding(say("choice_open", name=name), choice.file, choice.line))
                for name in choice.variables
            ]
        return tuple(entry for name, entry in names if not any(pattern.fullmatch(name) for pattern in accepted))


def is_flow(origin: Origin) -> bool:
    return origin.address.startswith("flow.")


def bill_of(stack: Stack, usage: Usage, catalogue: Catalogue, free_tier: bool = False) -> Bill:
    """Price every meter. What cannot be priced is named beside what the reader already could not."""
    meters = after_grants(usage.meters) if free_tier else usage.meters
    lines: list[Line] = []
    unpriced = list(stack.unpriced)
    for meter in numbered(meters):
        priced = line_of(meter, catalogue, usage.traffic)
        if isinstance(priced, Line):
            lines.append(priced)
        else:
            unpriced.append(Unpriced(meter.origin, meter.component, priced, meter.quantity, meter.sku))
    return Bill(stack, usage, catalogue, free_tier, tuple(lines), tuple(unpriced))


def line_of(meter: Meter, catalogue: Catalogue, traffic: Traffic) -> Line | Sentence:
    """The priced meter, or why it has no price."""
    if meter.quantity is None and not meter.is_symbol:
        return meter.needs or say("needs_quantity")
    here = catalogue.of(meter.origin.region)
    price = here.price(meter.sku) if here else None
    if meter.quantity is None:
        return Line(meter, None, price, NOTHING)
    if price is None:
        if meter.quantity.is_zero:
            return Line(meter, meter.quantity, None, meter.quantity)
        if here is None:
            return say("region_without_prices", region=meter.origin.region or "", catalogue=catalogue.name)
        return _no_price(meter, here)
    most = max(meter.quantity.low, meter.quantity.expected, meter.quantity.high)
    if price.ends_at is not None and most > price.ends_at:
        return say("price_ends", limit=decimal_text(price.ends_at), unit=meter.unit, catalogue=catalogue.name)
    commitment = traffic.commitment(meter.origin.address) if meter.sku.term not in (ON_DEMAND, SPOT) else None
    until = commitment.until.isoformat() if commitment and commitment.until else None
    line = Line(meter, meter.quantity, price, meter.quantity.map(price.charge), until)
    if not commitment:
        return line
    return replace(line, meter=replace(meter, assumes=(*meter.assumes, *_break_even(meter, price, here or catalogue))))


def _break_even(meter: Meter, price: Price, catalogue: Catalogue) -> Iterable[Sentence]:
    """From which month on a commitment has cost less than on demand: where its term and both prices are known."""
    now, months = catalogue.price(replace(meter.sku, term=ON_DEMAND)), TERMS.get(meter.sku.term)
    if now is None or months is None:
        return
    month = break_even_month(months, price.tiers[0].usd, now.tiers[0].usd, price.upfront_usd)
    if month is None:
        yield say("break_even_never", months=months)
    elif price.upfront_usd:
        yield say("break_even_upfront", month=month, months=months, upfront=usd_text(price.upfront_usd))
    else:
        yield say("break_even_month", month=month, months=months)


def _no_price(meter: Meter, catalogue: Catalogue) -> Sentence:
    """Say what was looked for, and which other terms of the same thing are sold."""
    asked = ", ".join(f"{name} {value}" for name, value in sorted(meter.sku.attributes.items()))
    looked_for = f"{meter.sku.service} {meter.sku.kind}" + (f" ({asked})" if asked else "")
    others = [term for term in catalogue.terms(meter.sku) if term != meter.sku.term]
    if others:
        return say(
            "no_price_in_term", looked_for=looked_for, term=meter.sku.term, region=catalogue.region,
            terms=", ".join(others), catalogue=catalogue.name,
        )  # fmt: skip
    return say("no_price", looked_for=looked_for, region=catalogue.region, catalogue=catalogue.name)


def numbered(meters: Iterable[Meter]) -> Iterable[Meter]:
    """Number the second and later meters of one name at one address, so that every line has an id of its own."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for meter in meters:
        key = (meter.origin.address, meter.component)
        seen[key] += 1
        yield meter if seen[key] == 1 else replace(meter, component=f"{meter.component} ({seen[key]})")


def _glob(pattern: str) -> str:
    return ".*".join(re.escape(part) for part in pattern.split("*"))
