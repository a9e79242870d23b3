"""Logs that AWS's services deliver: of flows, DNS queries, web ACLs and firewalls."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import Reader, StackItem, charged_by
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.logs import VENDED
from glimpse.planner.resources.vpc import PARQUET

LOGS, S3, FIREHOSE = "CWL", "S3", "FH"
REFERRED = {"aws_s3_bucket": S3, "aws_kinesis_firehose_delivery_stream": FIREHOSE, "aws_cloudwatch_log_group": LOGS}
ARNS = {"arn:aws:s3": S3, "arn:aws:firehose": FIREHOSE, "arn:aws:logs": LOGS}
NAMED = {"s3": S3, "S3": S3, "kinesis-data-firehose": FIREHOSE, "KinesisDataFirehose": FIREHOSE}
"""Destinations as a flow log and a firewall name them; what is left out is CloudWatch Logs."""


def flow_log(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    rows = VENDED[NAMED.get(values.text("log_destination_type") or "", LOGS)]
    parquet = values.block("destination_options").text("file_format") == "parquet"
    yield ByUse(block.origin, rows + PARQUET if parquet else rows)


def delivery(argument: str) -> Reader:
    """Reads logs whose destination is named by an argument alone."""

    def read(block: Block, tree: Tree) -> Iterator[StackItem]:
        destination = _destination(block, tree, argument)
        yield ByUse(block.origin, VENDED[destination or LOGS], charged=None if destination is None else True)

    return read


def _destination(block: Block, tree: Tree, argument: str) -> str | None:
    """By what an argument refers to, else by its ARN; None where neither tells."""
    for type_, destination in REFERRED.items():
        if tree.certain_references(block, argument, type_):
            return destination
    items = block.values.known.items(argument)
    named = str(items[0]) if items else block.values.known.text(argument) or ""
    return next((destination for start, destination in ARNS.items() if named.startswith(start)), None)


def firewall_logs(block: Block, tree: Tree) -> Iterator[StackItem]:
    parts = block.values.blocks("logging_configuration")
    rows = [row for part in parts for row in part.blocks("log_destination_config")]
    found = {NAMED.get(row.text("log_destination_type") or "", LOGS) for row in rows}
    yield ByUse(block.origin, tuple(row for destination in sorted(found) for row in VENDED[destination]))


READERS = {
    "aws_flow_log": flow_log,
    "aws_route53_query_log": charged_by(VENDED[LOGS]),
    "aws_route53_resolver_query_log_config": delivery("destination_arn"),
    "aws_wafv2_web_acl_logging_configuration": delivery("log_destination_configs"),
    "aws_vpclattice_access_log_subscription": delivery("destination_arn"),
    "aws_networkfirewall_logging_configuration": firewall_logs,
}
