"""
The report as JSON: `glimpse.bill/1`, `glimpse.plan/1`, `glimpse.errors/1`.

The names are promises to scripts. Money and quantities are decimal strings. Every sentence has its stable English code,
its facts, and its text in the reader's language. Null and empty fields are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from glimpse import __version__
from glimpse.planner.availability import Availability
from glimpse.planner.bill import Bill, Line
from glimpse.planner.catalogue import Price
from glimpse.planner.deployment import deployment_as_json
from glimpse.planner.finding import Finding
from glimpse.planner.growth import Growth
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.quantities import HOURS_PER_MONTH, CostCases
from glimpse.planner.regions import RegionComparison
from glimpse.planner.report.paid import paid_as_json
from glimpse.planner.report.savings import saving_as_json
from glimpse.planner.risks import Risk
from glimpse.planner.scenarios import Effect, Plan, Scenario
from glimpse.planner.search import Combination, SearchResult
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Choice, Stack, Unpriced
from glimpse.planner.steps import Step
from glimpse.planner.workload_keys import KEYS
from glimpse.words import Words, plain

if TYPE_CHECKING:
    from glimpse.planner.plan_document import PlanDocument
    from glimpse.planner.plan_document.alarms import Alarm
    from glimpse.planner.plan_document.checks import Check
    from glimpse.planner.plan_document.claims import AmountRange, Claim

Json = dict[str, Any]


def bill_as_json(
    bill: Bill,
    with_other_free_tier: Fraction,
    words: Words,
    there: Sequence[RegionComparison] = (),
    paid: Comparison | None = None,
) -> Json:
    """`there` are the other regions that the same stack was priced in, `paid` is what was paid beside it."""
    return _kept(
        {
            "schema": "glimpse.bill/1",
            "generated_by": f"glimpse {__version__}",
            **_bill(bill, with_other_free_tier, words),
            "elsewhere": [_region(entry, words) for entry in there],
            "actual": paid_as_json(paid) if paid else None,
        }
    )


def _region(entry: RegionComparison, words: Words) -> Json:
    return {
        "region": entry.region,
        "monthly_usd": usd_text(entry.bill.monthly),
        "at_least": entry.bill.at_least,
        "delta_usd": _usd(entry.difference),
        "missing": [_unpriced(part, words) for part in entry.missing],
    }


def plan_as_json(plan: Plan, words: Words, paid: Comparison | None = None) -> Json:
    from glimpse.planner.report.overview_json import overview_as_json

    today = plan.today
    return _kept(
        {
            "schema": "glimpse.plan/1",
            "generated_by": f"glimpse {__version__}",
            **overview_as_json(plan, words),
            "today": _bill(today.bill, today.with_other_free_tier, words),
            "workload": _workload(today.bill),
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
            "address": growth.origin.address,
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
        "address": plain(risk.origin.address),
        "file": _shown(risk.origin.file),
        "line": risk.origin.line,
        "mended_by": risk.mended_by,
    }


def errors_as_json(errors: Iterable[Finding], words: Words) -> Json:
    return {"schema": "glimpse.errors/1", "errors": [_kept(_finding(error, words)) for error in errors]}


def _bill(bill: Bill, with_other_free_tier: Fraction, words: Words) -> Json:
    held = [line.price.as_of for line in bill.lines if line.price and line.price.as_of != "unknown"]
    return {
        "region": bill.stack.region,
        "region_from": sentence_as_json(bill.stack.region_from, words) if bill.stack.region_from else None,
        "currency": "USD",
        "hours_per_month": HOURS_PER_MONTH,
        "free_tier": "always" if bill.free_tier else "none",
        "catalogue": {
            "id": bill.catalogue.name,
            "newest": max(held, default=None),
            "oldest": min(held, default=None),
        },
        "workload": _workload(bill),
        "monthly_usd": usd_text(bill.monthly),
        "monthly_usd_exact": decimal_text(bill.exact),
        "monthly_usd_free_tier": usd_text(bill.monthly if bill.free_tier else with_other_free_tier),
        "at_least": bill.at_least,
        "before_usage": bill.before_usage,
        "range": {
            "min": usd_text(bill.range.low),
            "expected": usd_text(bill.range.expected),
            "max": usd_text(bill.range.high),
        },
        "choices": [_choice(bill.stack.choice)] if bill.stack.choice else [],
        "missing_variables": [
            {"name": plain(row.name), "file": _shown(row.file), "line": row.line, "decides": row.decides}
            for row in bill.stack.missing
        ],
        "by_service": {service: usd_text(amount) for service, amount in sorted(bill.by_service().items())},
        "coverage": bill.coverage(),
        "lines": [_line(line, bill.stack.region, words) for line in bill.lines],
        "free": [plain(origin.address) for origin in bill.free],
        "unpriced": [_unpriced(entry, words) for entry in bill.unpriced],
        "unresolved": [_finding(found, words) for found in bill.stack.unresolved],
        "warnings": [_finding(found, words) for found in bill.stack.warnings],
    }


def _choice(choice: Choice) -> Json:
    return {
        "variable": plain(choice.variables[0]),
        "variables": [plain(name) for name in choice.variables],
        "expression": plain(choice.expression),
        "file": _shown(choice.file),
        "line": choice.line,
        "worlds": [
            {
                "when": ", ".join(
                    f"{plain(name)} = {plain(text)}" if text else f"{plain(name)}: otherwise"
                    for name, text in world.when
                ),
                "monthly_usd": usd_text(world.monthly),
                "at_least": world.at_least,
            }
            for world in choice.worlds
        ],
    }


def _line(line: Line, region: str, words: Words) -> Json:
    meter, price = line.meter, line.price
    return {
        "id": plain(line.id),
        "address": plain(meter.origin.address),
        "file": _shown(meter.origin.file),
        "line": meter.origin.line,
        "service": meter.sku.service,
        "component": plain(meter.component),
        "region": meter.origin.region or region,
        "term": meter.sku.term,
        "quantity": None if line.quantity is None else decimal_text(line.quantity.expected),
        "range": _range(line.quantity),
        "unit": meter.unit,
        "unit_usd": decimal_text(price.tiers[0].usd) if price and len(price.tiers) == 1 else None,
        "tiers": _tiers(price),
        "monthly_usd": None if line.quantity is None else usd_text(line.monthly),
        "usage_based": meter.usage_based,
        "upfront_usd": usd_text(price.upfront_usd) if price and price.upfront_usd else None,
        "committed_until": line.committed_until,
        "price_id": price.id if price else None,
        "source": price.source if price else None,
        "as_of": price.as_of if price else None,
        "confidence": price.confidence if price else None,
        "assumes": [sentence_as_json(sentence, words) for sentence in meter.assumes],
        "needs": sentence_as_json(meter.needs, words) if meter.needs else None,
        "usage_keys": list(meter.usage_keys),
    }


def _range(quantity: CostCases | None) -> Json | None:
    if quantity is None or quantity.low == quantity.expected == quantity.high:
        return None
    return {
        "min": decimal_text(quantity.low),
        "expected": decimal_text(quantity.expected),
        "max": decimal_text(quantity.high),
    }


def _tiers(price: Price | None) -> list[Json] | None:
    if price is None or len(price.tiers) == 1:
        return None
    return [{"from": decimal_text(tier.start), "unit_usd": decimal_text(tier.usd)} for tier in price.tiers]


def _workload(bill: Bill) -> Json:
    workload = bill.workload
    sections: Json = {
        "source": plain(workload.source) or "none",
        "runs": _shown(workload.runs),
        "environment": _shown(workload.environment),
        "document": _shown(workload.document),
    }
    if not workload.has_people:
        return sections
    for key in KEYS:
        sections.setdefault(key.section, {})[key.name] = decimal_text(workload[key.name])
    sections["people"]["hours"] = [decimal_text(hour) for hour in workload.hours]
    sections["derived"] = [
        {"name": row.name, "value": decimal_text(row.value, 4), "unit": row.unit, "formula": row.formula}
        for row in workload.derived(bill.usage.traffic.capacity)
    ]
    return sections


def _scenario(plan: Plan, scenario: Scenario, words: Words) -> Json:
    kept, why = scenario.websocket
    document = plan.document.rows.get(scenario.name) if plan.document else None
    reference = scenario.reference
    return {
        "name": scenario.name,
        "rank": scenario.rank,
        "monthly_usd": usd_text(scenario.monthly),
        "at_least": scenario.bill.at_least,
        "saving_usd": _usd(scenario.saving.certain_usd),
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
            "saving_usd": _usd(reference.saving.certain_usd),
        },
        "bill": _bill(scenario.bill, scenario.with_other_free_tier, words),
    }


def _usd(amount: Fraction | None) -> str | None:
    return None if amount is None else usd_text(amount)


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
        "places": [
            {"address": plain(origin.address), "file": _shown(origin.file), "line": origin.line}
            for origin in step.places
        ],
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
    def shown(combination: Combination) -> Json:
        return {
            "levers": [lever.name for lever in combination.levers],
            "monthly_usd": usd_text(combination.monthly),
            "broken": sorted(combination.broken),
        }

    return {
        "combinations": search.looked_at,
        "best": shown(search.best),
        "second": shown(search.second) if search.second else None,
        "forbidden": [shown(combination) for combination in search.forbidden],
        "stricter": [{"lever": name, **shown(combination)} for name, combination in search.stricter.items()],
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
        "saves_alone_usd": _usd(effect.alone.certain_usd),
        "saves_here_usd": _usd(effect.here.certain_usd),
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
        "address": plain(origin.address),
        "file": _shown(origin.file),
        "line": origin.line,
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


def _unpriced(entry: Unpriced, words: Words) -> Json:
    place = {"file": _shown(entry.origin.file), "line": entry.origin.line}
    return {
        "address": plain(entry.origin.address),
        "component": plain(entry.component),
        **sentence_as_json(entry.why, words),
        **place,
    }


def _finding(found: Finding, words: Words) -> Json:
    return {**sentence_as_json(found.what, words), "file": _shown(found.file), "line": found.line}


def sentence_as_json(sentence: Sentence, words: Words) -> Json:
    """A sentence as its stable code, its facts, and its text."""
    params = {name: plain(value) if isinstance(value, str) else value for name, value in sentence.params.items()}
    return {"code": sentence.code, "params": params, "text": words.render(sentence)}


def _shown(text: str | None) -> str | None:
    return None if text is None else plain(text)


LINE_ALWAYS = ("quantity", "monthly_usd")
"""What a line always has, null where nobody knows it."""


def _kept(document: Json, always: tuple[str, ...] = ()) -> Json:
    """The same document without null and empty fields (`always` names those of the top level that stay)."""
    always = (*always, *LINE_ALWAYS) if "component" in document and "quantity" in document else always
    items = ((name, item if name in always else _without_empty(item)) for name, item in document.items())
    return {name: item for name, item in items if name in always or item not in (None, {}, [], "")}


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return _kept(value)
    return [_without_empty(item) for item in value] if isinstance(value, list) else value
