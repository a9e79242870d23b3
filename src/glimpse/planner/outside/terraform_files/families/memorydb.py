"""MemoryDB clusters and their snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.caches import CACHE_ENGINES
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.memorydb import MemoryCluster, MemorySnapshot

SPANNING = "aws_memorydb_multi_region_cluster"


def cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A member of a cluster that spans regions has that one's nodes, engine and shards."""
    values = block.values
    home = next(iter(tree.references(block, "multi_region_cluster_name", SPANNING)), None)
    around = home.values if home else values
    engine = values.text("engine") or around.text("engine") or "redis"
    shards = _count(values if values.has("num_shards") else around, "num_shards")
    replicas = _count(values, "num_replicas_per_shard")
    limit = "snapshot_retention_limit"
    yield MemoryCluster(
        origin=block.origin,
        engine=CACHE_ENGINES.get(engine, engine),
        node_type=values.text("node_type") or around.text("node_type"),
        nodes=None if shards is None or replicas is None else shards * (1 + replicas),
        keeps_snapshots=values.is_unknown(limit) or bool(values.integer(limit)),
        spans_regions=values.has("multi_region_cluster_name"),
    )


def _count(values: Values, name: str) -> int | None:
    """One of each, unless the files say otherwise (the provider's default)."""
    return values.known.integer(name) if values.has(name) else 1


def spanning(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Its members are charged, and what they send to each other."""
    yield block.origin


def snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield MemorySnapshot(block.origin)


READERS = {"aws_memorydb_cluster": cluster, SPANNING: spanning, "aws_memorydb_snapshot": snapshot}
