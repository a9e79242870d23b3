"""DocumentDB and Neptune: clusters with their instances."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.databases import joined
from glimpse.planner.outside.terraform_files.families.reader import StackItem, flag
from glimpse.planner.resources.documentdb import DocumentCluster, DocumentInstance
from glimpse.planner.resources.neptune import GraphCluster, GraphInstance

DOCUMENTS, GRAPHS = "aws_docdb_cluster", "aws_neptune_cluster"
IO_OPTIMIZED = "iopt1"


def document_cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    yield DocumentCluster(
        origin=block.origin,
        io_optimized=values.text("storage_type") == IO_OPTIMIZED,
        managed_password=values.boolean("manage_master_user_password") or False,
        exports_logs=values.has("enabled_cloudwatch_logs_exports"),
    )


def document_instance(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    home = joined(block, tree, "cluster_identifier", DOCUMENTS, "cluster_identifier")
    insights = "enable_performance_insights"
    yield DocumentInstance(
        origin=block.origin,
        instance_class=values.text("instance_class"),
        io_optimized=home is not None and home.values.text("storage_type") == IO_OPTIMIZED,
        cluster_known=home is not None,
        least_units=least_units(home),
        is_public=flag(values, "publicly_accessible"),
        insights=flag(values, insights),
    )


def graph_cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    yield GraphCluster(
        origin=block.origin,
        io_optimized=values.text("storage_type") == IO_OPTIMIZED,
        exports_logs=values.has("enable_cloudwatch_logs_exports"),
    )


def graph_instance(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    home = joined(block, tree, "cluster_identifier", GRAPHS, "cluster_identifier")
    optimized = (home.values.text("storage_type") if home else None) or values.text("storage_type")
    yield GraphInstance(
        origin=block.origin,
        instance_class=values.text("instance_class"),
        io_optimized=optimized == IO_OPTIMIZED,
        cluster_known=home is not None,
        least_units=least_units(home),
        is_public=flag(values, "publicly_accessible"),
    )


def least_units(home: Block | None) -> Fraction | None:
    """What a serverless instance never goes below; None where that is set, and nobody knows to what."""
    if home is None:
        return Fraction(0)
    scaling = home.values.known.block("serverless_v2_scaling_configuration")
    if home.values.is_unknown("serverless_v2_scaling_configuration") or scaling.is_unknown("min_capacity"):
        return None
    return scaling.number("min_capacity") or Fraction(0)


READERS = {
    DOCUMENTS: document_cluster,
    "aws_docdb_cluster_instance": document_instance,
    GRAPHS: graph_cluster,
    "aws_neptune_cluster_instance": graph_instance,
}
