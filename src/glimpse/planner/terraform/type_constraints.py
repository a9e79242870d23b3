"""The `type` of a variable: an expression of its own small language (Terraform's documentation, "Type Constraints")."""

from __future__ import annotations

from collections.abc import Callable

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.syntax import Call, Expression, Literal, ObjectOf, Reference, TupleOf
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
from glimpse.planner.terraform.values import Value

PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": ANY}
COLLECTIONS = {"list": list_of, "set": set_of, "map": map_of}

Evaluate = Callable[[Expression], Value]


def type_from(expression: Expression, evaluate: Evaluate) -> Type:
    """The type that an expression writes; `evaluate` is for the defaults of optional attributes."""
    match expression:
        case Literal(value=str() as name) | Reference(names=(name,)) if name in PRIMITIVES:
            return PRIMITIVES[name]
        case Literal(value=str() as name) | Reference(names=(name,)) if name in COLLECTIONS:
            return COLLECTIONS[name](ANY)
        case Call(name=name, arguments=(inner,)) if name in COLLECTIONS:
            return COLLECTIONS[name](type_from(inner, evaluate))
        case Call(name="tuple", arguments=(TupleOf(items=items),)):
            return tuple_of(tuple(type_from(item, evaluate) for item in items))
        case Call(name="object", arguments=(ObjectOf() as attributes,)):
            return _object(attributes, evaluate)
    raise EvaluationError("this is not a type")


def _object(attributes: ObjectOf, evaluate: Evaluate) -> Type:
    types: dict[str, Type] = {}
    optional = set()
    defaults = {}
    for key, wanted in attributes.entries:
        if not (isinstance(key, Literal) and isinstance(key.value, str)):
            raise EvaluationError("this is not the name of an attribute")
        if isinstance(wanted, Call) and wanted.name == "optional" and wanted.arguments:
            optional.add(key.value)
            types[key.value] = type_from(wanted.arguments[0], evaluate)
            if len(wanted.arguments) > 1:
                defaults[key.value] = convert(evaluate(wanted.arguments[1]), types[key.value])
        else:
            types[key.value] = type_from(wanted, evaluate)
    return Type("object", attributes=object_of(types).attributes, optional=frozenset(optional), defaults=defaults)
