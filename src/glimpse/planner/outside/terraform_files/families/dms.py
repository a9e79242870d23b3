"""Database Migration Service: replication instances, and replications without one."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, flag
from glimpse.planner.resources.dms import ReplicationInstance, ServerlessReplication

DEFAULT_GIB = 50
"""Storage of an instance that names none (DMS API, AllocatedStorage)."""


def instance(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    size = "allocated_storage"
    yield ReplicationInstance(
        origin=block.origin,
        instance_class=values.text("replication_instance_class") or "?",
        storage_gib=values.known.integer(size) if values.has(size) else DEFAULT_GIB,
        multi_az=values.boolean("multi_az") or False,
        is_public=flag(values, "publicly_accessible"),
    )


def serverless(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ServerlessReplication(block.origin, block.values.block("compute_config").boolean("multi_az") or False)


READERS = {"aws_dms_replication_instance": instance, "aws_dms_replication_config": serverless}
