"""What Application Auto Scaling sets of other families' resources."""

from __future__ import annotations

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, could_be_any
from glimpse.planner.scaling_target import ScalingTarget

TARGET = "aws_appautoscaling_target"


def scaling_of(
    block: Block, tree: Tree, dimension: str, identity: str | None, is_whole: bool = True, named_by: str = ""
) -> ScalingTarget | None:
    """
    What scales one dimension of a resource, or of a part of it where not `is_whole`: a target that refers to the
    resource, or that names it, or the part, by `identity`.

    A plan shows what a target refers to also where its text is known; a directory does not.

    Raises ArgumentUnknown where a target could be any resource's, or any part's, or where it names one and `named_by`,
    the argument that holds the resource's own name, could be any.
    """
    nameless = [why for why in block.unknowns(named_by) if could_be_any(why)] if named_by else []
    for row in tree.of(TARGET):
        values = row.values.known
        if values.has("scalable_dimension") and values.text("scalable_dimension") not in (None, dimension):
            continue
        named = values.text("resource_id")
        linked = tree.references(row, "resource_id", block.type)
        # Of a part the text alone tells which, where it is known.
        by_name = named is not None and (not linked or not is_whole)
        if by_name and nameless:
            raise ArgumentUnknown(named_by, nameless[0])
        if (named == identity) if by_name else (block in linked):
            row.values.text("scalable_dimension")
            if not is_whole:
                row.values.text("resource_id")
            return ScalingTarget(row.address, values.integer("min_capacity"), values.integer("max_capacity"))
    return None
