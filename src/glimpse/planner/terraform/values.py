"""
Terraform's values.

    Terraform      here
    string         str
    number         int, Fraction (see numbers.py); never bool, which Python counts among the ints
    bool           bool
    tuple          tuple
    list, set      List, Set: tuples that know the type of their elements; a Set is sorted and holds nothing twice
    object         dict
    map            Map: a dict that knows the type of its elements
    null           Null, with its type
    unknown        Unknown, with why
    resource, module   Lazy: an object whose attributes are looked up when they are asked for

Values are never changed after they are made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

from glimpse.planner.terraform.numbers import text_of
from glimpse.planner.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Type,
    list_of,
    map_of,
    object_of,
    set_of,
    tuple_of,
)

Value = Any
"""One of the above. Python has no name for the recursive union that a type checker would accept here."""


class List(tuple):  # type: ignore[type-arg]
    """A list; `of` is the type of its elements."""

    of: Type

    def __new__(cls, items: Iterable[Value], of: Type | None = None) -> List:
        made = super().__new__(cls, items)
        made.of = of or (type_of(made[0]) if made else ANY)
        return made


class Set(tuple):  # type: ignore[type-arg]
    """A set in the order in which Terraform walks through it; `of` is the type of its elements."""

    of: Type

    def __new__(cls, items: Iterable[Value], of: Type | None = None) -> Set:
        made = super().__new__(cls, _unique(items))
        made.of = of or (type_of(made[0]) if made else ANY)
        return made


class Map(dict):  # type: ignore[type-arg]
    """A map; `of` is the type of its elements."""

    of: Type

    def __init__(self, items: Mapping[str, Value], of: Type | None = None) -> None:
        super().__init__(items)
        self.of = of or (type_of(next(iter(self.values()))) if self else ANY)


@dataclass(frozen=True, slots=True)
class Null:
    """An argument left out. Two nulls are equal, whatever their types."""

    type: Type = ANY

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Null)

    def __hash__(self) -> int:
        return hash(Null)


NULL = Null()


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """
    Why something is unknown. `kind` is variable (a root variable without a value), data (default_vpc or image: of what
    is known what it is), computed or apply (by the provider, as the files or a plan say it), module, file, function,
    syntax, error or count; `name` is what stands there, such as a variable's name or an address; file and line are
    where.
    """

    kind: str
    name: str
    file: str = ""
    line: int = 0


MAX_CAUSES = 12


@dataclass(frozen=True, slots=True)
class Unknown:
    """
    A value that the files do not give.

    `references` are the addresses of resources whose computed attributes it holds: they join resources to each other.
    `variable` is set while this is still just the value of that root variable; `excluded` are then values that it does
    not have in the world that is looked at.
    """

    type: Type = ANY
    causes: frozenset[Cause] = frozenset()
    references: frozenset[str] = frozenset()
    variable: str | None = None
    excluded: frozenset[Any] = frozenset()

    def as_type(self, type_: Type) -> Unknown:
        """The same unknown, converted. It is still the variable's own value where that converts without a change."""
        if type_ is self.type or type_.kind == "any":
            return self
        same = self.type.kind == "any" or self.type == type_
        return replace(self, type=type_, variable=self.variable if same and type_.is_primitive else None)

    def derived(self, type_: Type = ANY) -> Unknown:
        """An unknown that was made from this one and no longer is the variable's own value."""
        return Unknown(type_, self.causes, self.references)


class Lazy:
    """An object whose attributes are looked up one by one: a resource, a data source, a module."""

    def attribute(self, name: str) -> Value:
        """The attribute's value. Raises EvaluationError where it has no such attribute."""
        raise NotImplementedError

    def whole(self) -> Value:
        """All of it at once: an object, or Unknown."""
        raise NotImplementedError


def unknown_of(*values: Value, type_: Type = ANY) -> Unknown:
    """An unknown because of every unknown in these values."""
    causes: set[Cause] = set()
    references: set[str] = set()
    for value in values:
        for found in unknowns_in(value):
            causes |= found.causes
            references |= found.references
    if len(causes) > MAX_CAUSES:
        causes = set(sorted(causes)[:MAX_CAUSES])
    return Unknown(type_, frozenset(causes), frozenset(references))


def unknowns_in(value: Value) -> Iterator[Unknown]:
    """Every unknown at any depth of a value."""
    kind = type(value)
    if kind is Unknown:
        yield value
    elif issubclass(kind, tuple):
        for item in value:
            yield from unknowns_in(item)
    elif issubclass(kind, dict):
        for item in value.values():
            yield from unknowns_in(item)
    elif isinstance(value, Lazy):
        yield from unknowns_in(value.whole())


PLAIN = (str, int, bool, Fraction, Null)


def is_known(value: Value) -> bool:
    """Whether nothing in a value is unknown, at any depth (cty's IsWhollyKnown)."""
    kind = type(value)
    if kind in PLAIN:
        return True
    return next(unknowns_in(value), None) is None


def resolved(value: Value) -> Value:
    """The value itself, or all of a resource or a module at once."""
    return value.whole() if isinstance(value, Lazy) else value


def type_of(value: Value) -> Type:
    kind = type(value)
    if kind is str:
        return STRING
    if kind is bool:
        return BOOL
    if kind is int or kind is Fraction:
        return NUMBER
    if kind is tuple:
        return tuple_of(tuple(type_of(item) for item in value))
    if kind is dict:
        return object_of({name: type_of(item) for name, item in value.items()})
    if kind is List:
        return list_of(value.of)
    if kind is Map:
        return map_of(value.of)
    if kind is Set:
        return set_of(value.of)
    if kind is Null or kind is Unknown:
        found: Type = value.type
        return found
    return ANY


def sorted_items(mapping: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """The entries of an object or a map in Terraform's order."""
    return sorted(mapping.items(), key=lambda entry: entry[0])


def elements_of(value: Value) -> list[tuple[Value, Value]] | None:
    """
    What `for`, `for_each` and `dynamic` walk through: keys with values, in order; None where nothing can be walked
    through. A set's elements are their own keys.
    """
    kind = type(value)
    if kind is Set:
        return [(item, item) for item in value]
    if issubclass(kind, tuple):
        return list(enumerate(value))
    if issubclass(kind, dict):
        return list(sorted_items(value))
    return None


def equal(one: Value, other: Value) -> bool:
    """
    Whether two known values are the same; values of different types never are (cty's Equals). A null equals any null.
    """
    kind = type(one)
    if kind is Null or type(other) is Null:
        return kind is type(other)
    if kind is bool or type(other) is bool:
        return kind is type(other) and one == other
    if kind is not type(other):
        return bool(kind in (int, Fraction) and type(other) in (int, Fraction) and one == other)
    if issubclass(kind, tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if issubclass(kind, dict):
        return one.keys() == other.keys() and all(equal(item, other[name]) for name, item in one.items())
    return bool(one == other)


def frozen(value: Value) -> Any:
    """A key under which equal values meet."""
    kind = type(value)
    if issubclass(kind, tuple):
        return (kind, tuple(frozen(item) for item in value))
    if issubclass(kind, dict):
        return (kind, tuple((name, frozen(item)) for name, item in sorted_items(value)))
    return (bool, value) if kind is bool else value


def _unique(items: Iterable[Value]) -> list[Value]:
    return sorted({frozen(item): item for item in items}.values(), key=cmp_to_key(_compared))


def _compared(one: Value, other: Value) -> int:
    left, right = _ordering(one), _ordering(other)
    return (left > right) - (left < right)


def _ordering(value: Value) -> tuple[Any, ...]:
    """Strings and numbers by value, false before true, anything else by its digest, null last (cty, setRules.Less)."""
    kind = type(value)
    if kind is bool or kind is int or kind is Fraction:
        return (0, value, "")
    if kind is str:
        return (1, 0, value)
    return (3, 0, "") if kind is Null else (2, 0, _digest(value))


def _digest(value: Value) -> str:
    """The text by which cty orders the elements of a set that have no order of their own (makeSetHashBytes)."""
    kind = type(value)
    if kind is Null:
        return "~"
    if kind is bool:
        return "T" if value else "F"
    if kind is int or kind is Fraction:
        try:
            return f"{float(value):.10g}"
        except OverflowError:
            return f"{Decimal(value).normalize(Context(prec=10)):e}"
    if kind is str:
        return json.dumps(value, ensure_ascii=False)
    if kind is Map:
        return "{" + "".join(f"{_digest(name)}:{_digest(item)};" for name, item in sorted_items(value)) + "}"
    if kind is dict:
        return "<" + "".join(f"{_digest(item)};" for _, item in sorted_items(value)) + ">"
    if isinstance(value, tuple):
        inner = "".join(f"{_digest(item)};" for item in value)
        return f"<{inner}>" if kind is tuple else f"[{inner}]"
    return "?"


def shown(value: Value) -> str:
    """A key of an instance as it stands in an address."""
    return text_of(value) if isinstance(value, int | Fraction) else f'"{value}"'
