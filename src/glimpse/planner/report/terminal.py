"""
The report for people: 80 columns, counted as the terminal counts them (Korean letters are two wide).

The first five lines answer: what it costs, what to do, what that saves, what is at risk, what is not known.
Texts become `rich` values without markup, so nothing that came from a file can style or move anything.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from glimpse.planner.bill import Bill, Line
from glimpse.planner.catalogue import Price
from glimpse.planner.finding import Finding
from glimpse.planner.growth import Growth
from glimpse.planner.levers.lever import GROUPS
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.regions import Elsewhere
from glimpse.planner.report.fragments import (
    amount_text,
    availability_sentence,
    claims_text,
    document_row,
    place_text,
    quantity_text,
    rated_text,
    region_text,
    step_text,
    total_text,
    unit_usd_text,
    workload_name,
)
from glimpse.planner.report.paid import (
    charge_text,
    difference_text,
    line_text,
    lines_text,
    period_text,
    shown,
    summary,
)
from glimpse.planner.report.savings import (
    by_saving,
    places_text,
    saving_notes,
    saving_text,
    worth_showing,
)
from glimpse.planner.report.summary import answers, cost_text, found_region, not_given, not_needed, unknowns_text
from glimpse.planner.risks import Risk
from glimpse.planner.scenarios import Effect, Plan, Scenario
from glimpse.planner.sentence import Sentence
from glimpse.planner.stack import Unpriced
from glimpse.planner.verdict import BROKEN, KEPT, UNKNOWN
from glimpse.planner.words import Words, plain

if TYPE_CHECKING:
    from glimpse.planner.plan_document.alarms import Alarm
    from glimpse.planner.plan_document.checks import Check
    from glimpse.planner.plan_document.claims import Claim

WIDTH = 80

# Columns as (width, alignment): "<" left, ">" right. Each row comes to WIDTH at most.
BILL = ((31, "<"), (20, ">"), (10, ">"), (9, ">"), (1, "<"), (8, "<"))
SCENARIOS = (
    (4, ">"), (1, "<"), (17, "<"), (10, ">"), (8, ">"), (2, "<"), (10, "<"), (9, "<"), (6, ">"), (2, "<"), (11, "<")
)  # fmt: skip
ALARMS = ((24, "<"), (14, "<"), (20, "<"))
LEVERS = ((45, "<"), (10, ">"), (13, ">"), (2, "<"), (10, "<"))
SUM = ((61, "<"), (9, ">"))
PAID = ((49, "<"), (10, ">"), (10, ">"), (11, ">"))

COLOURS = {
    KEPT: "green", "confirmed": "green", BROKEN: "red", "refuted": "red", UNKNOWN: "yellow",
}  # fmt: skip
"""Of a promise's verdict, and of a claim's."""


class Report:
    """
    Every method adds one part; `lines` are what they come to.

    A console takes a thousand times as long to print a line as to print many at once, so `lines` are printed last.
    """

    def __init__(self, words: Words, console: Console) -> None:
        self.lines: list[Text] = []
        self.words = words
        self.console = console

    def plan(self, plan: Plan, otherwise: Fraction, paid: Comparison | None = None) -> None:
        self._answers(plan)
        self._risks(plan.today.risks)
        self._steps(plan)
        self._levers(plan)
        self._scenarios(plan)
        self._promises(plan)
        self._bill(plan.today.bill, otherwise)
        self._growth(plan.growth)
        self._paid(paid)
        if plan.document:
            self._checks(plan.document.checks)
            self._alarms(plan.document.alarms)
            self._claims(plan.document.claims)
        self._workload(plan.today.bill)

    def bill(
        self, bill: Bill, otherwise: Fraction, there: Sequence[Elsewhere] = (), paid: Comparison | None = None
    ) -> None:
        for label, text, style in not_given(bill, self.words):
            self._line(label, text, style)
        self._line("ui_now", cost_text(bill, self.words))
        for label, text, style in found_region(bill, self.words):
            self._line(label, text, style)
        self._line("ui_not_known", unknowns_text(bill, "unknowns_plain", self.words))
        for label, text, style in not_needed(bill, self.words):
            self._line(label, text, style)
        self._bill(bill, otherwise)
        self._paid(paid)
        self._regions(bill, there)
        self._workload(bill)

    # ---- The first five lines

    def _answers(self, plan: Plan) -> None:
        for label, text, style in answers(plan, self.words):
            self._line(label, text, style)

    def _line(self, label: str, text: str, style: str = "") -> None:
        self._say(Text.assemble((set_cell_size(self.words(label), 11), "bold"), (text, style)), hang=11)

    # ---- The bill

    def _bill(self, bill: Bill, otherwise: Fraction) -> None:
        words = self.words
        self._title("ui_bill", name=bill.stack.name)
        heads = (
            words("ui_component"),
            words("ui_quantity"),
            words("ui_unit_usd"),
            words("ui_usd"),
            "",
            words("ui_notes"),
        )
        self._row(BILL, *(Text(head, "dim") for head in heads))
        notes: list[Sentence] = []
        sources: list[str] = []
        address = None
        for line in bill.lines:
            if line.meter.origin.address != address:
                address = line.meter.origin.address
                self._place(address, line.meter.origin.file, line.meter.origin.line, line.meter.origin.region)
            self._row(BILL, *self._cells(line, notes, sources))
        self._row(SUM, Text(total_text(bill, words), "bold"), _usd(bill.monthly))
        label = "ui_total_listed" if bill.free_tier else "ui_total_free_tier"
        self._row(SUM, Text(words(label)), Text(usd_text(otherwise)))
        if bill.free:
            self._say(words("ui_free", count=len(bill.free)), "dim")
        self._marked("ui_assumed", [(str(n), words.say(note)) for n, note in enumerate(notes, start=1)])
        self._marked("ui_sources", [(_letter(n), source) for n, source in enumerate(sources)])
        self._unpriced(bill.unpriced)
        self._findings("ui_unresolved", bill.stack.unresolved)
        self._findings("ui_warnings", bill.stack.warnings)

    def _cells(self, line: Line, notes: list[Sentence], sources: list[str]) -> list[Text]:
        marks = []
        price = line.price
        if price:
            marks.append(_letter(_position(sources, _source(price))))
        said = (*line.meter.assumes, *_special_needs(line))
        marks += [str(_position(notes, note) + 1) for note in said]
        return [
            Text("  " + plain(line.meter.component)), Text(quantity_text(line)),
            Text(unit_usd_text(line, self.words), "dim"),
            Text("–" if line.quantity is None else usd_text(line.monthly)), Text(""), Text(" ".join(marks), "dim"),
        ]  # fmt: skip

    def _unpriced(self, entries: Iterable[Unpriced]) -> None:
        entries = sorted(entries, key=lambda entry: entry.origin.address)
        if entries:
            self._title("ui_unpriced")
        for origin, alike in itertools.groupby(entries, key=lambda entry: entry.origin):
            self._place(origin.address, origin.file, origin.line)
            for entry in alike:
                self._say(f"{plain(entry.component)}: {self.words.say(entry.why)}", indent=2)

    def _findings(self, title: str, found: Iterable[Finding]) -> None:
        found = list(found)
        if found:
            self._title(title)
        for entry in found:
            place = f"{place_text(entry)}  " if entry.file else ""
            self._say(place + self.words.say(entry.what))

    def _regions(self, home: Bill, there: Sequence[Elsewhere]) -> None:
        if there:
            self._title("ui_regions", region=home.stack.region)
        for entry in there:
            self._say(region_text(entry, self.words))
            for gap in entry.missing:
                self._say(f"{plain(gap.origin.address)}, {plain(gap.component)}: {self.words.say(gap.why)}", indent=2)

    # ---- What was paid

    def _paid(self, paid: Comparison | None) -> None:
        if paid is None:
            return
        words = self.words
        self._title("ui_actual", period=period_text(paid.actual.period, words))
        for text in summary(paid, words):
            self._say(text)
        if paid.lines:
            heads = (words("ui_component"), words("ui_usd"), words("ui_paid"), words("ui_difference"))
            self._row(PAID, *(Text(head, "dim") for head in heads))
        for row in paid.lines:
            amounts = (usd_text(row.monthly), usd_text(row.paid), usd_text(row.paid - row.monthly))
            name = lines_text(row)
            if cell_len(name) >= PAID[0][0]:
                self._say(name)
                name = ""
            self._row(PAID, Text(name), *map(Text, amounts))
            if why := difference_text(row, words):
                self._say(Text(why, "dim"), indent=2)
        if paid.not_in_terraform:
            self._title("ui_not_in_terraform")
            rows, rest = shown(paid.not_in_terraform, words)
            for charge in rows:
                self._say(f"{usd_text(charge.paid):>9}  {charge_text(charge, words)}", hang=11)
            if rest:
                self._say(rest)
        for title, lines in (("ui_not_paid", paid.not_paid), ("ui_not_compared", paid.not_compared)):
            if lines:
                self._title(title)
            for line in lines:
                self._say(f"{usd_text(line.monthly):>9}  {line_text(line)}", hang=11)

    # ---- The comparison

    def _scenarios(self, plan: Plan) -> None:
        words = self.words
        self._title("ui_scenarios")
        heads = (
            words("ui_rank"), "", words("ui_scenario"), words("ui_usd"), words("ui_saving"), "", "WebSocket",
            words("ui_promises"), "SLA %", "", words("ui_effort"),
        )  # fmt: skip
        self._row(SCENARIOS, *(Text(head, "dim") for head in heads))
        for scenario in plan.scenarios:
            kept = sum(row.verdict == KEPT for row in scenario.verdicts)
            self._row(
                SCENARIOS,
                Text(str(scenario.rank or "–")), Text(""), Text(scenario.name, "bold"),
                Text(("≥ " if scenario.bill.is_lower_bound else "") + usd_text(scenario.bill.monthly)),
                Text(saving_text(scenario.saving)), Text(""),
                Text(words(scenario.websocket[0])),
                Text(f"{kept}/{len(scenario.verdicts)}", "green" if scenario.keeps_all else "red"),
                Text(rated_text(scenario.availability)), Text(""),
                Text(words(f"effort_{scenario.effort}")),
            )  # fmt: skip
            for note, style in self._beside(plan, scenario):
                self._say(Text(note, style), indent=5)
        self._say(words("ui_sla"), "dim")
        if plan.search:
            self._say(words("ui_best", levers=plan.search.best.names, count=f"{plan.search.looked_at:,}"))
        for reason in plan.reasons:
            self._say(words.say(reason), "dim")

    def _beside(self, plan: Plan, scenario: Scenario) -> Iterator[tuple[str, str]]:
        """What stands under a scenario: that it is recommended, a region with its prices, the document's own row."""
        words, there = self.words, scenario.reference
        if scenario is plan.recommended:
            yield f"← {words('ui_recommended')}", "green"
        if there and there.bill.stack.region != scenario.bill.stack.region:
            cost = ("≥ $" if there.bill.is_lower_bound else "$") + usd_text(there.bill.monthly)
            saved = there.saving.certain_usd
            code = "ui_elsewhere" if saved is None else "ui_elsewhere_saves"
            params = {} if saved is None else {"saving": usd_text(saved)}
            yield words(code, region=there.bill.stack.region, cost=cost, **params), "dim"
        if plan.document and scenario.name in plan.document.rows:
            yield words("ui_document_row", row=document_row(plan.document.rows[scenario.name])), "dim"

    def _promises(self, plan: Plan) -> None:
        """Every promise as the stack keeps it today, and where a scenario differs from that."""
        for scenario in plan.scenarios:
            changed = [row for row in scenario.verdicts if row not in plan.today.verdicts]
            rows = scenario.verdicts if scenario is plan.today else [row for row in changed if row.verdict != KEPT]
            if not rows and scenario is not plan.recommended:
                continue
            self._title("ui_promises_of", scenario=scenario.name)
            for row in rows:
                verdict = set_cell_size(self.words(row.verdict), 9)
                name = set_cell_size(self.words(f"promise_{row.promise}"), 20)
                self._say(Text.assemble((verdict, COLOURS[row.verdict]), name, self.words.say(row.why)), hang=29)
            if scenario.availability:
                self._say(self.words.say(availability_sentence(scenario.availability, self.words)), "dim")

    def _steps(self, plan: Plan) -> None:
        words, chosen = self.words, plan.recommended
        if chosen is None or not plan.steps:
            return
        self._title("ui_steps", scenario=chosen.name)
        for phase, steps in itertools.groupby(plan.steps, key=lambda step: step.phase):
            self._say(words(f"phase_{phase}"), "bold")
            for step in steps:
                self._say(f"- {step_text(step, chosen, words)}", indent=2, hang=4)
                for place in places_text(step.places, words):
                    self._say(Text(place, "dim"), indent=4, hang=6)

    def _checks(self, checks: Iterable[Check]) -> None:
        words = self.words
        self._title("ui_checks")
        for group, inside in itertools.groupby(checks, key=lambda check: check.group):
            self._say(words(f"group_{group}"), "bold")
            for ours, alike in itertools.groupby(inside, key=lambda check: check.ours):
                for check in alike:
                    self._say(f"[ ] {check.quote}", indent=2)
                if ours:
                    self._say(Text(words(ours), "dim"), indent=6)

    def _alarms(self, alarms: Iterable[Alarm]) -> None:
        words = self.words
        self._title("ui_alarms")
        heads = ("", words("ui_document_says"), words("ui_derived"))
        self._row(ALARMS, *(Text(head, "dim") for head in heads))
        for alarm in alarms:
            name = Text(words(f"alarm_{alarm.name}"), "bold")
            derived = words.say(alarm.derived) if alarm.derived else "–"
            self._row(ALARMS, name, Text(alarm.document), Text(derived))
            self._say(Text(words.say(alarm.why), "dim"), indent=2)

    def _levers(self, plan: Plan) -> None:
        """Every change that would or may save, by what it asks of the owner; then the names of the others."""
        words = self.words
        self._title("ui_levers")
        self._say(words("ui_levers_more", scenario=plan.measure.name), "dim")
        here = words("ui_here", scenario=plan.measure.name)
        heads = (words("ui_lever"), words("ui_alone"), here, "", words("ui_by"))
        self._row(LEVERS, *(Text(head, "dim") for head in heads))
        shown = [effect for effect in plan.effects if worth_showing(effect)]
        for group in GROUPS:
            found = by_saving(effect for effect in shown if effect.lever.group == group)
            if found:
                self.lines += Text(), Text(words(f"group_{group}"), "bold")
            for effect in found:
                self._lever(effect)
        idle = [effect.lever.name for effect in plan.effects if effect not in shown]
        self.lines.append(Text())
        if idle:
            self._say(words("ui_saves_nothing", levers=", ".join(idle)), "dim")
        if plan.idle:
            self._say(words("ui_idle", count=len(plan.idle)), "dim")

    def _lever(self, effect: Effect) -> None:
        words, lever = self.words, effect.lever
        name, by = Text(words(f"lever_{lever.name}"), "bold"), Text(words(lever.implemented))
        saves = Text(saving_text(effect.alone)), Text(saving_text(effect.here))
        self._row(LEVERS, name, *saves, Text(""), by)
        for note in saving_notes(effect.alone, words):
            self._say(Text(note), indent=2)
        for place in places_text(effect.places, words):
            self._say(Text(place, "dim"), indent=2, hang=4)
        self._say(Text(words(f"how_{lever.name}"), "dim"), indent=2)
        if lever.gives_up:
            self._say(words("ui_gives_up", name=words(f"promise_{lever.gives_up}")), indent=2)
        risk = words("ui_risk", risk=words(f"risk_{lever.name}"))
        self._say(Text.assemble(lever.name, " · ", risk, style="dim"), indent=2)

    def _growth(self, growth: Sequence[Growth]) -> None:
        if growth:
            self._title("ui_growth")
        for entry in growth:
            self._say(self.words.say(entry.sentence))

    def _risks(self, risks: Sequence[Risk]) -> None:
        if risks:
            self._title("ui_warnings")
        for risk in risks:
            place = f"{plain(risk.origin.file)}:{risk.origin.line}" if risk.origin.file else plain(risk.origin.address)
            self._say(f"{place}  {self.words.say(risk.what)}")

    def _claims(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        words = self.words
        self._title("ui_claims")
        self._say(claims_text(claims, words))
        for claim in claims:
            verdict = Text(words(claim.verdict), COLOURS[claim.verdict])
            self.lines.append(Text())
            self._say(Text.assemble(f"{claim.source_line:>4}  ", (claim.quote, "bold")), hang=6)
            claimed, computed = amount_text(claim.claimed, words), amount_text(claim.computed, words)
            figures = f"      {words('ui_claimed')} {claimed} · {words('ui_computed')} {computed} · "
            self._say(Text.assemble(figures, verdict), hang=6)
            self._say(Text(words.say(claim.why), "dim"), indent=6)

    def _workload(self, bill: Bill) -> None:
        words, workload = self.words, bill.workload
        self._title("ui_workload", source=workload_name(workload, words))
        if not workload.has_people:
            self._say(words("ui_no_people"), "dim")
        for row in workload.derived(bill.usage.traffic.capacity) if workload.has_people else ():
            figure = f"{row.name:<18}{decimal_text(row.value, 2):>10} {set_cell_size(words(f'amount_{row.unit}'), 11)}"
            self._say(Text.assemble(figure, (f"= {row.formula}", "dim")), hang=42)
        self._say(words("ui_hours_free_tier" if bill.free_tier else "ui_hours"), "dim")

    # ---- Parts

    def _title(self, code: str, **params: str | int) -> None:
        title = self.words(code, **params)
        self.lines += Text(), Text.assemble((title, "bold"), (f" {'─' * (WIDTH - cell_len(title) - 1)}", "dim"))

    def _say(self, text: str | Text, style: str = "", indent: int = 0, hang: int = 2) -> None:
        """One paragraph; its first line begins at `indent`, later ones at `indent` or further in at `hang`."""
        body = Text(text, style) if isinstance(text, str) else text
        first, *rest = body.wrap(self.console, WIDTH - indent)
        left = max(indent, hang)
        if rest:
            # What did not fit on the first line is wrapped anew, to the narrower room that is left.
            remaining = body[len(first) :]
            remaining = remaining[len(remaining.plain) - len(remaining.plain.lstrip()) :]
            rest = list(remaining.wrap(self.console, WIDTH - left))
        for line, margin in ((first, indent), *((line, left) for line in rest)):
            line.rstrip()
            self.lines.append(Text(" " * margin) + line if margin else line)

    def _row(self, columns: tuple[tuple[int, str], ...], *cells: Text) -> None:
        """Cells side by side; one that is too long pushes the next, and the row gives it back where there is room."""
        row, filled, end, open_end = Text(), 0, 0, False
        for (width, align), cell in zip(columns, cells, strict=True):
            end += width
            text = cell.plain
            size = cell_len(text)
            if align == ">":
                room = max(end - filled - size, 1 if text and open_end else 0)
                row.append(" " * room).append_text(cell)
            else:
                room = max(0, end - filled - size)
                row.append_text(cell).append(" " * room)
            filled += size + room
            open_end = (bool(text) and (align == ">" or not room)) or (open_end and not size + room)
        self.lines.append(row)

    def _place(self, address: str, file: str | None, line: int | None, region: str | None = None) -> None:
        text = Text(_fit(plain(address), WIDTH), "bold")
        place = (f"  {plain(region)}" if region else "") + (f"  {plain(file)}:{line}" if file else "")
        if cell_len(text.plain + place) <= WIDTH:
            text.append(place, "dim")
        self.lines.append(text)

    def _marked(self, title: str, rows: list[tuple[str, str]]) -> None:
        if rows:
            self.lines.append(Text(self.words(title), "bold"))
        for mark, text in rows:
            self._say(Text.assemble((f"{mark:>3} ", "bold"), (text, "dim")), hang=4)


def text_of(words: Words, write: str, *arguments: object, colour: bool = False, width: int = WIDTH) -> str:
    """The report as text: `write` names a method of Report."""
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, force_terminal=colour or None, highlight=False, markup=False, emoji=False
    )
    report = Report(words, console)
    getattr(report, write)(*arguments)
    console.print(Text("\n").join(report.lines), soft_wrap=True)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def _fit(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


T = TypeVar("T")


def _special_needs(line: Line) -> tuple[Sentence, ...]:
    """What a line without an amount needs, where that is more than its usage key."""
    needs = line.meter.needs
    return (needs,) if line.quantity is None and needs and needs.code != "needs_usage" else ()


def _usd(amount: Fraction) -> Text:
    return Text(usd_text(amount), "bold")


def _position(held: list[T], wanted: T) -> int:
    """The position of a value in a list of footnotes, added where it is new."""
    if wanted not in held:
        held.append(wanted)
    return held.index(wanted)


def _source(price: Price) -> str:
    """Date, confidence and source on one line; the whole source is in the JSON and in `glimpse prices show`."""
    source = plain(price.source).replace("document quoting the AWS Price List: ", "AWS Price List, by way of ")
    return _fit(f"{price.as_of} {price.confidence:<6} {source}", WIDTH - 4)


def _letter(number: int) -> str:
    """a, b, … z, aa, ab, …"""
    head, tail = divmod(number, 26)
    return (_letter(head - 1) if head else "") + chr(ord("a") + tail)
