"""Risks of the network: one way out for several zones, and health checks that take minutes."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.bill import Bill
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.risks.risk import Risk
from glimpse.planner.sentence import say

MAX_DETECTION_SECONDS = 120
"""
Seconds that a broken target may go on getting requests. An Application Load Balancer's own defaults take 60 (30 s × 2),
the provider's 90 (30 s × 3); beyond 120 somebody chose it.
"""


def one_way_out(bill: Bill) -> Iterator[Risk]:
    """NAT gateways and instances through which subnets of several zones leave: with their zone, all are cut off."""
    for gateway in bill.stack.of(NatGateway):
        if gateway.zones_behind is not None and gateway.zones_behind > 1 and not gateway.regional:
            yield Risk(say("nat_gateway_alone", zones=gateway.zones_behind), gateway.origin)
    for instance in bill.stack.of(Instances):
        if instance.is_nat and instance.zones_behind is not None and instance.zones_behind > 1:
            yield Risk(say("nat_instance_alone", zones=instance.zones_behind), instance.origin)


def slow_health_checks(bill: Bill) -> Iterator[Risk]:
    """Target groups that send to a broken target for longer than MAX_DETECTION_SECONDS."""
    of_balancers = (row.target_groups for row in bill.stack.of(Balancer))
    of_services = (row.target_groups for row in bill.stack.of(FargateService))
    for group in {group.origin: group for groups in (*of_balancers, *of_services) for group in groups}.values():
        if group.interval is None or group.failures is None or group.interval * group.failures <= MAX_DETECTION_SECONDS:
            continue
        seconds = group.interval * group.failures
        what = say("health_check_slow", interval=group.interval, failures=group.failures, seconds=seconds)
        yield Risk(what, group.origin)
