"""Pieces of text that more than one report of a difference shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.differences.causes import (
    ADDED,
    CAUSES,
    CHANGED,
    PRICE,
    REMOVED,
    STACK,
    Difference,
    LineDifference,
)
from glimpse.planner.differences.snapshots import Charge, Gap, Snapshot
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.report.fragments import cost_text
from glimpse.words import Words, plain

SHORT_COMMIT = 7
"""Digits of a commit, as git's own short form has."""

SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~"}
"""As Terraform's plans mark them."""


@dataclass(frozen=True)
class ResourceDifference:
    """
    The lines of one resource that differ. `before` and `after` are USD a month of all its lines that are known; None
    where none is, or where the resource may be in a gap; 0 where it is not there.
    """

    address: str
    lines: tuple[LineDifference, ...]
    before: Fraction | None
    after: Fraction | None
    change: str

    @property
    def charge(self) -> Charge:
        return self.lines[0].charge

    @property
    def shown(self) -> tuple[LineDifference, ...]:
        """The lines without those of which nothing is used: a part that may cost something and does not."""
        return tuple(line for line in self.lines if line.delta != 0 or _is_used(line))

    @property
    def delta(self) -> Fraction | None:
        known = [line.delta for line in self.lines if line.delta is not None]
        return sum(known, Fraction(0)) if known else None


def resources_of(difference: Difference) -> list[ResourceDifference]:
    """The resources whose lines differ, the largest difference first, those without an amount last."""
    together: dict[str, list[LineDifference]] = {}
    for line in difference.lines:
        together.setdefault(line.address, []).append(line)
    old, new = _totals(difference.before), _totals(difference.after)
    found = []
    for address, lines in together.items():
        was = difference.moved.get(address, address)
        change = ADDED if was not in old else REMOVED if address not in new else CHANGED
        missing = _missing(any(line.may_be_in_gap for line in lines))
        found.append(
            ResourceDifference(address, tuple(lines), old.get(was, missing), new.get(address, missing), change)
        )
    return sorted(found, key=lambda row: (row.delta is None, -abs(row.delta or 0), row.address))


def _is_used(line: LineDifference) -> bool:
    return any(charge.quantity != 0 for charge in (line.before, line.after) if charge)


def _totals(snapshot: Snapshot) -> dict[str, Fraction | None]:
    totals: dict[str, Fraction | None] = {}
    for charge in snapshot.charges:
        known = totals.setdefault(charge.origin.address, None)
        if charge.monthly is not None:
            totals[charge.origin.address] = (known or Fraction(0)) + charge.monthly
    return totals


def _missing(may_be_in_gap: bool) -> Fraction | None:
    """What a line or a resource costs on the side that lacks it."""
    return None if may_be_in_gap else Fraction(0)


def amounts_of(row: ResourceDifference | LineDifference) -> tuple[str, str, str]:
    """The amounts of a row: before, after, and the difference; a dash for what is not known."""
    if isinstance(row, ResourceDifference):
        sides = [row.before, row.after]
    else:
        missing = _missing(row.may_be_in_gap)
        sides = [missing if charge is None else charge.monthly for charge in (row.before, row.after)]
    before, after = ("–" if usd is None else usd_text(usd) for usd in sides)
    return before, after, "–" if row.delta is None else signed_text(row.delta)


def signed_text(usd: Fraction) -> str:
    """`+$1.00`, `-$1.00`, `$0.00`."""
    text = usd_text(abs(usd))
    return f"${text}" if text == "0.00" else f"{'-' if usd < 0 else '+'}${text}"


def answer_text(difference: Difference, words: Words) -> str:
    """The whole in one sentence."""
    before, after = cost_text(difference.before, words), cost_text(difference.after, words)
    if difference.is_nothing:
        return words("diff_nothing", monthly=after)
    percent = difference.percent
    share = "" if percent is None or not difference.delta else f" ({percent_text(percent)})"
    if not difference.is_whole and not difference.delta:
        return words("diff_answer_unknown", before=before, after=after)
    code = "diff_answer" if difference.is_whole else "diff_answer_in_part"
    return words(code, delta=signed_text(difference.delta), share=share, before=before, after=after)


def percent_text(percent: Fraction) -> str:
    text = decimal_text(percent, 1)
    return f"{'' if text.startswith('-') else '+'}{text}%"


def side_text(snapshot: Snapshot) -> str:
    """What a side is, with the commit of a revision."""
    commit = f" ({snapshot.commit[:SHORT_COMMIT]})" if snapshot.commit else ""
    return plain(snapshot.name) + commit


def causes_text(difference: Difference, words: Words) -> str:
    """How much each cause makes; empty where the files are the only one."""
    found = {cause: amount for cause in CAUSES if (amount := difference.by(cause))}
    if set(found) <= {STACK}:
        return ""
    causes = "; ".join(words(f"diff_by_{cause}", delta=signed_text(amount)) for cause, amount in found.items())
    return words("diff_price_is_no_fault", causes=causes) if PRICE in found else causes


def highest_text(difference: Difference, words: Words) -> str:
    """What both cost as tasks scale out, where that differs otherwise than the totals do; else empty."""
    before, after = difference.before.highest, difference.after.highest
    if after - before == difference.after.monthly - difference.before.monthly:
        return ""
    return words("diff_highest", before=usd_text(before), after=usd_text(after))


def unknown_texts(difference: Difference, words: Words) -> Iterator[str]:
    """What the amount leaves out."""
    if difference.gaps_new or difference.gaps_gone:
        yield words("diff_gaps", new=len(difference.gaps_new), gone=len(difference.gaps_gone))
    if difference.unknown:
        yield words("diff_unknown_lines", count=len(difference.unknown))
    totals = difference.after.monthly - difference.before.monthly
    if rest := totals - difference.delta:
        yield words("diff_one_side", totals=signed_text(totals), rest=signed_text(rest))


def quantity_text(line: LineDifference) -> str:
    """`182.5 → 365 vCPU-hour`; one quantity where it is the same or only one side has the line."""
    texts = [_quantity(charge) for charge in (line.before, line.after) if charge]
    return f"{' → '.join(dict.fromkeys(texts))} {plain(line.charge.unit)}"


def _quantity(charge: Charge) -> str:
    return "–" if charge.quantity is None else decimal_text(charge.quantity, 4)


def component_text(line: LineDifference) -> str:
    """The component, with what it replaces."""
    names = [plain(charge.component) for charge in (line.before, line.after) if charge]
    return " → ".join(dict.fromkeys(names))


def notes_of(line: LineDifference, words: Words) -> Iterator[str]:
    """What a line's figures do not say: several causes, a price that changed, and usage that nobody gave."""
    parts = [(part.cause, part.delta) for part in line.parts if part.delta]
    if any(cause != STACK for cause, _ in parts):
        yield "; ".join(words(f"diff_by_{cause}", delta=signed_text(delta)) for cause, delta in parts)
    if any(part.cause == PRICE for part in line.parts) and line.before and line.after:
        yield words("diff_rate", before=_rate(line.before, words), after=_rate(line.after, words))
    if line.delta is None:
        charge = line.charge
        if charge.monthly is None:
            rate = words("diff_rate_only", rate=_rate(charge, words), unit=charge.unit) if charge.price else ""
            yield "; ".join(filter(None, (rate, words.render(charge.needs) if charge.needs else "")))
        else:
            yield words("diff_other_side_unknown" if line.may_be_in_gap else "diff_now_known")


def _rate(charge: Charge, words: Words) -> str:
    price = charge.price
    if price is None:
        return words("ui_no_price")
    return " / ".join(decimal_text(tier.usd) for tier in price.tiers) + (
        f"+{decimal_text(price.upfront_usd)}" if price.upfront_usd else ""
    )


def gap_text(gap: Gap, difference: Difference, words: Words) -> str:
    """A gap without its address: the part, why it is one, and whether it is accepted."""
    text = words.render(gap.what)
    if gap.component:
        text = f"{plain(gap.component)}: {text}"
    return f"{text} ({words('diff_gap_accepted')})" if difference.after.accepts(gap) else text


def gap_place(gap: Gap) -> str:
    """Where a gap is: its address, its file, or both."""
    place = f"{gap.file}:{gap.line}" if gap.file and gap.line else gap.file or ""
    return "  ".join(plain(text) for text in (gap.address, place) if text)


def resource_counts_text(resources: Iterable[ResourceDifference], words: Words) -> str:
    """How many resources were added, removed and changed."""
    counts = dict.fromkeys(SIGNS, 0)
    for resource in resources:
        counts[resource.change] += 1
    return ", ".join(words(f"diff_count_{change}", count=count) for change, count in counts.items() if count)
