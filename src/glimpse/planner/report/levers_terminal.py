"""The sections of a plan's report about its changes: the steps to the recommended ones, and every change."""

from __future__ import annotations

import itertools

from rich.cells import cell_len
from rich.text import Text

from glimpse.planner.plan import Effect, Plan, Scenario
from glimpse.planner.report.effects import effects_by_group, gives_up_text, idle_text
from glimpse.planner.report.places import SHOWN_PLACES_OF_A_STEP, left_alone_texts, places_text
from glimpse.planner.report.plan_fragments import effect_of, is_of_a_lever, risk_text, step_saving, step_text
from glimpse.planner.report.savings import saving_notes, saving_text
from glimpse.planner.report.terminal import GUTTER, TWO_COLUMNS, Report
from glimpse.planner.steps import Step

LEVERS = ((45, "<"), (10, ">"), (13, ">"), (2, "<"), (10, "<"))
"""As wide as the narrowest report; a wider one has what is said of a change beside it."""


class LeverSections(Report):
    """The sections `steps` and `levers`."""

    def _steps(self, plan: Plan) -> None:
        words, chosen = self.words, plan.recommended
        if chosen is None or not plan.steps:
            return
        self._title("ui_steps", scenario=chosen.name)
        for phase, steps in itertools.groupby(plan.steps, key=lambda step: step.phase):
            self._paragraph(words(f"phase_{phase}"), "bold")
            for step in steps:
                if is_of_a_lever(step):
                    self._step_of_a_lever(step, plan, chosen)
                else:
                    self._paragraph(f"- {step_text(step, plan, words)}", indent=2, hang=4)

    def _step_of_a_lever(self, step: Step, plan: Plan, chosen: Scenario) -> None:
        words = self.words
        saved = step_saving(step, plan, words)
        title = Text.assemble("- ", (words(f"lever_{step.lever}"), "bold"), saved and f": {saved}")
        left_width, right_width = self._halves()
        with self._part(left_width) as head:
            self._paragraph(title, indent=2, hang=4)
        with self._part(left_width) as how:
            self._paragraph(words.render(step.what), indent=4, hang=4)
            self._paragraph(Text(risk_text(step.lever or "", words), "dim"), indent=4, hang=4)
        with self._part(right_width) as places:
            for place in places_text(step.places, words, SHOWN_PLACES_OF_A_STEP, effect_of(step, chosen)):
                self._paragraph(Text(place, "dim"), indent=4, hang=6)
        if self.width < TWO_COLUMNS:
            self.lines += (*head, *places, *how)
        else:
            self._beside([*head, *how], places, left_width)

    def _levers(self, plan: Plan, has_steps: bool) -> None:
        """
        Every change that would or may save, by what it asks of the owner; then the names of the others. `has_steps`:
        this report also has the section of the steps, which tells where and how of the recommended changes.
        """
        words, groups = self.words, list(effects_by_group(plan))
        in_steps = {step.lever for step in plan.steps if has_steps and is_of_a_lever(step)}
        self._title("ui_levers")
        if groups:
            self._paragraph(words("ui_levers_more", scenario=plan.measure.name), "dim")
            here = words("ui_here", scenario=plan.measure.name)
            self._heads(LEVERS, (words("ui_lever"), words("ui_alone"), here, "", words("ui_by")))
        for group, effects in groups:
            self.lines += Text(), Text(words(f"group_{group}"), "bold")
            for effect in effects:
                self._lever(effect, effect.lever.name in in_steps)
        self.lines.append(Text())
        if idle := idle_text(plan, words):
            self._paragraph(idle, "dim")
        if plan.idle:
            self._paragraph(words("ui_idle", count=len(plan.idle)), "dim")

    def _lever(self, effect: Effect, is_step: bool) -> None:
        words, lever = self.words, effect.lever
        table = sum(width for width, _ in LEVERS)
        beside = self.width >= TWO_COLUMNS
        with self._part(table if beside else self.width) as figures:
            self._lever_row(effect)
            for note in saving_notes(effect.alone, words):
                self._paragraph(Text(note), indent=2, hang=4 if note.startswith("- ") else 2)
            if beside and not is_step:
                self._given_up(effect)
        with self._part(self.width - table - GUTTER if beside else self.width) as details:
            for text in left_alone_texts(effect, words):
                self._paragraph(Text(text, "dim"), indent=2, hang=4)
            if is_step:
                self._paragraph(Text(words("ui_see_steps", lever=lever.name), "dim"), indent=2)
            else:
                self._lever_details(effect, with_given_up=not beside)
        self._beside(figures, details, table if beside else 0)

    def _lever_row(self, effect: Effect) -> None:
        words = self.words
        name, by = Text(words(f"lever_{effect.lever.name}"), "bold"), Text(words(effect.lever.implemented))
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

    def _lever_details(self, effect: Effect, with_given_up: bool) -> None:
        """Where it applies, how, and with what risk."""
        words, lever = self.words, effect.lever
        for place in places_text(effect.places, words, effect=effect):
            self._paragraph(Text(place, "dim"), indent=2, hang=4)
        self._paragraph(Text(words(f"how_{lever.name}"), "dim"), indent=2)
        if with_given_up:
            self._given_up(effect)
        self._paragraph(Text(f"{lever.name} · {risk_text(lever.name, words)}", "dim"), indent=2)

    def _given_up(self, effect: Effect) -> None:
        if text := gives_up_text(effect.lever, self.words):
            self._paragraph(text, indent=2)
