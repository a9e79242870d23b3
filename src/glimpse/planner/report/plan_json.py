"""The plan as JSON: `glimpse.plan/1`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from glimpse import __version__
from glimpse.planner.availability import Availability
from glimpse.planner.bill import Bill
from glimpse.planner.deployment import deployment_as_json
from glimpse.planner.growth import Growth
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.plan import Effect, Plan, Scenario
from glimpse.planner.quantities import CostCases
from glimpse.planner.report.bill_json import bill_fields, workload_as_json
from glimpse.planner.report.json_values import Json, place_as_json, sentence_as_json, usd_or_none, without_empty
from glimpse.planner.report.overview_json import overview_as_json
from glimpse.planner.report.paid import paid_as_json
from glimpse.planner.report.savings import saving_as_json
from glimpse.planner.risks import Risk
from glimpse.planner.search import Combination, SearchResult
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack
from glimpse.planner.steps import Step
from glimpse.words import Words, plain

if TYPE_CHECKING:
    from glimpse.planner.plan_document import PlanDocument
    from glimpse.planner.plan_document.alarms import Alarm
    from glimpse.planner.plan_document.checks import Check
    from glimpse.planner.plan_document.claims import AmountRange, Claim


def plan_as_json(plan: Plan, words: Words, paid: Comparison | None = None) -> Json:
    today = plan.today
    return without_empty(
        {
            "schema": "glimpse.plan/1",
            "generated_by": f"glimpse {__version__}",
            **overview_as_json(plan, words),
            "today": bill_fields(today.bill, today.with_other_free_tier, words),
            "workload": workload_as_json(today.bill),
            "promises": [
                {
                    "name": row.name,
                    "value": row.value,
                    "from": row.source,
                    "address": plain(row.address) if row.address else None,
                }
                for row in plan.promises
            ],
            "may_give_up": sorted(today.bill.workload.promises.may_give_up),
            "scenarios": [_scenario(plan, scenario, words) for scenario in plan.scenarios],
            "measured_in": plan.measure.name,
            "levers": [_effect(effect, today.bill.stack, plan.document, words) for effect in plan.effects],
            "search": _search(plan.search) if plan.search else None,
            "recommended": plan.recommended.name if plan.recommended else None,
            "reasons": [sentence_as_json(reason, words) for reason in plan.reasons],
            "steps": [_step(step, words) for step in plan.steps],
            "growth": growth_as_json(plan.growth),
            "deployment": deployment_as_json(today.bill.stack),
            "risks": [_risk(risk, words) for risk in today.risks],
            **(_document(plan.document, words) if plan.document else {}),
            "actual": paid_as_json(paid) if paid else None,
        },
        always=("recommended",),
    )


def _document(document: PlanDocument, words: Words) -> Json:
    return {
        "checks": [_check(check, words) for check in document.checks],
        "alarms": [_alarm(alarm, words) for alarm in document.alarms],
        "claims": [_claim(claim, words) for claim in document.claims],
    }


def growth_as_json(growths: tuple[Growth, ...]) -> list[Json]:
    """As JSON: decimal strings, null where unknown; months are null where they are more than five years away."""
    return [
        {
            "address": plain(growth.origin.address),
            "store": growth.store,
            "gb_monthly": dict(zip(("min", "expected", "max"), _gb(growth.gb_monthly), strict=True)),
            "usd_monthly": None if growth.usd_monthly is None else usd_text(growth.usd_monthly),
            "kept_months": None if growth.kept_months is None else decimal_text(growth.kept_months, 4),
            "limit_gib": growth.limit_gib,
            "autoscaling": growth.autoscaling,
            "full_in_months": None
            if growth.limit_gib is None
            else dict(zip(("min", "expected", "max"), growth.full_in, strict=True)),
            "usd_at_limit": None if growth.usd_at_limit is None else usd_text(growth.usd_at_limit),
        }
        for growth in growths
    ]


def _gb(cases: CostCases) -> tuple[str, ...]:
    return tuple(decimal_text(gb, 4) for gb in (cases.low, cases.expected, cases.high))


def _risk(risk: Risk, words: Words) -> Json:
    return {
        **sentence_as_json(risk.what, words),
        **place_as_json(risk.origin),
        "mended_by": risk.mended_by,
    }


def _scenario(plan: Plan, scenario: Scenario, words: Words) -> Json:
    kept, why = scenario.websocket
    document = plan.document.rows.get(scenario.name) if plan.document else None
    reference = scenario.reference
    return {
        "name": scenario.name,
        "rank": scenario.rank,
        "monthly_usd": usd_text(scenario.monthly),
        "at_least": scenario.bill.at_least,
        "saving_usd": usd_or_none(scenario.saving.certain_usd),
        "saving_percent": _share(scenario.saving.certain_usd, scenario.bill),
        "saving": saving_as_json(scenario.saving),
        "verdicts": [
            {
                "promise": row.promise,
                "verdict": row.verdict,
                "why": sentence_as_json(row.why, words),
                "from": row.source,
            }
            for row in scenario.verdicts
        ],
        "websocket": kept,
        "websocket_why": sentence_as_json(why, words),
        "availability": _availability(scenario.availability),
        "capacity_sockets": scenario.capacity_sockets,
        "effort": scenario.effort,
        "levers": [_effect(effect, scenario.stack, plan.document, words) for effect in scenario.effects],
        "commitments": [{"address": plain(row.address), "term": row.term} for row in scenario.stack.commitments],
        "document": None
        if document is None
        else {
            "source_line": document.line,
            "monthly_usd": {"min": str(document.monthly_usd[0]), "max": str(document.monthly_usd[1])},
            "saving_percent": None if document.saving_percent is None else str(document.saving_percent),
            "websocket": document.websocket,
            "availability": document.availability,
            "difficulty": document.difficulty,
            "stars": document.stars,
        },
        "risks": [_risk(risk, words) for risk in scenario.risks],
        "elsewhere": None
        if reference is None
        else {
            "region": reference.bill.stack.region,
            "monthly_usd": usd_text(reference.bill.monthly),
            "at_least": reference.bill.at_least,
            "saving_usd": usd_or_none(reference.saving.certain_usd),
        },
        "bill": bill_fields(scenario.bill, scenario.with_other_free_tier, words),
    }


def _share(saved: Fraction | None, bill: Bill) -> str | None:
    """Per cent of what it cost before."""
    if saved is None or not (before := bill.monthly + saved):
        return None
    return decimal_text(saved / before * 100, 1)


def _availability(found: Availability | None) -> Json | None:
    """Per cent; the contract's `expected` waits for a model that has one."""
    if found is None:
        return None
    return {
        "by": "sla",
        "min": decimal_text(found.least * 100, 3),
        "max": decimal_text(found.most * 100, 3),
        "tasks": found.tasks,
        "on_demand_tasks": found.on_demand,
        "without_sla": list(found.unrated),
    }


def _step(step: Step, words: Words) -> Json:
    return {
        "phase": step.phase,
        "lever": step.lever,
        "what": sentence_as_json(step.what, words),
        "source_line": step.document_line,
        "places": [place_as_json(origin) for origin in step.places],
    }


def _check(check: Check, words: Words) -> Json:
    return {
        "group": check.group,
        "lever": check.lever,
        "quote": check.quote,
        "source_line": check.line,
        "ours": None if check.ours is None else sentence_as_json(say(check.ours), words),
        "verified_by": list(check.verified_by),
    }


def _alarm(alarm: Alarm, words: Words) -> Json:
    return {
        "name": alarm.name,
        "document": alarm.document,
        "derived": None if alarm.derived is None else sentence_as_json(alarm.derived, words),
        "why": sentence_as_json(alarm.why, words),
        "source_line": alarm.line,
    }


def _search(search: SearchResult) -> Json:
    def as_json(combination: Combination) -> Json:
        return {
            "levers": [lever.name for lever in combination.levers],
            "monthly_usd": usd_text(combination.monthly),
            "broken": sorted(combination.broken),
        }

    return {
        "combinations": search.looked_at,
        "best": as_json(search.best),
        "second": as_json(search.second) if search.second else None,
        "forbidden": [as_json(combination) for combination in search.forbidden],
        "stricter": [{"lever": name, **as_json(combination)} for name, combination in search.stricter.items()],
    }


def _effect(effect: Effect, stack: Stack, document: PlanDocument | None, words: Words) -> Json:
    lever = effect.lever
    return {
        "name": lever.name,
        "group": lever.group,
        "gives_up": lever.gives_up,
        "implemented": lever.implemented,
        "requires": lever.requires,
        "part": lever.slot,
        "effort": lever.effort,
        "changes": effect.changes,
        "saves_alone_usd": usd_or_none(effect.alone.certain_usd),
        "saves_here_usd": usd_or_none(effect.here.certain_usd),
        "saves_alone": saving_as_json(effect.alone),
        "saves_here": saving_as_json(effect.here),
        "places": [_place(origin, effect) for origin in effect.places],
        "left_alone": [_place(origin, effect) for origin in effect.dropped],
        "how": sentence_as_json(say(f"how_{lever.name}"), words),
        "risk": sentence_as_json(say(f"risk_{lever.name}"), words),
        "edit": dict(effect.edit) if document else None,
        "steps": [_step(step, words) for step in (document.steps_of_lever(lever, stack) if document else ())],
    }


def _place(origin: Origin, effect: Effect) -> Json:
    saved = (effect.by_place or {}).get(origin.address)
    return {
        **place_as_json(origin),
        "saves": saving_as_json(saved) if saved else None,
        "changes": [
            {"field": change.field, "before": change.before, "after": change.after}
            for change in effect.changes_by_address.get(origin.address, ())
        ],
    }


def _claim(claim: Claim, words: Words) -> Json:
    return {
        "id": claim.id,
        "quote": claim.quote,
        "source_line": claim.source_line,
        "claimed": _amount(claim.claimed),
        "computed": _amount(claim.computed),
        "verdict": claim.verdict,
        "why": sentence_as_json(claim.why, words),
    }


def _amount(amount: AmountRange | None) -> Json | None:
    if amount is None:
        return None
    scale = 100 if amount.unit == "percent" else 1
    text = usd_text if amount.unit == "usd" else lambda value: decimal_text(value, 4)
    return {"min": text(amount.low * scale), "max": text(amount.high * scale), "unit": amount.unit}
