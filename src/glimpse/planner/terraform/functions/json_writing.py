"""JSON documents as `jsonencode` and the functions that format values write them."""

from __future__ import annotations

from glimpse.planner.terraform.conversion import to_text
from glimpse.planner.terraform.functions.nesting import check_depth
from glimpse.planner.terraform.functions.table import Context
from glimpse.planner.terraform.functions.texts import normalised
from glimpse.planner.terraform.values import Null, Value, sorted_items

ESCAPES = {
    **{code: f"\\u{code:04x}" for code in (*range(32), *map(ord, "<>&\u2028\u2029"))},
    **{ord(character): f"\\{letter}" for character, letter in zip('"\\\b\t\n\f\r', '"\\btnfr', strict=True)},
}
"""Go escapes more than JSON demands: also what could be misread where JSON stands inside HTML."""


def json_of(context: Context, value: Value) -> str:
    """
    A known value in JSON, as `jsonencode` writes it: names in order and without white space.

    The result is normalised like any other string, so that an accent may join the last letter of an escape before it.
    Terraform's does the same.
    """
    made: list[str] = []
    _write(context, value, made, 0)
    return normalised("".join(made))


def _write(context: Context, value: Value, made: list[str], depth: int) -> None:
    kind = type(value)
    check_depth(depth)
    if issubclass(kind, tuple):
        made.append("[")
        for place, item in enumerate(value):
            made.append("," if place else "")
            _write(context, item, made, depth + 1)
        made.append("]")
        context.spend(len(value) + 1)
    elif issubclass(kind, dict):
        made.append("{")
        for place, (name, item) in enumerate(sorted_items(value)):
            made.append(f'{"," if place else ""}"{name.translate(ESCAPES)}":')
            context.spend(len(made[-1]))
            _write(context, item, made, depth + 1)
        made.append("}")
        context.spend(1)
    else:
        made.append(f'"{value.translate(ESCAPES)}"' if kind is str else plain_of(value))
        context.spend(len(made[-1]))


def plain_of(value: Value) -> str:
    """What JSON and YAML both write for a null, a truth value or a number."""
    return "null" if type(value) is Null else to_text(value)
