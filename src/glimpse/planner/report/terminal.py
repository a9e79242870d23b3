"""
The report for people: 80 columns, counted as the terminal counts them (Korean letters are two wide).

The first five lines answer: what it costs, what to do, what that saves, what is at risk, what is not known.
Texts become `rich` values without markup, so nothing that came from a file can style or move anything.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from glimpse.planner.bill import Bill, Line
from glimpse.planner.claims import CONFIRMED, REFUTED, UNKNOWN, Amount, Claim
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.scenarios import Effect, Plan, Scenario
from glimpse.planner.sentence import Sentence
from glimpse.planner.stack import Finding, Unpriced
from glimpse.planner.verdict import BROKEN, KEPT
from glimpse.planner.words import Words, plain

WIDTH = 80
COLOURS = {
    KEPT: "green", CONFIRMED: "green", BROKEN: "red", REFUTED: "red", UNKNOWN: "yellow",
}  # fmt: skip


class Report:
    """Writes to a console; every method adds one part."""

    def __init__(self, words: Words, console: Console) -> None:
        self.words = words
        self.console = console

    def plan(self, plan: Plan, with_free_tier: Bill) -> None:
        self._answers(plan)
        self._warnings(plan.warnings)
        self._bill(plan.today.bill, with_free_tier)
        self._scenarios(plan)
        self._promises(plan.today)
        self._levers(plan)
        self._claims(plan.claims)
        self._workload(plan.today.bill)

    def bill(self, bill: Bill, with_free_tier: Bill) -> None:
        self._line("ui_now", self._cost(bill))
        self._line("ui_not_known", self._unknowns(bill, "unknowns_plain"))
        self._bill(bill, with_free_tier)
        self._workload(bill)

    # ---- The first five lines

    def _answers(self, plan: Plan) -> None:
        words, today, best = self.words, plan.today, plan.recommended
        self._line("ui_now", self._cost(today.bill))
        if best is None:
            self._line("ui_do", words("do_none"), "yellow")
        elif best.name == "today":
            self._line("ui_do", words("do_nothing"))
        else:
            self._line("ui_do", words("do_apply", scenario=best.name), "green")
        self._line("ui_saves", self._savings(plan))
        names = ", ".join(words(f"short_{found.what.code}") for found in plan.warnings)
        if plan.warnings:
            self._line("ui_risks", words("risks_some", count=len(plan.warnings), names=names), "yellow")
        else:
            self._line("ui_risks", words("risks_none"))
        self._line("ui_not_known", self._unknowns(today.bill, "unknowns"))

    def _cost(self, bill: Bill) -> str:
        name = plain(bill.stack.name).rstrip("/").rsplit("/", 1)[-1]
        monthly, region = usd_text(bill.monthly), bill.stack.region
        if bill.at_least:
            count = len(bill.unpriced) + len(bill.stack.unresolved)
            return self.words("now_at_least", monthly=monthly, count=count, name=name, region=region)
        low, high = (f"${usd_text(amount)}" for amount in (bill.range.low, bill.range.high))
        return self.words("now", monthly=monthly, low=low, high=high, name=name, region=region)

    def _savings(self, plan: Plan) -> str:
        chosen = plan.recommended if plan.recommended and plan.recommended.name != "today" else None
        other = chosen or next((s for s in plan.scenarios[1:] if any(e.changes for e in s.effects)), None)
        if other is None:
            return self.words("saves_no_other")
        if other.saving is None:
            return self.words("saves_unknown", scenario=other.name)
        share = other.saving / plan.today.bill.monthly * 100 if plan.today.bill.monthly else Fraction(0)
        saving, percent = usd_text(other.saving), decimal_text(share, 1)
        return self.words("saves", saving=saving, scenario=other.name, percent=percent)

    def _unknowns(self, bill: Bill, code: str) -> str:
        return self.words(code, unpriced=len(bill.unpriced), unresolved=len(bill.stack.unresolved))

    def _line(self, label: str, text: str, style: str = "") -> None:
        name = set_cell_size(self.words(label), 11)
        self.console.print(Text.assemble((name, "bold"), (text, style)), soft_wrap=False)

    # ---- The bill

    def _bill(self, bill: Bill, with_free_tier: Bill) -> None:
        words = self.words
        self._title("ui_bill")
        table = self._table(
            (words("ui_component"), "left", None), (words("ui_quantity"), "right", None),
            (words("ui_unit_usd"), "right", 11), (words("ui_usd"), "right", 8), (words("ui_notes"), "left", 7),
        )  # fmt: skip
        notes: list[Sentence] = []
        sources: list[tuple[str, str, str]] = []
        address = None
        for line in bill.lines:
            if line.meter.origin.address != address:
                address = line.meter.origin.address
                place = f"  {line.meter.origin.file}:{line.meter.origin.line}" if line.meter.origin.file else ""
                heading = Text.assemble((_fit(address, WIDTH - 2), "bold"))
                if place and cell_len(address + place) <= WIDTH - 2:
                    heading.append(plain(place), "dim")
                table.add_section()
                self._flush(table, heading)
                table = self._table(*((None, column.justify, column.width) for column in table.columns))
            table.add_row(*self._cells(line, notes, sources))
        self._flush(table, None)
        total = words("ui_total_at_least" if bill.at_least else "ui_total")
        self._sum(total, bill.monthly, "bold")
        if not bill.free_tier and with_free_tier.monthly != bill.monthly:
            self._sum(words("ui_total_free_tier"), with_free_tier.monthly)
        if bill.free:
            self._say(words("ui_free", count=len(bill.free)), "dim")
        self._numbered("ui_assumed", (words.say(note) for note in notes))
        self._lettered("ui_sources", sources)
        self._unpriced(bill.unpriced)
        self._findings("ui_unresolved", bill.stack.unresolved)
        self._findings("ui_warnings", bill.stack.warnings)

    def _cells(self, line: Line, notes: list[Sentence], sources: list[tuple[str, str, str]]) -> list[Text]:
        marks = []
        if line.price:
            source = (line.price.as_of, line.price.confidence, line.price.source)
            marks.append(_letter(_place(sources, source)))
        marks += [str(_place(notes, note) + 1) for note in line.meter.assumes]
        price = line.price
        unit = "" if price is None else decimal_text(price.tiers[0].usd) if len(price.tiers) == 1 else self.words("ui_tiered")
        quantity = f"{decimal_text(line.quantity.expected, 4)} {line.meter.unit}"
        return [
            Text("  " + plain(line.meter.component)), Text(quantity), Text(unit, "dim"),
            Text(usd_text(line.monthly)), Text(" " + " ".join(marks), "dim"),
        ]  # fmt: skip

    def _flush(self, table: Table, heading: Text | None) -> None:
        if table.row_count:
            self.console.print(table)
        if heading:
            self.console.print(heading, soft_wrap=True)

    def _sum(self, label: str, amount: Fraction, style: str = "") -> None:
        figure = usd_text(amount)
        # The money column ends 8 columns before the right edge: notes stand there.
        room = WIDTH - 8 - len(figure)
        self.console.print(Text(set_cell_size(label, room) + figure, style), soft_wrap=True)

    def _unpriced(self, entries: Iterable[Unpriced]) -> None:
        entries = list(entries)
        if entries:
            self._title("ui_unpriced")
        for entry in entries:
            self._place(entry.origin.address, entry.origin.file, entry.origin.line)
            self._say(f"{plain(entry.component)}: {self.words.say(entry.why)}", indent=2)

    def _findings(self, title: str, found: Iterable[Finding]) -> None:
        found = list(found)
        if found:
            self._title(title)
        for entry in found:
            place = f"{plain(entry.file)}:{entry.line}  " if entry.file else ""
            self._say(place + self.words.say(entry.what))

    def _warnings(self, warnings: tuple[Finding, ...]) -> None:
        self._findings("ui_warnings", warnings)

    # ---- The comparison

    def _scenarios(self, plan: Plan) -> None:
        words = self.words
        self._title("ui_scenarios")
        table = self._table(
            (words("ui_rank"), "right", 5), (words("ui_scenario"), "left", 12), (words("ui_usd"), "right", 9),
            (words("ui_saving"), "right", 8), ("WebSocket", "left", 9), (words("ui_promises"), "left", 10),
            (words("ui_effort"), "left", None),
        )  # fmt: skip
        for scenario in plan.scenarios:
            kept = sum(row.verdict == KEPT for row in scenario.verdicts)
            mark = f" ← {words('ui_recommended')}" if scenario is plan.recommended else ""
            table.add_row(
                Text(str(scenario.rank or "–")), Text(scenario.name, "bold"),
                Text(("≥ " if scenario.bill.at_least else "") + usd_text(scenario.bill.monthly)),
                Text("?" if scenario.saving is None else usd_text(scenario.saving)), Text(words(scenario.websocket)),
                Text(f"{kept}/{len(scenario.verdicts)}", "green" if scenario.keeps_all else "red"),
                Text(words(f"effort_{scenario.effort}") + mark),
            )  # fmt: skip
        self.console.print(table)
        for reason in plan.reasons:
            self._say(words.say(reason), "dim")

    def _promises(self, scenario: Scenario) -> None:
        self._title("ui_promises_of", scenario=scenario.name)
        for row in scenario.verdicts:
            verdict = set_cell_size(self.words(row.verdict), 9)
            name = set_cell_size(self.words(f"promise_{row.promise}"), 20)
            self._say(Text.assemble((verdict, COLOURS[row.verdict]), name, self.words.say(row.why)), hang=29)

    def _levers(self, plan: Plan) -> None:
        words = self.words
        self._title("ui_levers")
        table = self._table(
            (words("ui_lever"), "left", None), (words("ui_alone"), "right", 9), (words("ui_here"), "right", 13),
            (words("ui_by"), "left", 10),
        )  # fmt: skip
        balanced = next((s for s in plan.scenarios if s.name == "balanced"), None)
        for effect, together in [
            *((effect, True) for effect in (balanced.effects if balanced else ())),
            *((effect, False) for effect in plan.single),
        ]:
            table.add_row(*self._effect(effect, together))
        self.console.print(table)

    def _effect(self, effect: Effect, together: bool) -> list[Text]:
        words = self.words
        name = Text(words(f"lever_{effect.lever.name}"), "bold")
        name.append("\n  " + words(f"risk_{effect.lever.name}"), "dim")
        by = words(effect.lever.implemented)
        if not effect.changes:
            return [name, Text(words("ui_no_change"), "dim"), Text(""), Text(by)]
        shown = ["?" if amount is None else usd_text(amount) for amount in (effect.alone, effect.here)]
        return [name, Text(shown[0]), Text(shown[1] if together else "–"), Text(" " + by)]

    def _claims(self, claims: tuple[Claim, ...]) -> None:
        if not claims:
            return
        words = self.words
        self._title("ui_claims")
        counts = {name: sum(claim.verdict == name for claim in claims) for name in (CONFIRMED, REFUTED, UNKNOWN)}
        self._say(words("ui_claims_count", **counts))
        for claim in claims:
            verdict = Text(words(claim.verdict), COLOURS[claim.verdict])
            self.console.print()
            self._say(Text.assemble(f"{claim.source_line:>4}  ", (claim.quote, "bold")), hang=6)
            claimed, computed = self._amount(claim.claimed), self._amount(claim.computed)
            figures = f"      {words('ui_claimed')} {claimed} · {words('ui_computed')} {computed} · "
            self._say(Text.assemble(figures, verdict), hang=6)
            self._say(Text(words.say(claim.why), "dim"), indent=6)

    def _amount(self, amount: Amount | None) -> str:
        if amount is None:
            return "–"
        scale = 100 if amount.unit == "percent" else 1
        places = {"usd": None, "usd_per_gb": 4, "percent": 1}.get(amount.unit, 0)
        ends = [usd_text(end) if places is None else decimal_text(end * scale, places) for end in (amount.low, amount.high)]
        return self.words(f"unit_{amount.unit}", value=ends[0] if ends[0] == ends[1] else "–".join(ends))

    def _workload(self, bill: Bill) -> None:
        words, workload = self.words, bill.workload
        self._title("ui_workload", source=workload.source)
        for row in workload.derived():
            figure = f"{set_cell_size(row.name, 18)}{decimal_text(row.value, 2):>12} {set_cell_size(row.unit, 11)}"
            self._say(Text.assemble(figure, (f"= {row.formula}", "dim")), hang=44)
        self._say(words("ui_hours", free_tier="always" if bill.free_tier else "none"), "dim")

    # ---- Parts

    def _title(self, code: str, **params: str | int) -> None:
        self.console.print()
        self.console.print(Rule(Text(self.words(code, **params), "bold"), align="left", style="dim"))

    def _say(self, text: str | Text, style: str = "", indent: int = 0, hang: int = 2) -> None:
        """One paragraph, wrapped with its later lines hanging."""
        body = Text(text, style) if isinstance(text, str) else text
        lines = body.wrap(self.console, WIDTH - indent - (hang if not indent else 0))
        for number, line in enumerate(lines):
            line.rstrip()
            self.console.print(Padding(line, (0, 0, 0, indent or (hang if number else 0))))

    def _place(self, address: str, file: str | None, line: int | None) -> None:
        place = f"  {file}:{line}" if file else ""
        text = Text(_fit(plain(address), WIDTH), "bold")
        if cell_len(plain(address) + plain(place)) <= WIDTH:
            text.append(plain(place), "dim")
        self.console.print(text, soft_wrap=True)

    def _numbered(self, title: str, texts: Iterable[str]) -> None:
        rows = [(str(number), text) for number, text in enumerate(texts, start=1)]
        self._marked(title, rows)

    def _lettered(self, title: str, sources: Iterable[tuple[str, str, str]]) -> None:
        rows = [(_letter(n), f"{as_of}, {confidence}: {_fit(plain(source), 220)}") for n, (as_of, confidence, source) in enumerate(sources)]
        self._marked(title, rows)

    def _marked(self, title: str, rows: list[tuple[str, str]]) -> None:
        if not rows:
            return
        self.console.print(Text(self.words(title), "bold"))
        for mark, text in rows:
            self._say(Text.assemble((f"{mark:>3} ", "bold"), (text, "dim")), hang=4)

    def _table(self, *columns: tuple[str | None, str, int | None]) -> Table:
        headed = any(title for title, _, _ in columns)
        table = Table(box=None, show_header=headed, width=WIDTH, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)
        for title, justify, width in columns:
            table.add_column(title or "", justify=justify, width=width, overflow="fold")  # type: ignore[arg-type]
        return table


def text_of(words: Words, write: str, *arguments: object, colour: bool = False, width: int = WIDTH) -> str:
    """The report as text: `write` names a method of Report."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=colour or None, highlight=False, markup=False, emoji=False)
    getattr(Report(words, console), write)(*arguments)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def _fit(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _place(held: list, wanted: object) -> int:  # type: ignore[type-arg]
    """The position of a value in a list of footnotes, added where it is new."""
    if wanted not in held:
        held.append(wanted)
    return held.index(wanted)


def _letter(number: int) -> str:
    """a, b, … z, aa, ab, …"""
    head, tail = divmod(number, 26)
    return (_letter(head - 1) if head else "") + chr(ord("a") + tail)
