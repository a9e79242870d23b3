"""Resources that are read from one block alone: a charge of their own, or none."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.found import Found, Reader
from glimpse.planner.resources.bucket import Bucket
from glimpse.planner.resources.key import Key
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.resources.monitoring import Alarms, Dashboard
from glimpse.planner.resources.parameter import AdvancedParameter
from glimpse.planner.resources.registry import Registry
from glimpse.planner.resources.secret import Secret
from glimpse.planner.resources.topic import Topic
from glimpse.planner.resources.zone import Zone
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource, Unpriced


def alarm(block: Block, tree: Tree) -> Iterator[Found]:
    """An alarm is charged for each metric it watches; one below a minute is of high resolution."""
    queries = block.values.blocks("metric_query")
    metrics = [metric for query in queries for metric in query.blocks("metric")]
    periods = [block.values.integer("period"), *(metric.integer("period") for metric in metrics)]
    fast = any(period is not None and period < 60 for period in periods)
    yield Alarms(block.origin, max(1, len(metrics)), "high_resolution" if fast else "standard")


def composite(block: Block, tree: Tree) -> Iterator[Found]:
    yield Alarms(block.origin, 1, "composite")


def parameter(block: Block, tree: Tree) -> Iterator[Found]:
    yield AdvancedParameter(block.origin) if block.values.text("tier") == "Advanced" else block.origin


def logs(block: Block, tree: Tree) -> Iterator[Found]:
    """Delivery-only groups pass logs on to somewhere that is charged there; they keep none."""
    kind = block.values.text("log_group_class") or "STANDARD"
    if kind == "DELIVERY":
        yield Unpriced(block.origin, "Log delivery", say("part_unknown"))
    else:
        yield LogGroup(
            origin=block.origin,
            infrequent_access=kind == "INFREQUENT_ACCESS",
            kept_days=block.values.known.integer("retention_in_days") or None,  # 0 never expires
            retention_known=not block.values.is_unknown("retention_in_days"),
        )


def secret(block: Block, tree: Tree) -> Iterator[Found]:
    """A secret, and each copy of it in another region, which is charged there."""
    yield Secret(block.origin)
    for replica in block.values.blocks("replica"):
        region = replica.known.text("region") or "?"
        yield Unpriced(block.origin, f"Secret replica in {region}", say("part_unknown"))


def certificate(block: Block, tree: Tree) -> Iterator[Found]:
    """Public certificates are free; those that can be exported, or that a private authority signs, are not."""
    exportable = any(row.text("export") == "ENABLED" for row in block.values.blocks("options"))
    if exportable or block.values.has("certificate_authority_arn"):
        yield Unpriced(block.origin, "Certificate", say("part_unknown"))
    else:
        yield block.origin


def _alone(made: type[Resource]) -> Reader:
    def read(block: Block, tree: Tree) -> Iterator[Found]:
        yield made(block.origin)  # type: ignore[call-arg]

    return read


READERS = {
    "aws_s3_bucket": _alone(Bucket),
    "aws_cloudwatch_log_group": logs,
    "aws_acm_certificate": certificate,
    "aws_cloudwatch_metric_alarm": alarm,
    "aws_cloudwatch_composite_alarm": composite,
    "aws_cloudwatch_dashboard": _alone(Dashboard),
    "aws_secretsmanager_secret": secret,
    "aws_ssm_parameter": parameter,
    "aws_kms_key": _alone(Key),
    "aws_kms_replica_key": _alone(Key),
    "aws_route53_zone": _alone(Zone),
    "aws_ecr_repository": _alone(Registry),
    "aws_sns_topic": _alone(Topic),
}
