"""Levers on the ways in: load balancers, and CloudFront before them and before files."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.lever import (
    BOTH,
    GIVES_UP,
    GLIMPSE,
    PURCHASE,
    TERRAFORM,
    Lever,
    new,
    with_more,
    without,
)
from glimpse.planner.resources.balancer import Balancer, JoinedBalancers
from glimpse.planner.resources.bucket import Bucket
from glimpse.planner.resources.distribution import FILES, PRO, SERVICE, Distribution
from glimpse.planner.stack import Stack


def fewer_balancers(stack: Stack) -> Stack:
    """One application balancer for each VPC that has several alike before the internet; its rules tell hosts apart."""
    groups: dict[tuple[object, ...], list[Balancer]] = {}
    for balancer in stack.of(Balancer):
        if _can_be_shared(balancer):
            alike = (balancer.vpc, balancer.origin.region, balancer.zones, balancer.addresses, balancer.idle_timeout)
            groups.setdefault(alike, []).append(balancer)
    several = [group for group in groups.values() if len(group) > 1]
    if not several:
        return stack
    shared = stack
    for first, *_ in several:
        rules = sum(balancer.rules for balancer in next(group for group in several if group[0] is first))
        shared = shared.changed(first, replace(first, rules=rules))
    joined = tuple(balancer.origin for group in several for balancer in group[1:])
    gone = {origin.address for origin in joined}
    spared = without(shared, lambda resource: isinstance(resource, Balancer) and resource.origin.address in gone)
    return with_more(spared, JoinedBalancers(new("joined_balancers"), joined))


def _can_be_shared(balancer: Balancer) -> bool:
    faces = balancer.kind == "application" and not balancer.internal and balancer.addresses is not None
    return faces and balancer.vpc is not None and balancer.reserved == 0 and balancer.functions is not None


def cloudfront_ingress(stack: Stack) -> Stack:
    """CloudFront before a balancer without public addresses (a VPC origin); where one balancer faces the internet."""
    public = [balancer for balancer in stack.of(Balancer) if balancer.kind == "application" and not balancer.internal]
    if len(public) != 1 or not public[0].addresses or any(SERVICE in edge.carries for edge in stack.of(Distribution)):
        return stack
    hidden = stack.changed(public[0], replace(public[0], internal=True, addresses=0))
    return with_more(hidden, Distribution(new("distribution"), frozenset({SERVICE})))


def cloudfront_downloads(stack: Stack) -> Stack:
    """Files by way of CloudFront instead of straight from the bucket."""
    if not stack.has(Bucket) or any(FILES in edge.carries for edge in stack.of(Distribution)):
        return stack
    return with_more(stack, Distribution(new("file_distribution"), frozenset({FILES})))


def cloudfront_flat_rate(stack: Stack) -> Stack:
    """A flat-rate plan for each distribution that has nothing that the plan leaves out."""

    def change(edge: Distribution) -> Distribution:
        return replace(edge, plan=PRO) if edge.fits_plan and edge.plan is None else edge

    return stack.each(Distribution, change)


LEVERS = (
    Lever(
        "fewer_balancers", "balancers", GIVES_UP, fewer_balancers, TERRAFORM, "config", gives_up="separate_balancers",
        lowers=("zones",),
    ),
    Lever(
        "cloudfront_ingress", "ingress", GIVES_UP, cloudfront_ingress, TERRAFORM, "config",
        gives_up="direct_ingress", edit={"ingress": "cloudfront"},
    ),
    Lever(
        "cloudfront_downloads", "downloads", GIVES_UP, cloudfront_downloads, BOTH, "config",
        gives_up="direct_downloads", edit={"downloads": "cloudfront"}, requires=GLIMPSE,
    ),
    Lever(
        "cloudfront_flat_rate", "delivery", GIVES_UP, cloudfront_flat_rate, PURCHASE, "config",
        gives_up="unlimited_delivery",
    ),
)  # fmt: skip
