"""
Usage that people state: how much each resource consumes a month, by its address or by its type.

The keys are those of an `infracost-usage.yml`, which many teams have; nested ones are joined by dots
(`standard.storage_gb`). Their units are in their names; a quantity is a month's unless its key says otherwise.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

from glimpse.planner.finding import Finding
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.toml_values import as_fraction, shown

GivenAmount = Fraction | str

MAX_AMOUNT = Fraction(10**18)
MAX_WORD_LENGTH = 100
MAX_DEPTH = 10
"""Levels of keys within keys; Infracost's go four deep."""

MAX_SUGGESTIONS = 20
"""How often the nearest name is looked for: without a bound, a file about another stack would take minutes."""
MAX_LISTED = 3
"""Names in one warning; more are counted."""

INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]')
"""An index of Terraform's addresses: `[0]`, `["key"]`, and `[*]`."""


@dataclass(frozen=True)
class UsageEntry:
    """
    What one entry states. `pattern` is a type where `is_type`, else an address, whose `*` stands for any text. A value
    is an amount, or a word such as an operating system. `source` is the file, and `line` its line where that is known.
    """

    pattern: str
    values: Mapping[str, GivenAmount]
    source: str
    is_type: bool = False
    line: int | None = None

    @property
    def is_wildcard(self) -> bool:
        return not self.is_type and "*" in self.pattern

    def matches(self, address: str) -> bool:
        """Whether this speaks of the resource. An address without an index is not that of its instances."""
        if self.is_type:
            return type_of(address) == self.pattern
        return _glob(self.pattern, address) if self.is_wildcard else address == self.pattern


@dataclass(frozen=True)
class GivenUsage:
    """
    What people say that resources consume, a month. `warnings` are what a file says beside it that nobody reads.

    For one resource the nearer statement wins, key by key: a type's is overridden by those of addresses with `*`, of
    which the one with more text beside its `*` is nearer, and all by the address itself. Of two as near the later wins.
    """

    rows: tuple[UsageEntry, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @cached_property
    def _exact(self) -> Mapping[str, tuple[UsageEntry, ...]]:
        return _grouped(row for row in self.rows if not row.is_type and not row.is_wildcard)

    @cached_property
    def _types(self) -> Mapping[str, tuple[UsageEntry, ...]]:
        return _grouped(row for row in self.rows if row.is_type)

    @cached_property
    def _wildcards(self) -> Mapping[str, tuple[tuple[int, UsageEntry], ...]]:
        """By the resource's type and name, each with its rank; under an empty text those that may speak of any."""
        ranked = sorted((row for row in self.rows if row.is_wildcard), key=_nearness)
        found: dict[str, list[tuple[int, UsageEntry]]] = {}
        for rank, row in enumerate(ranked):
            found.setdefault(_name_of(row.pattern), []).append((rank, row))
        return {name: tuple(rows) for name, rows in found.items()}

    @cached_property
    def _merged(self) -> dict[str, Mapping[str, GivenAmount]]:
        """What `of` has answered: a search prices the same resources a thousand times."""
        return {}

    def of(self, address: str) -> Mapping[str, GivenAmount]:
        """What is stated for one resource, by key; empty where nothing is."""
        if not self.rows:
            return NOTHING
        known = self._merged.get(address)
        if known is None:
            known = {key: value for row in self._about(address) for key, value in row.values.items()}
            self._merged[address] = known
        return known

    def _about(self, address: str) -> Iterator[UsageEntry]:
        """The rows that speak of a resource, the nearest last."""
        yield from self._types.get(type_of(address), ())
        wildcards = self._wildcards
        candidates = (*wildcards.get("", ()), *(wildcards.get(_name_of(address), ()) if wildcards else ()))
        yield from (row for _, row in sorted(candidates, key=lambda ranked: ranked[0]) if row.matches(address))
        yield from self._exact.get(address, ())

    def addresses(self, resource_type: str) -> tuple[str, ...]:
        """
        The addresses of a type that are stated, each once and without those that have a `*`.

        Some stand for no resource: an `aws_data_transfer` states what leaves a region, under a name of one's own.
        """
        return tuple(address for address in self._exact if type_of(address) == resource_type)

    def overridden_by(self, later: GivenUsage) -> GivenUsage:
        """Both together. Where two statements are equally near, the other's wins."""
        return GivenUsage((*self.rows, *later.rows), (*self.warnings, *later.warnings))


EMPTY = GivenUsage()
NOTHING: Mapping[str, GivenAmount] = MappingProxyType({})


def type_of(address: str) -> str:
    """`aws_lb` of `module.a["x"].aws_lb.b[0]`; empty where the text is no address of a resource."""
    parts = INDEX.sub("", address).split(".")
    return parts[-2] if len(parts) > 1 else ""


def _name_of(pattern: str) -> str:
    """`aws_lb.b` of `module.a["x"].aws_lb.b[*]`; empty where a `*` stands before the last index, or for a module."""
    parts = INDEX.sub("", pattern).split(".")[-2:]
    name = ".".join(parts)
    return "" if "*" in name or len(parts) < 2 or parts[0] == "module" else name


def given_usage_from(table: object, source: str) -> tuple[GivenUsage, tuple[Sentence, ...]]:
    """
    What `[usage."ADDRESS"]` states: addresses or types, each with its keys, and everything that is wrong with it.

    Keys are nested or joined by dots; values are numbers from 0 to 1e18, or words.
    """
    if not isinstance(table, Mapping):
        return EMPTY, (say("workload_wants_table", key="usage", found=shown(table)),)
    rows: list[UsageEntry] = []
    problems: list[Sentence] = []
    for pattern, values in table.items():
        row, wrong = row_of(str(pattern), values, source, f'usage."{pattern}"')
        rows += [row] if row else []
        problems += wrong
    return GivenUsage(tuple(rows)), tuple(problems)


def row_of(
    pattern: str, found: object, source: str, name: str, line: int | None = None, is_type: bool | None = None
) -> tuple[UsageEntry | None, tuple[Sentence, ...]]:
    """
    One entry, and what is wrong with it; no row where it states nothing.

    `name` is how messages call the entry. `is_type` None: a text without a dot and without `*` is a type.
    """
    if found is None:
        return None, ()
    if not isinstance(found, Mapping):
        return None, (say("workload_wants_table", key=name, found=shown(found)),)
    values: dict[str, GivenAmount] = {}
    problems: list[Sentence] = []
    for key, value in _flat(found, ""):
        amount = _amount(value)
        if amount is None:
            problems.append(say("workload_wants_amount", key=f"{name}.{key}", found=shown(value)))
        else:
            values[key] = amount
    typed = is_type if is_type is not None else "." not in pattern and "*" not in pattern
    row = UsageEntry(pattern, values, source, typed, line) if values else None
    return row, tuple(problems)


def unused(given: GivenUsage, asked: Mapping[str, Iterable[str]]) -> tuple[Finding, ...]:
    """
    The warnings of the usage files, and one for each statement that changed nothing, with the nearest known name.

    `asked` holds every address of the stack, with the keys that its resource asks for. A default for a type that the
    stack does not have is no mistake, nor is an amount of 0 that nothing asks for: files are made with every key at 0.
    """
    return (*given.warnings, *_Unused(given, asked).findings())


class _Unused:
    """Looks for every row once. How often it looks for the nearest name is bounded."""

    def __init__(self, given: GivenUsage, asked: Mapping[str, Iterable[str]]) -> None:
        self.given = given
        self.asked = {address: frozenset(keys) for address, keys in asked.items()}
        self.suggestions = MAX_SUGGESTIONS
        self.strays: dict[str, list[str]] = {}

    @cached_property
    def by_type(self) -> Mapping[str, tuple[str, ...]]:
        return _addresses_by(type_of, self.asked)

    @cached_property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        return _addresses_by(_name_of, self.asked)

    def findings(self) -> Iterator[Finding]:
        for row in self.given.rows:
            matched = self._matched(row)
            if matched:
                yield from self._keys(row, frozenset[str]().union(*(self.asked[address] for address in matched)))
            elif not row.is_type:
                yield from self._address(row)
        for source, patterns in self.strays.items():
            yield Finding(say("usage_address_unknown", count=len(patterns), addresses=_listed(patterns)), source)

    def _matched(self, row: UsageEntry) -> tuple[str, ...]:
        if row.is_type:
            return self.by_type.get(row.pattern, ())
        if not row.is_wildcard:
            return (row.pattern,) if row.pattern in self.asked else ()
        name = _name_of(row.pattern)
        candidates = self.by_name.get(name, ()) if name else self.asked
        return tuple(address for address in candidates if row.matches(address))

    def _keys(self, row: UsageEntry, asked: frozenset[str]) -> Iterator[Finding]:
        left = []
        for key, value in row.values.items():
            if key in asked or value == 0:
                continue
            near = self._nearest(key, asked - row.values.keys())
            if near is None:
                left.append(key)
            else:
                what = say("usage_key_unknown_near", address=row.pattern, key=key, near=near)
                yield Finding(what, row.source, row.line)
        if left:
            what = say("usage_key_unknown", address=row.pattern, count=len(left), keys=_listed(left))
            yield Finding(what, row.source, row.line)

    def _address(self, row: UsageEntry) -> Iterator[Finding]:
        near = self._instances(row) or self._nearest_address(row)
        if near is None:
            self.strays.setdefault(row.source, []).append(row.pattern)
        else:
            yield Finding(say("usage_address_unknown_near", address=row.pattern, near=near), row.source, row.line)

    def _instances(self, row: UsageEntry) -> str | None:
        """The pattern for the instances of what is named without an index."""
        every = row.pattern + "[*]"
        same = self.by_type.get(type_of(row.pattern), ())
        return every if any(_glob(every, address) for address in same) else None

    def _nearest_address(self, row: UsageEntry) -> str | None:
        kind = type_of(row.pattern)
        if kind not in self.by_type:
            kind = self._nearest(kind, self.by_type) or ""
        return self._nearest(row.pattern, self.by_type.get(kind, ()))

    def _nearest(self, name: str, known: Iterable[str]) -> str | None:
        if self.suggestions <= 0:
            return None
        self.suggestions -= 1
        return next(iter(difflib.get_close_matches(name, sorted(known), n=1)), None)


def _flat(table: Mapping[object, object], prefix: str, depth: int = 0) -> Iterator[tuple[str, object]]:
    """Each value with its keys joined by dots. What is null, as a commented-out value leaves its key, is not given."""
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and depth < MAX_DEPTH:
            yield from _flat(value, key + ".", depth + 1)
        elif value is not None:
            yield key, value


def _amount(found: object) -> GivenAmount | None:
    """A number within bounds, or a word; a number in quotes is a number, as other readers of these files have it."""
    if isinstance(found, str):
        if not found.strip() or len(found) > MAX_WORD_LENGTH:
            return None
        if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", found):
            return found
        found = Fraction(found)
    number = as_fraction(found)
    return number if number is not None and 0 <= number <= MAX_AMOUNT else None


def _glob(pattern: str, text: str) -> bool:
    """Whether the text is the pattern with anything for each `*`. No pattern takes more than one walk of the text."""
    first, *middle = pattern.split("*")
    if not middle:
        return pattern == text
    last = middle.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _nearness(row: UsageEntry) -> tuple[int, int]:
    return len(row.pattern.replace("*", "")), -row.pattern.count("*")


def _grouped(rows: Iterable[UsageEntry]) -> Mapping[str, tuple[UsageEntry, ...]]:
    found: dict[str, list[UsageEntry]] = {}
    for row in rows:
        found.setdefault(row.pattern, []).append(row)
    return {pattern: tuple(same) for pattern, same in found.items()}


def _addresses_by(part: Callable[[str], str], addresses: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for address in addresses:
        found.setdefault(part(address), []).append(address)
    return {name: tuple(same) for name, same in found.items()}


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MAX_LISTED]) + (", …" if len(names) > MAX_LISTED else "")
