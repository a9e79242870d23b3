"""ElastiCache: nodes alone and in replication groups, caches that span regions, and ElastiCache Serverless."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values, role
from glimpse.planner.outside.terraform_files.families.environments import environment_of
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.outside.terraform_files.families.scaling import scaling_of
from glimpse.planner.resources.cache import CLOUDWATCH_LOGS, Cache, GlobalDatastore, NodeScaling
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

BUS = "bus"
"""The value of the role tag by which a cache says that it carries events and keeps nothing."""

CACHE_ENGINES = {"redis": "Redis", "valkey": "Valkey", "memcached": "Memcached"}
GROUP, GLOBAL, SERVERLESS = (
    "aws_elasticache_replication_group",
    "aws_elasticache_global_replication_group",
    "aws_elasticache_serverless_cache",
)
SHARDS, REPLICAS = "elasticache:replication-group:NodeGroups", "elasticache:replication-group:Replicas"


def cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    """One that names a replication group is a further replica of it."""
    values = block.values
    group = next(iter(tree.references(block, "replication_group_id", GROUP)), None)
    inherited = group.values if group else values
    engine = values.text("engine") or inherited.text("engine") or "redis"
    versions = values if values.has("engine_version") else inherited
    yield Cache(
        origin=block.origin,
        engine=CACHE_ENGINES.get(engine, engine),
        node_type=values.text("node_type") or inherited.text("node_type"),
        nodes=1 if group else values.known.integer("num_cache_nodes"),
        is_bus=role(values) == BUS,
        version=versions.known.text("engine_version"),
        version_known=not versions.is_unknown("engine_version"),
        keeps_snapshots=_keeps_snapshots(values),
        log_destinations=_log_destinations(block),
        in_group=False,
    )


def replication_group(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    primary = _primary(block, tree)
    inherited = primary.values if primary else values
    engine = values.text("engine") or inherited.text("engine") or "redis"
    versions = values if values.has("engine_version") else inherited
    if (values.text("durability") or "disabled").lower() not in ("disabled", "default", "none"):
        yield Unpriced(block.origin, "Durability", say("part_unknown"))
    scaling = _scaling(block, tree)
    yield Cache(
        origin=block.origin,
        engine=CACHE_ENGINES.get(engine, engine),
        node_type=values.text("node_type") or inherited.text("node_type"),
        nodes=scaling.least if scaling else _nodes(values, inherited),
        multi_az=values.boolean("multi_az_enabled") or False,
        is_bus=role(values) == BUS,
        version=versions.known.text("engine_version"),
        version_known=not versions.is_unknown("engine_version"),
        keeps_snapshots=_keeps_snapshots(values),
        scaling=scaling,
        log_destinations=_log_destinations(block),
        shards=_shards(values, inherited),
        environment=environment_of(block),
    )


def _keeps_snapshots(values: Values) -> bool:
    limit = "snapshot_retention_limit"
    return values.is_unknown(limit) or bool(values.integer(limit))


def _log_destinations(block: Block) -> tuple[str, ...] | None:
    """What its logs are written to; None where nobody knows all of it."""
    rows = block.values.known.blocks("log_delivery_configuration")
    kinds = {row.text("destination_type") or CLOUDWATCH_LOGS for row in rows}
    unknown = block.values.is_unknown("log_delivery_configuration")
    if unknown or block.unknowns("log_delivery_configuration.destination_type"):
        return None
    return tuple(sorted(kinds))


def _primary(block: Block, tree: Tree) -> Block | None:
    """The group of another region that this one is a copy of, which decides its nodes' type and its shards."""
    for home in tree.references(block, "global_replication_group_id", GLOBAL):
        return next(iter(tree.references(home, "primary_replication_group_id", GROUP)), None)
    return None


def _nodes(values: Values, inherited: Values) -> int | None:
    """The nodes of a replication group: counted, or shards with their replicas; None where that is unknown."""
    counted = next((name for name in ("num_cache_clusters", "number_cache_clusters") if values.has(name)), None)
    if counted:
        return values.known.integer(counted)
    if values.has("node_group_configuration") and not values.has("num_node_groups"):
        if values.is_unknown("node_group_configuration"):
            return None
        replicas = [_replicas(row, "replica_count") for row in values.known.blocks("node_group_configuration")]
        return None if None in replicas else sum(1 + (count or 0) for count in replicas)
    # Until provider 4 the shards stood in a block of their own.
    places = (values, values.block("cluster_mode"), inherited)
    sharded = next((part for part in places if part.has("num_node_groups")), None)
    if sharded is None:
        return 1
    shards, replicas_each = sharded.known.integer("num_node_groups"), _replicas(sharded, "replicas_per_node_group")
    return None if shards is None or replicas_each is None else shards * (1 + replicas_each)


def _shards(values: Values, inherited: Values) -> int | None:
    """The primaries of a replication group, which stay when its replicas go; None where nobody knows them."""
    if values.has("node_group_configuration") and not values.has("num_node_groups"):
        known = not values.is_unknown("node_group_configuration")
        return len(values.known.blocks("node_group_configuration")) if known else None
    places = (values, values.block("cluster_mode"), inherited)
    sharded = next((part for part in places if part.has("num_node_groups")), None)
    return 1 if sharded is None else sharded.known.integer("num_node_groups")


def _replicas(values: Values, name: str) -> int | None:
    return values.known.integer(name) if values.has(name) else 0


def _scaling(block: Block, tree: Tree) -> NodeScaling | None:
    """What scales the shards of a group, or the replicas of each."""
    values, name = block.values, "replication_group_id"
    identifier = values.known.text(name)
    identity = f"replication-group/{identifier}" if identifier else None
    shards, replicas = (scaling_of(block, tree, way, identity, named_by=name) for way in (SHARDS, REPLICAS))
    if shards is None and replicas is None:
        return None
    return NodeScaling(
        shards or values.known.integer("num_node_groups"), replicas or _replicas(values, "replicas_per_node_group")
    )


def global_datastore(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield GlobalDatastore(block.origin)


def serverless_cache(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    engine = values.text("engine") or "redis"
    limits = values.block("cache_usage_limits")
    yield ServerlessCache(
        origin=block.origin,
        engine=CACHE_ENGINES.get(engine, engine),
        is_bus=role(values) == BUS,
        least_gb=limits.block("data_storage").integer("minimum") or 0,
        least_ecpu_per_second=limits.block("ecpu_per_second").integer("minimum") or 0,
        keeps_snapshots=_keeps_snapshots(values),
    )


READERS = {
    "aws_elasticache_cluster": cluster,
    GROUP: replication_group,
    GLOBAL: global_datastore,
    SERVERLESS: serverless_cache,
}
CARRIERS = {SERVERLESS: (ServerlessCache,)}
