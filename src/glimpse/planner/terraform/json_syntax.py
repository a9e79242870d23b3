"""
Terraform's JSON syntax: bytes → Body (Terraform's documentation, "JSON Configuration Syntax").

Every string is a template. Without a provider's schema a nested block looks like an argument whose value is an object;
whoever reads a resource takes either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.hcl import Stop, read_hcl, read_template
from glimpse.planner.terraform.numbers import parsed
from glimpse.planner.terraform.syntax import (
    Argument,
    Block,
    Body,
    Expression,
    Literal,
    ObjectOf,
    SyntaxProblem,
    Template,
    TupleOf,
)
from glimpse.planner.terraform.values import NULL, Cause, Unknown

LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1}
NESTED = {
    "resource": {"dynamic": 1, "lifecycle": 0},
    "data": {"dynamic": 1, "lifecycle": 0},
    "provider": {"dynamic": 1},
    "dynamic": {"content": 0},
    "content": {"dynamic": 1},
    "variable": {"validation": 0},
}
"""
Terraform's own nested blocks by the block that they stand in, and how many labels each has. Elsewhere the same name is
an argument: a resource may have a `content`.
"""

COMMENT = "//"
"""A property of this name is a comment where it stands among blocks and arguments; inside a value it is a key."""

HALF_OF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
TYPE = "variable", "type"
"""The only argument whose text is no template."""


def read_json(source: bytes, file: str, stop: Stop) -> Body:
    """The body of a `.tf.json` file. Raises SyntaxProblem."""
    found = values_in(source)
    reader = _Reader(file, stop)
    blocks: list[Block] = []
    for part in found if isinstance(found, list) else [found]:
        if not isinstance(part, dict):
            raise SyntaxProblem("file_broken", 1)
        for kind, content in part.items():
            if kind != COMMENT:
                blocks += reader.blocks(kind, (), content, LABELS.get(kind, 0))
    return Body({}, tuple(blocks))


def read_json_values(source: bytes, file: str, stop: Stop) -> Body:
    """The arguments of a `.tfvars.json` file, where texts are no templates. Raises SyntaxProblem."""
    found = values_in(source)
    if not isinstance(found, dict):
        raise SyntaxProblem("file_broken", 1)
    reader = _Reader(file, stop, templates=False)
    return Body({name: reader.argument("", value) for name, value in found.items() if name != COMMENT})


def values_in(source: bytes) -> Any:
    """JSON with exact numbers. Raises SyntaxProblem with the line."""
    try:
        found = json.loads(
            source.decode("utf-8-sig", "replace"), object_pairs_hook=_joined,
            parse_float=parsed, parse_int=parsed, parse_constant=_refused,
        )  # fmt: skip
    except (ValueError, RecursionError, EvaluationError) as error:
        raise SyntaxProblem("file_broken", getattr(error, "lineno", 1)) from None
    return _whole_characters(found) if HALF_OF_A_PAIR.search(source) else found


def _joined(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which a name may stand twice: that is how JSON may write two blocks, as a list of them is."""
    found: dict[str, Any] = {}
    for name, value in entries:
        if name in found:
            value = [part for each in (found[name], value) for part in (each if isinstance(each, list) else [each])]
        found[name] = value
    return found


def _refused(constant: str) -> None:
    """NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(constant)


def _whole_characters(value: Any) -> Any:
    """A value whose texts are all Unicode: half of a surrogate pair becomes what says so, as in Go."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(item) for name, item in value.items()}
    return [_whole_characters(item) for item in value] if isinstance(value, list) else value


class _Reader:
    def __init__(self, file: str, stop: Stop, templates: bool = True) -> None:
        self.file = file
        self.templates = templates
        self.stop = stop

    def blocks(self, kind: str, labels: tuple[str, ...], content: object, missing: int) -> list[Block]:
        """Objects down to the labels, then a body or a list of them."""
        if isinstance(content, list):
            return [block for part in content for block in self.blocks(kind, labels, part, missing)]
        if not isinstance(content, dict):
            raise SyntaxProblem("file_broken", 1)
        if not missing:
            return [Block(kind, labels, self.body(content, kind), 1, self.file)]
        return [
            block
            for label, inner in content.items()
            if label != COMMENT
            for block in self.blocks(kind, (*labels, label), inner, missing - 1)
        ]

    def body(self, content: Mapping[str, object], kind: str) -> Body:
        arguments = {}
        blocks: list[Block] = []
        nested = NESTED.get(kind, {})
        for name, value in content.items():
            if name in nested:
                blocks += self.blocks(name, (), value, nested[name])
            elif name != COMMENT:
                parse = self.type_of if (kind, name) == TYPE else self.expression
                arguments[name] = self.argument(name, value, parse)
        return Body(arguments, tuple(blocks))

    def argument(self, name: str, value: object, parse: Callable[[object], Expression] | None = None) -> Argument:
        return Argument(name, 1, lambda: (parse or self.expression)(value), lambda: str(value))

    def type_of(self, value: object) -> Expression:
        """A variable's type is an expression in quotes; what is no expression is a value like any other."""
        if isinstance(value, str) and value.isprintable():
            try:
                return read_hcl(f"x = {value}".encode(), self.file, self.stop).arguments["x"].expression
            except (SyntaxProblem, KeyError):
                pass
        return self.expression(value)

    def expression(self, value: object) -> Expression:
        if isinstance(value, str):
            if self.templates and _has_template(value):
                return read_template(value.encode(), self.file, self.stop)
            return Literal(1, value)
        if isinstance(value, dict) and self.templates and _holds_dynamic(value):
            # Only a schema says whether this is a block, whose `dynamic` makes others, or an object.
            return Literal(1, Unknown(causes=frozenset((Cause("syntax", "a dynamic block in JSON", self.file, 1),))))
        if isinstance(value, dict):
            return ObjectOf(1, tuple((self.key(name), self.expression(item)) for name, item in value.items()))
        if isinstance(value, list):
            return TupleOf(1, tuple(self.expression(item) for item in value))
        return Literal(1, NULL if value is None else value)

    def key(self, name: str) -> Expression:
        made = self.expression(name)
        return made if isinstance(made, Literal) else Template(1, (made,))


def _holds_dynamic(value: Mapping[str, object]) -> bool:
    made = value.get("dynamic")
    return isinstance(made, dict) and any(isinstance(part, dict) and "content" in part for part in made.values())


def _has_template(text: str) -> bool:
    return "${" in text or "%{" in text
