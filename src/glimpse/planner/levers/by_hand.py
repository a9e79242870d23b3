"""
Charged resources that nothing in the files uses, or that something free may replace: only people can tell whether
something outside the files needs them.

If a part of the files could not be read, these levers change nothing: that part might use the resource.
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


def session_manager(stack: Stack) -> Stack:
    """
    Without the instances that are called a bastion and have public addresses: Session Manager needs no server, and
    costs nothing for EC2 instances (Systems Manager pricing page). What a balancer reaches, or what carries others' way
    out, is more than a bastion.
    """
    bastions = [row for row in stack.of(Instances) if _is_only_a_bastion(row)]
    elastic = {address for instances in bastions for address in instances.elastic}
    return _removed(stack, lambda resource: resource in bastions or _is_at(resource, elastic))


def _is_only_a_bastion(row: Instances) -> bool:
    is_more = row.is_nat or row.behind_balancer or row.stopped
    return row.is_bastion and bool(row.count) and bool(row.elastic or row.addresses) and not is_more


def _is_at(resource: Resource, addresses: set[str]) -> bool:
    return isinstance(resource, PublicAddress) and resource.origin.address in addresses


def _lever(name: str, slot: str, change: Callable[[Stack], Stack], gives_up: str | None = None) -> Lever:
    return Lever(name, slot, BY_HAND, change, HAND, "config", gives_up=gives_up)


LEVERS = (
    _lever("unattached_addresses", "unattached addresses", unattached_addresses),
    _lever("unattached_volumes", "unattached volumes", unattached_volumes),
    _lever("old_snapshots", "old snapshots", old_snapshots),
    _lever("idle_balancers", "idle balancers", idle_balancers),
    _lever("stopped_disks", "stopped instances", stopped_disks),
    _lever("session_manager", "bastions", session_manager, "ssh_bastion"),
)
