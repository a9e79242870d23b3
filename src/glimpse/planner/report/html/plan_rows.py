"""A plan as the page shows it: the waterfall, cost against what is given up, changes, steps, risks and scenarios."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.plan import Effect, Plan, Scenario
from glimpse.planner.report.comparison import NO_COMMITMENT, compared_scenarios, in_dollars, reference_region
from glimpse.planner.report.effects import effects_by_group, gives_up_text
from glimpse.planner.report.fragments import dollars_text, first_of
from glimpse.planner.report.html.charts import BAR_REST, SAVED, WARN, ChartRow
from glimpse.planner.report.html.lists import MAX_PLACES, FirstRows, PlaceRow, first_rows, place, place_rows
from glimpse.planner.report.overview import Offer, Overview
from glimpse.planner.report.places import address_text, changes_text, left_alone_texts
from glimpse.planner.report.plan_fragments import document_row, is_of_a_lever, rated_text, risks_together, step_text
from glimpse.planner.report.savings import saving_notes, saving_text
from glimpse.planner.steps import Step
from glimpse.planner.verdict import KEPT
from glimpse.words import Words, plain

MAX_STEPS, MAX_ALTERNATIVES = 10, 12
"""The rows of the waterfall, of which all smaller ones are one more, and the dots of the alternatives."""


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """
    One change: what it saves, the work, what it gives up (empty: nothing), where, how, and with what risk. `edit` are
    the variables of this repository's own environment that make it, empty elsewhere.
    """

    name: str
    title: str
    saves: str
    effort: str
    is_planned: bool
    gives_up: str
    edit: str
    places: FirstRows[PlaceRow]
    how: str
    risk: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskRow:
    text: str
    places: FirstRows[PlaceRow]


def _dollars(usd: Fraction) -> str:
    """With a true minus sign, which is as wide as a digit."""
    return dollars_text(usd).replace("-", "−")


# ---- Charts


def waterfall_rows(overview: Overview, words: Words) -> Sequence[ChartRow]:
    """From today through each change to the recommendation; the smallest changes together as one."""
    today, chosen = overview.plan.today, overview.plan.recommended
    steps = [step for step in overview.changes if step.usd]
    if chosen is None or not steps:
        return ()
    shown, more = first_of(steps, MAX_STEPS)
    rest = steps[len(shown) :]
    return (
        ChartRow(words("html_today"), today.monthly, in_dollars(today), BAR_REST),
        *(_step(words(f"lever_{step.lever.name}"), step.before, step.after) for step in shown),
        *([_step(words("html_other_changes", count=more), rest[0].before, rest[-1].after)] if more else []),
        ChartRow(words("html_recommended"), chosen.monthly, in_dollars(chosen)),
    )


def _step(label: str, before: Fraction, after: Fraction) -> ChartRow:
    """A change of the total: below 0 where it saves."""
    if before >= after:
        return ChartRow(label, after, f"−{_dollars(before - after)}", SAVED, before)
    return ChartRow(label, after, f"+{_dollars(after - before)}", WARN, before)


def alternative_rows(plan: Plan, overview: Overview, words: Words) -> Sequence[ChartRow]:
    """
    Cost against what is given up, the cheapest first: each scenario, and the recommendation less one promise. What does
    not keep every promise is a ring.
    """
    rows = [
        _alternative(_scenario_label(scenario, plan, words), scenario.monthly, in_dollars(scenario), scenario.keeps_all)
        for scenario in compared_scenarios(plan) or (plan.today,)
    ]
    for offer in overview.offers:
        monthly = plan.measure.monthly - offer.usd
        text = ("≥ " if plan.measure.is_lower_bound else "") + _dollars(monthly)
        rows.append(_alternative(_offer_label(offer, words), monthly, text, keeps_all=False))
    return sorted(rows, key=lambda row: row.end)[:MAX_ALTERNATIVES] if len(rows) > 1 else ()


def _alternative(label: str, monthly: Fraction, text: str, keeps_all: bool) -> ChartRow:
    return ChartRow(label, monthly, text, SAVED if keeps_all else WARN, is_ring=not keeps_all)


def _offer_label(offer: Offer, words: Words) -> str:
    if offer.promise == NO_COMMITMENT:
        return words("html_with_commitment")
    return words("html_without", name=words(f"promise_{offer.promise}"))


def _scenario_label(scenario: Scenario, plan: Plan, words: Words) -> str:
    if scenario is plan.today:
        return words("html_today")
    if scenario is plan.recommended:
        return words("html_recommended")
    if promises := ", ".join(_not_kept(scenario, words)):
        return words("html_scenario_without", name=scenario.name, promises=promises)
    return plain(scenario.name)


def _not_kept(scenario: Scenario, words: Words) -> tuple[str, ...]:
    """The promises that it breaks or may break, each once."""
    names = dict.fromkeys(row.promise for row in scenario.verdicts if row.verdict != KEPT)
    return tuple(words(f"promise_{name}") for name in names)


# ---- Changes, steps and risks


def change_cards(overview: Overview, words: Words) -> Iterator[ChangeCard]:
    """The changes of the recommendation, in the order of the waterfall."""
    for step in overview.changes:
        at_least = step.saving.at_least
        saves = ("≥ " if at_least else "") + _dollars(step.usd)
        if not step.usd:
            saves = words("saves_by_use") if at_least else ""
        yield _card(step.effect, saves, words, overview.plan.today.stack.variables)


def other_changes(plan: Plan, words: Words) -> Iterator[tuple[str, tuple[ChangeCard, ...]]]:
    """What else would or may save, by what it asks of its owner (the code of its group)."""
    for group, effects in effects_by_group(plan, plan.recommended.changing if plan.recommended else ()):
        yield (
            group,
            tuple(
                _card(effect, saving_text(effect.here, _dollars), words, plan.today.stack.variables)
                for effect in effects
            ),
        )


def _card(effect: Effect, saves: str, words: Words, variables: frozenset[str]) -> ChangeCard:
    lever = effect.lever
    edit = _edit_text(effect.edit) if effect.edit and variables.issuperset(effect.edit) else ""
    places = first_rows(
        (
            PlaceRow(
                address_text(origin.address, words), place(origin),
                "" if edit else changes_text(effect.changes_by_address.get(origin.address, ())),
            )
            for origin in effect.places
        ), MAX_PLACES,
    )  # fmt: skip
    return ChangeCard(
        name=lever.name,
        title=words(f"lever_{lever.name}"),
        saves=saves,
        effort=words("html_effort", effort=words(f"effort_{lever.effort}"), work=words(f"html_effort_{lever.effort}")),
        is_planned=lever.is_planned,
        gives_up=gives_up_text(lever, words),
        edit=edit,
        places=places,
        how=words(f"how_{lever.name}"),
        risk=words(f"risk_{lever.name}"),
        notes=(*saving_notes(effect.here, words), *left_alone_texts(effect, words)),
    )


def _edit_text(edit: Mapping[str, str | int]) -> str:
    """`bus = "postgresql"`, as it is written into a variables file."""
    return ", ".join(
        f"{name} = {value}" if isinstance(value, int) or value in ("true", "false") else f'{name} = "{value}"'
        for name, value in edit.items()
    )


@dataclass(frozen=True, slots=True)
class StepRow:
    """What to do; `lever` is the name of the change whose card says how, empty where the text says all."""

    text: str
    lever: str


def step_rows(plan: Plan, words: Words) -> Iterator[tuple[str, tuple[StepRow, ...]]]:
    """The steps to the recommendation by phase (its code)."""
    if plan.recommended is None:
        return
    for phase, steps in itertools.groupby(plan.steps, key=lambda step: step.phase):
        yield phase, tuple(_step_row(step, plan, words) for step in steps)


def _step_row(step: Step, plan: Plan, words: Words) -> StepRow:
    if is_of_a_lever(step):
        return StepRow(words(f"lever_{step.lever}"), step.lever or "")
    return StepRow(step_text(step, plan, words), "")


def risk_rows(scenario: Scenario, words: Words) -> FirstRows[RiskRow]:
    together = risks_together(scenario.risks)
    return first_rows(RiskRow(words.render(what), place_rows(origins)) for what, origins in together.items())


# ---- Scenarios


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """
    A scenario: `not_kept` are promises that it breaks or may break; `document` is the plan document's own row, which is
    Korean; `note` is what it costs in a region that has the prices which this one lacks.
    """

    name: str
    is_recommended: bool
    usd: str
    saves: str
    not_kept: tuple[str, ...]
    websocket: str
    availability: str
    effort: str
    document: str
    note: str


def scenario_rows(plan: Plan, words: Words) -> Iterator[ScenarioRow]:
    """The scenarios in the order of their cost."""
    documented = plan.document.rows if plan.document else {}
    for row in sorted(compared_scenarios(plan), key=lambda row: row.monthly):
        rated, there = rated_text(row.availability), reference_region(row)
        yield ScenarioRow(
            name=plain(row.name),
            is_recommended=row is plan.recommended and bool(row.changing),
            usd=in_dollars(row),
            saves=saving_text(row.saving, _dollars),
            not_kept=_not_kept(row, words),
            websocket=words(row.websocket[0]),
            availability="" if rated == "–" else f"{rated} %",
            effort=words(f"effort_{row.effort}"),
            document=document_row(documented[row.name]) if row.name in documented else "",
            note=words("ui_elsewhere", region=there.bill.stack.region, cost=in_dollars(there.bill)) if there else "",
        )
