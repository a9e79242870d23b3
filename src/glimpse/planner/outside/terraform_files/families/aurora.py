"""Aurora clusters with their instances, Multi-AZ DB clusters, databases that span regions, and RDS Proxy."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.databases import (
    AURORA,
    CLUSTER,
    EXTENDED_SUPPORT_OFF,
    INSTANCE,
    engine_name,
    joined,
    monitoring,
    unknown_parts,
)
from glimpse.planner.outside.terraform_files.families.reader import Reader, StackItem, flag
from glimpse.planner.outside.terraform_files.families.scaling import scaling_of
from glimpse.planner.resources.aurora import (
    SERVERLESS,
    AuroraCluster,
    AuroraInstance,
    DatabaseCluster,
    GlobalDatabase,
)
from glimpse.planner.resources.database import RDS, vcpus
from glimpse.planner.resources.database_proxy import DatabaseProxy, ProxyEndpoint
from glimpse.planner.resources.documentdb import DOCDB
from glimpse.planner.resources.neptune import NEPTUNE
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

MEMBER, PROXY, TARGET = "aws_rds_cluster_instance", "aws_db_proxy", "aws_db_proxy_target"
IO_OPTIMIZED, READERS_SCALED = "aurora-iopt1", "rds:cluster:ReadReplicaCount"
LEAST_V1 = Fraction(1)
"""Least capacity of Aurora Serverless v1 where the files say none (the provider's default)."""


def cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    engine = values.text("engine") or "aurora"
    yield from unknown_parts(block)
    if engine not in AURORA:
        yield _database_cluster(block, engine)
        return
    serverless = values.text("engine_mode") == "serverless"
    missing = _scaled_readers(block, tree)
    if missing is None or missing > 0:
        why = say("part_doubtful") if missing is None else say("readers_by_scaling", count=missing)
        yield Unpriced(block.origin, "Aurora replicas", why)
    yield AuroraCluster(
        origin=block.origin,
        engine=AURORA[engine],
        io_optimized=values.text("storage_type") == IO_OPTIMIZED,
        is_serverless=serverless,
        least_acu=_least_v1(values) if serverless else Fraction(0),
        kept_days=_kept_days(values),
        backtracks=values.is_unknown("backtrack_window") or bool(values.integer("backtrack_window")),
        managed_password=values.boolean("manage_master_user_password") or False,
        exports_logs=values.has("enabled_cloudwatch_logs_exports"),
        answers_http=flag(values, "enable_http_endpoint"),
        copied_across_regions=values.has("replication_source_identifier"),
    )


def _database_cluster(block: Block, engine: str) -> DatabaseCluster:
    values = block.values
    return DatabaseCluster(
        origin=block.origin,
        engine=engine_name(engine),
        version=values.known.text("engine_version"),
        version_known=not values.is_unknown("engine_version"),
        instance_class=values.text("db_cluster_instance_class"),
        storage_type=values.text("storage_type") or "io1",
        storage_gib=values.known.integer("allocated_storage"),
        iops=values.integer("iops"),
        extended_support=values.text("engine_lifecycle_support") != EXTENDED_SUPPORT_OFF,
        managed_password=values.boolean("manage_master_user_password") or False,
        monitoring=monitoring(values),
        exports_logs=values.has("enabled_cloudwatch_logs_exports"),
    )


def _least_v1(values: Values) -> Fraction:
    """The least capacity of a cluster of version 1: 0 if it may pause, which it may unless its files forbid it."""
    scaling = values.block("scaling_configuration")
    pauses = scaling.boolean("auto_pause")
    return (scaling.number("min_capacity") or LEAST_V1) if pauses is False else Fraction(0)


def _kept_days(values: Values) -> int | None:
    if values.is_unknown("backup_retention_period"):
        return None
    return values.integer("backup_retention_period") or 1


def members(cluster: Block, tree: Tree) -> tuple[Block, ...]:
    """The instances of a cluster."""
    rows = tree.of(MEMBER)
    return tuple(
        row for row in rows if joined(row, tree, "cluster_identifier", CLUSTER, "cluster_identifier") is cluster
    )


def _scaled_readers(block: Block, tree: Tree) -> int | None:
    """How many readers scaling keeps at least, beyond those that the files make; None where nobody knows."""
    name = "cluster_identifier"
    identifier = block.values.known.text(name)
    try:
        target = scaling_of(block, tree, READERS_SCALED, f"cluster:{identifier}" if identifier else None, named_by=name)
    except ArgumentUnknown as unknown:
        block.values.note(unknown.why)
        return None
    if target is None:
        return 0
    return None if target.least is None else target.least - max(0, len(members(block, tree)) - 1)


def instance(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    home = joined(block, tree, "cluster_identifier", CLUSTER, "cluster_identifier")
    around = home.values if home else values
    engine = values.known.text("engine") or around.text("engine") or "aurora"
    # An instance always has its cluster's version.
    versions = around if home else values
    yield from unknown_parts(block)
    yield AuroraInstance(
        origin=block.origin,
        engine=AURORA.get(engine, engine),
        instance_class=values.text("instance_class"),
        version=values.known.text("engine_version") or versions.known.text("engine_version"),
        version_known=values.known.text("engine_version") is not None or not versions.is_unknown("engine_version"),
        io_optimized=home is not None and around.text("storage_type") == IO_OPTIMIZED,
        extended_support=around.text("engine_lifecycle_support") != EXTENDED_SUPPORT_OFF,
        least_acu=_least_v2(home),
        cluster_known=home is not None,
        monitoring=monitoring(values, home.values if home else None),
        is_public=flag(values, "publicly_accessible"),
    )


def _least_v2(home: Block | None) -> Fraction | None:
    """What an instance of Serverless v2 never goes below; None where that is set, and nobody knows to what."""
    if home is None:
        return Fraction(0)
    scaling = home.values.known.block("serverlessv2_scaling_configuration")
    if home.values.is_unknown("serverlessv2_scaling_configuration") or scaling.is_unknown("min_capacity"):
        return None
    return scaling.number("min_capacity") or Fraction(0)


def spanning(service: str) -> Reader:
    def read(block: Block, tree: Tree) -> Iterator[StackItem]:
        yield GlobalDatabase(block.origin, service)

    return read


def proxy(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A proxy, charged by the instances that its targets name, and by all instances of a cluster that they name."""
    name = block.values.known.text("name")
    classes: list[str | None] = []
    for row in tree.of(TARGET):
        linked = block in tree.references(row, "db_proxy_name", PROXY)
        if not linked and not (name and row.values.known.text("db_proxy_name") == name):
            continue
        database = joined(row, tree, "db_instance_identifier", INSTANCE, "identifier")
        home = joined(row, tree, "db_cluster_identifier", CLUSTER, "cluster_identifier")
        behind = (database,) if database else members(home, tree) if home else ()
        classes += [one.values.known.text("instance_class") for one in behind] or [None]
    counts = [vcpus(one) if one else None for one in classes if one != SERVERLESS]
    known = [count for count in counts if count is not None]
    yield DatabaseProxy(
        origin=block.origin,
        vcpus=sum(known) if classes and len(known) == len(counts) else None,
        serverless=SERVERLESS in classes,
    )


def proxy_endpoint(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ProxyEndpoint(block.origin, tree.count(block, "vpc_subnet_ids", "aws_subnet"))


READERS = {
    "aws_rds_cluster": cluster,  # named here, for a type is looked for in the files that name it
    MEMBER: instance,
    PROXY: proxy,
    "aws_db_proxy_endpoint": proxy_endpoint,
    "aws_rds_global_cluster": spanning(RDS),
    "aws_docdb_global_cluster": spanning(DOCDB),
    "aws_neptune_global_cluster": spanning(NEPTUNE),
}
