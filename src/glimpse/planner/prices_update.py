"""
The wiring of `glimpse prices update`: offer files → rows → checked updates → the user's cache or a folder → a report.

Each offer of each region stands alone. One that cannot be read or is not believed leaves its prices as they were and
does not stop the others. What is written to the cache after each offer is not read again by the next run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from glimpse.planner import app
from glimpse.planner.bill import Bill
from glimpse.planner.estimate import Estimator
from glimpse.planner.finding import InputError
from glimpse.planner.outside import clock, price_files
from glimpse.planner.outside.price_updates.destination import SHIPPED, Destination
from glimpse.planner.outside.price_updates.files import snapshot_regions
from glimpse.planner.outside.price_updates.sources import Folder, Missing, PriceList, Source, Unreachable, Web
from glimpse.planner.outside.price_updates.streams import cells
from glimpse.planner.outside.price_updates.tables import Tables, shapes_of
from glimpse.planner.outside.progress import Progress
from glimpse.planner.price_updates import feeds
from glimpse.planner.price_updates.meters import EVERYWHERE
from glimpse.planner.price_updates.offers import Offer, OfferReader, OfferRefused, Shapes
from glimpse.planner.price_updates.report import (
    NOT_SOLD,
    REFUSED,
    UNCHANGED,
    UNREACHABLE,
    UPDATED,
    BillChange,
    Report,
    Result,
    report_as_json,
    report_text,
)
from glimpse.planner.price_updates.snapshot import Key, Rows
from glimpse.planner.price_updates.validation import applied, checked
from glimpse.planner.sentence import Sentence, say
from glimpse.words import Words

NOT_READ = 2
"""The exit code where no offer could be read."""

MEGABYTE = 1_000_000
MAX_SILENCES = 3
"""Offers that may fail one after the other to be reached before the rest is not asked for."""


@dataclass(frozen=True)
class UpdateOptions:
    """
    The options of the command. `arguments`: the path and the options that `glimpse bill` reads the same stack with.
    `mirror`: a folder to read instead of AWS's site. `into`: a folder to write instead of the user's cache.
    """

    words: Words
    arguments: Sequence[str] = ()
    regions: tuple[str, ...] = ()
    mirror: Path | None = None
    into: Path | None = None
    is_dry_run: bool = False
    format: str = "terminal"
    output: Path | None = None


def run(options: UpdateOptions) -> int:
    """
    Update, print or write the report, and return the exit code: 0 when it is done, also where an offer was refused, and
    2 when no offer could be read. Raises InputError, which the command turns into a sentence and 2.
    """
    with app.input_errors():
        bill, no_bill = _bill_at_hand(options)
        of_stack = sorted(_regions_of(bill.before)) if bill else []
        regions = tuple(dict.fromkeys(options.regions or of_stack))
        for region in regions:
            if region not in price_files.regions():
                raise price_files.RegionUnknown(region)
        source = _source(options)
        progress = Progress(options.words)
        try:
            with progress("price_offers"):
                work = _Work(options, source, progress)
                prices = PriceList(source)
                sold = prices.offers()
        except Missing as wrong:
            if options.mirror:
                raise InputError(say("price_mirror_missing", path=str(options.mirror))) from None
            raise InputError(say("price_offline", detail=str(wrong))) from None
        except Unreachable as wrong:
            raise InputError(say("price_offline", detail=str(wrong))) from None
        except OfferRefused as wrong:
            raise InputError(wrong.why) from None
        for region in (*regions, EVERYWHERE):
            work.update(region, prices, sold)
        work.destination.finish(work.known)
        report = work.report(bill, no_bill)
        as_json = options.format == "json"
        text = (
            json.dumps(report_as_json(report, options.words), ensure_ascii=False, indent=1) + "\n"
            if as_json
            else report_text(report, options.words)
        )
        app.write(app.Options(options.words, output=str(options.output) if options.output else None), text)
    is_read = any(result.outcome not in (UNREACHABLE, NOT_SOLD) for result in report.results)
    return app.DONE if is_read else NOT_READ


@cache
def _shapes() -> Shapes:
    """How each kind is held in the snapshot that ships: one region at a time, for all are 200,000 prices."""
    return shapes_of(map(price_files.shipped_document, snapshot_regions(SHIPPED)))


def _source(options: UpdateOptions) -> Source:
    if options.mirror is None:
        return Web()
    if not options.mirror.is_dir():
        raise InputError(say("price_mirror_missing", path=str(options.mirror)))
    return Folder(options.mirror)


@dataclass(frozen=True)
class _AtHand:
    """The stack's bill with the prices of now, and what makes it."""

    before: Bill
    estimator: Estimator


def _bill_at_hand(options: UpdateOptions) -> tuple[_AtHand | None, Sentence | None]:
    """The bill of the stack; without one where regions are named and there is no stack. Raises InputError."""
    try:
        stack, estimator = app.read(_stack_options(options))
    except InputError as wrong:
        if options.regions:
            return None, wrong.why
        raise
    return _AtHand(estimator.bill(stack), estimator), None


def _stack_options(options: UpdateOptions) -> app.Options:
    path, *rest = options.arguments or (".",)
    values: list[tuple[str, str]] = []
    stated: dict[str, str] = {}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        if name in ("--var", "--var-file"):
            values.append(("file" if name == "--var-file" else "option", value))
        else:
            stated[name] = value
    project = stated.get("--project")
    return app.Options(
        options.words, Path(path), stated.get("--region"), project=Path(project) if project else None,
        values=tuple(values),
    )  # fmt: skip


def _regions_of(bill: Bill) -> set[str]:
    """The stack's region, and those that resources of it name."""
    named = {meter.origin.region for meter in bill.usage.meters if meter.origin.region}
    return {bill.stack.region, *(named & set(price_files.regions()))}


@dataclass
class _Work:
    """The rows of a run. A region's rows are in memory only while its offers are read."""

    options: UpdateOptions
    source: Source
    progress: Progress
    results: list[Result] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    silences: int = 0

    def __post_init__(self) -> None:
        self.tables = Tables()
        self.known = [entry.region for entry in price_files.manifest()[1]]
        self.destination = Destination(self.options.into, self.options.is_dry_run)
        self.shapes = _shapes()
        self.today = clock.today()
        self.spot: Offer | OfferRefused | Unreachable | Missing | None = None

    def update(self, region: str, prices: PriceList, sold: frozenset[str]) -> None:
        """Read every offer for one region, or those of no region."""
        if region == EVERYWHERE:
            targets = [name for name in self.known if name.startswith(("edge:", price_files.GLOBAL))]
            codes = [*self.tables.global_(), feeds.PLANS]
        else:
            targets, codes = [region], [*self.tables.regional(), feeds.SPOT]
        held: dict[str, Rows] = {name: self.destination.rows(name) for name in targets}
        self._count(held, codes)
        for code in codes:
            if self.silences >= MAX_SILENCES and code != feeds.SPOT:
                self.results.append(Result(code, region, UNREACHABLE, say("price_not_asked")))
                continue
            with self.progress("price_reading", service=code, region=region) as tell:
                held = self._update_one(code, region, prices, sold, held, _megabytes(tell, code, region))

    def _update_one(
        self,
        code: str,
        region: str,
        prices: PriceList,
        sold: frozenset[str],
        held: dict[str, Rows],
        progress: Callable[[int], None],
    ) -> dict[str, Rows]:
        name = f"{code}/{region}"
        try:
            if code == feeds.SPOT:
                offer, covers = self._spot(region), feeds.covers_spot
            elif code not in sold:
                raise Missing(code)
            else:
                version = prices.version(code, region)
                if self.destination.versions.get(name) == version.number:
                    self.results.append(Result(code, region, UNCHANGED))
                    return held
                if code == feeds.PLANS:
                    plans = {dict(key[2])["plan"] for rows in held.values() for key in rows if feeds.covers_plans(key)}
                    offer, covers = feeds.plans(prices.document(version), frozenset(plans)), feeds.covers_plans
                else:
                    reader = OfferReader(
                        self.tables.meters[code], region, self.shapes, self.tables.codes, self.tables.edges
                    )
                    offer = reader.read(cells(prices.rows(version, progress)))
                    covers = self.tables.meters[code].covers
            found = checked(held, offer, covers, self.shapes, self.today, self.source.is_current)
        except OfferRefused as wrong:
            self.results.append(Result(code, region, REFUSED, wrong.why))
        except Missing:
            self.results.append(Result(code, region, NOT_SOLD))
        except Unreachable as wrong:
            self.silences += 1
            self.results.append(Result(code, region, UNREACHABLE, say("price_unreachable", detail=str(wrong))))
        else:
            self.silences = 0
            changed = {name: applied(rows, [found], name) for name, rows in held.items() if found.rows.get(name)}
            held = {**held, **changed}
            if code != feeds.SPOT:
                self.destination.versions[name] = offer.version
            self.destination.keep(changed)
            self.results.append(
                Result(code, region, UPDATED, update=replace(found, rows={}), published=offer.published)
            )
        return held

    def _spot(self, region: str) -> Offer:
        """The feed has all regions: it is fetched once. Raises as the source does."""
        if self.spot is None:
            try:
                text, as_of = self.source.spot()
                regions = frozenset(price_files.regions())
                self.spot = feeds.fargate_spot(text, as_of, regions)
            except (OfferRefused, Unreachable, Missing) as wrong:
                self.spot = wrong
        if not isinstance(self.spot, Offer):
            raise self.spot
        return replace(self.spot, charges={region: self.spot.charges.get(region, {})})

    def _count(self, held: Mapping[str, Rows], codes: Sequence[str]) -> None:
        covers: list[Callable[[Key], bool]] = [
            feeds.COVERS.get(code) or self.tables.meters[code].covers for code in codes
        ]
        for rows in held.values():
            for key in rows:
                self.held[key[0]] += 1
                self.covered[key[0]] += any(covered(key) for covered in covers)

    def report(self, bill: _AtHand | None, no_bill: Sentence | None) -> Report:
        destination = self.destination
        changed = None
        if bill:
            after = price_files.catalogue_of(bill.before.stack.region, destination.document, bill.before.catalogue.name)
            changed = BillChange(bill.before, replace(bill.estimator, catalogue=after).bill(bill.before.stack))
        return Report(
            self.results, self.held, self.covered, destination.path, self.options.is_dry_run, changed, no_bill
        )


def _megabytes(tell: Callable[..., None], code: str, region: str) -> Callable[[int], None]:
    """Tells how much of a long file has come."""
    count = 0

    def more(size: int) -> None:
        nonlocal count
        before, count = count // MEGABYTE, count + size
        if count // MEGABYTE > before:
            tell("price_progress", service=code, region=region, megabytes=count // MEGABYTE)

    return more
