"""
Levers that promise AWS a year: reserved instances and nodes, and Compute Savings Plans.

One for each kind of purchase: the shortest term, and without upfront. Three years, and paying upfront, are sold too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from glimpse.planner.levers.lever import COMMITMENT, PURCHASE, Lever
from glimpse.planner.resources.aurora import SERVERLESS, AuroraInstance, DatabaseCluster
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import LINUX, FargateService
from glimpse.planner.resources.instance import SHARED, WHOLE_DAY, Instances
from glimpse.planner.resources.search import SearchDomain
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.workload import Commitment

RESERVED = "reserved_1yr_no_upfront"
SAVINGS_PLAN = "compute_savings_plan_1yr_no_upfront"


def _committed(stack: Stack, resources: Iterable[Resource], term: str = RESERVED) -> Stack:
    """With a commitment for each of these that has none."""
    held = stack.bought | {row.address for row in stack.commitments}
    addresses = dict.fromkeys(resource.origin.address for resource in resources)
    rows = tuple(Commitment(address, term) for address in addresses if address not in held)
    return replace(stack, commitments=(*stack.commitments, *rows)) if rows else stack


def reserved_database(stack: Stack) -> Stack:
    """RDS instances and clusters, and Aurora's instances of a fixed size: capacity units cannot be reserved."""
    databases: tuple[Database | DatabaseCluster | AuroraInstance, ...]
    databases = (*stack.of(Database), *stack.of(DatabaseCluster), *stack.of(AuroraInstance))
    return _committed(stack, (row for row in databases if row.instance_class not in (None, SERVERLESS)))


def reserved_cache(stack: Stack) -> Stack:
    """Nodes of ElastiCache whose number no scaling changes."""
    return _committed(stack, (row for row in stack.of(Cache) if row.node_type and row.nodes and not row.scaling))


def reserved_instances(stack: Stack) -> Stack:
    """EC2 instances that run on demand at all hours; of a group that scales as many as it keeps at the fewest."""
    return _committed(stack, (row for row in stack.of(Instances) if _is_steady(row)))


def _is_steady(row: Instances) -> bool:
    on_demand = not row.spot and not row.stopped and (row.split is None or row.split.percent == 100)
    always = row.awake_hours == WHOLE_DAY and not row.sizes
    kept = not row.scales or row.most == row.count or (row.least and not _is_of_several_types(row))
    return bool(row.instance_type and row.count and row.tenancy == SHARED and on_demand and always and kept)


def _is_of_several_types(row: Instances) -> bool:
    """A group that may run other types than the first: which of them run at all hours nobody knows."""
    return any(sentence.code == "first_of_types" for sentence in row.assumes)


def reserved_search(stack: Stack) -> Stack:
    """The nodes of OpenSearch domains."""
    return _committed(
        stack, (row for row in stack.of(SearchDomain) if all(node.instance_type and node.count for node in row.nodes))
    )


def compute_savings_plan(stack: Stack) -> Stack:
    """
    The Fargate tasks on demand that run at every hour. Spot is not covered, and neither are Windows licenses (Savings
    Plans user guide). Lambda and EC2 are covered too: no price of theirs under a plan is held.
    """
    services = (row for row in stack.of(FargateService) if _is_on_demand(row))
    return _committed(stack, services, SAVINGS_PLAN)


def _is_on_demand(service: FargateService) -> bool:
    if service.size is None or service.os != LINUX or not service.fewest:
        return False
    return service.on_demand_tasks(service.fewest)[0] > 0


def _lever(name: str, slot: str, change: Callable[[Stack], Stack]) -> Lever:
    return Lever(name, slot, COMMITMENT, change, PURCHASE, "none", gives_up="no_commitment")


LEVERS = (
    _lever("reserved_database", "reserved database", reserved_database),
    _lever("reserved_cache", "reserved cache", reserved_cache),
    _lever("reserved_instances", "reserved instances", reserved_instances),
    _lever("reserved_search", "reserved search", reserved_search),
    _lever("compute_savings_plan", "savings plan", compute_savings_plan),
)
