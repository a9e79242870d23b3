"""
What each line costs more or less, and why: the files (`stack`), AWS's prices (`price`), or what people do (`workload`).

A line with several causes has a part for each, and the parts add up to its difference to the cent. An amount that is
not known on one side has no difference: it is neither 0 nor a saving.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from glimpse.planner.differences.matching import Matched, Pair, matched
from glimpse.planner.differences.snapshots import Charge, Gap, Snapshot
from glimpse.planner.finding import Finding
from glimpse.planner.given_usage import type_of
from glimpse.planner.money import cents
from glimpse.planner.sentence import say

STACK, PRICE, WORKLOAD = CAUSES = ("stack", "price", "workload")
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
ZERO = Fraction(0)


@dataclass(frozen=True)
class Part:
    """What one cause adds to a line, in USD a month; None where that is not known."""

    cause: str
    delta: Fraction | None


@dataclass(frozen=True)
class LineDifference:
    """
    A line that is new, gone or different. `parts` add up to its difference. `address` is where its resource stands now,
    or stood if it is gone; `moved_from` where it stood before if that is elsewhere. `may_be_in_gap`: the side that
    lacks the line may have it in a gap, so that its amount there is not known.
    """

    address: str
    before: Charge | None
    after: Charge | None
    parts: tuple[Part, ...]
    moved_from: str | None = None
    may_be_in_gap: bool = False

    @property
    def charge(self) -> Charge:
        """The line as it is now, or as it was where it is gone."""
        return _one_of(self.after, self.before)

    @property
    def change(self) -> str:
        return ADDED if self.before is None else REMOVED if self.after is None else CHANGED

    @property
    def delta(self) -> Fraction | None:
        """USD a month; None where one side is not known."""
        known = [part.delta for part in self.parts if part.delta is not None]
        return sum(known, ZERO) if known else None


@dataclass(frozen=True)
class Difference:
    """
    Two bills compared. `lines` are only those that differ; `moved` has the old address of each new one. `warnings` are
    those that only the side after has.
    """

    before: Snapshot
    after: Snapshot
    lines: tuple[LineDifference, ...]
    moved: Mapping[str, str]
    gaps_new: tuple[Gap, ...]
    gaps_gone: tuple[Gap, ...]
    warnings: tuple[Finding, ...] = ()

    @cached_property
    def delta(self) -> Fraction:
        """USD a month: the sum of the printed differences."""
        return sum((line.delta for line in self.lines if line.delta is not None), ZERO)

    def by(self, *causes: str) -> Fraction:
        """USD a month of the differences with these causes."""
        parts = (part for line in self.lines for part in line.parts if part.cause in causes)
        return sum((part.delta for part in parts if part.delta is not None), ZERO)

    @property
    def percent(self) -> Fraction | None:
        """The difference in per cent of what it cost before; None where that is 0, or either is not wholly known."""
        if self.before.at_least or self.before.monthly <= 0 or not self.is_whole:
            return None
        return self.delta / self.before.monthly * 100

    @property
    def moved_alike(self) -> Mapping[str, str]:
        """What moved and costs the same."""
        changed = {line.address for line in self.lines}
        return {new: old for new, old in self.moved.items() if new not in changed}

    @property
    def unknown(self) -> tuple[LineDifference, ...]:
        """Lines that are different in a way that no amount can be given for."""
        return tuple(line for line in self.lines if line.delta is None)

    @property
    def is_whole(self) -> bool:
        """Whether the amount is all that the change does: every line has one, and no gap is new or gone."""
        return not (self.unknown or self.gaps_new or self.gaps_gone)

    @property
    def is_nothing(self) -> bool:
        """Whether both bills are the same."""
        return not (self.lines or self.gaps_new or self.gaps_gone)


def difference_of(
    before: Snapshot,
    after: Snapshot,
    with_new_workload: Snapshot | None,
) -> Difference:
    """
    What differs. `with_new_workload` is the stack before with the workload after, where both are known: it tells which
    part of a difference the workload makes. Without it only a line that people's use decides can have that cause.
    """
    found = matched(before, after)
    between = None if with_new_workload is None else {charge.key: charge for charge in with_new_workload.charges}
    gaps_new, gaps_gone = _only_in(after, before), _only_in(before, after)
    lines = tuple(_lines(found, (_Side(before, gaps_gone), _Side(after, gaps_new)), between))
    known = [warning.what for warning in before.warnings]
    warnings = tuple(warning for warning in after.warnings if warning.what not in known)
    return Difference(before, after, lines, found.moved, (*gaps_new, *_lost(lines)), gaps_gone, warnings)


Between = Mapping[tuple[str, str], Charge]


class _Side:
    """What one side holds and what it does not know; `own_gaps` are the gaps that the other side does not have."""

    def __init__(self, snapshot: Snapshot, own_gaps: tuple[Gap, ...]) -> None:
        self._addresses = {charge.origin.address for charge in snapshot.charges}
        self._gaps: dict[str, list[Gap]] = {}
        for gap in snapshot.gaps:
            if gap.component:
                self._gaps.setdefault(gap.address, []).append(gap)
        self._own_unpriced = {gap.address for gap in own_gaps if gap.component}
        self._own_unread = [gap for gap in own_gaps if not gap.component]

    def may_have(self, charge: Charge, address: str) -> bool:
        """
        Whether a line that this side lacks may stand in one of its gaps: in a part without a price, or in what only
        this side could not read. `address` is that of the line's resource on this side. Any part of the resource that
        only this side has no price for may have replaced the line: an instance type that no price list has, for one.
        """
        if address in self._own_unpriced:
            return True
        if any(gap.covers(charge) for gap in self._gaps.get(charge.origin.address, ())):
            return True
        return address not in self._addresses and any(gap.hides(charge) for gap in self._own_unread)


def _lines(found: Matched, sides: tuple[_Side, _Side], between: Between | None) -> Iterator[LineDifference]:
    before, after = sides
    homes = {was: address for address, was in found.moved.items()}
    for old, new in found.pairs:
        if old and new and old.costs_like(new) and old.component == new.component:
            continue
        stood = _one_of(new, old).origin.address
        address = stood if new else homes.get(stood, stood)
        may_be_in_gap = bool(
            (new and not old and before.may_have(new, found.moved.get(stood, stood)))
            or (old and not new and after.may_have(old, address))
        )
        unknown = Part(_rest(_one_of(new, old), between), None)
        parts = (unknown,) if may_be_in_gap else tuple(_parts((old, new), between))
        yield LineDifference(address, old, new, parts, found.moved.get(address), may_be_in_gap)


def _parts(pair: Pair, between: Between | None) -> Iterator[Part]:
    """The causes of one line's difference, the largest first; a single one where nothing else has a part in it."""
    old, new = pair
    was, now = old.monthly if old else ZERO, new.monthly if new else ZERO
    if old and new and old.is_sold_as(new) and not old.has_rate_of(new):
        if old.quantity_text == new.quantity_text:
            yield Part(PRICE, None if was is None or now is None else now - was)
            return
        if was is not None and now is not None and old.quantity is not None and new.price:
            at_new_rate = cents(new.price.charge(old.quantity))
            yield Part(PRICE, at_new_rate - was)
            yield Part(_rest(new, between), now - at_new_rate)
            return
    if was is None or now is None:
        yield Part(_rest(_one_of(new, old), between), None)
        return
    yield from _by_workload(old, new, was, now, between)


def _by_workload(
    old: Charge | None, new: Charge | None, was: Fraction, now: Fraction, between: Between | None
) -> Iterator[Part]:
    """Divides a difference between the workload and the files."""
    charge = _one_of(new, old)
    middle = between.get((old or charge).key) if between is not None else None
    if between is None:
        yield Part(_rest(charge, None) if old and new and old.component == new.component else STACK, now - was)
    elif new is None or middle is None:
        # A line that is gone is gone for one reason, and so is one that only the new files have.
        yield Part(WORKLOAD if new is None and middle is None else STACK, now - was)
    elif middle.monthly is None:
        yield Part(STACK, now - was)
    else:
        parts = [Part(STACK, now - middle.monthly), Part(WORKLOAD, middle.monthly - was)]
        parts.sort(key=lambda part: -abs(part.delta or ZERO))
        yield from [part for part in parts if part.delta] or [Part(STACK, ZERO)]


def _rest(charge: Charge, between: Between | None) -> str:
    """What a difference that is no price's comes from, where it is not divided."""
    if between is None:
        return WORKLOAD if charge.usage_based else STACK
    middle = between.get(charge.key)
    return WORKLOAD if middle and middle.costs_like(charge) else STACK


def _one_of(first: Charge | None, second: Charge | None) -> Charge:
    """The first that there is: a line stands on one side at least."""
    found = first or second
    if found is None:
        raise ValueError("a difference without a line")
    return found


def _lost(lines: Iterable[LineDifference]) -> Iterator[Gap]:
    """
    A gap for each amount that was known and is no longer: a bill that leaves it out only looks smaller.
    """
    for line in lines:
        if line.before and line.before.monthly is not None and line.after and line.after.monthly is None:
            origin = line.after.origin
            what = say("amount_no_longer_known")
            yield Gap(line.address, line.after.component, what, origin.file, origin.line)


def _only_in(side: Snapshot, other: Snapshot) -> tuple[Gap, ...]:
    """
    The gaps that only one side has. One of a resource that has another address there is the same where it is of the
    same type and for the same reason.
    """
    here, there = _beyond(side.gaps, other.gaps, _key), _beyond(other.gaps, side.gaps, _key)
    return tuple(_beyond(here, there, _reason))


def _key(gap: Gap) -> Hashable:
    return gap.key


def _reason(gap: Gap) -> Hashable:
    return type_of(gap.address), gap.component, gap.what


def _beyond(gaps: Iterable[Gap], known: Iterable[Gap], by: Callable[[Gap], Hashable]) -> list[Gap]:
    """The gaps beyond those that are known, each of which stands for one with the same key."""
    left = Counter(map(by, known))
    found = []
    for gap in gaps:
        if left[by(gap)] > 0:
            left[by(gap)] -= 1
        else:
            found.append(gap)
    return found
