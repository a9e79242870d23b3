"""
Levers that buy what scaling adds as Spot. EC2 Spot has none: of its prices hardly any is held, and those are undated.
"""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.lever import GIVES_UP, TERRAFORM, Lever, each_service
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare
from glimpse.planner.resources.fargate import LINUX, FargateService
from glimpse.planner.stack import Stack


def spot_above_floor(stack: Stack, service: FargateService) -> FargateService:
    """
    As many tasks on demand as scaling keeps at the fewest, and Spot for what it adds.

    Spot takes Linux tasks (ECS API reference, CapacityProviderStrategyItem). Tasks that nobody reaches through a
    balancer may hold a long job, and one with a volume of its own may hold data: both are left alone.
    """
    fewest, most = service.fewest, service.most
    if service.os != LINUX or service.volume or not service.behind_balancer or not service.scaling:
        return service
    if not fewest or most is None or most <= fewest or {share.provider for share in service.strategy} != {FARGATE}:
        return service
    return replace(service, strategy=(ProviderShare(FARGATE, fewest, 0), ProviderShare(FARGATE_SPOT, 0, 1)))


LEVERS = (
    Lever(
        "spot_above_floor", "weights", GIVES_UP, each_service(spot_above_floor), TERRAFORM, "config",
        gives_up="on_demand_share",
    ),
)  # fmt: skip
