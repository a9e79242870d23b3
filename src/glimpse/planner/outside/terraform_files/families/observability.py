"""X-Ray, Managed Grafana, Managed Prometheus, and budgets that act."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, charged_by
from glimpse.planner.resources.budget_action import ActingBudget
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.grafana import GrafanaWorkspace
from glimpse.planner.resources.prometheus import (
    PROMETHEUS_QUERIES,
    PROMETHEUS_QUERY_LOGS,
    PROMETHEUS_WORKSPACE,
    Collector,
)
from glimpse.planner.resources.tracing import XRAY_INSIGHTS, XRAY_TRACES

LICENSE, ACTION, BUDGET = "aws_grafana_license_association", "aws_budgets_budget_action", "aws_budgets_budget"


def workspace(block: Block, tree: Tree) -> Iterator[StackItem]:
    licences = tree.referenced_by(block, "workspace_id", LICENSE)
    yield GrafanaWorkspace(
        origin=block.origin,
        enterprise=any(row.values.text("license_type") == "ENTERPRISE" for row in licences),
        asks_cloudwatch=_asks_cloudwatch(block),
    )


def _asks_cloudwatch(block: Block) -> bool | None:
    """Whether CloudWatch is among its data sources; None where nobody knows."""
    if "CLOUDWATCH" in (block.values.known.items("data_sources") or ()):
        return True
    return None if block.unknowns("data_sources") else False


def licence(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Its workspace is charged for it."""
    yield block.origin


def trace_group(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A group is free; insights into it are charged by the traces that they keep."""
    insights = block.values.block("insights_configuration").boolean("insights_enabled")
    yield ByUse(block.origin, XRAY_INSIGHTS) if insights else block.origin


def collector(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Collector(block.origin)


def action(block: Block, tree: Tree) -> Iterator[StackItem]:
    """An action of a budget. Only the first action of a budget is charged for: it makes the budget one that acts."""
    budget = next(iter(tree.references(block, "budget_name", BUDGET)), None)
    name = block.values.known.text("budget_name")
    if budget:
        same = tree.referenced_by(budget, "budget_name", ACTION)
    else:
        same = tuple(row for row in tree.of(ACTION) if name and row.values.known.text("budget_name") == name)
    first = same[0].address if same else block.address
    yield ActingBudget(block.origin) if first == block.address else block.origin


READERS = {
    "aws_grafana_workspace": workspace,
    LICENSE: licence,
    "aws_prometheus_workspace": charged_by(PROMETHEUS_WORKSPACE),
    "aws_prometheus_scraper": collector,
    "aws_prometheus_rule_group_namespace": charged_by(PROMETHEUS_QUERIES),
    "aws_prometheus_anomaly_detector": charged_by(PROMETHEUS_QUERIES),
    "aws_prometheus_query_logging_configuration": charged_by(PROMETHEUS_QUERY_LOGS),
    "aws_xray_group": trace_group,
    "aws_xray_sampling_rule": charged_by(XRAY_TRACES),
    ACTION: action,
}
EVERYWHERE = {ACTION}
