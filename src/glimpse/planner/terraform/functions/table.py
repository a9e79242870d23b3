"""
What a table of functions is made of. The files beside this one are tables, each about one subject, and what their
functions need to compute their results.

An entry says what the function takes and gives, computes it from known values, and shows examples: each example is a
Terraform expression that is true. Tests evaluate every one, and compare them with Terraform itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.types import ANY, STRING, Type
from glimpse.planner.terraform.values import (
    Cause,
    Lazy,
    List,
    Map,
    Null,
    Unknown,
    Value,
    is_known,
    resolved,
    unknown_of,
)


class Context(Protocol):
    """What a function may ask of the place that calls it."""

    def read(self, path: str) -> bytes:
        """
        The bytes of a file of the project, as seen from the root of the stack.

        Raises EvaluationError where there is none, and OutsideProject where it stands outside the project.
        """

    def exists(self, path: str) -> bool: ...

    def names(self, folder: str) -> Sequence[str]:
        """Every file below a folder, as paths relative to it; none where there is no such folder."""

    def render(self, template: str, variables: Mapping[str, Value]) -> Value:
        """The text of a template with only these variables, as `templatefile` and `templatestring` make it."""

    def spend(self, size: int) -> None:
        """Count what a function is about to make (elements, characters) against the budget. Raises TooMuch."""


@dataclass(frozen=True)
class Function:
    """
    `parameters` are converted before `compute` sees them; `rest` is the type of any number of further ones, and
    `optional` says how many of the last parameters may be left out.

    Null arguments are refused unless `nulls`. An unknown argument makes the result unknown unless `unknowns`, and one
    inside an argument does unless `partly`. `with_context` hands a Context in before the arguments.
    """

    name: str
    parameters: tuple[Type, ...]
    returns: Type
    compute: Callable[..., Value]
    examples: tuple[str, ...]
    rest: Type | None
    optional: int
    nulls: bool
    unknowns: bool
    partly: bool
    with_context: bool

    def call(self, arguments: Sequence[Value], context: Context) -> Value:
        """Raises EvaluationError where Terraform refuses the arguments."""
        given = [self._converted(place, value) for place, value in enumerate(self._counted(arguments))]
        if not self.unknowns and not self._decided(given):
            return unknown_of(*given, type_=self.returns)
        try:
            return self.compute(context, *given) if self.with_context else self.compute(*given)
        except (ValueError, ArithmeticError, UnicodeError) as error:
            raise EvaluationError(f"{self.name}: {_first_line(error)}") from None
        except EvaluationError as error:
            raise EvaluationError(f"{self.name}: {error.why}") from None

    def _counted(self, arguments: Sequence[Value]) -> Sequence[Value]:
        if len(arguments) < len(self.parameters) - self.optional:
            raise EvaluationError(f"{self.name}: not enough arguments")
        if len(arguments) > len(self.parameters) and self.rest is None:
            raise EvaluationError(f"{self.name}: too many arguments")
        return arguments

    def _converted(self, place: int, value: Value) -> Value:
        wanted = self.parameters[place] if place < len(self.parameters) else self.rest or ANY
        value = resolved(value) if self.partly else _resolved_throughout(value)
        if type(value) is Null and not self.nulls:
            raise EvaluationError(f"{self.name}: argument must not be null")
        try:
            return convert(value, wanted)
        except EvaluationError as error:
            raise EvaluationError(f"{self.name}: {error.why}") from None

    def _decided(self, given: Sequence[Value]) -> bool:
        if self.partly:
            return not any(type(value) is Unknown for value in given)
        return all(is_known(value) for value in given)


def _resolved_throughout(value: Value) -> Value:
    """The value with every resource and module in it looked up, at any depth."""
    if isinstance(value, Lazy):
        return _resolved_throughout(value.whole())
    if isinstance(value, tuple | dict) and _holds_lazy(value):
        if isinstance(value, Map):
            return Map({name: _resolved_throughout(item) for name, item in value.items()}, value.of)
        if isinstance(value, dict):
            return {name: _resolved_throughout(item) for name, item in value.items()}
        items = [_resolved_throughout(item) for item in value]
        return List(items, value.of) if isinstance(value, List) else tuple(items)
    return value


def _holds_lazy(value: Value) -> bool:
    if isinstance(value, Lazy):
        return True
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return any(_holds_lazy(item) for item in inside)


def _first_line(error: Exception) -> str:
    """What went wrong, without the value that it went wrong with: Python's own messages may hold it."""
    text = str(error.args[0]) if type(error) is ValueError and error.args else "invalid argument"
    return text.splitlines()[0][:120] if text else "invalid argument"


def not_computed(name: str, type_: Type = STRING) -> Unknown:
    """What a function gives where its result is not computed here."""
    return Unknown(type_, frozenset({Cause("function", name)}))


Table = dict[str, Function]


def function(
    table: Table,
    name: str,
    *parameters: Type,
    returns: Type = ANY,
    rest: Type | None = None,
    optional: int = 0,
    nulls: bool = False,
    unknowns: bool = False,
    partly: bool = False,
    with_context: bool = False,
    examples: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter the decorated Python function into a table under Terraform's name."""

    def enter(compute: Callable[..., Any]) -> Callable[..., Any]:
        table[name] = Function(
            name, parameters, returns, compute, tuple(examples), rest, optional, nulls, unknowns, partly, with_context
        )
        return compute

    return enter
