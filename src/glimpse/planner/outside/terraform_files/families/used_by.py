"""Whether certain types of resources use one: by a reference, or by its name or ARN as a text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.references import is_used

Uses = tuple[tuple[str, str], ...]
"""Types of resources, and the argument in which each names what it uses (the provider's schema)."""

RANDOM_ENDING = 7
"""Secrets Manager ends the ARN of a secret with a hyphen and six random characters (its user guide)."""


def is_used_by(block: Block, tree: Tree, uses: Uses, named_by: str = "name") -> bool | None:
    """
    None if none is known to use it, and an unknown value might. An attribute of another resource, such as the
    secret that RDS keeps, is not this one.
    """
    names, name = _texts(tree, uses), block.values.known.text(named_by)
    if name and name in names:
        return True
    found = is_used(block, tree, uses)
    return None if found is False and names and block.values.is_unknown(named_by) else found


@lru_cache(maxsize=16)
def has_unknown_name(tree: Tree, uses: Uses, target: str) -> bool:
    """Whether one of `uses` refers by an unknown text, which may be the composed name of any `target`."""
    rows = ((row, argument) for type_, argument in uses for row in tree.of(type_))
    return any(row.unknowns(argument) and not tree.certain_references(row, argument, target) for row, argument in rows)


@lru_cache(maxsize=16)
def _texts(tree: Tree, uses: Uses) -> frozenset[str]:
    """The texts by which these resources may name another one."""
    rows = ((row, argument) for type_, argument in uses for row in tree.of(type_))
    return frozenset(
        name for row, argument in rows for text in _held(row.values.known, argument) for name in _names_in(text)
    )


def _held(values: Values, argument: str) -> Iterator[str]:
    outer, _, rest = argument.partition(".")
    if rest:
        for inner in values.blocks(outer):
            yield from _held(inner, rest)
    elif text := values.text(outer):
        yield text
    else:
        yield from (item for item in values.items(outer) or () if isinstance(item, str))


def _names_in(text: str) -> Iterator[str]:
    yield text
    _, _, group = text.partition(":log-group:")
    yield group.partition(":")[0]
    _, _, secret = text.partition(":secret:")
    yield from (secret, secret[:-RANDOM_ENDING])
