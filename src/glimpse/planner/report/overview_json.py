"""What a plan's JSON begins with: the answers, the waterfall, and the gaps by type and reason."""

from __future__ import annotations

from glimpse.planner.money import usd_text
from glimpse.planner.plan import Plan, WaterfallStep
from glimpse.planner.report.gaps import GapGroup
from glimpse.planner.report.json_values import Json, place_as_json, sentence_as_json
from glimpse.planner.report.overview import overview_of
from glimpse.planner.report.plan_summary import Answer, answers_of
from glimpse.planner.report.summary import Statement
from glimpse.words import Words, plain


def overview_as_json(plan: Plan, words: Words) -> Json:
    """The fields `summary`, `waterfall` and `gaps` of a plan's document."""
    overview = overview_of(plan)
    return {
        "summary": [_answer(answer, words) for answer in answers_of(overview)],
        "waterfall": [_step(step) for step in overview.changes],
        "gaps": [_gap(group, words) for group in overview.gaps],
    }


def _answer(answer: Answer, words: Words) -> Json:
    return {
        "question": answer.question,
        "text": answer.text(words),
        "statements": [_statement(statement, words) for statement in answer.statements],
    }


def _statement(statement: Statement, words: Words) -> Json:
    items = [sentence_as_json(item, words) for item in statement.items]
    return {**sentence_as_json(statement.what, words), "items": items}


def _step(step: WaterfallStep) -> Json:
    return {
        "lever": step.lever.name,
        "before_usd": usd_text(step.before),
        "after_usd": usd_text(step.after),
        "saving_usd": usd_text(step.usd),
        "at_least": step.saving.at_least or None,
    }


def _gap(group: GapGroup, words: Words) -> Json:
    return {
        "type": group.type,
        "components": [plain(name) for name in group.components],
        "count": group.count,
        "is_unpriced": group.is_unpriced,
        "at_most_usd": None if group.bound is None else usd_text(group.bound),
        "why": sentence_as_json(group.why, words),
        "places": [place_as_json(origin) for origin in group.places],
    }
