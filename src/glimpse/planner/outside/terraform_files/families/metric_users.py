"""Whether alarms or scaling policies use the metrics of a namespace of CloudWatch."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values

ALARM, POLICY = "aws_cloudwatch_metric_alarm", "aws_appautoscaling_policy"


@lru_cache(maxsize=8)
def is_metric_used(tree: Tree, namespace: str) -> bool | None:
    """None if no alarm and no policy is known to use them, and an unknown value might be one."""
    unknown = False
    alarms = (part for block in tree.of(ALARM) for part in _of_alarm(block))
    policies = (part for block in tree.of(POLICY) for part in _of_policy(block))
    for row in (*alarms, *policies):
        if namespace in (row.known.text("namespace") or "") or namespace in (row.known.text("expression") or ""):
            return True
        unknown = unknown or row.is_unknown("namespace") or row.is_unknown("expression")
    return None if unknown else False


def _of_alarm(block: Block) -> Iterator[Values]:
    yield block.values
    for query in block.values.known.blocks("metric_query"):
        yield query
        yield from query.blocks("metric")


def _of_policy(block: Block) -> Iterator[Values]:
    tracking = block.values.known.block("target_tracking_scaling_policy_configuration")
    for metric in tracking.blocks("customized_metric_specification"):
        yield metric
        for query in metric.blocks("metrics"):
            yield query
            yield from query.block("metric_stat").blocks("metric")
