"""What a family's reader may find in a block: something that is charged, something free, something it cannot price."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from glimpse.planner.meter import Origin
from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values, cause_text
from glimpse.planner.resources.by_use import ByUse, UsageRow
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource, Unpriced

Found = Resource | Origin | Unpriced
"""An Origin alone is a resource that costs nothing."""

Reader = Callable[[Block, Tree], Iterator[Found]]


def alone(made: Callable[[Origin], Resource]) -> Reader:
    """The reader of a type of which nothing but its being there decides cost."""

    def read(block: Block, tree: Tree) -> Iterator[Found]:
        yield made(block.origin)

    return read


def charged_by(rows: tuple[UsageRow, ...]) -> Reader:
    """The reader of a type that is charged by these rows and by nothing else, whatever its arguments are."""
    return alone(partial(ByUse, rows=rows))


def unknown_part(block: Block, component: str, argument: str) -> Iterator[Unpriced]:
    """A part of a block for each value of `argument` that nobody knows, where that decides what the part costs."""
    for unknown in block.unknowns(argument):
        why = say("argument_unknown", argument=argument, cause=cause_text(unknown))
        yield Unpriced(block.origin, component, why)


def flag(values: Values, name: str) -> bool | None:
    """An argument that is true or false, false where it is left out; None where nobody knows."""
    if values.is_unknown(name):
        return values.known.boolean(name)  # so that the variable which decides it is noted
    return values.boolean(name) or False


def certainly_referring(target: Block, argument: str, type_: str, tree: Tree) -> tuple[Block, ...]:
    """The blocks of a type that refer to `target` in `argument`; one that only might is left out."""
    try:
        return tree.referenced_by(target, argument, type_)
    except ArgumentUnknown:
        return tuple(row for row in tree.of(type_) if target in tree.certain_references(row, argument))
