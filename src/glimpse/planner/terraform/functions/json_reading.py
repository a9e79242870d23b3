"""JSON documents as `jsondecode` reads them (Go's package encoding/json, and cty's json, which gives values types)."""

from __future__ import annotations

import json
from typing import Any

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.nesting import check_depth, too_deep
from glimpse.planner.terraform.functions.texts import normalised
from glimpse.planner.terraform.numbers import parsed
from glimpse.planner.terraform.values import Null, Value, type_of

JSON_SPACE = " \t\n\r"


def _no_constant(name: str) -> Value:
    raise EvaluationError("invalid JSON")


class _Pairs(list):  # type: ignore[type-arg]
    """The members of an object in the document's order, in which a name may stand twice."""


DECODER = json.JSONDecoder(parse_int=parsed, parse_float=parsed, parse_constant=_no_constant, object_pairs_hook=_Pairs)


def json_value(text: str) -> Value:
    """Raises EvaluationError, and TooMuch for a document that is nested too deep."""
    start = len(text) - len(text.lstrip(JSON_SPACE))
    try:
        found, end = DECODER.raw_decode(text, start)
        rest = text[end:].lstrip(JSON_SPACE)
        # Terraform asks Go's decoder whether more follows; to that, a closing bracket is the end of a list.
        if rest and rest[0] not in "]}":
            raise EvaluationError("extraneous data after the JSON value")
        return _value(found, 0)
    except json.JSONDecodeError:
        raise EvaluationError("invalid JSON") from None
    except RecursionError:
        raise too_deep() from None


def _value(found: Any, depth: int) -> Value:
    kind = type(found)
    check_depth(depth)
    if kind is str:
        return _text(found)
    if kind is list:
        return tuple(_value(item, depth + 1) for item in found)
    if kind is _Pairs:
        made: dict[str, Value] = {}
        for name, item in found:
            name, value = _text(name), _value(item, depth + 1)
            if name in made:
                _check_twice(made[name], value)
            made[name] = value
        return made
    return Null() if found is None else found


def _text(text: str) -> str:
    """Half a surrogate pair becomes the replacement character, as in Go."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return normalised(text)


def _check_twice(first: Value, last: Value) -> None:
    """The last member of a name counts, but cty reads the ones before it as values of its type."""
    if type(first) is Null:
        return
    if type(first) is dict and type(last) is dict and first.keys() <= last.keys():
        pairs = [(item, last[name]) for name, item in first.items()]
    elif type(first) is tuple and type(last) is tuple and len(first) == len(last):
        pairs = list(zip(first, last, strict=True))
    elif type(last) not in (Null, dict, tuple):
        convert(first, type_of(last))
        return
    else:
        raise EvaluationError("a member stands twice with different types")
    for one, other in pairs:
        _check_twice(one, other)
