"""
Functions on collections. Sources of every entry: Terraform's documentation, "Collection Functions"; what types the
results have and what stays known: go-cty, package stdlib, and Terraform's internal/lang/funcs/collection.go.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.numbers import whole
from glimpse.planner.terraform.functions.table import Context, Table, function
from glimpse.planner.terraform.functions.texts import graphemes
from glimpse.planner.terraform.numbers import Number, rounded
from glimpse.planner.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Type,
    list_of,
    map_of,
    set_of,
    tuple_of,
    unify,
)
from glimpse.planner.terraform.values import (
    PLAIN,
    List,
    Map,
    Null,
    Set,
    Unknown,
    Value,
    equal,
    frozen,
    is_known,
    resolved,
    sorted_items,
    type_of,
    unknown_of,
)

COLLECTIONS: Table = {}

LISTS, SETS = list_of(ANY), set_of(ANY)


def _sequence(value: Value) -> Sequence[Value]:
    if not isinstance(value, tuple) or type(value) is Set:
        raise EvaluationError("a list or tuple is required")
    return value


def _entries(value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise EvaluationError("a map or object is required")
    return value


def _same(one: Value, other: Value) -> bool | None:
    """Whether two values are equal; None where that depends on what is unknown in them (cty's Equals)."""
    if is_known(one) and is_known(other):
        one, other = _plain(one), _plain(other)
        return equal(one, other) and (type(one) in PLAIN or type_of(one) == type_of(other))
    one, other = resolved(one), resolved(other)
    if type(one) is Unknown or type(other) is Unknown:
        return None
    if type(one) is not type(other) or len(one) != len(other):
        return False
    if isinstance(one, dict):
        return None if one.keys() == other.keys() else False
    return next((found for found in map(_same, one, other) if not found), True)


def _plain(value: Value) -> Value:
    """A value with every resource and module in it as an object."""
    kind = type(value)
    if kind in PLAIN or kind is Map or kind is List or kind is Set:
        return value
    if kind is tuple:
        return tuple(_plain(item) for item in value)
    if kind is dict:
        return {name: _plain(item) for name, item in value.items()}
    return resolved(value)


@function(
    COLLECTIONS,
    "alltrue",
    list_of(BOOL),
    returns=BOOL,
    partly=True,
    examples=['alltrue(["true", true])', "alltrue([])", "alltrue([true, null]) == false"],
)
def _alltrue(items: Sequence[Value]) -> Value:
    """The first that is not true decides, whether it is unknown, null or false."""
    first = next((item for item in items if item is not True), True)
    return first.derived(BOOL) if type(first) is Unknown else first is True


@function(
    COLLECTIONS,
    "anytrue",
    list_of(BOOL),
    returns=BOOL,
    partly=True,
    examples=["anytrue([null, true])", "anytrue([]) == false", 'can(anytrue(["yes"])) == false'],
)
def _anytrue(items: Sequence[Value]) -> Value:
    if any(item is True for item in items):
        return True
    return False if is_known(items) else unknown_of(*items, type_=BOOL)


@function(
    COLLECTIONS,
    "chunklist",
    LISTS,
    NUMBER,
    partly=True,
    with_context=True,
    examples=[
        'chunklist(["a", "b", "c"], 2) == tolist([tolist(["a", "b"]), tolist(["c"])])',
        'chunklist(["a"], 0) == tolist([tolist(["a"])])',
        'can(chunklist(["a"], -1)) == false',
    ],
)
def _chunklist(context: Context, items: List, size: Number) -> List:
    chunk = whole(size)
    if chunk < 0:
        raise EvaluationError("the size must not be negative")
    context.spend(len(items))
    chunk = chunk or max(len(items), 1)
    starts = range(0, len(items), chunk)
    return List((List(items[start : start + chunk], items.of) for start in starts), list_of(items.of))


@function(
    COLLECTIONS,
    "coalesce",
    rest=ANY,
    nulls=True,
    unknowns=True,
    examples=[
        'coalesce("", null, "b") == "b"',
        'coalesce(1, "a") == "1"',
        "coalesce(null, false) == false",
        'can(coalesce("", null)) == false',
        'can(coalesce(["a"], "b")) == false',
    ],
)
def _coalesce(*values: Value) -> Value:
    common = unify([type_of(value) for value in values]) if values else None
    if common is None:
        raise EvaluationError("all arguments must have the same type")
    for value in values:
        try:
            found = convert(value, common)
        except EvaluationError:
            # Of a set of words, no list of numbers can be made: Terraform then goes on as if it were null.
            continue
        if type(found) is Unknown:
            return found.derived(common)
        if type(found) is not Null and found != "":
            return found
    raise EvaluationError("no argument is other than null or an empty string")


@function(
    COLLECTIONS,
    "coalescelist",
    rest=ANY,
    nulls=True,
    unknowns=True,
    examples=[
        'coalescelist([], ["b"], ["c"]) == ["b"]',
        "can(coalescelist([], [])) == false",
        'can(coalescelist(toset(["a"]))) == false',
    ],
)
def _coalescelist(*values: Value) -> Value:
    for place, value in enumerate(values):
        if type(value) is Unknown:
            # An unknown one lets Terraform stop looking at types; what comes before it may still be the result.
            values = values[: place + 1]
            break
        if type_of(value).kind not in ("list", "tuple"):
            raise EvaluationError("arguments must be lists or tuples")
    for value in values:
        if type(value) is Unknown:
            return value.derived()
        if type(value) is not Null and value:
            return value
    raise EvaluationError("no argument is a list with elements")


@function(
    COLLECTIONS,
    "compact",
    list_of(STRING),
    returns=list_of(STRING),
    examples=['compact(["a", "", null, "b"]) == tolist(["a", "b"])', "length(compact([])) == 0"],
)
def _compact(items: Sequence[Value]) -> List:
    return List((item for item in items if type(item) is not Null and item), STRING)


@function(
    COLLECTIONS,
    "concat",
    rest=ANY,
    partly=True,
    with_context=True,
    examples=[
        'concat(["a"], [1]) == ["a", 1]',
        'concat(tolist(["a"]), tolist([1])) == tolist(["a", "1"])',
        'concat(tolist(["a"]), []) == ["a"]',
        'can(concat(toset(["a"]), ["b"])) == false',
        "can(concat()) == false",
    ],
)
def _concat(context: Context, *lists: Value) -> Value:
    if not lists:
        raise EvaluationError("at least one argument is required")
    context.spend(sum(len(_sequence(items)) for items in lists))
    common = unify([type_of(items) for items in lists]) if all(type(items) is List for items in lists) else None
    if common is None:
        return tuple(item for items in lists for item in items)
    # An empty list of no type leaves the type to the elements of the others.
    of = None if common.element and common.element.has_any else common.element
    return List((item for items in lists for item in convert(items, common)), of)


@function(
    COLLECTIONS,
    "contains",
    ANY,
    ANY,
    returns=BOOL,
    partly=True,
    examples=[
        'contains(["a", "b"], "b")',
        'contains(["1"], 1) == false',
        "contains(toset([1, 2]), 2)",
        'contains([], "a") == false',
        'can(contains({ a = "b" }, "b")) == false',
    ],
)
def _contains(items: Value, value: Value) -> Value:
    if not isinstance(items, tuple):
        raise EvaluationError("a list, tuple or set is required")
    certain = True
    for item in items:
        found = _same(value, item)
        if found:
            return True
        certain &= found is not None
    return False if certain else unknown_of(items, value, type_=BOOL)


@function(
    COLLECTIONS,
    "distinct",
    LISTS,
    examples=[
        'distinct(["b", "a", "b"]) == tolist(["b", "a"])',
        'distinct([1, "1"]) == tolist(["1"])',
        'can(distinct({ a = "b" })) == false',
    ],
)
def _distinct(items: List) -> List:
    first: dict[Any, Value] = {}
    for item in items:
        first.setdefault(frozen(_plain(item)), item)
    return List(first.values(), items.of)


@function(
    COLLECTIONS,
    "element",
    ANY,
    NUMBER,
    partly=True,
    examples=[
        'element(["a", "b"], 3) == "b"',
        'element(tolist(["a", "b"]), "0") == "a"',
        "can(element([], 0)) == false",
        'can(element(toset(["a"]), 0)) == false',
        'can(element(["a"], 0.5)) == false',
    ],
)
def _element(items: Value, index: Number) -> Value:
    """A negative index counts from the end, since 1.12."""
    if not _sequence(items):
        raise EvaluationError("the list is empty")
    return items[whole(index) % len(items)]


@function(
    COLLECTIONS,
    "flatten",
    ANY,
    partly=True,
    with_context=True,
    examples=[
        'flatten([["a"], [], "b", [["c"]]]) == ["a", "b", "c"]',
        'flatten([toset(["b", "a"]), { c = ["d"] }]) == ["a", "b", { c = ["d"] }]',
        "length(flatten([])) == 0",
        'can(flatten({ a = "b" })) == false',
    ],
)
def _flatten(context: Context, items: Value) -> Value:
    if not isinstance(items, tuple):
        raise EvaluationError("a list, tuple or set is required")
    flat: list[Value] = []
    return tuple(flat) if _flattened(context, items, flat) else unknown_of(items)


def _flattened(context: Context, items: Sequence[Value], flat: list[Value]) -> bool:
    """Add to `flat`; whether its length is certain: an unknown of any type may yet become a list."""
    context.spend(len(items))
    certain = True
    for item in items:
        if isinstance(item, tuple):
            certain &= _flattened(context, item, flat)
        else:
            certain &= type(item) is not Unknown or item.type.kind not in ("any", "list", "set", "tuple")
            flat.append(item)
    return certain


@function(
    COLLECTIONS,
    "index",
    ANY,
    ANY,
    returns=NUMBER,
    partly=True,
    examples=[
        'index(["a", "b"], "b") == 1',
        'can(index(["a"], "b")) == false',
        'can(index(["1"], 1)) == false',
        'can(index(toset(["a"]), "a")) == false',
    ],
)
def _index(items: Value, value: Value) -> Value:
    for place, item in enumerate(_sequence(items)):
        found = _same(item, value)
        if found is None:
            return unknown_of(item, value, type_=NUMBER)
        if found:
            return place
    raise EvaluationError("item not found")


@function(
    COLLECTIONS,
    "keys",
    ANY,
    unknowns=True,
    examples=[
        'keys({ b = 1, a = 2 }) == ["a", "b"]',
        'keys(tomap({ b = 1, a = 2 })) == tolist(["a", "b"])',
        "can(keys([])) == false",
    ],
)
def _keys(mapping: Value) -> Value:
    """An object's type alone tells its keys."""
    if type(mapping) is Unknown:
        if mapping.type.kind == "object":
            return tuple(sorted(mapping.type.attributes))
        if mapping.type.kind not in ("map", "any"):
            raise EvaluationError("a map or object is required")
        return mapping.derived(list_of(STRING) if mapping.type.kind == "map" else ANY)
    names = sorted(_entries(mapping))
    return List(names, STRING) if type(mapping) is Map else tuple(names)


@function(
    COLLECTIONS,
    "length",
    ANY,
    returns=NUMBER,
    unknowns=True,
    examples=[
        "length([1, 2]) == 2",
        "length({ a = 1 }) == 1",
        'length("añ") == 2',
        "length(toset([1, 1])) == 1",
        "can(length(1)) == false",
    ],
)
def _length(value: Value) -> Value:
    """A type tells how long a tuple or an object is. A string is as long as it has characters that a reader sees."""
    if type(value) is Unknown:
        if value.type.kind in ("tuple", "object"):
            return len(value.type.elements) + len(value.type.attributes)
        if value.type.kind in ("number", "bool"):
            raise EvaluationError("a string or a collection is required")
        return value.derived(NUMBER)
    if isinstance(value, str):
        return len(graphemes(value))
    if not isinstance(value, tuple | dict):
        raise EvaluationError("a string or a collection is required")
    return len(value)


@function(
    COLLECTIONS,
    "lookup",
    ANY,
    STRING,
    rest=ANY,
    nulls=True,
    unknowns=True,
    examples=[
        'lookup({ a = 1 }, "a", 2) == 1',
        'lookup({ a = 1 }, "b", "none") == "none"',
        'lookup(tomap({ a = "x" }), "b", 2) == "2"',
        'can(lookup({ a = 1 }, "b")) == false',
        'can(lookup(["a"], 0, "b")) == false',
    ],
)
def _lookup(mapping: Value, key: Value, *default: Value) -> Value:
    """The default may be null, and unknown where it is not asked for. A map gives it the type of its elements."""
    if len(default) > 1:
        raise EvaluationError("too many arguments")
    if type(mapping) is Null or type(key) is Null:
        raise EvaluationError("argument must not be null")
    type_ = type_of(mapping)
    if type_.kind not in ("object", "map", "any"):
        raise EvaluationError("a map or object is required")
    default = tuple(convert(value, type_.element or ANY) for value in default)
    if type(mapping) is Unknown or type(key) is Unknown:
        return unknown_of(*(value for value in (mapping, key) if type(value) is Unknown), type_=type_.element or ANY)
    if key in mapping:
        return mapping[key]
    if not default:
        raise EvaluationError("no such key, and no default")
    return default[0]


@function(
    COLLECTIONS,
    "matchkeys",
    LISTS,
    LISTS,
    LISTS,
    examples=[
        'matchkeys(["a", "b", "c"], [1, 2, 1], [1]) == tolist(["a", "c"])',
        'length(matchkeys(["a"], ["x"], [])) == 0',
        'can(matchkeys(["a"], [], ["x"])) == false',
    ],
)
def _matchkeys(items: List, keys: List, wanted: List) -> List:
    common = unify([type_of(keys), type_of(wanted)])
    if common is None:
        raise EvaluationError("keys and searchset must be of the same type")
    if len(items) != len(keys):
        raise EvaluationError("length of keys and values must be equal")
    among = {frozen(_plain(item)) for item in convert(wanted, common)}
    pairs = zip(items, convert(keys, common), strict=True)
    return List((item for item, key in pairs if frozen(_plain(key)) in among), items.of)


@function(
    COLLECTIONS,
    "merge",
    rest=ANY,
    nulls=True,
    partly=True,
    with_context=True,
    examples=[
        "merge({ a = 1, b = 2 }, { b = 3 }) == { a = 1, b = 3 }",
        "merge(null, { a = 1 }, null) == { a = 1 }",
        'merge(tomap({ a = "x" }), tomap({ b = "y" })) == tomap({ a = "x", b = "y" })',
        "merge() == {}",
        "can(merge({ a = 1 }, [1])) == false",
    ],
)
def _merge(context: Context, *mappings: Value) -> Value:
    """A map where all are maps of one type, else an object: also with a null among them, whose type nobody knows."""
    if any(type_of(mapping).kind not in ("map", "object", "any") for mapping in mappings):
        raise EvaluationError("arguments must be maps or objects")
    given = [_entries(mapping) for mapping in mappings if type(mapping) is not Null]
    context.spend(sum(map(len, given)))
    merged = {name: item for mapping in given for name, item in mapping.items()}
    maps = all(type(mapping) is Map or type(mapping) is Null for mapping in mappings)
    first = type_of(mappings[0]) if mappings and maps else ANY
    uniform = first.kind == "map" and all(type_of(mapping) == first for mapping in mappings)
    return Map(merged, first.element) if uniform else merged


@function(
    COLLECTIONS,
    "one",
    ANY,
    partly=True,
    examples=[
        'one(["a"]) == "a"',
        "one([]) == null",
        'one(toset(["a"])) == "a"',
        'can(one(["a", "b"])) == false',
        'can(one("a")) == false',
    ],
)
def _one(items: Value) -> Value:
    if not isinstance(items, tuple) or len(items) > 1:
        raise EvaluationError("a list, set or tuple of at most one element is required")
    return items[0] if items else Null(type_of(items).element or ANY)


MAX_RANGE = 1024
"""Terraform's own bound."""


@function(
    COLLECTIONS,
    "range",
    rest=NUMBER,
    returns=list_of(NUMBER),
    with_context=True,
    examples=[
        "range(3) == tolist([0, 1, 2])",
        "range(1, 3) == tolist([1, 2])",
        "range(0, -4, -1.5) == tolist([0, -1.5, -3])",
        "range(-2) == tolist([0, -1])",
        "can(range(1025)) == false",
    ],
)
def _range(context: Context, *limits: Number) -> List:
    if not 1 <= len(limits) <= 3:
        raise EvaluationError("one, two or three arguments are required")
    start, end = (0, limits[0]) if len(limits) == 1 else limits[:2]
    step = limits[2] if len(limits) == 3 else -1 if end < start else 1
    if (end > start and step < 0) or (end < start and step >= 0):
        raise EvaluationError("end must lie in the direction of step")
    if start != end and (step == 0 or math.ceil((end - start) / step) > MAX_RANGE):
        raise EvaluationError(f"more than {MAX_RANGE} values")
    context.spend(math.ceil((end - start) / step) if step else 0)
    found: list[Number] = []
    while (start > end) if step < 0 else (start < end):
        found.append(start)
        start = rounded(start + step)
    return List(found, NUMBER)


@function(
    COLLECTIONS,
    "reverse",
    ANY,
    partly=True,
    examples=[
        'reverse([1, "a"]) == ["a", 1]',
        "reverse(toset([1, 2])) == tolist([2, 1])",
        'can(reverse("ab")) == false',
    ],
)
def _reverse(items: Value) -> Value:
    if not isinstance(items, tuple):
        raise EvaluationError("a list, tuple or set is required")
    return List(items[::-1], items.of) if isinstance(items, List | Set) else items[::-1]


def _common_sets(given: Iterable[Value]) -> tuple[Type, list[Value]]:
    """The type of the elements, and the given sets with elements of it. An empty set of no type takes any."""
    sets = list(given)
    types = [items.of for items in sets if items or items.of.kind != "any"] or [ANY]
    common = unify(types)
    if common is None:
        raise EvaluationError("given sets must all have compatible element types")
    return common, [convert(items, set_of(common)) for items in sets]


@function(
    COLLECTIONS,
    "setintersection",
    SETS,
    rest=SETS,
    examples=[
        'setintersection(["a", "b"], ["b", "c"]) == toset(["b"])',
        'setintersection([1], ["1"]) == toset(["1"])',
        "length(setintersection([1], [])) == 0",
        "can(setintersection()) == false",
    ],
)
def _setintersection(*given: Value) -> Set:
    common, sets = _common_sets(given)
    shared = set.intersection(*({frozen(item) for item in items} for items in sets))
    return Set((item for item in sets[0] if frozen(item) in shared), common)


@function(
    COLLECTIONS,
    "setproduct",
    rest=ANY,
    partly=True,
    with_context=True,
    examples=[
        'setproduct(["a", "b"], [1]) == tolist([["a", 1], ["b", 1]])',
        'setproduct(["a", 1], [true]) == tolist([["a", true], ["1", true]])',
        'setproduct(toset(["b", "a"]), ["c"]) == toset([["a", "c"], ["b", "c"]])',
        'length(setproduct([], ["a"])) == 0',
        'can(setproduct(["a"])) == false',
    ],
)
def _setproduct(context: Context, *given: Value) -> Value:
    """A list of tuples, or with a set among the arguments a set of them."""
    if len(given) < 2:
        raise EvaluationError("at least two arguments are required")
    types: list[Type] = []
    for items in given:
        if not isinstance(items, tuple):
            raise EvaluationError("a set or a list is required")
        of = items.of if isinstance(items, List | Set) else unify([type_of(item) for item in items]) if items else ANY
        if of is None:
            raise EvaluationError("all elements must be of the same type")
        types.append(of)
    context.spend(math.prod(map(len, given)) * len(given))
    converted = [[convert(item, type_) for item in items] for items, type_ in zip(given, types, strict=True)]
    if not any(type(items) is Set for items in given):
        return List(product(*converted), tuple_of(tuple(types)))
    if is_known(given):
        return Set(product(*converted), tuple_of(tuple(types)))
    return unknown_of(*given, type_=set_of(tuple_of(tuple(types))))


@function(
    COLLECTIONS,
    "setsubtract",
    SETS,
    SETS,
    examples=[
        'setsubtract(["a", "b"], ["b"]) == toset(["a"])',
        'setsubtract(["a"], []) == toset(["a"])',
        'can(setsubtract(["a"], [["a"]])) == false',
    ],
)
def _setsubtract(items: Value, without: Value) -> Set:
    common, (left, right) = _common_sets((items, without))
    unwanted = {frozen(item) for item in right}
    return Set((item for item in left if frozen(item) not in unwanted), common)


@function(
    COLLECTIONS,
    "setunion",
    SETS,
    rest=SETS,
    examples=['setunion(["a"], ["b"], ["a"]) == toset(["a", "b"])', 'setunion([1], ["1"]) == toset(["1"])'],
)
def _setunion(*given: Value) -> Set:
    common, sets = _common_sets(given)
    return Set((item for items in sets for item in items), common)


@function(
    COLLECTIONS,
    "slice",
    ANY,
    NUMBER,
    NUMBER,
    partly=True,
    examples=[
        'slice(["a", 1, "c"], 1, 3) == [1, "c"]',
        "length(slice([1], 1, 1)) == 0",
        "can(slice([1, 2], 0, 3)) == false",
        "can(slice([1, 2], 2, 1)) == false",
        "can(slice(toset([1]), 0, 1)) == false",
    ],
)
def _slice(items: Value, start: Number, end: Number) -> Value:
    first, last = whole(start), whole(end)
    if not 0 <= first <= last <= len(_sequence(items)):
        raise EvaluationError("start and end must lie in the list, in this order")
    return List(items[first:last], items.of) if type(items) is List else items[first:last]


@function(
    COLLECTIONS,
    "sort",
    list_of(STRING),
    returns=list_of(STRING),
    partly=True,
    examples=[
        'sort(["b", "a", "B"]) == tolist(["B", "a", "b"])',
        'sort([10, 9]) == tolist(["10", "9"])',
        'can(sort(["a", null])) == false',
    ],
)
def _sort(items: Sequence[Value]) -> List:
    if not is_known(items):
        # The order is unknown, but not how many there are.
        return List([unknown_of(*items, type_=STRING)] * len(items), STRING)
    if any(type(item) is Null for item in items):
        raise EvaluationError("a null string cannot be sorted")
    return List(sorted(items), STRING)


@function(
    COLLECTIONS,
    "transpose",
    map_of(list_of(STRING)),
    returns=map_of(list_of(STRING)),
    examples=[
        'transpose({ a = ["x", "y"], b = ["x"] }) == tomap({ x = tolist(["a", "b"]), y = tolist(["a"]) })',
        "can(transpose({ a = [null] })) == false",
    ],
)
def _transpose(mapping: Map) -> Map:
    found: dict[str, list[str]] = {}
    for name, items in sorted_items(mapping):
        if type(items) is Null or any(type(item) is Null for item in items):
            raise EvaluationError("a map of lists of strings is required")
        for item in items:
            found.setdefault(item, []).append(name)
    return Map({name: List(items, STRING) for name, items in found.items()}, list_of(STRING))


@function(
    COLLECTIONS,
    "values",
    ANY,
    partly=True,
    examples=[
        'values({ b = 1, a = "x" }) == ["x", 1]',
        "values(tomap({ b = 1, a = 2 })) == tolist([2, 1])",
        "can(values([])) == false",
    ],
)
def _values(mapping: Value) -> Value:
    items = [item for _, item in sorted_items(_entries(mapping))]
    return List(items, mapping.of) if type(mapping) is Map else tuple(items)


@function(
    COLLECTIONS,
    "zipmap",
    list_of(STRING),
    ANY,
    partly=True,
    with_context=True,
    examples=[
        'zipmap(["a", "b"], [1, "x"]) == { a = 1, b = "x" }',
        'zipmap(["a", "a"], tolist([1, 2])) == tomap({ a = 2 })',
        'can(zipmap(["a"], [1, 2])) == false',
        'can(zipmap([null], ["a"])) == false',
    ],
)
def _zipmap(context: Context, keys: Value, items: Value) -> Value:
    made = type(_sequence(items)) is List
    if not is_known(keys):
        return unknown_of(keys, items, type_=map_of(items.of) if made else ANY)
    if len(keys) != len(items):
        raise EvaluationError("number of keys does not match number of values")
    if any(type(key) is Null for key in keys):
        raise EvaluationError("keys must not be null")
    context.spend(len(keys))
    zipped = dict(zip(keys, items, strict=True))
    return Map(zipped, items.of) if made else zipped
