"""Values become other types, as Terraform converts arguments, variables and results (cty, package convert)."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from glimpse.planner.terraform import numbers
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.types import ANY, Type, converts, unify
from glimpse.planner.terraform.values import (
    Lazy,
    List,
    Map,
    Null,
    Set,
    Unknown,
    Value,
    is_known,
    type_of,
    unknown_of,
)

BOOLS = {"true": True, "1": True, "false": False, "0": False}


def convert(value: Value, wanted: Type) -> Value:
    """
    The value as one of the wanted type. Raises EvaluationError where there is no such value.

    An object's optional attributes get their defaults, also where they are null.
    """
    kind = type(value)
    if wanted.kind == "any":
        return value
    if kind is Null:
        if not converts(value.type, wanted):
            raise EvaluationError(f"{wanted.kind} required")
        return Null(wanted)
    if kind is Unknown:
        if not converts(value.type, wanted):
            raise EvaluationError(f"{wanted.kind} required")
        return value.as_type(wanted)
    if isinstance(value, Lazy):
        return convert(value.whole(), wanted)
    if wanted.is_primitive:
        return _primitive(value, wanted.kind)
    if wanted.kind in ("list", "set"):
        return _sequence(value, wanted)
    if wanted.kind == "map":
        return _map(value, wanted)
    if wanted.kind == "tuple":
        return _tuple(value, wanted)
    return _object(value, wanted)


def to_text(value: Value) -> str:
    """A known primitive as text. Raises EvaluationError."""
    found: str = _primitive(value, "string")
    return found


def _primitive(value: Value, wanted: str) -> Value:
    kind = type(value)
    if wanted == "string":
        if kind is str:
            return value
        if kind is bool:
            return "true" if value else "false"
        if kind is int or kind is Fraction:
            return numbers.text_of(value)
    elif wanted == "number":
        if kind is int or kind is Fraction:
            return value
        if kind is str:
            try:
                return numbers.parsed(value)
            except ValueError:
                raise EvaluationError("a number is required") from None
    elif kind is bool:
        return value
    elif kind is str and value in BOOLS:
        return BOOLS[value]
    raise EvaluationError(f"{wanted} required")


def _sequence(value: Value, wanted: Type) -> Value:
    if not isinstance(value, tuple):
        raise EvaluationError(f"{wanted.kind} required")
    if type(value) is List and wanted.kind == "list" and value.of.is_primitive and wanted.element in (value.of, ANY):
        return value
    items, element = _elements(value, value, wanted)
    if wanted.kind == "list":
        return List(items, element)
    if all(is_known(item) for item in items):
        return Set(items, element)
    # Two unknowns may be the same element, so nobody knows how many there are.
    return unknown_of(*items, type_=Type("set", element))


def _map(value: Value, wanted: Type) -> Value:
    if not isinstance(value, dict):
        raise EvaluationError("map required")
    items, element = _elements(value, value.values(), wanted)
    return Map(dict(zip(value, items, strict=True)), element)


def _elements(value: Value, items: Collection[Value], wanted: Type) -> tuple[list[Value], Type]:
    """
    What the elements of a list, set or map become, and their type: of list(any) one type for all of them, whichever
    that is.
    """
    element = wanted.element or ANY
    if element.kind == "any" and isinstance(value, List | Set | Map):
        return list(items), value.of
    items = [convert(item, element) for item in items]
    if not element.has_any or not items:
        return items, element
    types = [type_of(item) for item in items]
    common = unify(types)
    if common and common.kind == "any" and all(type(item) is Null for item in items if type_of(item).kind == "any"):
        # A null beside objects or tuples is of no certain type: a list refuses it, a map takes it where they agree.
        typed = [type_ for type_ in types if type_.kind != "any"] or [ANY]
        agree = typed == types or (wanted.kind == "map" and typed.count(typed[0]) == len(typed))
        common = typed[0] if agree else None
    if common is None:
        raise EvaluationError(f"all elements of a {wanted.kind} must have the same type")
    return [convert(item, common) for item in items], common


def _tuple(value: Value, wanted: Type) -> Value:
    if type(value) is not tuple or len(value) != len(wanted.elements):
        raise EvaluationError(f"a tuple of {len(wanted.elements)} elements is required")
    return tuple(convert(item, type_) for item, type_ in zip(value, wanted.elements, strict=True))


def _object(value: Value, wanted: Type) -> Value:
    if not isinstance(value, dict):
        raise EvaluationError("object required")
    made: dict[str, Value] = {}
    for name, type_ in wanted.attributes.items():
        given = value.get(name)
        if (given is None or type(given) is Null) and name in wanted.defaults:
            made[name] = wanted.defaults[name]
        elif given is not None:
            made[name] = convert(given, type_)
        elif name in wanted.optional:
            made[name] = Null(type_)
        else:
            raise EvaluationError(f'attribute "{name}" is required')
    return made
