"""One resource as either reader saw it: an address, a type, and values some of which could not be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from glimpse.planner.meter import Origin


class Unknown:
    """The files say something here that could not be evaluated."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

MOST = 10**12
"""Nothing that AWS counts is larger; a figure beyond it is a mistake, or an attack on whoever prints it."""


@dataclass(frozen=True)
class Values:
    """
    The arguments of a block, read with their types.

    Absent and null are None; so is what could not be known, unless asked for by `is_unknown`. A module's optional
    variable is null far more often than unknown, so only the arguments that decide a charge are asked for.
    """

    raw: Mapping[str, Any]

    def is_unknown(self, name: str) -> bool:
        return isinstance(self.raw.get(name), Unknown)

    def text(self, name: str) -> str | None:
        value = self.raw.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        return str(value) or None

    def whole(self, name: str) -> int | None:
        """A count; AWS counts nothing below zero, so such a figure is as good as none."""
        value = self.raw.get(name)
        if isinstance(value, bool):
            return None
        try:
            number = int(value) if isinstance(value, int | float | str) else None
        except (ValueError, OverflowError):
            return None
        return number if number is not None and 0 <= number <= MOST else None

    def number(self, name: str) -> Fraction | None:
        try:
            return Fraction(self.text(name) or "")
        except (ValueError, ZeroDivisionError):
            return None

    def flag(self, name: str) -> bool | None:
        value = self.raw.get(name)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        return value if isinstance(value, bool) else None

    def blocks(self, name: str) -> tuple[Values, ...]:
        """Nested blocks: one evaluator gives a list of them, or one alone without a list."""
        value = self.raw.get(name)
        if isinstance(value, Mapping):
            return (Values(value),)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return tuple(Values(item) for item in value if isinstance(item, Mapping))
        return ()

    def block(self, name: str) -> Values:
        return next(iter(self.blocks(name)), Values({}))

    def items(self, name: str) -> tuple[Any, ...] | None:
        """A list of plain values; None where it is absent or not known."""
        value = self.raw.get(name)
        return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else None

    def mapping(self, name: str) -> Mapping[str, Any]:
        value = self.raw.get(name)
        return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True)
class Block:
    """
    `links` maps an argument (nested ones as `block.argument`) to the addresses of the resources it refers to;
    `refers` holds what else the block refers to, where no argument shows it. `region` only where it is not the
    default provider's.
    """

    address: str
    type: str
    values: Values
    file: str | None = None
    line: int | None = None
    links: Mapping[str, frozenset[str]] = field(default_factory=dict)
    region: str | None = None
    refers: frozenset[str] = frozenset()

    @property
    def origin(self) -> Origin:
        return Origin(self.address, self.file, self.line)


ROLE = "glimpse:role"


def role(values: Values) -> str | None:
    """What a resource says of itself by its role tag: what no argument shows."""
    found = {**values.mapping("tags_all"), **values.mapping("tags")}.get(ROLE)
    return found if isinstance(found, str) else None


class Tree:
    """All blocks of a stack, found by type, and joined by what they refer to."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        self._by_address = {block.address: block for block in blocks}

    def of(self, *types: str) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.type in types)

    def linked(self, block: Block, argument: str, *types: str) -> tuple[Block, ...]:
        """The blocks of these types that `block` names in `argument`, in the tree's order."""
        addresses = block.links.get(argument, frozenset())
        return tuple(self._by_address[address] for address in sorted(addresses) if self._is(address, types))

    def linking(self, target: Block, argument: str, *types: str) -> tuple[Block, ...]:
        """The blocks of these types that name `target` in `argument`."""
        return tuple(block for block in self.of(*types) if target.address in block.links.get(argument, ()))

    def _is(self, address: str, types: Sequence[str]) -> bool:
        return address in self._by_address and (not types or self._by_address[address].type in types)
