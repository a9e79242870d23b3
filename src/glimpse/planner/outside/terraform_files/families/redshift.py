"""Redshift: provisioned clusters, Redshift Serverless, and their snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, flag
from glimpse.planner.resources.redshift import (
    ServerlessNamespace,
    ServerlessWorkgroup,
    WarehouseCluster,
    WarehouseSnapshot,
)


def cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    count = "number_of_nodes"
    yield WarehouseCluster(
        origin=block.origin,
        node_type=values.text("node_type") or "?",
        nodes=values.known.integer(count) if values.has(count) else 1,
        multi_az=values.boolean("multi_az") or False,
        managed_password=values.boolean("manage_master_password") or False,
        # An Elastic IP is charged where it stands itself.
        is_public=False if values.has("elastic_ip") else flag(values, "publicly_accessible"),
    )


def workgroup(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ServerlessWorkgroup(block.origin)


def namespace(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    yield ServerlessNamespace(block.origin, values.boolean("manage_admin_password") or False, values.has("log_exports"))


def snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield WarehouseSnapshot(block.origin)


def snapshot_copy(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield WarehouseSnapshot(block.origin, copied=True)


READERS = {
    "aws_redshift_cluster": cluster,
    "aws_redshift_cluster_snapshot": snapshot,
    "aws_redshift_snapshot_copy": snapshot_copy,
    "aws_redshiftserverless_workgroup": workgroup,
    "aws_redshiftserverless_namespace": namespace,
    "aws_redshiftserverless_snapshot": snapshot,
}
