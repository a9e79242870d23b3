"""The readers of the families: a reader turns one block into the items of a stack that the block stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from glimpse.planner.meter import Origin
from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values, cause_text
from glimpse.planner.resources.by_use import ByUse, UsageRow
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource, Unpriced

StackItem = Resource | Origin | Unpriced
"""A resource that is charged, one that costs nothing (its Origin alone), or one that cannot be priced."""

Reader = Callable[[Block, Tree], Iterator[StackItem]]


def alone(made: Callable[[Origin], Resource]) -> Reader:
    """The reader of a type whose cost depends on no argument: each block makes one resource."""

    def read(block: Block, tree: Tree) -> Iterator[StackItem]:
        yield made(block.origin)

    return read


def charged_by(rows: tuple[UsageRow, ...]) -> Reader:
    """The reader of a type that is charged by these rows alone, whatever its arguments are."""
    return alone(partial(ByUse, rows=rows))


def unknown_part(block: Block, component: str, argument: str) -> Iterator[Unpriced]:
    """One unpriced part for each unknown value of `argument`, which decides what the part costs."""
    for unknown in block.unknowns(argument):
        why = say("argument_unknown", argument=argument, cause=cause_text(unknown))
        yield Unpriced(block.origin, component, why)


def flag(values: Values, name: str) -> bool | None:
    """A boolean argument: False where it is left out, None where its value is unknown."""
    if values.is_unknown(name):
        return values.known.boolean(name)  # so that the variable which decides it is noted
    return values.boolean(name) or False


def certainly_referring(target: Block, argument: str, type_: str, tree: Tree) -> tuple[Block, ...]:
    """The blocks of a type that refer to `target` in `argument`; one that only might is left out."""
    try:
        return tree.referenced_by(target, argument, type_)
    except ArgumentUnknown:
        return tuple(row for row in tree.of(type_) if target in tree.certain_references(row, argument))
