"""
The five alarms of the plan document: found by what they measure, whatever they are called, and judged by the threshold
that the design asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from glimpse.operations.checks.finding import Finding, confirmed, refuted, unknown
from glimpse.operations.deployment import Alarm, DerivedAlarm

TOLERANCE_PERCENT = 10
"""A threshold this near the derived one is as good: the derived one is half-way between two figures itself."""

SCALING_ALARM = "TargetTracking-"
"""Application Auto Scaling names its own alarms so. They start and stop tasks, and tell nobody."""

MORE, FEWER = "more", "fewer"

BALANCER_ERRORS = frozenset(
    {"AWS/ApplicationELB/HTTPCode_ELB_5XX_Count", "AWS/ApplicationELB/HTTPCode_Target_5XX_Count"}
)
"""The balancer's own, and the tasks': a 502 of the balancer is not in the second."""

CPU = "AWS/ECS/CPUUtilization"


class AlarmRule(Struct, frozen=True):
    """
    What an alarm must read: any of `metrics`, and of `all_of` every one. `seconds`: the threshold is of a sum over so
    many seconds; None where it is not a sum. `is_found`: tells apart alarms on the same metric.
    """

    metrics: frozenset[str]
    direction: str
    is_found: Callable[[Alarm], bool] = lambda alarm: True
    all_of: frozenset[str] = frozenset()
    seconds: int | None = None


def _counts_tasks(alarm: Alarm) -> bool:
    return alarm.metrics[0] != CPU or alarm.statistic == "SampleCount"


ALARM_RULES = {
    "ecs_cpu": AlarmRule(frozenset({CPU}), MORE, lambda alarm: alarm.statistic != "SampleCount"),
    "ecs_memory": AlarmRule(frozenset({"AWS/ECS/MemoryUtilization"}), MORE),
    "running_tasks": AlarmRule(
        frozenset({CPU, "ECS/ContainerInsights/RunningTaskCount", "AWS/ApplicationELB/HealthyHostCount"}),
        FEWER,
        _counts_tasks,
    ),
    "balancer_5xx": AlarmRule(BALANCER_ERRORS, MORE, all_of=BALANCER_ERRORS, seconds=300),
    "database_connections": AlarmRule(frozenset({"AWS/RDS/DatabaseConnections"}), MORE),
}
"""By the name of the plan's alarm; the check is `alarm_` and that name."""


def judge_alarm(name: str, alarms: Sequence[Alarm], derived: DerivedAlarm | None) -> Finding:
    """The verdict on the alarm of this name; where several read its metric, on the best of them."""
    rule = ALARM_RULES[name]
    found = [
        alarm
        for alarm in alarms
        if rule.metrics & set(alarm.metrics)
        and rule.is_found(alarm)
        and not (alarm.name or "").startswith(SCALING_ALARM)
    ]
    metrics = ", ".join(sorted(rule.all_of or rule.metrics))
    if not found:
        return refuted("verify_alarm_missing", metrics=metrics)
    covered = {metric for alarm in found for metric in alarm.metrics}
    if not rule.all_of <= covered:
        return refuted("verify_alarm_half", metrics=", ".join(sorted(rule.all_of - covered)))
    if derived is None or derived.threshold is None:
        return unknown("verify_alarm_no_bound", alarm=_label(found[0]))
    findings = [_judge_threshold(alarm, rule, Decimal(derived.threshold)) for alarm in found]
    return next((finding for finding in findings if finding.verdict == "confirmed"), findings[0])


def _judge_threshold(alarm: Alarm, rule: AlarmRule, bound: Decimal) -> Finding:
    facts = {"alarm": _label(alarm), "derived": f"{_sign(rule)} {_text(bound)}"}
    threshold = _threshold(alarm, rule)
    if threshold is None:
        return unknown("verify_alarm_unread", **facts)
    facts["threshold"] = f"{_sign(rule)} {_text(threshold)}"
    if not (alarm.comparison or "").startswith("LessThan" if rule.direction == FEWER else "GreaterThan"):
        return refuted("verify_alarm_direction", **facts, comparison=alarm.comparison or "–")
    if abs(threshold - bound) * 100 > bound * TOLERANCE_PERCENT:
        return refuted("verify_alarm_threshold", **facts)
    return confirmed("verify_alarm", **facts)


def _threshold(alarm: Alarm, rule: AlarmRule) -> Decimal | None:
    """In the unit of the derived threshold: strictly more or fewer, and of the same time. None where it is unknown."""
    try:
        threshold = Decimal(alarm.threshold or "")
    except InvalidOperation:
        return None
    if alarm.comparison == "LessThanOrEqualToThreshold":
        threshold += 1
    if alarm.metrics[0] == CPU and rule.direction == FEWER:
        # Each task sends one sample a minute.
        threshold = threshold * 60 / (alarm.period_seconds or 60)
    if rule.seconds:
        threshold = threshold * rule.seconds / (alarm.period_seconds or rule.seconds)
    return threshold


def _label(alarm: Alarm) -> str:
    return alarm.name or alarm.address


def _sign(rule: AlarmRule) -> str:
    return "<" if rule.direction == FEWER else ">"


def _text(number: Decimal) -> str:
    return f"{number.normalize():f}"
