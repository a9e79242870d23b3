"""CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.outside.terraform_files.families.used_by import has_unknown_name, is_used_by
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.logs import DATA_PROTECTION, DELIVERED_BY_CLASS, PARQUET, VENDED, LogGroup
from glimpse.planner.resources.monitoring import CUSTOM_METRICS

DESTINATION = "aws_cloudwatch_log_delivery_destination"
LOGS = "CWL"
DELIVERED_TO = {
    "aws_s3_bucket": "S3",
    "aws_cloudwatch_log_group": LOGS,
    "aws_kinesis_firehose_delivery_stream": "FH",
}


STANDARD_ONLY = (
    ("aws_cloudwatch_log_metric_filter", "log_group_name"),
    ("aws_cloudwatch_log_subscription_filter", "log_group_name"),
    ("aws_cloudwatch_log_data_protection_policy", "log_group_name"),
    ("aws_cloudwatch_log_anomaly_detector", "log_group_arn_list"),
    ("aws_cloudwatch_log_transformer", "log_group_arn"),
)
ACCOUNT_WIDE = ("SUBSCRIPTION_FILTER_POLICY", "DATA_PROTECTION_POLICY")
METRICS_INSIDE = ("containerinsights", "container-insights", "lambda-insights", "rdsosmetrics")
"""
What the class Infrequent Access does not offer (CloudWatch Logs user guide, log classes), and words in the names of the
groups from whose lines CloudWatch itself makes metrics.
"""


def group(block: Block, tree: Tree) -> Iterator[StackItem]:
    kind = block.values.text("log_group_class") or "STANDARD"
    if kind == "DELIVERY":
        yield ByUse(block.origin, DELIVERED_BY_CLASS)
    else:
        yield LogGroup(
            origin=block.origin,
            infrequent_access=kind == "INFREQUENT_ACCESS",
            kept_days=block.values.known.integer("retention_in_days") or None,  # 0 never expires
            retention_known=not block.values.is_unknown("retention_in_days"),
            needs_standard=_needs_standard(block, tree),
        )


def _needs_standard(block: Block, tree: Tree) -> bool | None:
    """Whether anything in the files uses the group in a way that Infrequent Access does not offer; None is unknown."""
    name = (block.values.known.text("name") or "").lower()
    account = {row.values.known.text("policy_type") for row in tree.of("aws_cloudwatch_log_account_policy")}
    if any(part in name for part in METRICS_INSIDE) or account & set(ACCOUNT_WIDE):
        return True
    used = is_used_by(block, tree, STANDARD_ONLY)
    return None if used is False and has_unknown_name(tree, STANDARD_ONLY, block.type) else used


def metric_filter(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Each filter makes a custom metric, or one for each value of its dimensions; charged while it reports."""
    yield ByUse(block.origin, CUSTOM_METRICS)


def data_protection(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ByUse(block.origin, DATA_PROTECTION)


def account_policy(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Of the policies for all groups only data protection is charged."""
    protects = block.values.text("policy_type") == "DATA_PROTECTION_POLICY"
    yield ByUse(block.origin, DATA_PROTECTION) if protects else block.origin


def delivery(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Logs that a service of AWS writes; without a destination in the tree they are taken to go to CloudWatch Logs."""
    targets = tree.certain_references(block, "delivery_destination_arn", DESTINATION)
    to = next((_delivered_to(target, tree) for target in targets), LOGS)
    unknown = to is None or (not targets and block.values.is_unknown("delivery_destination_arn"))
    yield ByUse(block.origin, VENDED.get(to or LOGS, VENDED[LOGS]), charged=None if unknown else True)
    if any(target.values.text("output_format") == "parquet" for target in targets):
        yield ByUse(block.origin, PARQUET)


def _delivered_to(destination: Block, tree: Tree) -> str | None:
    """What a destination is; None where nobody knows."""
    stated = destination.values.known.text("delivery_destination_type")
    argument = "delivery_destination_configuration.destination_resource_arn"
    linked = tree.certain_references(destination, argument, *DELIVERED_TO)
    unknown = destination.values.is_unknown("delivery_destination_type") or destination.unknowns(argument)
    return stated or next((DELIVERED_TO[row.type] for row in linked), None if unknown else LOGS)


READERS = {
    "aws_cloudwatch_log_group": group,
    "aws_cloudwatch_log_metric_filter": metric_filter,
    "aws_cloudwatch_log_data_protection_policy": data_protection,
    "aws_cloudwatch_log_account_policy": account_policy,
    "aws_cloudwatch_log_delivery": delivery,
}
CARRIERS = {"aws_cloudwatch_log_group": (LogGroup,)}
