"""
What is charged and what nothing in the files uses: only people can tell whether something outside them does.

Where any part of the files could not be read, nothing is said: what uses a resource could stand there.
"""

from __future__ import annotations

from collections.abc import Callable

from glimpse.planner.levers.lever import BY_HAND, HAND, Lever, without
from glimpse.planner.resources.address import PublicAddress
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.snapshot import Snapshot
from glimpse.planner.resources.volume import Volume
from glimpse.planner.stack import Resource, Stack


def _removed(stack: Stack, idle: Callable[[Resource], bool]) -> Stack:
    return stack if stack.unresolved else without(stack, idle)


def unattached_addresses(stack: Stack) -> Stack:
    """Without the Elastic IPs that nothing holds."""
    return _removed(stack, lambda resource: isinstance(resource, PublicAddress) and resource.attached is False)


def unattached_volumes(stack: Stack) -> Stack:
    """Without the EBS volumes that no instance attaches."""
    return _removed(stack, lambda resource: isinstance(resource, Volume) and resource.attached is False)


def old_snapshots(stack: Stack) -> Stack:
    """Without the EBS snapshots of which nothing is made. How old they are no file tells."""
    return _removed(stack, lambda resource: isinstance(resource, Snapshot) and resource.used is False)


def idle_balancers(stack: Stack) -> Stack:
    """Without the load balancers that have no listeners, or no targets behind them."""
    return _removed(stack, lambda resource: isinstance(resource, Balancer) and resource.has_targets is False)


def stopped_disks(stack: Stack) -> Stack:
    """Without the instances that are kept stopped: their disks and Elastic IPs are charged all the same."""
    stopped = [instances for instances in stack.of(Instances) if instances.stopped]
    elastic = {address for instances in stopped for address in instances.elastic}
    return _removed(stack, lambda resource: resource in stopped or _is_at(resource, elastic))


def _is_at(resource: Resource, addresses: set[str]) -> bool:
    return isinstance(resource, PublicAddress) and resource.origin.address in addresses


def _lever(name: str, part: str, change: Callable[[Stack], Stack]) -> Lever:
    return Lever(name, part, BY_HAND, change, HAND, "config")


LEVERS = (
    _lever("unattached_addresses", "unattached addresses", unattached_addresses),
    _lever("unattached_volumes", "unattached volumes", unattached_volumes),
    _lever("old_snapshots", "old snapshots", old_snapshots),
    _lever("idle_balancers", "idle balancers", idle_balancers),
    _lever("stopped_disks", "stopped instances", stopped_disks),
)
