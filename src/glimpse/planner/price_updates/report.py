"""The report of `glimpse prices update`: what moved, what is missing, what was refused, and what the bill becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from glimpse.planner.bill import Bill, Line
from glimpse.planner.money import usd_text
from glimpse.planner.price_updates.validation import Change, Update, name_of
from glimpse.planner.sentence import Sentence
from glimpse.words import Words, plain
from glimpse.words.wrapping import columns, wrapped

WIDTH = 80
MAX_SHOWN = 15
"""Prices that the terminal shows of each list; JSON has all."""

UPDATED, UNCHANGED, REFUSED, UNREACHABLE, NOT_SOLD = "updated", "unchanged", "refused", "unreachable", "not_sold"


@dataclass(frozen=True)
class Result:
    """What became of one offer for one region. `why`: the reason where it was not taken over."""

    code: str
    region: str
    outcome: str
    why: Sentence | None = None
    update: Update | None = None
    published: str = ""


@dataclass(frozen=True)
class BillChange:
    """The bill at hand with the old and with the new prices."""

    before: Bill
    after: Bill

    def lines(self) -> Iterator[tuple[str, Line | None, Line | None]]:
        """The lines whose amount a month moved, with their id; None where a line has no price before or after."""
        old = {line.id: line for line in self.before.lines}
        new = {line.id: line for line in self.after.lines}
        for name in dict.fromkeys((*old, *new)):
            one, other = old.get(name), new.get(name)
            if one is None or other is None or one.monthly != other.monthly:
                yield name, one, other


@dataclass(frozen=True)
class Report:
    """`held`: how many prices the regions have; `covered`: how many of them an offer can have."""

    results: Sequence[Result]
    held: Counter[str]
    covered: Counter[str]
    target: str
    is_dry_run: bool
    bill: BillChange | None = None
    no_bill: Sentence | None = None

    def updates(self) -> list[tuple[Result, Update]]:
        return [(result, result.update) for result in self.results if result.update]

    def moved(self) -> list[Change]:
        return [change for _, update in self.updates() for change in update.moved]


def report_as_json(report: Report, words: Words) -> dict[str, Any]:
    """The document `glimpse.prices_update/1`."""
    document: dict[str, Any] = {
        "schema": "glimpse.prices_update/1",
        "dry_run": report.is_dry_run,
        "target": report.target,
        "offers": [_result(result, words) for result in report.results],
        "moved": [
            {**_key(change.region, change.key), "unit": change.unit, "old_usd": change.old, "new_usd": change.new,
             **({} if change.percent is None else {"percent": f"{change.percent:.1f}"})}
            for change in report.moved()
        ],
        "missing": [_key(region, key) for _, update in report.updates() for region, key in update.missing],
        "kept": [
            {**_key(doubt.region, doubt.key), "code": doubt.code, "text": words(doubt.code),
             **{name: usd for name, usd in (("old_usd", doubt.old), ("new_usd", doubt.new)) if usd}}
            for _, update in report.updates()
            for doubt in update.doubtful
        ],
        "coverage": [
            {"service": service, "prices": count, "covered": report.covered[service]}
            for service, count in sorted(report.held.items())
        ],
    }  # fmt: skip
    if report.bill:
        document["bill"] = {
            "monthly_usd_before": usd_text(report.bill.before.monthly),
            "monthly_usd_after": usd_text(report.bill.after.monthly),
            "lines": [{"id": plain(name), **_amounts(before, after)} for name, before, after in report.bill.lines()],
        }
    elif report.no_bill:
        document["no_bill"] = _sentence(report.no_bill, words)
    return document


def _result(result: Result, words: Words) -> dict[str, Any]:
    document: dict[str, Any] = {"offer": result.code, "region": result.region, "outcome": result.outcome}
    if result.published:
        document["published"] = result.published
    if result.why:
        document["why"] = _sentence(result.why, words)
    if update := result.update:
        document["prices"] = {
            "confirmed": update.confirmed, "moved": len(update.moved), "new": update.new,
            "missing": len(update.missing), "kept": len(update.doubtful),
        }  # fmt: skip
    return document


def _key(region: str, key: tuple[str, str, tuple[tuple[str, str], ...], str]) -> dict[str, Any]:
    service, kind, attributes, term = key
    return {"region": region, "service": service, "kind": kind, "attributes": dict(attributes), "term": term}


def _sentence(sentence: Sentence, words: Words) -> dict[str, Any]:
    params = {name: plain(value) if isinstance(value, str) else value for name, value in sentence.params.items()}
    return {"code": sentence.code, **({"params": params} if params else {}), "text": words.render(sentence)}


def _amounts(before: Line | None, after: Line | None) -> dict[str, str]:
    pairs = (("before_usd", before), ("after_usd", after))
    return {name: usd_text(line.monthly) for name, line in pairs if line}


def report_text(report: Report, words: Words) -> str:
    """The same for people."""
    return "\n".join(line.rstrip() for line in _lines(report, words)) + "\n"


def _lines(report: Report, words: Words) -> Iterator[str]:
    yield from _outcomes(report, words)
    moved = report.moved()
    if moved:
        yield from ("", words("price_moved", count=len(moved)))
        for change in sorted(moved, key=_size, reverse=True)[:MAX_SHOWN]:
            percent = "" if change.percent is None else f"  {change.percent:+.1f} %"
            yield from _row(f"{change.region} {name_of(change.key)}", f"{change.old} → {change.new}{percent}")
        yield from _more(len(moved), words)
    missing = [(region, key) for _, update in report.updates() for region, key in update.missing]
    if missing:
        yield from ("", *wrapped(words("price_missing", count=len(missing)), WIDTH))
        for region, key in missing[:MAX_SHOWN]:
            yield from _row(f"{region} {name_of(key)}")
        yield from _more(len(missing), words)
    doubtful = [doubt for _, update in report.updates() for doubt in update.doubtful]
    if doubtful:
        yield from ("", *wrapped(words("price_kept", count=len(doubtful)), WIDTH))
        for doubt in doubtful[:MAX_SHOWN]:
            figures = f"{doubt.old} → {doubt.new}" if doubt.old and doubt.new else doubt.new
            yield from _row(f"{doubt.region} {name_of(doubt.key)}", figures)
            yield from (f"      {line}" for line in wrapped(words(doubt.code), WIDTH - 6))
        yield from _more(len(doubtful), words)
    yield from _bill(report, words)
    yield ""
    covered, held = sum(report.covered.values()), sum(report.held.values())
    yield from wrapped(words("price_coverage", covered=f"{covered:,}", held=f"{held:,}"), WIDTH)
    code = "price_not_written" if report.is_dry_run else "price_written"
    yield from wrapped(words(code, path=report.target), WIDTH)


def _outcomes(report: Report, words: Words) -> Iterator[str]:
    for region in dict.fromkeys(result.region for result in report.results):
        yield plain(region)
        own = [result for result in report.results if result.region == region]
        for result in own:
            if update := result.update:
                text = words(
                    "price_updated", date=result.published, confirmed=update.confirmed, moved=len(update.moved),
                    new=update.new,
                )  # fmt: skip
                yield from _indented(result.code, text)
        for outcome in (UNCHANGED, NOT_SOLD):
            if names := [result.code for result in own if result.outcome == outcome]:
                yield from _indented(words(f"price_outcome_{outcome}"), ", ".join(names))
        for result in own:
            if result.outcome in (REFUSED, UNREACHABLE) and result.why:
                text = words("price_left", why=words.render(result.why))
                yield from _indented(result.code, text)


def _indented(head: str, text: str) -> Iterator[str]:
    first, *others = wrapped(text, WIDTH - 26) or [""]
    yield f"  {plain(head)}{' ' * max(1, 22 - columns(head))}{first}"
    yield from (" " * 24 + line for line in others)


def _row(name: str, figures: str = "") -> Iterator[str]:
    """The figures are at the right of the first line."""
    first, *others = wrapped(plain(name), WIDTH - columns(figures) - 4)
    yield f"  {first}{' ' * max(2, WIDTH - columns(first) - columns(figures) - 2)}{figures}"
    yield from (f"    {line}" for line in others)


def _more(count: int, words: Words) -> Iterator[str]:
    if count > MAX_SHOWN:
        yield f"  {words('price_more', count=count - MAX_SHOWN)}"


def _size(change: Change) -> float:
    return abs(float(change.percent)) if change.percent is not None else float("inf")


def _bill(report: Report, words: Words) -> Iterator[str]:
    if report.bill is None:
        if report.no_bill:
            yield from ("", *wrapped(words("price_no_bill", why=words.render(report.no_bill)), WIDTH))
        return
    before, after = report.bill.before.monthly, report.bill.after.monthly
    yield ""
    if before == after and not any(report.bill.lines()):
        yield from wrapped(words("price_bill_same", usd=usd_text(before)), WIDTH)
        return
    text = words("price_bill", before=usd_text(before), after=usd_text(after), difference=_signed(after - before))
    yield from wrapped(text, WIDTH)
    for name, one, other in report.bill.lines():
        old, new = (usd_text(line.monthly) if line else "?" for line in (one, other))
        yield from _row(name, f"{old} → {new}")


def _signed(usd: Fraction) -> str:
    return f"{'+' if usd >= 0 else ''}{usd_text(usd)}"
