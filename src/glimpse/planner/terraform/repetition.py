"""`count` and `for_each`: how often a block stands, and what a name of several instances means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.evaluation import Scope, evaluate
from glimpse.planner.terraform.syntax import Argument, Block
from glimpse.planner.terraform.types import ANY, NUMBER
from glimpse.planner.terraform.values import Map, Set, Unknown, Value, elements_of, resolved

MAX_INSTANCES = 2_000
"""Of one block. More is a mistake, or an attack on whoever has to read the bill."""


@dataclass(frozen=True)
class Repetition:
    """The instances of a block by their keys: numbers by `count`, texts by `for_each`, a single None by neither."""

    by: str = ""
    keys: tuple[Value, ...] = (None,)
    values: tuple[Value, ...] = (None,)

    def names(self) -> Iterator[Mapping[str, Value]]:
        """What each instance may name beside everything else."""
        for key, value in zip(self.keys, self.values, strict=True):
            if self.by == "count":
                yield {"count": {"index": key}}
            else:
                yield {"each": {"key": key, "value": value}} if self.by else {}

    def joined(self, instances: Sequence[Value]) -> Value:
        """What the block's name stands for: a tuple by `count`, a map by `for_each`, else the only instance."""
        if self.by == "count":
            return tuple(instances)
        return Map(dict(zip(self.keys, instances, strict=True)), ANY) if self.by else instances[0]


class TooManyInstances(Exception):
    """A block would stand more often than MAX_INSTANCES."""


def repeating(block: Block) -> Argument | None:
    """The argument that decides how often a block stands."""
    arguments = block.body.arguments
    return arguments.get("count") or arguments.get("for_each")


def repetition_of(block: Block, scope: Scope) -> Repetition | Unknown:
    """Raises EvaluationError and TooManyInstances."""
    argument = repeating(block)
    if argument is None:
        return Repetition()
    value = evaluate(argument.expression, scope)
    found = _counted(value) if argument.name == "count" else _for_each(value)
    if isinstance(found, Repetition) and len(found.keys) > MAX_INSTANCES:
        raise TooManyInstances
    return found


def _counted(value: Value) -> Repetition | Unknown:
    count = convert(value, NUMBER)
    if isinstance(count, Unknown):
        return count
    if not isinstance(count, int) or count < 0:
        raise EvaluationError("count must be a whole number that is not negative")
    if count > MAX_INSTANCES:
        raise TooManyInstances
    return Repetition("count", tuple(range(count)), (None,) * count)


def _for_each(value: Value) -> Repetition | Unknown:
    value = resolved(value)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict | Set):
        raise EvaluationError("for_each must be a map or a set of strings")
    elements = elements_of(value) or []
    if not all(isinstance(key, str) for key, _ in elements):
        raise EvaluationError("for_each must be a map or a set of strings")
    return Repetition("for_each", tuple(key for key, _ in elements), tuple(item for _, item in elements))
