"""The bill of the page: every line with where its figure comes from, and the gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.bill import Bill, Line
from glimpse.planner.meter import Origin
from glimpse.planner.money import cents, usd_text
from glimpse.planner.report.footnotes import assumptions
from glimpse.planner.report.fragments import charged_and_zero, price_text, quantity_text, unit_usd_text, whole_source
from glimpse.planner.report.gaps import GapGroup
from glimpse.planner.report.html.lists import MAX_PLACES, FirstRows, PlaceRow, first_rows, place, place_rows
from glimpse.words import Words, plain

MAX_LINES = 250
"""
Lines of the bill, and addresses beside them, that the page shows: it then stays below 1 MB. The rest is counted.
"""

Fact = tuple[str, str]
"""The code of a label, and a text."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of the bill: `facts` tell where its figure comes from, `assumed` what it takes for granted."""

    component: str
    quantity: str
    rate: str
    usd: str
    facts: tuple[Fact, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """
    A resource with its lines, or `count` resources that have the same lines. `usd` is what each costs a month, `sum`
    what all of them do. `address` and `place` (file and line, empty where unknown) are of the first, `others` of the
    rest.
    """

    address: str
    place: str
    usd: str
    sum: str
    lines: tuple[LineRow, ...]
    count: int
    others: FirstRows[PlaceRow]


@dataclass(frozen=True, slots=True)
class BillRows:
    """
    The lines of a bill by resource, the dearest first: those that cost something or may do so, usage that nobody gave,
    and those that cost nothing in any case, with how many lines those two are. `left_out` lines cost `left_out_usd`
    together.
    """

    charged: tuple[ResourceRow, ...]
    before_usage: tuple[ResourceRow, ...]
    free: tuple[ResourceRow, ...]
    before_usage_count: int
    free_count: int
    left_out: int
    left_out_usd: str


def bill_rows(bill: Bill, words: Words) -> BillRows:
    maybe_charged, free = charged_and_zero(bill)
    charged = [line for line in maybe_charged if line.quantity is not None]
    before_usage = [line for line in maybe_charged if line.quantity is None]
    room, left_out, left_out_usd = MAX_LINES, 0, Fraction(0)

    def shown(lines: Iterable[Line]) -> tuple[ResourceRow, ...]:
        nonlocal room, left_out, left_out_usd
        rows = []
        for group in _groups(lines):
            if group.size <= room:
                room -= group.size
                rows.append(group.row(words))
            else:
                left_out += len(group.lines) * len(group.origins)
                left_out_usd += group.usd * len(group.origins)
        return tuple(rows)

    # What costs something is shown first: it has the room.
    rows = (shown(charged), shown(before_usage), shown(free))
    return BillRows(*rows, len(before_usage), len(free), left_out, usd_text(left_out_usd))


@dataclass(slots=True)
class _Group:
    """Resources that have the same lines. `usd` is what each costs a month."""

    usd: Fraction
    lines: Sequence[Line]
    origins: list[Origin]

    @property
    def size(self) -> int:
        """How many lines and addresses its row shows."""
        return len(self.lines) + min(len(self.origins) - 1, MAX_PLACES)

    def row(self, words: Words) -> ResourceRow:
        first, *others = self.origins
        return ResourceRow(
            address=plain(first.address),
            place=place(first),
            usd=usd_text(self.usd),
            sum=usd_text(self.usd * len(self.origins)),
            lines=tuple(_row(line, words) for line in self.lines),
            count=len(self.origins),
            others=place_rows(others),
        )


def _groups(lines: Iterable[Line]) -> list[_Group]:
    """The lines by resource, resources that have the same lines together; what costs most in all first."""
    by_address: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_address[line.meter.origin.address].append(line)
    together: dict[tuple[object, ...], _Group] = {}
    for rows in by_address.values():
        rows.sort(key=lambda line: -line.monthly)
        usd = sum((line.monthly for line in rows), Fraction(0))
        together.setdefault(tuple(map(_shown_of, rows)), _Group(usd, rows, [])).origins.append(rows[0].meter.origin)
    return sorted(together.values(), key=lambda group: -group.usd * len(group.origins))


def _shown_of(line: Line) -> tuple[object, ...]:
    """All of a line that its row shows."""
    meter, price = line.meter, line.price
    return (
        meter.component, meter.unit, line.quantity, line.exact, price.id if price else None, meter.assumes, meter.needs,
        meter.origin.region, line.committed_until, meter.usage_keys,
    )  # fmt: skip


def _row(line: Line, words: Words) -> LineRow:
    usd = "–" if line.quantity is None else usd_text(line.monthly)
    return LineRow(
        plain(line.meter.component), quantity_text(line), unit_usd_text(line, words), usd,
        tuple(_facts(line, words)), tuple(words.render(note) for note in assumptions(line)),
    )  # fmt: skip


def _facts(line: Line, words: Words) -> Iterator[Fact]:
    """Where the figure comes from."""
    price, meter = line.price, line.meter
    if price:
        yield "html_unit_price", price_text(price, words)
        yield "html_source", whole_source(price)
        yield "html_date", plain(price.as_of)
        yield "html_confidence", words(f"html_confidence_{price.confidence}")
    low, high = cents(line.exact.low), cents(line.exact.high)
    if low != high:
        yield "html_range", f"${usd_text(min(low, high))} – ${usd_text(max(low, high))}"
    if line.committed_until:
        yield "html_committed", plain(line.committed_until)
    if line.quantity is None and meter.usage_keys:
        yield "html_give_usage", ", ".join(map(plain, meter.usage_keys))


@dataclass(frozen=True, slots=True)
class GapRow:
    """Gaps of one type and reason: what they are, why, what they may cost at most, how many, and where."""

    title: str
    why: str
    bound: str
    count: int
    places: FirstRows[PlaceRow]


def gap_rows(groups: Iterable[GapGroup], words: Words) -> FirstRows[GapRow]:
    return first_rows(_gap_row(group, words) for group in groups)


def _gap_row(group: GapGroup, words: Words) -> GapRow:
    components = [plain(name) for name in group.components[:MAX_PLACES] if name != group.type]
    title = " · ".join(filter(None, (plain(group.type), ", ".join(components)))) or words("html_gap_unread")
    bound = "" if group.bound is None else words("html_gap_bound", usd=usd_text(group.bound))
    return GapRow(title, words.render(group.why), bound, group.count, place_rows(group.places))
