"""CloudFront distributions with what stands behind them, their functions, and Global Accelerator."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, alone
from glimpse.planner.resources.accelerator import Accelerator, EndpointGroup
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.distribution import FILES, SERVICE, Distribution, EdgeFunction
from glimpse.planner.resources.logs import VENDED
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

BALANCERS = ("aws_lb", "aws_alb", "aws_cloudfront_vpc_origin", "aws_apigatewayv2_api")
ORIGINS = ("origin.domain_name", "origin.vpc_origin_config", "origin.id")
ACLS = ("aws_wafv2_web_acl", "aws_waf_web_acl")
CACHE_POLICY = "aws_cloudfront_cache_policy"
BEHAVIORS = ("default_cache_behavior", "ordered_cache_behavior")


def distribution(block: Block, tree: Tree) -> Iterator[StackItem]:
    """One that is switched off costs nothing."""
    values = block.values
    carries = set()
    for argument in ORIGINS:
        carries |= {SERVICE for _ in tree.references(block, argument, *BALANCERS)}
        carries |= {FILES for _ in tree.references(block, argument, "aws_s3_bucket")}
    if values.boolean("enabled") is False:
        yield block.origin
        return
    behaviors = [row for name in BEHAVIORS for row in values.blocks(name)]
    shields = [shield for origin in values.blocks("origin") for shield in origin.blocks("origin_shield")]
    regions = [shield.text("origin_shield_region") for shield in shields if shield.boolean("enabled") is not False]
    yield Distribution(
        block.origin,
        frozenset(carries),
        dedicated=values.block("viewer_certificate").text("ssl_support_method") == "vip",
        encrypts_fields=any(row.has("field_level_encryption_id") for row in behaviors),
        logs_in_real_time=any(row.has("realtime_log_config_arn") for row in behaviors),
        shields=tuple(sorted({region for region in regions if region})),
        acl_elsewhere=values.has("web_acl_id") and not tree.certain_references(block, "web_acl_id", *ACLS),
        fits_plan=_fits_plan(block, tree),
    )
    try:
        tree.references(block, "web_acl_id", *ACLS)
    except ArgumentUnknown:
        yield Unpriced(block.origin, "AWS WAF", say("part_unknown"))


def _fits_plan(block: Block, tree: Tree) -> bool:
    """
    Whether it certainly has nothing that the flat-rate plans below Business leave out: they know no private origins and
    no cache policies but AWS's own. With further options it is left alone.
    """
    values = block.values.known
    behaviors = [row for name in BEHAVIORS for row in values.blocks(name)]
    own = [row for name in BEHAVIORS for row in tree.certain_references(block, f"{name}.cache_policy_id", CACHE_POLICY)]
    if any(values.has(name) for name in ("anycast_ip_list_id", "continuous_deployment_policy_id")):
        return False
    further = ("lambda_function_association", "realtime_log_config_arn", "field_level_encryption_id")
    if own or any(not row.has("cache_policy_id") or any(row.has(name) for name in further) for row in behaviors):
        return False
    private = any(row.has("vpc_origin_config") or row.has("origin_shield") for row in values.blocks("origin"))
    return bool(behaviors) and not private and values.block("viewer_certificate").text("ssl_support_method") != "vip"


def accelerator(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Its flow logs go to S3."""
    yield Accelerator(block.origin)
    if block.values.block("attributes").boolean("flow_logs_enabled"):
        yield ByUse(block.origin, VENDED["S3"])


def endpoint_group(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield EndpointGroup(block.origin, block.values.text("endpoint_group_region"))


READERS = {
    "aws_cloudfront_distribution": distribution,
    "aws_cloudfront_function": alone(EdgeFunction),
    "aws_globalaccelerator_accelerator": accelerator,
    "aws_globalaccelerator_custom_routing_accelerator": accelerator,
    "aws_globalaccelerator_endpoint_group": endpoint_group,
}
CARRIERS = {"aws_cloudfront_distribution": (Distribution,)}
EVERYWHERE = {
    "aws_cloudfront_distribution",
    "aws_cloudfront_function",
    "aws_globalaccelerator_accelerator",
    "aws_globalaccelerator_custom_routing_accelerator",
}
