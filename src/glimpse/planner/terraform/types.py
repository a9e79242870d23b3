"""
Terraform's types, as its type system (cty) has them.

    string number bool    list(T) set(T) map(T)    tuple([T, …]) object({name = T, …})    any

`any` stands where the type itself is not known: of an untyped null, of an unknown that could be anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Type:
    """
    `kind` is the keyword that Terraform writes. `element` belongs to list, set and map; `elements` to tuple;
    `attributes` to object, whose `optional` names those that may be left out and `defaults` what they then are.
    These two say how to convert; they are no part of the type of a value, and do not count when types are compared.
    """

    kind: str
    element: Type | None = None
    elements: tuple[Type, ...] = ()
    attributes: Mapping[str, Type] = field(default_factory=dict)
    optional: frozenset[str] = field(default=frozenset(), compare=False)
    defaults: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        if self.element:
            return f"{self.kind}({self.element})"
        if self.kind == "tuple":
            return f"tuple([{', '.join(map(str, self.elements))}])"
        if self.kind == "object":
            return f"object({{{', '.join(f'{name} = {type_}' for name, type_ in sorted(self.attributes.items()))}}})"
        return self.kind

    def __hash__(self) -> int:
        return hash((self.kind, self.element, self.elements, tuple(sorted(self.attributes.items(), key=_by_name))))

    @property
    def is_primitive(self) -> bool:
        return self.kind in ("string", "number", "bool")

    @property
    def has_any(self) -> bool:
        """Whether the type is not known to its last part."""
        inner = (self.element,) if self.element else (*self.elements, *self.attributes.values())
        return self.kind == "any" or any(part.has_any for part in inner)


def _by_name(entry: tuple[str, Type]) -> str:
    return entry[0]


STRING, NUMBER, BOOL, ANY = Type("string"), Type("number"), Type("bool"), Type("any")


def list_of(element: Type) -> Type:
    return Type("list", element)


def set_of(element: Type) -> Type:
    return Type("set", element)


def map_of(element: Type) -> Type:
    return Type("map", element)


def tuple_of(elements: tuple[Type, ...]) -> Type:
    return Type("tuple", elements=elements)


def object_of(attributes: Mapping[str, Type]) -> Type:
    return Type("object", attributes=attributes)


SAFE = {("number", "string"), ("bool", "string")}
UNSAFE = {*SAFE, ("string", "number"), ("string", "bool")}
"""
Conversions between primitives (cty, convert/conversion_primitive.go). The unsafe ones fail for some values.
Unification tries all of them, but prefers the type that needs none that may fail: string.
"""


def converts(given: Type, wanted: Type) -> bool:
    """Whether some value of the one type may become the other (cty's GetConversionUnsafe)."""
    if given == wanted or given.kind == "any" or wanted.kind == "any":
        return True
    if wanted.is_primitive or given.is_primitive:
        return (given.kind, wanted.kind) in UNSAFE
    if wanted.kind in ("list", "set"):
        inner = given.elements if given.kind == "tuple" else (given.element,)
        sequence = given.kind in ("list", "set", "tuple")
        return sequence and all(converts(part or ANY, wanted.element or ANY) for part in inner)
    if wanted.kind == "map":
        parts = given.attributes.values() if given.kind == "object" else (given.element or ANY,)
        return given.kind in ("map", "object") and all(converts(part, wanted.element or ANY) for part in parts)
    if wanted.kind == "tuple":
        same = given.kind == "tuple" and len(given.elements) == len(wanted.elements)
        return same and all(map(converts, given.elements, wanted.elements))
    if given.kind == "object":
        missing = set(wanted.attributes) - set(given.attributes) - wanted.optional
        shared = set(wanted.attributes) & set(given.attributes)
        return not missing and all(converts(given.attributes[name], wanted.attributes[name]) for name in shared)
    required = [type_ for name, type_ in wanted.attributes.items() if name not in wanted.optional]
    return given.kind == "map" and all(converts(given.element or ANY, type_) for type_ in required)


def unify(types: list[Type]) -> Type | None:
    """
    The type that values of all these types may take together, or None (cty, convert/unify.go).

    It decides what a conditional or `tolist` yields: 1 beside "a" is a string, objects of different attributes are a
    map if those agree.
    """
    first = types[0]
    if all(type_ == first for type_ in types):
        return first
    kinds = {type_.kind for type_ in types} - {"any"}
    dynamic = any(type_.kind == "any" for type_ in types)
    if len(kinds) == 1 and kinds <= STRUCTURES.keys() | STRUCTURES.values():
        # An `any` may yet become something that changes what the others have in common.
        return ANY if dynamic else _unified_structure(types)
    if {"object", "tuple"} <= kinds:
        return None
    for structure, collection in STRUCTURES.items():
        if kinds == {structure, collection}:
            inner = _unified_collection(collection, [type_ for type_ in types if type_.kind == structure])
            mixed = unify([inner if type_.kind == structure else type_ for type_ in types]) if inner else None
            if mixed and mixed.kind == collection:
                return mixed
    for wanted in sorted(types, key=lambda type_: PREFERRED.get(type_.kind, 8)):
        if all(converts(type_, wanted) for type_ in types):
            return wanted
    return None


STRUCTURES = {"object": "map", "tuple": "list", "set": "set"}
"""What values of a structural type become where their types differ."""

PREFERRED = {"string": 0, "number": 1, "bool": 2, "map": 3, "list": 4, "tuple": 5, "set": 6, "any": 9}
"""Anything converts to `any`, which is why it comes last: null beside 1 is a number."""


def _unified_structure(types: list[Type]) -> Type | None:
    first = types[0]
    if first.kind == "object" and all(set(type_.attributes) == set(first.attributes) for type_ in types):
        return _unified_object(types)
    if first.kind == "tuple" and all(len(type_.elements) == len(first.elements) for type_ in types):
        return _unified_tuple(types)
    return _unified_collection(STRUCTURES.get(first.kind, first.kind), types)


def _unified_collection(kind: str, types: list[Type]) -> Type | None:
    """The list, set or map that takes the elements of all these types."""
    parts = [part for type_ in types for part in ((type_.element,) if type_.element else _parts(type_))]
    inner = unify(parts) if parts else None
    return Type(kind, inner) if inner else None


def _parts(type_: Type) -> list[Type]:
    return [*type_.elements, *type_.attributes.values()]


def _unified_object(types: list[Type]) -> Type | None:
    found: dict[str, Type] = {}
    for name in types[0].attributes:
        inner = unify([type_.attributes[name] for type_ in types])
        if inner is None:
            return None
        found[name] = inner
    return object_of(found)


def _unified_tuple(types: list[Type]) -> Type | None:
    found: list[Type] = []
    for place in range(len(types[0].elements)):
        inner = unify([type_.elements[place] for type_ in types])
        if inner is None:
            return None
        found.append(inner)
    return tuple_of(tuple(found))
