"""CloudFront distributions, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.resources.distribution import FILES, SERVICE, Distribution
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

BALANCERS = ("aws_lb", "aws_alb", "aws_cloudfront_vpc_origin", "aws_apigatewayv2_api")
ORIGINS = ("origin.domain_name", "origin.vpc_origin_config", "origin.id")


def distribution(block: Block, tree: Tree) -> Iterator[Found]:
    carries = set()
    for argument in ORIGINS:
        carries |= {SERVICE for _ in tree.references(block, argument, *BALANCERS)}
        carries |= {FILES for _ in tree.references(block, argument, "aws_s3_bucket")}
    if block.values.has("web_acl_id"):
        yield Unpriced(block.origin, "AWS WAF", say("part_unknown"))
    if block.values.boolean("enabled") is False:
        yield block.origin
    else:
        yield Distribution(block.origin, frozenset(carries))


READERS = {"aws_cloudfront_distribution": distribution}
CARRIERS = {"aws_cloudfront_distribution": (Distribution,)}
EVERYWHERE = {"aws_cloudfront_distribution"}
