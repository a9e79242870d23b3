"""CloudWatch alarms, dashboards, metric streams, canaries, Contributor Insights and RUM."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.outside.terraform_files.block import Block, Tree, role
from glimpse.planner.outside.terraform_files.families.reader import StackItem, charged_by
from glimpse.planner.outside.terraform_files.families.risk_facts import has_actions, topic_nobody_hears
from glimpse.planner.quantities import DAYS_PER_MONTH, HOURS_PER_MONTH
from glimpse.planner.resources import monitoring
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.monitoring import Alarms, Canary, ContributorRule, Dashboard
from glimpse.planner.resources.tracing import XRAY_TRACES
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

BAND = "ANOMALY_DETECTION_BAND"
QUERY = re.compile(r"\s*SELECT\s", re.I)
"""How a Metrics Insights query begins, beside mathematical expressions."""

HIGH_RESOLUTION_BELOW = 60
"""Seconds: an alarm that looks more often is of high resolution (CloudWatch user guide, alarm periods)."""

RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour)s?\s*\)")
CRON = re.compile(r"cron\(\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+(\S+))?\s*\)")
ANY = ("*", "?")


def alarm(block: Block, tree: Tree) -> Iterator[StackItem]:
    """An alarm is charged for each metric it watches; one below a minute is of high resolution."""
    values = block.values
    if values.has("evaluation_criteria"):
        yield Unpriced(block.origin, "PromQL alarm", say("part_unknown"))
        return
    queries = values.blocks("metric_query")
    metrics = [metric for query in queries for metric in query.blocks("metric")]
    expressions = [query.text("expression") or "" for query in queries]
    periods = [
        values.integer("period"),
        values.integer("evaluation_interval"),
        *(part.integer("period") for part in (*queries, *metrics)),
    ]
    kind = "high_resolution" if any(_is_fast(period) for period in periods) else "standard"
    bands = sum(expression.upper().count(BAND) for expression in expressions)
    searches = any(QUERY.match(expression) for expression in expressions)
    if searches:
        yield ByUse(block.origin, monitoring.METRICS_INSIGHTS_ALARM)
    if metrics or bands or not searches:
        yield Alarms(
            block.origin,
            max(1, len(metrics)),
            kind,
            bands=bands,
            has_actions=has_actions(block, tree),
            silent_topic=topic_nobody_hears(block, tree),
            watches_nat=role(values) == "nat" or values.text("namespace") == "AWS/NATGateway",
        )


def _is_fast(period: int | None) -> bool:
    return period is not None and period < HIGH_RESOLUTION_BELOW


def composite(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Alarms(block.origin, 1, "composite")


def dashboard(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Dashboard(block.origin)


def canary(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A canary that nobody has Terraform start, or that stops after a while, runs as often as people make it."""
    schedule = block.values.block("schedule")
    runs = runs_a_month(schedule.text("expression") or "")
    started = block.values.boolean("start_canary") or False
    ends = (schedule.integer("duration_in_seconds") or 0) > 0
    yield Canary(block.origin, runs if started and not ends else None)
    if block.values.block("run_config").boolean("active_tracing"):
        yield ByUse(block.origin, XRAY_TRACES)


def runs_a_month(expression: str) -> Fraction | None:
    """
    How often a schedule of EventBridge's syntax fires in 730 hours: `rate(5 minutes)`, or a `cron(…)` whose days are
    every day or days of the week. None for anything else, and for `rate(0 minute)`, which runs once.
    """
    if rate := RATE.fullmatch(expression.strip()):
        minutes = int(rate[1]) * (60 if rate[2] == "hour" else 1)
        return Fraction(HOURS_PER_MONTH * 60, minutes) if minutes else None
    cron = CRON.fullmatch(expression.strip())
    if not cron or cron[3] not in ANY or cron[4] != "*" or (cron[6] or "*") != "*":
        return None
    times, hours = _times(cron[1], 60), _times(cron[2], 24)
    days = 7 if cron[5] in ANY else _times(_numbered(cron[5]), 7)
    if times is None or hours is None or days is None:
        return None
    return times * hours * Fraction(days, 7) * DAYS_PER_MONTH


def _numbered(days: str) -> str:
    for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1):
        days = days.upper().replace(name, str(number))
    return days


def _times(field: str, size: int) -> int | None:
    """How many values a field of a cron expression matches, of `size` that there are; None where it is not read."""
    total = 0
    for part in field.split(","):
        matched = re.fullmatch(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?", part)
        if not matched:
            return None
        first = 0 if matched[1] == "*" else int(matched[1])
        open_ended = matched[1] == "*" or (matched[3] and not matched[2])
        last = int(matched[2]) if matched[2] else size - 1 if open_ended else first
        step = int(matched[3] or 1)
        if not step or last < first:
            return None
        total += (last - first) // step + 1
    return total


def contributor_rule(block: Block, tree: Tree) -> Iterator[StackItem]:
    off = block.values.text("rule_state") == "DISABLED"
    yield block.origin if off else ContributorRule(block.origin)


def managed_rule(block: Block, tree: Tree) -> Iterator[StackItem]:
    off = block.values.text("state") == "DISABLED"
    yield block.origin if off else ContributorRule(block.origin, "managed")


def user_monitor(block: Block, tree: Tree) -> Iterator[StackItem]:
    """RUM counts events; it copies them to a log group where it is told to, and traces them."""
    yield ByUse(block.origin, monitoring.RUM)
    if block.values.boolean("cw_log_enabled"):
        yield ByUse(block.origin, monitoring.RUM_LOGS)
    if block.values.block("app_monitor_configuration").boolean("enable_xray"):
        yield ByUse(block.origin, XRAY_TRACES)


READERS = {
    "aws_cloudwatch_metric_alarm": alarm,
    "aws_cloudwatch_composite_alarm": composite,
    "aws_cloudwatch_dashboard": dashboard,
    "aws_cloudwatch_metric_stream": charged_by(monitoring.METRIC_STREAM),
    "aws_cloudwatch_contributor_insight_rule": contributor_rule,
    "aws_cloudwatch_contributor_managed_insight_rule": managed_rule,
    "aws_rum_app_monitor": user_monitor,
    "aws_rum_metrics_destination": charged_by(monitoring.CUSTOM_METRICS),
    "aws_synthetics_canary": canary,
}
