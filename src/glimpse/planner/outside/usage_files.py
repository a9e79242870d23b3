"""
`infracost-usage.yml` as it is: `resource_usage` by address, `resource_type_default_usage` by type.

The events of YAML are put together here: a loader would make of `1_year` or `1:30` what no reader of these files does,
would round numbers to floats, and would follow an alias as often as a file likes.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from glimpse.planner.finding import Finding, InputError
from glimpse.planner.given_usage import GivenUsage, UsageEntry, row_of, type_of
from glimpse.planner.sentence import say
from glimpse.planner.toml_values import shown

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

ADDRESSES, TYPES = "resource_usage", "resource_type_default_usage"
SECTIONS = (ADDRESSES, TYPES)
VERSIONS = ("0.1", "v0.1")
CLOUD = "aws_"
"""How the types of our cloud begin; the entries of others are none of our business."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml itself, where PyYAML was built with it."""

NULL = ("", "~", "null", "Null", "NULL")
TRUE, FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
NUMBER = re.compile(r"[-+]?([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?", re.ASCII)
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def read_usage_file(path: Path) -> GivenUsage:
    """
    What the file states of AWS resources, with warnings of what in it was not read.

    Raises InputError, with the line where it is known, where the file cannot be read or says what cannot be used.
    """
    name = str(path)
    if not path.is_file():
        raise InputError(say("usage_file_missing", path=name))
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(say("usage_file_unreadable", path=name, detail=error.strerror or "")) from None
    if len(text) > MAX_BYTES:
        raise InputError(say("usage_file_too_large", path=name, limit=MAX_BYTES))
    return _Reader(name).usage(_Document(name, text).value())


class _Map(dict[str, Any]):
    """A map of YAML with the line of each key, and how many values it comes to."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}
        self.size = 1


class _List(list[Any]):
    """A list of YAML, and how many values it comes to."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 1


class _Reader:
    """Walks the sections once and collects what is wrong instead of stopping at the first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[UsageEntry] = []
        self.warnings: list[Finding] = []
        self.problems: list[Finding] = []

    def usage(self, document: object) -> GivenUsage:
        if document is None:
            return GivenUsage()
        if not isinstance(document, _Map):
            raise InputError(say("usage_file_not_a_map", key=self.name), self.name, 1)
        for key, value in document.items():
            line = document.lines.get(key)
            if key in SECTIONS:
                self._section(key, value, line)
            elif key == "version":
                self._version(value, line)
            else:
                self._unknown(key, line)
        if self.problems:
            *before, last = self.problems
            raise InputError(last.what, last.file, last.line, because=before)
        return GivenUsage(tuple(self.rows), tuple(self.warnings))

    def _section(self, section: str, entries: object, line: int | None) -> None:
        if entries is None:
            return
        if not isinstance(entries, _Map):
            self.problems.append(Finding(say("usage_file_not_a_map", key=section), self.name, line))
            return
        for pattern, values in entries.items():
            kind = pattern if section == TYPES or "." not in pattern else type_of(pattern)
            if not kind.startswith(CLOUD) and "*" not in kind:
                continue
            at = entries.lines.get(pattern)
            is_type = True if section == TYPES else None
            row, wrong = row_of(pattern, values, self.name, f"{section}.{pattern}", at, is_type)
            self.rows += [row] if row else []
            self.problems += [Finding(each, self.name, at) for each in wrong]

    def _version(self, found: object, line: int | None) -> None:
        text = found if isinstance(found, str) else str(float(found)) if isinstance(found, Fraction) else shown(found)
        if text not in VERSIONS:
            self.warnings.append(Finding(say("usage_file_version", version=text), self.name, line))

    def _unknown(self, key: str, line: int | None) -> None:
        near = difflib.get_close_matches(key, (*SECTIONS, "version"), n=1)
        what = (
            say("usage_file_key_unknown_near", key=key, near=near[0])
            if near
            else say("usage_file_key_unknown", key=key, known=", ".join(SECTIONS))
        )
        self.warnings.append(Finding(what, self.name, line))


class _Document:
    """
    One document, from the parser's events to maps, lists, numbers, texts, true, false and None.

    An alias is what it names, and counts as often as it is used: what all of it comes to is bounded.
    """

    def __init__(self, name: str, text: bytes) -> None:
        self.name = name
        self.left = MAX_BYTES
        self.anchors: dict[str, Any] = {}
        self.events: Iterator[Any] = yaml.parse(text, Loader=LOADER)

    def value(self) -> Any:
        """The first document's value; None where there is none."""
        try:
            next(self.events)
            if type(next(self.events)) is not yaml.DocumentStartEvent:
                return None
            return self._node(next(self.events), 0)
        except yaml.MarkedYAMLError as wrong:
            line = wrong.problem_mark.line + 1 if wrong.problem_mark else None
            raise self._wrong(wrong.problem or "YAML", line) from None
        except (yaml.YAMLError, ValueError) as wrong:
            raise self._wrong(str(wrong).splitlines()[0] if str(wrong) else "YAML", None) from None

    def _node(self, event: Any, depth: int) -> Any:
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise self._wrong(f"> {MAX_DEPTH}", line)
        if type(event) is yaml.AliasEvent:
            # An anchor is entered when its value is complete, so that no value can hold itself.
            if event.anchor not in self.anchors:
                raise self._wrong(f"*{event.anchor}", line)
            value = self.anchors[event.anchor]
            self._spend(_size(value))
            return value
        self._spend(1)
        if type(event) is yaml.ScalarEvent:
            value = _scalar(event)
        elif type(event) is yaml.SequenceStartEvent:
            value = self._list(depth)
        else:
            value = self._map(depth)
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def _list(self, depth: int) -> _List:
        items = _List()
        while type(event := next(self.events)) is not yaml.SequenceEndEvent:
            items.append(self._node(event, depth + 1))
            items.size += _size(items[-1])
        return items

    def _map(self, depth: int) -> _Map:
        made, merged = _Map(), _Map()
        while type(event := next(self.events)) is not yaml.MappingEndEvent:
            line = event.start_mark.line + 1
            if type(event) is not yaml.ScalarEvent:
                raise self._wrong("?", line)
            key = event.value
            value = self._node(next(self.events), depth + 1)
            made.size += _size(value)
            if key == "<<" and event.implicit[0]:
                for each in value if isinstance(value, list) else [value]:
                    _fill(merged, each)
                continue
            if key in made:
                raise InputError(say("usage_file_key_twice", key=key), self.name, line)
            made[key] = value
            made.lines[key] = line
        _fill(made, merged)
        return made

    def _spend(self, values: int) -> None:
        self.left -= values
        if self.left < 0:
            raise InputError(say("usage_file_too_large", path=self.name, limit=MAX_BYTES))

    def _wrong(self, detail: str, line: int | None) -> InputError:
        return InputError(say("usage_file_not_yaml", detail=detail[:200]), self.name, line)


def _size(value: object) -> int:
    return value.size if isinstance(value, _Map | _List) else 1


def _fill(made: _Map, other: object) -> None:
    """What is merged in gives way to what stands there."""
    if isinstance(other, _Map):
        for key, value in other.items():
            if key not in made:
                made[key] = value
                made.lines[key] = other.lines[key]


def _scalar(event: Any) -> Any:
    text: str = event.value
    if not event.implicit[0]:  # in quotes, or with a tag
        return text
    if text in NULL:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if NOT_FINITE.fullmatch(text):
        return math.nan
    return _number(text.replace("_", "")) if NUMBER.fullmatch(text) else text


def _number(text: str) -> Fraction | float:
    """As written; where a float holds it as 0, nan or inf, that float: the digits of 1e99999999 would fill memory."""
    number = float(text)
    return Fraction(text) if number and math.isfinite(number) else number
