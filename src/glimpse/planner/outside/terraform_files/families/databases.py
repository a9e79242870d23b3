"""RDS instances and ElastiCache nodes."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values, role
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

FREE_INSIGHTS_DAYS = 7
"""What Performance Insights keeps without charge (RDS user guide, Performance Insights retention)."""

ENGINES = {"postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB"}
BUS = "bus"
"""The value of the role tag by which a cache says that it carries events and keeps nothing."""

CACHE_ENGINES = {"redis": "Redis", "valkey": "Valkey", "memcached": "Memcached"}


def database(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    source = _replicated(block, tree)
    inherited = source.values if source else values
    engine = values.text("engine") or inherited.text("engine") or "unknown"
    version = values.known.text("engine_version") or inherited.known.text("engine_version")
    iops = values.integer("iops")
    insights = "performance_insights_retention_period"
    if values.is_unknown(insights) or (values.integer(insights) or FREE_INSIGHTS_DAYS) > FREE_INSIGHTS_DAYS:
        yield Unpriced(block.origin, "Performance Insights", say("part_unknown"))
    if values.is_unknown("monitoring_interval") or (values.integer("monitoring_interval") or 0) > 0:
        yield Unpriced(block.origin, "Enhanced Monitoring", say("part_unknown"))
    if values.is_unknown("storage_throughput") or (values.integer("storage_throughput") or 0) > 0:
        yield Unpriced(block.origin, "Storage throughput", say("part_unknown"))
    yield Database(
        origin=block.origin,
        engine=ENGINES.get(engine, engine),
        version=version,
        version_known=not values.is_unknown("engine_version"),
        instance_class=values.text("instance_class"),
        storage_type=values.text("storage_type") or ("io1" if iops else "gp2"),
        storage_gib=values.known.integer("allocated_storage") or inherited.known.integer("allocated_storage"),
        multi_az=values.boolean("multi_az") or False,
        iops=iops,
        extended_support=values.text("engine_lifecycle_support") != "open-source-rds-extended-support-disabled",
        managed_password=values.boolean("manage_master_user_password") or False,
    )


def _replicated(block: Block, tree: Tree) -> Block | None:
    """The database that this one is a replica of: by link, or by identifier."""
    linked = tree.references(block, "replicate_source_db", "aws_db_instance")
    identifier = block.values.known.text("replicate_source_db")
    named = [
        row for row in tree.of("aws_db_instance") if identifier and row.values.known.text("identifier") == identifier
    ]
    return next(iter((*linked, *named)), None)


def cache_cluster(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    group = next(iter(tree.references(block, "replication_group_id", "aws_elasticache_replication_group")), None)
    inherited = group.values if group else values
    engine = values.text("engine") or inherited.text("engine") or "redis"
    yield Cache(
        origin=block.origin,
        engine=CACHE_ENGINES.get(engine, engine),
        node_type=values.text("node_type") or inherited.text("node_type"),
        nodes=1 if group else values.known.integer("num_cache_nodes"),
        is_bus=role(values) == BUS,
    )


def replication_group(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    engine = values.text("engine") or "redis"
    yield Cache(
        origin=block.origin,
        engine=CACHE_ENGINES.get(engine, engine),
        node_type=values.text("node_type"),
        nodes=_nodes(values),
        multi_az=values.boolean("multi_az_enabled") or False,
        is_bus=role(values) == BUS,
    )


def _nodes(values: Values) -> int | None:
    """The nodes of a replication group: counted, or shards with their replicas; None where that is unknown."""
    counted = next((name for name in ("num_cache_clusters", "number_cache_clusters") if values.has(name)), None)
    if counted:
        return values.known.integer(counted)
    # Until provider 4 the shards stood in a block of their own.
    sharded = next((part for part in (values, values.block("cluster_mode")) if part.has("num_node_groups")), None)
    if sharded is None:
        return 1
    shards = sharded.known.integer("num_node_groups")
    replicas = sharded.known.integer("replicas_per_node_group") if sharded.has("replicas_per_node_group") else 0
    return None if shards is None or replicas is None else shards * (1 + replicas)


READERS = {
    "aws_db_instance": database,
    "aws_elasticache_cluster": cache_cluster,
    "aws_elasticache_replication_group": replication_group,
}
