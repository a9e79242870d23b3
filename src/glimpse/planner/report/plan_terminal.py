"""
The whole report of a plan for people: first the answers, then its sections in the order asked (`sections.py`).

Where there is room for two columns, places stand beside what is said of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from glimpse.planner.money import usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.plan import Plan, Scenario
from glimpse.planner.report.bill_terminal import BillReport
from glimpse.planner.report.comparison import (
    best_text,
    compared_scenarios,
    cost_column,
    has_availability,
    has_websocket,
    in_dollars,
    kept_as_today,
    kept_text,
    not_kept_texts,
    reasons_shown,
    reference_region,
    states_promises,
    worth_a_line,
)
from glimpse.planner.report.document_terminal import DocumentSections
from glimpse.planner.report.levers_terminal import LeverSections
from glimpse.planner.report.places import places_text
from glimpse.planner.report.plan_fragments import availability_text, rated_text, risks_together
from glimpse.planner.report.plan_summary import summary_lines
from glimpse.planner.report.savings import saving_text
from glimpse.planner.report.sections import SECTIONS
from glimpse.planner.report.terminal import GUTTER
from glimpse.planner.verdict import BROKEN, KEPT, UNKNOWN

COLOURS = {KEPT: "green", BROKEN: "red", UNKNOWN: "yellow"}

MIN_NOTE_WIDTH = 36
"""Notes stand beside the table of scenarios where they have so many columns: room for about three names in a line."""


class PlanReport(LeverSections, DocumentSections, BillReport):
    """The sections of a plan, with those of the bill of its stack as it stands."""

    def plan(
        self,
        plan: Plan,
        with_other_free_tier: Fraction,
        paid: Comparison | None = None,
        sections: Sequence[str] = SECTIONS,
    ) -> None:
        """
        The sections that are asked. All of them are the whole report: it begins with the answers, and leaves out a
        section that has nothing to show, which otherwise says so.
        """
        is_whole = tuple(sections) == SECTIONS
        if is_whole:
            for label, text, style in summary_lines(plan, self.words):
                self._line(label, text, style)
        document, bill = plan.document, plan.today.bill
        write: dict[str, Callable[[], None]] = {
            "risks": lambda: self._risks(plan),
            "steps": lambda: self._steps(plan),
            "levers": lambda: self._levers(plan, "steps" in sections),
            "scenarios": lambda: self._scenarios(plan),
            "promises": lambda: self._promises(plan),
            "bill": lambda: self._bill(bill, with_other_free_tier, "sources" not in sections),
            "growth": lambda: self._growth(plan),
            "paid": lambda: self._paid(paid) if paid else None,
            "workload": lambda: self._workload(bill),
            "checks": lambda: self._checks(document.checks) if document else None,
            "alarms": lambda: self._alarms(document.alarms) if document else None,
            "claims": lambda: self._claims(document) if document else None,
            "sources": lambda: self._sources(bill),
        }
        for name in sections:
            before = len(self.lines)
            write[name]()
            if len(self.lines) == before and not is_whole:
                self._paragraph(self.words(f"no_{name}"))
        # A report that begins with a section has no empty line above it.
        if self.lines and not self.lines[0].plain:
            del self.lines[0]

    # ---- The comparison

    def _scenarios(self, plan: Plan) -> None:
        words, scenarios = self.words, compared_scenarios(plan)
        if not scenarios:
            return
        self._title("ui_scenarios")
        columns = list(self._columns(scenarios))
        widths = self._fit_first_column(
            [(width, align) for width, align, _, _ in columns], [row.name for row in scenarios]
        )
        table = sum(width for width, _ in widths)
        beside = self.width - table - GUTTER
        self._heads(widths, [head for _, _, head, _ in columns])
        for scenario in scenarios:
            with self._part(table) as row:
                self._row(widths, *(cell(scenario) for _, _, _, cell in columns))
            has_room = beside >= MIN_NOTE_WIDTH
            with self._part(beside if has_room else self.width) as notes:
                for note, style in self._notes(plan, scenario):
                    self._paragraph(Text(note, style), indent=0 if has_room else 2, hang=2)
            self._beside(row, notes, table if has_room else 0)
        if has_availability(scenarios):
            self._paragraph(words("ui_sla"), "dim")
        if best := best_text(plan, words):
            self._paragraph(best)
        for reason in reasons_shown(plan):
            self._paragraph(words.render(reason), "dim")

    def _columns(self, scenarios: Sequence[Scenario]) -> Iterator[tuple[int, str, str, Callable[[Scenario], Text]]]:
        """The columns of the comparison (width, alignment, head, cell): those in which anything is known."""
        words = self.words
        yield 18, "<", words("ui_scenario"), lambda row: Text(row.name, "bold")
        yield 10, ">", words("ui_usd"), lambda row: Text(cost_column(row))
        yield 10, ">", words("ui_saving"), lambda row: Text(saving_text(row.saving))
        yield 2, "<", "", lambda row: Text("")
        if has_websocket(scenarios):
            yield 10, "<", "WebSocket", lambda row: Text(words(row.websocket[0]))
        yield 14, "<", words("ui_kept"), lambda row: Text(kept_text(row, words), "green" if row.keeps_all else "red")
        if has_availability(scenarios):
            yield 5, ">", "SLA %", lambda row: Text(rated_text(row.availability))
            yield 1, "<", "", lambda row: Text("")
        yield 9, "<", words("ui_effort"), lambda row: Text(words(f"effort_{row.effort}"))

    def _notes(self, plan: Plan, scenario: Scenario) -> Iterator[tuple[str, str]]:
        """What stands beside a scenario: whether it is today's or recommended, what it breaks, and another region."""
        words = self.words
        if scenario is plan.today:
            yield f"← {words('ui_as_it_stands')}", ""
        if scenario is plan.recommended and scenario.changing:
            yield f"← {words('ui_recommended')}", "green"
        yield from ((text, "dim") for text in not_kept_texts(scenario, words))
        if there := reference_region(scenario):
            params = {"region": there.bill.stack.region, "cost": in_dollars(there.bill)}
            if (saved := there.saving.certain_usd) is None:
                yield words("ui_elsewhere", **params), "dim"
            else:
                yield words("ui_elsewhere_saves", saving=usd_text(saved), **params), "dim"

    # ---- What is promised, at risk and to come

    def _promises(self, plan: Plan) -> None:
        """Every stated promise as the stack keeps it today, what else is kept, and what a scenario gives up."""
        words, kept = self.words, kept_as_today(plan, self.words)
        if not kept and not any(worth_a_line(plan, row) or row.availability for row in plan.scenarios):
            return
        self._title("ui_promises")
        stated = states_promises(plan)
        if kept and not stated:
            self._paragraph(kept)
        width = max(cell_len(words(verdict)) for verdict in COLOURS) + 2
        for scenario in plan.scenarios:
            rows, is_today = worth_a_line(plan, scenario), scenario is plan.today
            rated = scenario.availability if rows or is_today or _is_rated_otherwise(plan, scenario) else None
            if rows or rated:
                self._paragraph(scenario.name, "bold")
            for row in rows:
                verdict = set_cell_size(words(row.verdict), width)
                why = f"{words(f'promise_{row.promise}')}: {words.render(row.why)}"
                self._paragraph(Text.assemble((verdict, COLOURS[row.verdict]), why), hang=width)
            if is_today and kept and stated:
                self._paragraph(kept)
            if rated:
                self._paragraph(availability_text(rated, words), "dim")

    def _risks(self, plan: Plan) -> None:
        if plan.today.risks:
            self._title("ui_risks")
        left_width, right_width = self._halves()
        for what, origins in risks_together(plan.today.risks).items():
            with self._part(left_width) as text:
                self._paragraph(self.words.render(what))
            with self._part(right_width) as places:
                for place in places_text(origins, self.words):
                    self._paragraph(Text(place, "dim"), indent=2, hang=4)
            self._beside(text, places, left_width)

    def _growth(self, plan: Plan) -> None:
        if plan.growth:
            self._title("ui_growth")
        for entry in plan.growth:
            self._paragraph(self.words.render(entry.sentence))


def _is_rated_otherwise(plan: Plan, scenario: Scenario) -> bool:
    """Whether it is the recommendation, with another availability than today's."""
    return scenario is plan.recommended and scenario.availability != plan.today.availability
