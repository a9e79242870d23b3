"""
The report of a plan for people: first five answers (what it costs, what to do, what that saves, what is at risk and
what is unknown), then the risks, the steps, every lever, the comparison, and the bill with what belongs to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from glimpse.planner.growth import Growth
from glimpse.planner.levers.lever import COMMITMENT, GROUPS
from glimpse.planner.money import usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.report.comparison import (
    best_text,
    compared_scenarios,
    cost_column,
    has_availability,
    has_own_scenarios,
    has_websocket,
    kept_as_today,
    kept_text,
    reasons_shown,
    states_promises,
    worth_a_line,
)
from glimpse.planner.report.plan_fragments import (
    amount_text,
    availability_sentence,
    claims_text,
    document_row,
    effect_of,
    is_of_a_lever,
    rated_text,
    risks_together,
    step_saving,
    step_text,
)
from glimpse.planner.report.plan_summary import summary_lines
from glimpse.planner.report.savings import (
    SHOWN_PLACES_OF_A_STEP,
    by_saving,
    left_alone_texts,
    places_text,
    saving_notes,
    saving_text,
    worth_showing,
)
from glimpse.planner.report.terminal import Report
from glimpse.planner.risks import Risk
from glimpse.planner.scenarios import Effect, Plan, Scenario
from glimpse.planner.steps import Step
from glimpse.planner.verdict import BROKEN, KEPT, UNKNOWN

if TYPE_CHECKING:
    from glimpse.planner.plan_document.alarms import Alarm
    from glimpse.planner.plan_document.checks import Check
    from glimpse.planner.plan_document.claims import Claim

# Columns as (width, alignment), as in terminal.py.
ALARMS = ((24, "<"), (14, "<"), (20, "<"))
LEVERS = ((45, "<"), (10, ">"), (13, ">"), (2, "<"), (10, "<"))

COLOURS = {
    KEPT: "green", "confirmed": "green", BROKEN: "red", "refuted": "red", UNKNOWN: "yellow",
}  # fmt: skip
"""Of a promise's verdict, and of a claim's."""


class PlanReport(Report):
    """What a plan adds to its bill."""

    def plan(self, plan: Plan, with_other_free_tier: Fraction, paid: Comparison | None = None) -> None:
        self._answers(plan)
        self._risks(plan.today.risks)
        self._steps(plan)
        self._levers(plan)
        self._scenarios(plan)
        self._promises(plan)
        self._bill(plan.today.bill, with_other_free_tier)
        self._growth(plan.growth)
        self._paid(paid)
        if plan.document:
            self._checks(plan.document.checks)
            self._alarms(plan.document.alarms)
            self._claims(plan.document.claims)
        self._workload(plan.today.bill)

    def _answers(self, plan: Plan) -> None:
        for label, text, style in summary_lines(plan, self.words):
            self._line(label, text, style)

    def _scenarios(self, plan: Plan) -> None:
        words, scenarios = self.words, compared_scenarios(plan)
        if not scenarios:
            return
        self._title("ui_scenarios")
        columns = list(self._columns(plan, scenarios))
        widths = tuple((width, align) for width, align, _, _ in columns)
        self._row(widths, *(Text(head, "dim") for _, _, head, _ in columns))
        for scenario in scenarios:
            self._row(widths, *(cell(scenario) for _, _, _, cell in columns))
            for note, style in self._beside(plan, scenario):
                self._paragraph(Text(note, style), indent=5)
        if has_availability(scenarios):
            self._paragraph(words("ui_sla"), "dim")
        if best := best_text(plan, words):
            self._paragraph(best)
        for reason in reasons_shown(plan):
            self._paragraph(words.render(reason), "dim")

    def _columns(
        self, plan: Plan, scenarios: Sequence[Scenario]
    ) -> Iterator[tuple[int, str, str, Callable[[Scenario], Text]]]:
        """The columns of the comparison (width, alignment, head, cell): those in which anything is known."""
        words = self.words
        if has_own_scenarios(plan):
            yield 5, "<", words("ui_rank"), lambda row: Text(str(row.rank or "–"))
        yield 17, "<", words("ui_scenario"), lambda row: Text(row.name, "bold")
        yield 11, ">", words("ui_usd"), lambda row: Text(cost_column(row))
        yield 11, ">", words("ui_saving"), lambda row: Text(saving_text(row.saving))
        yield 2, "<", "", lambda row: Text("")
        if has_websocket(scenarios):
            yield 10, "<", "WebSocket", lambda row: Text(words(row.websocket[0]))
        yield 9, "<", words("ui_promises"), lambda row: Text(kept_text(row), "green" if row.keeps_all else "red")
        if has_availability(scenarios):
            yield 5, ">", "SLA %", lambda row: Text(rated_text(row.availability))
            yield 1, "<", "", lambda row: Text("")
        yield 9, "<", words("ui_effort"), lambda row: Text(words(f"effort_{row.effort}"))

    def _beside(self, plan: Plan, scenario: Scenario) -> Iterator[tuple[str, str]]:
        """What stands under a scenario: that it is recommended, a region with its prices, the document's own row."""
        words, there = self.words, scenario.reference
        if scenario is plan.recommended and scenario.changing:
            yield f"← {words('ui_recommended')}", "green"
        if there and there.bill.stack.region != scenario.stack.region:
            cost = ("≥ $" if there.bill.is_lower_bound else "$") + usd_text(there.bill.monthly)
            saved = there.saving.certain_usd
            code = "ui_elsewhere" if saved is None else "ui_elsewhere_saves"
            params = {} if saved is None else {"saving": usd_text(saved)}
            yield words(code, region=there.bill.stack.region, cost=cost, **params), "dim"
        if plan.document and scenario.name in plan.document.rows:
            yield words("ui_document_row", row=document_row(plan.document.rows[scenario.name])), "dim"

    def _promises(self, plan: Plan) -> None:
        """Every stated promise as the stack keeps it today, what else is kept, and what a scenario gives up."""
        words, kept = self.words, kept_as_today(plan, self.words)
        if not kept and not any(worth_a_line(plan, row) or row.availability for row in plan.scenarios):
            return
        self._title("ui_promises")
        stated = states_promises(plan)
        if kept and not stated:
            self._paragraph(kept)
        for scenario in plan.scenarios:
            rows, is_today = worth_a_line(plan, scenario), scenario is plan.today
            rated = scenario.availability
            if not is_today and (scenario is not plan.recommended or rated == plan.today.availability) and not rows:
                rated = None
            if rows or rated:
                self._paragraph(scenario.name, "bold")
            for row in rows:
                verdict = set_cell_size(words(row.verdict), 9)
                why = f"{words(f'promise_{row.promise}')}: {words.render(row.why)}"
                self._paragraph(Text.assemble((verdict, COLOURS[row.verdict]), why), hang=9)
            if is_today and kept and stated:
                self._paragraph(kept)
            if rated:
                self._paragraph(words.render(availability_sentence(rated, words)), "dim")

    def _steps(self, plan: Plan) -> None:
        words, chosen = self.words, plan.recommended
        if chosen is None or not plan.steps:
            return
        self._title("ui_steps", scenario=chosen.name)
        for phase, steps in itertools.groupby(plan.steps, key=lambda step: step.phase):
            self._paragraph(words(f"phase_{phase}"), "bold")
            for step in steps:
                if is_of_a_lever(step):
                    self._step_of_a_lever(step, chosen)
                else:
                    self._paragraph(f"- {step_text(step, chosen, words)}", indent=2, hang=4)

    def _step_of_a_lever(self, step: Step, chosen: Scenario) -> None:
        words = self.words
        saved = step_saving(step, chosen, words)
        title = Text.assemble("- ", (words(f"lever_{step.lever}"), "bold"), saved and f": {saved}")
        self._paragraph(title, indent=2, hang=4)
        for place in places_text(step.places, words, SHOWN_PLACES_OF_A_STEP, effect_of(step, chosen)):
            self._paragraph(Text(place, "dim"), indent=4, hang=6)
        self._paragraph(words.render(step.what), indent=4, hang=4)
        self._paragraph(Text(words("ui_risk", risk=words(f"risk_{step.lever}")), "dim"), indent=4, hang=4)

    def _checks(self, checks: Iterable[Check]) -> None:
        words = self.words
        self._title("ui_checks")
        for group, inside in itertools.groupby(checks, key=lambda check: check.group):
            self._paragraph(words(f"group_{group}"), "bold")
            for ours, alike in itertools.groupby(inside, key=lambda check: check.ours):
                for check in alike:
                    self._paragraph(f"[ ] {check.quote}", indent=2)
                if ours:
                    self._paragraph(Text(words(ours), "dim"), indent=6)

    def _alarms(self, alarms: Iterable[Alarm]) -> None:
        words = self.words
        self._title("ui_alarms")
        heads = ("", words("ui_document_says"), words("ui_derived"))
        self._row(ALARMS, *(Text(head, "dim") for head in heads))
        for alarm in alarms:
            name = Text(words(f"alarm_{alarm.name}"), "bold")
            derived = words.render(alarm.derived) if alarm.derived else "–"
            self._row(ALARMS, name, Text(alarm.document), Text(derived))
            self._paragraph(Text(words.render(alarm.why), "dim"), indent=2)

    def _levers(self, plan: Plan) -> None:
        """Every change that would or may save, by what it asks of the owner; then the names of the others."""
        words = self.words
        shown = [effect for effect in plan.effects if worth_showing(effect)]
        in_steps = {step.lever for step in plan.steps if is_of_a_lever(step)}
        self._title("ui_levers")
        if shown:
            self._paragraph(words("ui_levers_more", scenario=plan.measure.name), "dim")
            here = words("ui_here", scenario=plan.measure.name)
            heads = (words("ui_lever"), words("ui_alone"), here, "", words("ui_by"))
            self._row(LEVERS, *(Text(head, "dim") for head in heads))
        for group in GROUPS:
            found = by_saving(effect for effect in shown if effect.lever.group == group)
            if found:
                self.lines += Text(), Text(words(f"group_{group}"), "bold")
            for effect in found:
                self._lever(effect, effect.lever.name in in_steps)
        idle = [words(f"lever_{effect.lever.name}") for effect in plan.effects if effect not in shown]
        self.lines.append(Text())
        if idle:
            self._paragraph(words("ui_saves_nothing", levers="; ".join(idle)), "dim")
        if plan.idle:
            self._paragraph(words("ui_idle", count=len(plan.idle)), "dim")

    def _lever(self, effect: Effect, is_step: bool) -> None:
        """`is_step`: where it applies, how and with what risk stands among the steps already."""
        words, lever = self.words, effect.lever
        name, by = Text(words(f"lever_{lever.name}"), "bold"), Text(words(lever.implemented))
        alone, here = saving_text(effect.alone), saving_text(effect.here)
        # A range takes more than its column: the name gives way, and stands on a line of its own where it must.
        columns = list(LEVERS)
        columns[2] = max(LEVERS[2][0], len(here) + 1), ">"
        columns[1] = max(LEVERS[1][0], len(alone) + 1), ">"
        columns[0] = sum(width for width, _ in LEVERS[:3]) - columns[1][0] - columns[2][0], "<"
        if cell_len(name.plain) > columns[0][0]:
            self.lines.append(name)
            name = Text("")
        self._row(tuple(columns), name, Text(alone), Text(here), Text(""), by)
        for note in saving_notes(effect.alone, words):
            self._paragraph(Text(note), indent=2, hang=4 if note.startswith("- ") else 2)
        for text in left_alone_texts(effect, words):
            self._paragraph(Text(text, "dim"), indent=2, hang=4)
        if is_step:
            self._paragraph(Text(words("ui_see_steps", lever=lever.name), "dim"), indent=2)
            return
        for place in places_text(effect.places, words, effect=effect):
            self._paragraph(Text(place, "dim"), indent=2, hang=4)
        self._paragraph(Text(words(f"how_{lever.name}"), "dim"), indent=2)
        if lever.gives_up and lever.group != COMMITMENT:
            self._paragraph(words("ui_gives_up", name=words(f"promise_{lever.gives_up}")), indent=2)
        risk = words("ui_risk", risk=words(f"risk_{lever.name}"))
        self._paragraph(Text.assemble(lever.name, " · ", risk, style="dim"), indent=2)

    def _growth(self, growth: Sequence[Growth]) -> None:
        if growth:
            self._title("ui_growth")
        for entry in growth:
            self._paragraph(self.words.render(entry.sentence))

    def _risks(self, risks: Sequence[Risk]) -> None:
        if risks:
            self._title("ui_risks")
        for what, origins in risks_together(risks).items():
            self._paragraph(self.words.render(what))
            for place in places_text(origins, self.words):
                self._paragraph(Text(place, "dim"), indent=2, hang=4)

    def _claims(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        words = self.words
        self._title("ui_claims")
        self._paragraph(claims_text(claims, words))
        for claim in claims:
            verdict = Text(words(claim.verdict), COLOURS[claim.verdict])
            self.lines.append(Text())
            self._paragraph(Text.assemble(f"{claim.source_line:>4}  ", (claim.quote, "bold")), hang=6)
            claimed, computed = amount_text(claim.claimed, words), amount_text(claim.computed, words)
            figures = f"      {words('ui_claimed')} {claimed} · {words('ui_computed')} {computed} · "
            self._paragraph(Text.assemble(figures, verdict), hang=6)
            self._paragraph(Text(words.render(claim.why), "dim"), indent=6)
