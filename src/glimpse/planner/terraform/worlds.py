"""
Worlds: the values that a root variable without a value may have, as far as the files tell them apart.

A stack says `var.environment == "production"`, and nobody gave the environment. Then there are two worlds: in one it is
"production", in the other it is anything else. Everything is evaluated anew in each, so that they never mix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.types import Type
from glimpse.planner.terraform.values import Null, Unknown, Value, shown


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is decided: the condition as written, where that is known, with file and line."""

    expression: str
    file: str
    line: int


@dataclass(frozen=True)
class Assumption:
    """
    What is assumed of a root variable: that it has a value, that it has none of some values, or that a
    condition on it holds or does not. `module` is the address of the module that the condition stands in: the same text
    means something else in another one.
    """

    variable: str
    value: Value = None
    excluded: frozenset[Value] = frozenset()
    condition: str = ""
    module: str = ""
    holds: bool = False

    @property
    def text(self) -> str:
        """`production`, or `condition: true`; empty for "otherwise"."""
        if self.condition:
            return f"{self.condition}: {'true' if self.holds else 'false'}"
        if self.value is None:
            return ""
        if isinstance(self.value, Null):
            return "null"
        return str(self.value).lower() if isinstance(self.value, bool) else shown(self.value).strip('"')


@dataclass
class World:
    """
    The assumptions under which a stack is evaluated, and what was noted meanwhile: for each root variable the values
    it was compared with, and the other conditions that depend on it alone, by their module and text.
    """

    assumptions: Mapping[str, Assumption] = field(default_factory=dict)
    compared: dict[str, dict[Value, Place]] = field(default_factory=dict)
    conditions: dict[str, dict[tuple[str, str], Place]] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)

    def variable(self, unknown: Unknown, place: Place) -> Value:
        """What a root variable without a value, which is declared there, is in this world."""
        if unknown.type.kind == "bool":
            # It has two values, whatever it is compared with.
            self.compare(unknown, [True, False], place)
        assumed = self.assumptions.get(unknown.variable or "")
        if assumed is None or assumed.condition:
            return unknown
        return replace(unknown, excluded=assumed.excluded) if assumed.value is None else assumed.value

    def compare(self, unknown: Unknown, candidates: Sequence[Value], place: Place) -> None:
        """
        Note that a variable's own value is compared with these, less those that it is known not to be.

        A world needs a value of the variable's own type: the keys of a map are texts, and a number may choose among
        them.
        """
        if unknown.variable:
            seen = self.compared.setdefault(unknown.variable, {})
            self.types[unknown.variable] = unknown.type
            for candidate in candidates:
                try:
                    value = convert(candidate, unknown.type)
                except EvaluationError:
                    continue  # the variable cannot have this value
                if value not in unknown.excluded:
                    seen.setdefault(value, place)

    def predicate(self, condition: Unknown, module: str, place: Place) -> bool | Unknown:
        """Whether a condition holds in this world, where that is assumed; else it is noted."""
        variables = {cause.name for cause in condition.causes if cause.kind == "variable"}
        if len(variables) != 1 or len(condition.causes) != 1:
            return condition
        [variable] = variables
        assumed = self.assumptions.get(variable)
        if assumed and (assumed.module, assumed.condition) == (module, place.expression):
            return assumed.holds
        self.conditions.setdefault(variable, {}).setdefault((module, place.expression), place)
        return condition

    def alternatives(self, variable: str) -> tuple[Assumption, ...]:
        """
        The cases that this variable makes, which leave none out; nothing where they cannot be told apart.

        Several conditions of other kinds (`n > 3`, `n > 5`) are not independent, so they are not split.
        """
        if variable in self.assumptions:
            return ()
        candidates = [value for value in self.compared.get(variable, ()) if not isinstance(value, Fraction)]
        if candidates:
            if self.types[variable].kind == "bool":
                # All values that a bool can have, also where it was compared with one of them alone.
                candidates = [True, False, *(value for value in candidates if isinstance(value, Null))]
            assumed = tuple(Assumption(variable, value) for value in candidates)
            only_bools = all(isinstance(value, bool) for value in candidates) and len(candidates) == 2
            if self.types[variable].kind == "bool" or only_bools:
                return assumed
            return (*assumed, Assumption(variable, excluded=frozenset(candidates)))
        conditions = list(self.conditions.get(variable, ()))
        if len(conditions) == 1:
            [(module, text)] = conditions
            return tuple(Assumption(variable, condition=text, module=module, holds=holds) for holds in (True, False))
        return ()

    def place(self, variable: str) -> Place | None:
        """Where the variable first decides something."""
        places = (*self.compared.get(variable, {}).values(), *self.conditions.get(variable, {}).values())
        return places[0] if places else None

    def assuming(self, assumption: Assumption) -> World:
        """A world like this one with one more assumption, in which nothing is noted yet."""
        return World({**self.assumptions, assumption.variable: assumption})
