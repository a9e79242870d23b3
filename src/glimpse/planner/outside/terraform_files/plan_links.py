"""
What the resources of a plan or of a state refer to.

A plan's configuration tells it, except where an argument goes through a local or stands in a `dynamic` block, which no
plan shows: there the plan's `relevant_attributes` hold the candidates. A state has no configuration, but the values
themselves: an argument that holds another resource's id or ARN refers to it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from glimpse.planner.outside.terraform_files.block import AT_APPLY, CANDIDATES, UnknownsIn
from glimpse.planner.outside.terraform_files.plan_configuration import (
    DEEPEST_REFERENCE,
    INDEX,
    Path,
    PlanConfiguration,
    longest,
    references_in,
)
from glimpse.planner.outside.terraform_files.plan_values import values_at
from glimpse.planner.terraform.values import Cause, Unknown

IDENTIFIERS = (
    "id", "arn", "name", "identifier", "cluster_identifier", "bucket", "function_name", "arn_without_revision",
    "qualified_arn", "invoke_arn", "execution_arn", "dns_name", "bucket_domain_name", "bucket_regional_domain_name",
)  # fmt: skip
"""Attributes by which other resources name one (the provider's schema: computed, or unique in a region)."""

LOCAL = "local."
AFTER_APPLY = frozenset((Cause(AT_APPLY, ""),))
STEPS = re.compile(r"module\.[^.\[]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\])?")


class Links:
    """Which resources an argument leads to, worked out when it is asked for."""

    def __init__(
        self,
        configuration: PlanConfiguration,
        rows: Sequence[Mapping[str, Any]],
        relevant: Iterable[Mapping[str, Any]],
        ids: Mapping[str, Cause] = MappingProxyType({}),
    ) -> None:
        self._configuration = configuration
        self._ids = ids
        self._rows = rows
        self._relevant = [str(entry["resource"]) for entry in relevant]
        self._instances: dict[str, list[str]] = defaultdict(list)
        self._nearest_relevant: dict[tuple[Sequence[str], Sequence[str]], frozenset[str]] = {}
        for row in rows:
            self._instances[INDEX.sub("", row["address"])].append(row["address"])

    def of(self, address: str, path: Path, config: Mapping[str, Any] | None, values: Mapping[str, Any]) -> UnknownsIn:
        """What is unknown in the arguments of one resource instance, with what each of them refers to."""
        known: dict[str, Sequence[Unknown]] = {}

        def unknowns(argument: str) -> Sequence[Unknown]:
            if argument not in known:
                known[argument] = tuple(self._unknowns(address, path, config or {}, values, argument))
            return known[argument]

        return unknowns

    def _unknowns(
        self, source: str, path: Path, config: Mapping[str, Any], values: Mapping[str, Any], argument: str
    ) -> Iterator[Unknown]:
        expressions = list(_expressions_at(config.get("expressions", {}), argument))
        found = self._targets(expressions, path, source, _each(config))
        holds = [value for value in values_at(values, argument) if value is not None]
        same = frozenset(address for value in holds for address in self._named(value)) - {source}
        told = [self._ids[value] for value in holds if isinstance(value, str) and value in self._ids]
        if told and len(told) == len(holds):
            yield Unknown(causes=frozenset(told))
        elif found or same:
            # Of all that an expression names, a value that is known says which one it was.
            yield Unknown(causes=AFTER_APPLY, references=found & same or found or same)
        elif any(isinstance(value, Unknown) for value in holds):
            names = [name for part in expressions for name in references_in(part)]
            hidden = self._hidden(names, path, config)
            # The blocks of a `dynamic` have no expressions in a plan.
            if hidden is None and "." in argument and argument.partition(".")[0] not in config.get("expressions", {}):
                hidden = f"{source}.{argument}"
            if hidden is not None and (found := self._candidates(source, names)):
                yield Unknown(causes=frozenset((Cause(CANDIDATES, hidden),)), references=found)

    def _named(self, value: Any) -> Iterable[str]:
        return self._by_identifier.get(value, ()) if isinstance(value, str) else ()

    @cached_property
    def _by_identifier(self) -> Mapping[str, set[str]]:
        """The resource instances by everything that names them."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._rows:
            values = row.get("values", {})
            for name in IDENTIFIERS:
                if isinstance(value := values.get(name), str) and value:
                    found[value].add(row["address"])
        return found

    # ---- What a plan does not show

    def _hidden(self, references: Sequence[str], path: Path, config: Mapping[str, Any], depth: int = 0) -> str | None:
        """The local that one of these references leads to, also through the inputs of modules."""
        for reference in references:
            if reference.startswith(LOCAL):
                return reference
            if depth < DEEPEST_REFERENCE:
                names = INDEX.sub("", reference).split(".")
                inner: Iterable[str] = ()
                to, call = path, config
                if names[0] == "var" and path and len(names) > 1:
                    to, call = path[:-1], self._configuration.call(path)
                    inner = references_in(call.get("expressions", {}).get(names[1]))
                elif names[0] == "module" and len(names) > 2:
                    to, call = (*path, names[1]), {}
                    inner = references_in(self._configuration.module(to).get("outputs", {}).get(names[2]))
                elif names[:2] == ["each", "value"]:
                    inner = references_in(config.get("for_each_expression"))
                if (found := self._hidden(list(inner), to, call, depth + 1)) is not None:
                    return found
        return None

    def _candidates(self, source: str, references: Sequence[str]) -> frozenset[str]:
        """Every resource instance whose attributes something in the plan depends on, those nearest to the source."""
        keyed = any(name.startswith(("each.", "count.")) for name in references)
        seen_from = (tuple(STEPS.findall(source)), tuple(INDEX.findall(source)) if keyed else ())
        if seen_from not in self._nearest_relevant:
            found = {address for name in self._relevant for address in self._instances_of(name)}
            self._nearest_relevant[seen_from] = _nearest(source, found, keyed)
        return self._nearest_relevant[seen_from] - {source}

    def _instances_of(self, address: str) -> Sequence[str]:
        """The instances of a resource, or the one that an address names with its index."""
        instances = self._instances.get(INDEX.sub("", address), ())
        return [address] if address in instances else instances

    # ---- What it shows

    def _targets(self, expression: Any, path: Path, source: str, each: Sequence[str]) -> frozenset[str]:
        """
        The instances that all references below an expression lead to, as seen from one resource instance.

        `each` is what its for_each refers to: `each.value` leads there.
        """
        references = _with_each(list(references_in(expression)), each)
        found = [pair for reference in longest(references) for pair in self._resolved(reference, path, 0)]
        keyed = any(reference.startswith(("each.", "count.")) for reference in references)
        return _nearest(source, {address for address, _ in found}, keyed or any(by_key for _, by_key in found))

    def _resolved(self, reference: str, path: Path, depth: int) -> Iterator[tuple[str, bool]]:
        """
        The resource instances that one reference may lead to, through module inputs and outputs.

        With each goes whether an index by `each` or `count` was met on the way.
        """
        if depth > DEEPEST_REFERENCE:
            return
        parts = INDEX.sub("", reference).split(".")
        if parts[0] == "var" and path and len(parts) > 1:
            call = self._configuration.call(path)
            outer = _with_each(list(references_in(call.get("expressions", {}).get(parts[1], {}))), _each(call))
            keyed = any(name.startswith(("each.", "count.")) for name in outer)
            for name in longest(outer):
                yield from (
                    (address, keyed or by_key) for address, by_key in self._resolved(name, path[:-1], depth + 1)
                )
        elif parts[0] == "module" and len(parts) > 2:
            inner = (*path, parts[1])
            output = self._configuration.module(inner).get("outputs", {}).get(parts[2], {})
            for name in longest(list(references_in(output.get("expression", {})))):
                yield from self._resolved(name, inner, depth + 1)
        elif len(parts) > 1:
            prefix = "".join(f"module.{name}." for name in path)
            instances = self._instances.get(f"{prefix}{parts[0]}.{parts[1]}", ())
            index = INDEX.match(reference, len(f"{parts[0]}.{parts[1]}"))
            exact = [address for address in instances if index and address.endswith(index[0])]
            yield from ((address, False) for address in exact or instances)


def _expressions_at(expressions: Any, argument: str) -> Iterator[Any]:
    """The expressions of an argument, nested ones as `block.argument` in each block of that name."""
    name, _, rest = argument.partition(".")
    if isinstance(expressions, list):
        for part in expressions:
            yield from _expressions_at(part, argument)
    elif isinstance(expressions, Mapping) and name in expressions:
        inner = expressions[name]
        if not rest:
            yield inner
        elif not (isinstance(inner, Mapping) and "references" in inner):
            yield from _expressions_at(inner, rest)


def _each(config: Mapping[str, Any]) -> list[str]:
    """What the for_each of a resource or of a module call refers to."""
    return list(references_in(config.get("for_each_expression")))


def _with_each(references: list[str], each: Sequence[str]) -> list[str]:
    return [*references, *(each if any(name.startswith("each.value") for name in references) else ())]


def _nearest(source: str, found: set[str], keyed: bool) -> frozenset[str]:
    """
    Of the instances that share a name, those that the source means.

    Those in the same instances of modules come first; then, where the files index by `each` or `count`,
    those with a key that the source's own address has.
    """
    ours = STEPS.findall(source)

    def shared(address: str) -> int:
        theirs = STEPS.findall(address)
        return next(
            (n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]),
            min(len(ours), len(theirs)),
        )

    by_name: dict[str, list[str]] = defaultdict(list)
    for address in found:
        by_name[INDEX.sub("", address)].append(address)
    nearest: set[str] = set()
    for same in by_name.values():
        best = max(shared(address) for address in same)
        nearest |= {address for address in same if shared(address) == best}
    if keyed and (keys := set(INDEX.findall(source))):
        with_key = {address for address in nearest if keys & set(INDEX.findall(address))}
        nearest = with_key or nearest
    return frozenset(nearest)
