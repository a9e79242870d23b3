"""One resource as either reader saw it: an address, a type, and arguments some of which nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Protocol

from glimpse.planner.meter import Origin
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.numbers import parsed, text_of
from glimpse.planner.terraform.values import Cause, Null, Unknown

MAX_COUNT = 10**12
"""Nothing that AWS counts is larger; a figure beyond it is a mistake, or an attack on whoever prints it."""

MAX_TEXT, MAX_BITS = 1_000, 3_300
TOO_LONG = Unknown(causes=frozenset((Cause("error", f"a value of more than {MAX_TEXT} characters"),)))
"""What stands for a longer text or number: nothing that decides a cost has one."""


NAMING_ARGUMENTS = frozenset(
    (
        "id", "name", "bucket", "identifier", "cluster_identifier", "cluster_name", "replication_group_id", "key",
        "table_name", "function_name", "autoscaling_group_name",
    )
)  # fmt: skip
"""Arguments that only name a resource. An unknown one decides no figure, so it is not noted."""


class ArgumentSource(Protocol):
    """Where the values of a block come from: None is an argument left out."""

    def get(self, name: str) -> Any: ...


class ArgumentUnknown(Exception):
    """A family asked for an argument whose value nobody knows. What depends on it must not be priced as if it were."""

    def __init__(self, name: str, why: Unknown) -> None:
        super().__init__(name)
        self.name = name
        self.why = why


@dataclass(frozen=True)
class Values:
    """
    The arguments of a block, read with their types.

    An argument that is left out is None. One that is unknown raises ArgumentUnknown, so that no reader takes it for its
    default. Through `known` it is None as well: for readers that treat None as unknown, or that look elsewhere. `path`
    is the place of a nested block in its resource. `note` is called with every unknown that `known` hid.
    """

    arguments: ArgumentSource | Mapping[str, Any]
    path: str = ""
    note: Callable[[Unknown], None] = lambda unknown: None
    lenient: bool = False

    @property
    def known(self) -> Values:
        """The same arguments, where one that is unknown reads as None."""
        return replace(self, lenient=True)

    def _value(self, name: str) -> Any:
        value = self.arguments.get(name)
        if _is_too_long(value):
            return TOO_LONG
        return None if isinstance(value, Null) else value

    def _known(self, name: str) -> Any:
        value = self._value(name)
        return self._passed(name, value) if isinstance(value, Unknown) else value

    def _passed(self, name: str, why: Unknown) -> None:
        if not self.lenient:
            raise ArgumentUnknown(self.path + name, why)
        if name not in NAMING_ARGUMENTS:
            self.note(why)

    def is_unknown(self, name: str) -> bool:
        """Whether an argument is set to something that nobody knows."""
        return isinstance(self._value(name), Unknown)

    def has(self, name: str) -> bool:
        """Whether an argument is set, to whatever, or there is any nested block of that name."""
        value = self._value(name)
        return value is not None and not (isinstance(value, tuple | list) and not value)

    def text(self, name: str) -> str | None:
        value = self._known(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float | Fraction):
            return None
        return (text_of(value) if isinstance(value, int | Fraction) else str(value)) or None

    def integer(self, name: str) -> int | None:
        """A count; None where it is negative, because AWS counts nothing below zero."""
        value = self._known(name)
        if isinstance(value, bool):
            return None
        try:
            number = int(value) if isinstance(value, int | float | str | Fraction) else None
        except (ValueError, OverflowError):
            return None
        return number if number is not None and 0 <= number <= MAX_COUNT else None

    def number(self, name: str) -> Fraction | None:
        try:
            return Fraction(parsed(self.text(name) or ""))
        except (ValueError, EvaluationError):
            return None

    def boolean(self, name: str) -> bool | None:
        value = self._known(name)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        return value if isinstance(value, bool) else None

    def blocks(self, name: str) -> tuple[Values, ...]:
        """Nested blocks, which JSON may hold as an object or as a list of them."""
        value = self._known(name)
        found = []
        for item in value if isinstance(value, Sequence) and not isinstance(value, str) else (value,):
            if isinstance(item, Unknown):
                self._passed(name, item)
            elif item is not None and not isinstance(item, str | bool | int | float | Fraction | Null | tuple | list):
                found.append(self._inner(name, item))
        return tuple(found)

    def _inner(self, name: str, arguments: ArgumentSource | Mapping[str, Any]) -> Values:
        return Values(arguments, f"{self.path}{name}.", self.note, self.lenient)

    def block(self, name: str) -> Values:
        """The first nested block of a type, or one without anything."""
        return next(iter(self.blocks(name)), self._inner(name, {}))

    def items(self, name: str) -> tuple[Any, ...] | None:
        """A list of plain values, each of which may be Unknown; None where it is left out."""
        value = self._known(name)
        return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else None

    def known_items(self, name: str) -> tuple[Any, ...]:
        """What a list holds, nothing where it is left out. Raises ArgumentUnknown where any of it is unknown."""
        items = self.items(name) or ()
        for item in items:
            if isinstance(item, Unknown):
                raise ArgumentUnknown(self.path + name, item)
        return items

    def mapping(self, name: str) -> Mapping[str, Any]:
        value = self._known(name)
        return value if isinstance(value, Mapping) else {}


def _is_too_long(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) > MAX_TEXT
    return isinstance(value, int) and value.bit_length() > MAX_BITS


UnknownsIn = Callable[[str], Sequence[Unknown]]


def _none(argument: str) -> Sequence[Unknown]:
    return ()


def _no_tags() -> Any:
    return None


@dataclass(frozen=True)
class Block:
    """
    `unknowns` gives what is unknown in an argument (nested ones as `block.argument`); their references say which
    resources it refers to. `region` is set where it is not the default provider's. `default_tags` gives the tags that
    its provider has for every resource, which a plan holds in `tags_all` instead.
    """

    address: str
    type: str
    values: Values
    file: str | None = None
    line: int | None = None
    unknowns: UnknownsIn = _none
    region: str | None = None
    default_tags: Callable[[], Any] = _no_tags

    @property
    def origin(self) -> Origin:
        return Origin(self.address, self.file, self.line, self.region)


ROLE = "glimpse:role"


def role(values: Values) -> str | None:
    """What a resource says of itself by its role tag: what no argument shows."""
    found = {**values.known.mapping("tags_all"), **values.known.mapping("tags")}.get(ROLE)
    return found if isinstance(found, str) else None


Referring = dict[str, list[Block]]
Loose = dict[str, list[tuple[Block, Unknown]]]


class Tree:
    """All blocks of a stack, found by type, and joined by what they refer to. `region` is the stack's own."""

    def __init__(self, blocks: Sequence[Block], region: str = "") -> None:
        self.blocks = tuple(blocks)
        self.region = region
        self._by_address = {block.address: block for block in blocks}
        self._by_type: dict[str, list[Block]] = {}
        for block in blocks:
            self._by_type.setdefault(block.type, []).append(block)
        self._referring: dict[tuple[str, str], tuple[Referring, Loose]] = {}

    def of(self, *types: str) -> tuple[Block, ...]:
        return tuple(block for type_ in types for block in self._by_type.get(type_, ()))

    def references(self, block: Block, argument: str, *types: str) -> tuple[Block, ...]:
        """
        The blocks of these types that `block` refers to in `argument`, in the order of their addresses.

        Raises ArgumentUnknown where the argument depends on a variable that could refer to any of them, or leads to
        one of several.
        """
        for unknown in block.unknowns(argument):
            if could_be_any(unknown) or (is_one_of(unknown) and len(self._of_types(unknown.references, types)) > 1):
                raise ArgumentUnknown(argument, unknown)
        return self.certain_references(block, argument, *types)

    def certain_references(self, block: Block, argument: str, *types: str) -> tuple[Block, ...]:
        """What `references` gives, less what nobody knows."""
        found: dict[str, Block] = {}
        for unknown in block.unknowns(argument):
            rows = self._of_types(unknown.references, types)
            if len(rows) == 1 or not is_one_of(unknown):
                found |= {row.address: row for row in rows}
        return tuple(found[address] for address in sorted(found))

    def _of_types(self, addresses: frozenset[str], types: Sequence[str]) -> list[Block]:
        rows = (self._by_address[address] for address in addresses if address in self._by_address)
        return [row for row in rows if not types or row.type in types]

    def referenced_by(self, target: Block, argument: str, *types: str) -> tuple[Block, ...]:
        """
        The blocks of these types that refer to `target` in `argument`.

        Raises ArgumentUnknown where one depends on a variable, for it could be this target, or leads to one of several
        that this target is among.
        """
        found: list[Block] = []
        for type_ in types:
            by_address, loose = self._referring_blocks(type_, argument)
            for block, unknown in (*loose.get("", ()), *loose.get(target.address, ())):
                if not is_one_of(unknown) or len(self._of_types(unknown.references, (target.type,))) > 1:
                    raise ArgumentUnknown(f"{block.address}.{argument}", unknown)
                found.append(block)
            found += by_address.get(target.address, ())
        return tuple(found)

    def _referring_blocks(self, type_: str, argument: str) -> tuple[Referring, Loose]:
        """
        The blocks of a type by what they refer to, and those of which that is not certain: under "" what could refer
        to anything, under an address what could refer to it.
        """
        if (type_, argument) not in self._referring:
            found: Referring = {}
            loose: Loose = {}
            for block in self._by_type.get(type_, ()):
                certain: set[str] = set()
                for unknown in block.unknowns(argument):
                    if is_one_of(unknown):
                        for address in unknown.references:
                            loose.setdefault(address, []).append((block, unknown))
                    elif could_be_any(unknown):
                        loose.setdefault("", []).append((block, unknown))
                    else:
                        certain |= unknown.references
                for address in certain:
                    found.setdefault(address, []).append(block)
            self._referring[(type_, argument)] = found, loose
        return self._referring[(type_, argument)]

    def count(self, block: Block, argument: str, *types: str) -> int | None:
        """
        How many elements a list has; None where nobody knows.

        A plan shows a list of what is only made by `apply` as unknown: there, what it refers to is counted.
        """
        if not block.values.is_unknown(argument):
            return len(block.values.items(argument) or ()) or None
        unknowns = block.unknowns(argument)
        if all(cause.kind == AT_APPLY for unknown in unknowns for cause in unknown.causes):
            return len(self.certain_references(block, argument, *types)) or None
        for unknown in unknowns:
            block.values.note(unknown)
        return None


AT_APPLY = "apply"
"""The kind of a cause by which a plan says that a value is only known after `terraform apply`."""

CANDIDATES = "local"
"""
The kind of a cause by which a plan says that an argument leads to one of the resources that it refers to, through a
local, which no plan shows. Of each type it is the only one, or one of several.
"""


def is_one_of(unknown: Unknown) -> bool:
    """Whether an unknown means only one of the resources that it refers to."""
    return any(cause.kind == CANDIDATES for cause in unknown.causes)


def could_be_any(unknown: Unknown) -> bool:
    """Whether an unknown is a value that a person did not give and that refers to no known resource."""
    return not unknown.references and any(cause.kind == "variable" for cause in unknown.causes)


def cause_text(why: Unknown) -> str:
    """The names of what makes a value unknown, in Terraform's words: `var.environment`, `data.aws_ami.ubuntu.id`."""
    names = [f"var.{cause.name}" if cause.kind == "variable" else cause.name for cause in sorted(why.causes)]
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
