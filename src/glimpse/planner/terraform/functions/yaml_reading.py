"""
YAML documents as `yamldecode` reads them: PyYAML parses them to events, as libyaml does for Terraform, and what the
events become is go-cty-yaml's, with the words of YAML 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from glimpse.planner.terraform.conversion import convert, to_text
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.instants import instant
from glimpse.planner.terraform.functions.nesting import check_depth
from glimpse.planner.terraform.functions.table import Context, not_computed
from glimpse.planner.terraform.functions.texts import bytes_of, normalised
from glimpse.planner.terraform.numbers import parsed
from glimpse.planner.terraform.types import NUMBER, STRING
from glimpse.planner.terraform.values import Null, Unknown, Value

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml itself, where PyYAML was built with it."""

TAG = "tag:yaml.org,2002:"
WORDS: dict[str, Value] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), Null()),
}
INFINITE = re.compile(r"[+-]?\.(inf|Inf|INF)")
INTEGER = re.compile(r"0o[0-7]+|[-+]?[0-9]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
GO_INTEGER = re.compile(r"([+-]?)0([xXoObB]?)([0-9a-fA-F]+)")
TIME = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ](\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?(?:Z|([+-])([01]\d|2[0-4]):([0-5]\d|60))?)?",
    re.ASCII,
)


def yaml_value(context: Context, text: str) -> Value:
    """Raises EvaluationError, and TooMuch for a document that is nested too deep."""
    try:
        return _Document(context, yaml.parse(text, Loader=LOADER)).value()
    except yaml.YAMLError:
        raise EvaluationError("invalid YAML") from None


class _Document:
    """
    One document, from the parser's events to a value. `sizes` remembers how many values each list and mapping holds.
    """

    def __init__(self, context: Context, events: Iterator[Any]) -> None:
        self.context = context
        self.events = events
        self.anchors: dict[str, Value] = {}
        self.sizes: dict[int, int] = {}

    def value(self) -> Value:
        next(self.events)
        start = next(self.events)
        if type(start) is not yaml.DocumentStartEvent or start.version not in (None, (1, 1)):
            raise EvaluationError("a document is required")
        value = self.node(next(self.events), 0)
        next(self.events)
        if type(next(self.events)) is not yaml.StreamEndEvent:
            raise EvaluationError("only a single document is allowed")
        return value

    def node(self, event: Any, depth: int) -> Value:
        check_depth(depth)
        kind = type(event)
        if kind is yaml.AliasEvent:
            # An anchor is entered when its value is complete, so that no value can hold itself.
            if event.anchor not in self.anchors:
                raise EvaluationError("reference to an undefined anchor")
            value = self.anchors[event.anchor]
            self.context.spend(_size(value, self.sizes))
            return value
        self.context.spend(1)
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        if kind is yaml.ScalarEvent:
            value = _scalar(event)
        elif kind is yaml.SequenceStartEvent:
            value = self.sequence(event, depth)
        else:
            value = self.mapping(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def sequence(self, start: Any, depth: int) -> Value:
        if start.tag not in (None, f"{TAG}seq"):
            raise EvaluationError("a sequence has a tag of something else")
        items = []
        while type(event := next(self.events)) is not yaml.SequenceEndEvent:
            items.append(self.node(event, depth + 1))
        return tuple(items)

    def mapping(self, start: Any, depth: int) -> Value:
        if start.tag not in (None, f"{TAG}map"):
            raise EvaluationError("a mapping has a tag of something else")
        made: dict[str, Value] = {}
        while type(event := next(self.events)) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent:
                raise EvaluationError("only strings are allowed as mapping keys")
            if event.value == "<<" and event.tag is None:
                merged = self.node(next(self.events), depth + 1)
                if type(merged) is not dict:
                    raise EvaluationError("only a mapping can be merged into a mapping")
                made |= merged
                continue
            key = _scalar(event)
            if type(key) in (Null, Unknown):
                raise EvaluationError("mapping key cannot be null")
            made[to_text(key)] = self.node(next(self.events), depth + 1)
        return made


def _size(value: Value, known: dict[int, int]) -> int:
    """How many values a value holds, itself included. Aliases share values, so the count of each is remembered."""
    if not isinstance(value, tuple | dict):
        return 1
    if id(value) not in known:
        known[id(value)] = 1 + sum(
            _size(item, known) for item in (value.values() if isinstance(value, dict) else value)
        )
    return known[id(value)]


def _scalar(event: Any) -> Value:
    """
    A scalar as the type that its tag names, else as the one that it looks like. A block (| or >) without a tag is read
    in the same way and then becomes text: a block with 0x10 is the text 16.
    """
    tag = event.tag.removeprefix(TAG) if event.tag and event.tag.startswith(TAG) else event.tag or ""
    if tag not in ("", "str", "bool", "int", "float", "null", "timestamp", "binary"):
        raise EvaluationError("unsupported tag")
    value = _resolved(tag, event.value, event.style in ("'", '"'))
    return convert(value, STRING) if event.style in ("|", ">") and not tag else value


def _resolved(tag: str, text: str, quoted: bool) -> Value:
    if tag not in ("str", "binary") and (not text or text[0] in "+-0123456789yYnNtTfFoO~."):
        if quoted:
            return normalised(text)
        if text in WORDS:
            return WORDS[text]
        if INFINITE.fullmatch(text):
            return not_computed("yamldecode", NUMBER)
        if tag == "" and text in (".nan", ".NaN", ".NAN"):
            raise EvaluationError("floating point NaN is not supported")
        if text.startswith(".") and FLOAT.fullmatch(text):
            return parsed(text)
        if text[0] in "+-0123456789":
            if tag in ("", "timestamp") and (time := _time(text)):
                return time
            if INTEGER.fullmatch(text) or FLOAT.fullmatch(text):
                tag = "int"
    return _tagged(tag, text)


def _tagged(tag: str, text: str) -> Value:
    if tag == "null":
        return Null()
    if tag == "bool" or tag == "timestamp":
        raise EvaluationError("a value does not fit its tag")
    if tag == "int" or tag == "float":
        return _go_number(text.replace("_", ""))
    if tag == "binary":
        bytes_of(text)
    return normalised(text)


def _go_number(text: str) -> Value:
    """Decimal, or an integer of 64 bits with a prefix for its base."""
    if FLOAT.fullmatch(text):
        return parsed(text)
    match = GO_INTEGER.fullmatch(text)
    base = {"x": 16, "o": 8, "b": 2, "": 8}[match[2].lower()] if match else 10
    found = int(match[1] + match[3], base) if match else None
    if found is None or not -(1 << 63) <= found < 1 << 64:
        raise EvaluationError("a value does not fit its tag")
    return found


def _time(text: str) -> str | None:
    """A timestamp, which cty writes again by RFC 3339. It has an offset after a T, and none after a space."""
    match = TIME.fullmatch(text)
    if not match or ("t" in text.lower()) != (text.endswith("Z") or match[8] is not None):
        return None
    found = instant(match)
    return str(found) if found else None
