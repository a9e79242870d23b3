"""ECR."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.registry import PUBLIC_REPOSITORY, Registry


def repository(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Scanning on push is free; enhanced scanning is the registry's, and Inspector charges for it."""
    yield Registry(block.origin)


def public_repository(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ByUse(block.origin, PUBLIC_REPOSITORY)


READERS = {"aws_ecr_repository": repository, "aws_ecrpublic_repository": public_repository}
