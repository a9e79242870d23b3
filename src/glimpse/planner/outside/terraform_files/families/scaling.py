"""What Application Auto Scaling sets of other families' resources."""

from __future__ import annotations

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.scaling_target import ScalingTarget

TARGET = "aws_appautoscaling_target"


def scaling_of(
    block: Block, tree: Tree, dimension: str, identity: str | None, references: bool = True
) -> ScalingTarget | None:
    """
    What scales one dimension of a resource: a target that refers to it, or that names it by `identity`.

    A target that refers to its resource by a name that several have is none: its files do not tell whose it is.
    Raises ArgumentUnknown where a target could be any resource's.
    """
    for row in tree.of(TARGET):
        values = row.values.known
        if values.has("scalable_dimension") and values.text("scalable_dimension") not in (None, dimension):
            continue
        named = values.text("resource_id")
        linked = references and named is None and block in tree.references(row, "resource_id", block.type)
        if linked or (named is not None and named == identity):
            row.values.text("scalable_dimension")
            return ScalingTarget(row.address, values.integer("min_capacity"), values.integer("max_capacity"))
    return None
