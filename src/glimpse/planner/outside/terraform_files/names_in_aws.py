"""What resources are called in AWS, as far as the files tell: by that an export of AWS's bills names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from glimpse.planner.outside.terraform_files.block import Block
from glimpse.planner.terraform.errors import EvaluationError

IDENTIFYING = (
    "id", "arn", "name", "bucket", "identifier", "cluster_identifier", "function_name", "replication_group_id",
    "cluster_id", "zone_id", "family",
)  # fmt: skip
"""Arguments by one of which a resource's id in an export of AWS's bills ends."""


def names_in_aws(blocks: Sequence[Block]) -> Mapping[str, tuple[str, ...]]:
    """The known names, ids and ARNs of each block, by its address."""
    return {block.address: _names(block) for block in blocks}


def _names(block: Block) -> tuple[str, ...]:
    values = replace(block.values, lenient=True, note=lambda unknown: None)
    try:
        return tuple(dict.fromkeys(name for key in IDENTIFYING if (name := values.text(key))))
    except EvaluationError:
        return ()
