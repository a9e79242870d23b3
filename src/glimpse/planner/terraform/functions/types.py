"""Conversions, and the marks of values. Sources: Terraform's documentation, "Type Conversion Functions"; go-cty."""

from __future__ import annotations

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.functions.table import Table, function, not_computed
from glimpse.planner.terraform.types import ANY, BOOL, NUMBER, STRING, Type, list_of, map_of, set_of
from glimpse.planner.terraform.values import Unknown, Value

TYPES: Table = {}


def _conversion(name: str, wanted: Type, *examples: str) -> None:
    """Enter a conversion: of a null it gives a null, of an unknown the same unknown."""

    @function(TYPES, name, ANY, returns=wanted, nulls=True, unknowns=True, examples=examples)
    def convert_to(value: Value) -> Value:
        return convert(value, wanted)


_conversion(
    "tobool", BOOL, 'tobool("true")', 'tobool("false") == false', 'can(tobool("yes")) == false', "tobool(null) == null"
)
_conversion("tonumber", NUMBER, 'tonumber("1.5e1") == 15', 'can(tonumber("")) == false', "can(tonumber(true)) == false")
_conversion("tostring", STRING, 'tostring(1.50) == "1.5"', 'tostring(true) == "true"', 'can(tostring(["a"])) == false')
_conversion(
    "tolist",
    list_of(ANY),
    'tolist([1, "a", true]) == tolist(["1", "a", "true"])',
    "tolist([null, 1])[1] == 1",
    'tolist(toset(["b", "a"]))[0] == "a"',
    'can(tolist([["a"], "b"])) == false',
)
_conversion(
    "toset",
    set_of(ANY),
    'toset(["b", "a", "b"]) == toset(["a", "b"])',
    'length(toset([1, "1"])) == 1',
    'can(toset({ a = "b" })) == false',
)
_conversion(
    "tomap",
    map_of(ANY),
    'tomap({ a = 1, b = "x" }).a == "1"',
    "can(tomap({ a = 1, b = [1] })) == false",
    "can(tomap([])) == false",
)


def _unmarked(name: str, *examples: str) -> None:
    """Enter a function that only changes marks, which are not followed here: it gives what it is given."""

    @function(TYPES, name, ANY, nulls=True, unknowns=True, examples=examples)
    def same(value: Value) -> Value:
        return value


_unmarked("sensitive", 'nonsensitive(sensitive("a")) == "a"', "nonsensitive(length(sensitive([1]))) == 1")
_unmarked("nonsensitive", 'nonsensitive("a") == "a"', "nonsensitive(null) == null")
_unmarked("ephemeralasnull", 'ephemeralasnull("a") == "a"')


@function(TYPES, "issensitive", ANY, returns=BOOL, nulls=True, unknowns=True)
def _issensitive(_value: Value) -> Unknown:
    """Unknown, because marks are not followed."""
    return not_computed("issensitive", BOOL)
