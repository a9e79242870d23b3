"""What a family's reader may find in a block: something that is charged, something free, something it cannot price."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from glimpse.planner.meter import Origin
from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.stack import Resource, Unpriced

Found = Resource | Origin | Unpriced
"""An Origin alone is a resource that costs nothing."""

Reader = Callable[[Block, Tree], Iterator[Found]]


def alone(made: Callable[[Origin], Resource]) -> Reader:
    """The reader of a type of which nothing but its being there decides cost."""

    def read(block: Block, tree: Tree) -> Iterator[Found]:
        yield made(block.origin)

    return read
