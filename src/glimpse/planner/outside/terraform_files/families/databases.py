"""RDS instances, and the snapshots of databases with their copies and exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.environments import environment_of
from glimpse.planner.outside.terraform_files.families.reader import StackItem, flag
from glimpse.planner.outside.terraform_files.families.resting import DATABASE_CALLS, awake_hours
from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.database import FREE_INSIGHTS_DAYS, RDS, Database, Monitoring, least_storage
from glimpse.planner.resources.database_backup import DatabaseSnapshot, SnapshotExport
from glimpse.planner.resources.documentdb import DOCDB
from glimpse.planner.resources.neptune import NEPTUNE
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

INSTANCE, CLUSTER = "aws_db_instance", "aws_rds_cluster"
AURORA = {"aurora": "Aurora MySQL", "aurora-mysql": "Aurora MySQL", "aurora-postgresql": "Aurora PostgreSQL"}
ENGINES: Mapping[str, str] = {
    "postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB",
    "oracle-ee": "Oracle EE", "oracle-ee-cdb": "Oracle EE", "oracle-se": "Oracle SE", "oracle-se1": "Oracle SE1",
    "oracle-se2": "Oracle SE2", "oracle-se2-cdb": "Oracle SE2",
    "sqlserver-ee": "SQL Server Enterprise", "sqlserver-se": "SQL Server Standard", "sqlserver-web": "SQL Server Web",
    "sqlserver-ex": "SQL Server Express", "db2-ae": "Db2 Advanced", "db2-se": "Db2 Standard",
}  # fmt: skip
CUSTOM = {"custom-oracle": "RDS Custom for Oracle", "custom-sqlserver": "RDS Custom for SQL Server"}
"""RDS Custom has prices of its own; the rest of the name is the edition."""

INCLUDED, OWN = "License included", "Bring your own license"
LICENSES = {"license-included": INCLUDED, "bring-your-own-license": OWN, "marketplace-license": "Marketplace"}

EXTENDED_SUPPORT_OFF = "open-source-rds-extended-support-disabled"


def database(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    source = _source(block, tree)
    inherited = source.values if source else values
    engine = values.text("engine") or inherited.text("engine") or "unknown"
    yield from unknown_parts(block)
    if values.text("backup_target") == "outposts":
        yield Unpriced(block.origin, "RDS on Outposts", say("part_unknown"))
    if engine in AURORA:
        # Other readers' inputs hold such instances; AWS makes them with a cluster alone.
        yield _aurora(block, AURORA[engine])
        return
    named = engine_name(engine)
    is_replica = source is not None and values.has("replicate_source_db")
    iops = values.integer("iops")
    # A replica has the storage of its source unless it says otherwise (RDS user guide, read replicas).
    storage_type = values.text("storage_type") or (inherited.text("storage_type") if is_replica else None)
    size = (values if values.has("allocated_storage") else inherited).known.integer("allocated_storage")
    least = _takes_least(values, inherited, source)
    storage_type = storage_type or ("io1" if iops else "gp2")
    if is_replica and iops is None and storage_type == inherited.known.text("storage_type"):
        iops = inherited.integer("iops")
    yield Database(
        origin=block.origin,
        engine=named,
        version=values.known.text("engine_version") or inherited.known.text("engine_version"),
        version_known=not (values if values.has("engine_version") else inherited).is_unknown("engine_version"),
        instance_class=values.text("instance_class") or inherited.text("instance_class"),
        storage_type=storage_type,
        storage_gib=least_storage(storage_type, named) if least else size,
        storage_assumed=least,
        grows_to_gib=values.known.integer("max_allocated_storage"),
        # Of a replica nobody knows whether it has its source's.
        grows_known=not values.is_unknown("max_allocated_storage")
        and (values.has("max_allocated_storage") or not values.has("replicate_source_db")),
        multi_az=values.boolean("multi_az") or False,
        iops=iops,
        mibps=values.known.integer("storage_throughput"),
        mibps_known=not values.is_unknown("storage_throughput"),
        extended_support=values.text("engine_lifecycle_support") != EXTENDED_SUPPORT_OFF,
        managed_password=values.boolean("manage_master_user_password") or False,
        license=_license(values, named),
        monitoring=monitoring(values),
        is_public=flag(values, "publicly_accessible"),
        log_volume=flag(values if values.has("dedicated_log_volume") else inherited, "dedicated_log_volume"),
        exports_logs=values.has("enabled_cloudwatch_logs_exports"),
        copied_across_regions=_across_regions(block, source, "replicate_source_db"),
        environment=environment_of(block),
        awake_hours=awake_hours(block, tree, DATABASE_CALLS),
        replicates=_replicates(block, tree),
    )


def _takes_least(values: Values, inherited: Values, source: Block | None) -> bool:
    """Whether nothing says how large the storage is: no size, and nothing that an instance is filled from."""
    places = (values, inherited)
    names = ("allocated_storage", "snapshot_identifier", "restore_to_point_in_time")
    named = any(row.has(name) for row in places for name in names)
    return not named and (source is not None or not values.has("replicate_source_db"))


def _aurora(block: Block, engine: str) -> AuroraInstance:
    values = block.values
    return AuroraInstance(
        origin=block.origin,
        engine=engine,
        instance_class=values.text("instance_class"),
        version=values.known.text("engine_version"),
        version_known=not values.is_unknown("engine_version"),
        extended_support=values.text("engine_lifecycle_support") != EXTENDED_SUPPORT_OFF,
        least_acu=Fraction(0),
        cluster_known=False,
        monitoring=monitoring(values),
        is_public=flag(values, "publicly_accessible"),
        backed_up_alone=True,
    )


def engine_name(engine: str) -> str:
    custom = next((name for prefix, name in CUSTOM.items() if engine.startswith(prefix)), None)
    return custom or ENGINES.get(engine, engine)


def _license(values: Values, engine: str) -> str | None:
    """Oracle's Enterprise Edition is only sold with a license of one's own; of the others the price includes it."""
    if not engine.startswith(("Oracle", "SQL Server", "Db2")):
        return None
    said = values.text("license_model")
    return LICENSES.get(said, said) if said else OWN if engine in ("Oracle EE", "Oracle SE", "Db2") else INCLUDED


def unknown_parts(block: Block) -> Iterator[Unpriced]:
    """Unpriced parts for features that are charged if they are on, and of which that is unknown."""
    if block.values.is_unknown("database_insights_mode"):
        yield Unpriced(block.origin, "Database Insights, advanced mode", say("part_unknown"))


def monitoring(values: Values, cluster: Values | None = None) -> Monitoring:
    """What monitors an instance: its own arguments, or else those of its cluster."""
    enabled, kept = "performance_insights_enabled", "performance_insights_retention_period"
    places = (values, cluster) if cluster else (values,)
    place = next((row for row in places if row.has(enabled) or row.has(kept)), values)
    is_unknown = place.is_unknown(enabled) or place.is_unknown(kept)
    switched = place.known.boolean(enabled)
    days = place.known.integer(kept)
    return Monitoring(
        insights=None if is_unknown else bool(days) if switched is None else switched,
        kept_days=None if is_unknown else days or FREE_INSIGHTS_DAYS,
        advanced=any(row.known.text("database_insights_mode") == "advanced" for row in places),
        enhanced=_writes_metrics(places),
    )


def _writes_metrics(places: Sequence[Values]) -> bool | None:
    """Whether Enhanced Monitoring is on; None where nobody knows."""
    intervals = [row.known.integer("monitoring_interval") for row in places]
    return any(intervals) or (None if any(row.is_unknown("monitoring_interval") for row in places) else False)


def _source(block: Block, tree: Tree) -> Block | None:
    """The database that this one is a replica of, or is restored from: by reference, or by identifier."""
    restored = block.values.block("restore_to_point_in_time").known.text("source_db_instance_identifier")
    identifier = block.values.known.text("replicate_source_db") or restored
    linked = (
        *tree.references(block, "replicate_source_db", INSTANCE),
        *tree.references(block, "restore_to_point_in_time.source_db_instance_identifier", INSTANCE),
    )
    named = [row for row in tree.of(INSTANCE) if identifier and row.values.known.text("identifier") == identifier]
    return next(iter((*linked, *named)), None)


def _replicates(block: Block, tree: Tree) -> bool | None:
    """Whether a database is a replica or has one; None where nobody knows what a replica in the files is one of."""
    if block.values.has("replicate_source_db"):
        return True
    replicated, all_known = _replicated(tree)
    return True if block.address in replicated else False if all_known else None


@lru_cache(maxsize=4)
def _replicated(tree: Tree) -> tuple[frozenset[str], bool]:
    """The addresses of the databases that have replicas in the files, and whether each replica's source is known."""
    sources = [_source(row, tree) for row in tree.of(INSTANCE) if row.values.has("replicate_source_db")]
    return frozenset(row.address for row in sources if row), None not in sources


def _across_regions(block: Block, source: Block | None, argument: str) -> bool:
    """Whether what this is a replica of is in another region: only then it is named by its ARN."""
    if source is not None:
        return source.region != block.region
    return (block.values.known.text(argument) or "").startswith("arn:")


def joined(block: Block, tree: Tree, argument: str, kind: str, identifier: str) -> Block | None:
    """The resource of a kind that an argument names: by reference, or by its identifier."""
    linked = tree.references(block, argument, kind)
    said = block.values.known.text(argument)
    named = [row for row in tree.of(kind) if said and row.values.known.text(identifier) == said]
    return next(iter((*linked, *named)), None)


def snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield DatabaseSnapshot(block.origin, RDS)


def cluster_snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Of Aurora, unless its cluster is in these files and is a Multi-AZ DB cluster of RDS."""
    cluster = joined(block, tree, "db_cluster_identifier", CLUSTER, "cluster_identifier")
    engine = cluster.values.text("engine") if cluster else None
    yield DatabaseSnapshot(block.origin, "Aurora" if engine is None or engine in AURORA else RDS)


def snapshot_copy(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield DatabaseSnapshot(block.origin, RDS, copied=block.values.has("destination_region"))


def cluster_snapshot_copy(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield DatabaseSnapshot(block.origin, "Aurora", copied=block.values.has("destination_region"))


def replicated_backups(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield DatabaseSnapshot(block.origin, RDS, copied=True)


def document_snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield DatabaseSnapshot(block.origin, DOCDB)


def graph_snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield DatabaseSnapshot(block.origin, NEPTUNE)


def export(block: Block, tree: Tree) -> Iterator[StackItem]:
    of_cluster = tree.references(block, "source_arn", "aws_db_cluster_snapshot", CLUSTER)
    said = block.values.known.text("source_arn") or ""
    yield SnapshotExport(block.origin, of_aurora=bool(of_cluster) or ":cluster" in said)


READERS = {
    INSTANCE: database,
    "aws_db_snapshot": snapshot,
    "aws_db_cluster_snapshot": cluster_snapshot,
    "aws_db_snapshot_copy": snapshot_copy,
    "aws_rds_cluster_snapshot_copy": cluster_snapshot_copy,
    "aws_db_instance_automated_backups_replication": replicated_backups,
    "aws_docdb_cluster_snapshot": document_snapshot,
    "aws_neptune_cluster_snapshot": graph_snapshot,
    "aws_rds_export_task": export,
}
