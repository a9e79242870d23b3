"""Resources that are read from one block alone: a charge of their own, or none."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.found import Found, Reader
from glimpse.planner.resources.key import Key
from glimpse.planner.resources.parameter import AdvancedParameter
from glimpse.planner.resources.secret import Secret
from glimpse.planner.resources.topic import Topic
from glimpse.planner.resources.zone import Zone
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource, Unpriced


def parameter(block: Block, tree: Tree) -> Iterator[Found]:
    yield AdvancedParameter(block.origin) if block.values.text("tier") == "Advanced" else block.origin


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
    "aws_acm_certificate": certificate,
    "aws_secretsmanager_secret": secret,
    "aws_ssm_parameter": parameter,
    "aws_kms_key": _alone(Key),
    "aws_kms_replica_key": _alone(Key),
    "aws_route53_zone": _alone(Zone),
    "aws_sns_topic": _alone(Topic),
}
EVERYWHERE = {"aws_acm_certificate", "aws_route53_zone"}
