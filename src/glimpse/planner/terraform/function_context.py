"""What functions may ask of a module: files of the project, templates, and room in the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.evaluation import Scope, evaluate
from glimpse.planner.terraform.hcl import read_template
from glimpse.planner.terraform.syntax import SyntaxProblem
from glimpse.planner.terraform.values import Unknown, Value

if TYPE_CHECKING:
    from glimpse.planner.terraform.modules import Module


class ModuleContext:
    """The Context of functions that a module's expressions call."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._sources = module.configuration.sources

    def read(self, path: str) -> bytes:
        return self._sources.read(path)

    def exists(self, path: str) -> bool:
        return self._sources.exists(path)

    def names(self, folder: str) -> Sequence[str]:
        return self._sources.names(folder)

    def render(self, template: str, variables: Mapping[str, Value]) -> Value:
        parsed = self._module.configuration.templates
        if template not in parsed:
            try:
                parsed[template] = read_template(template.encode(), "", self._sources.stop())
            except SyntaxProblem:
                parsed[template] = None
        expression = parsed[template]
        if expression is None:
            raise EvaluationError("this is not a template")
        return evaluate(expression, Scope(_Nameless(self._module), "", variables))

    def spend(self, size: int) -> None:
        self._module.budget.spend(size)


class _Nameless:
    """Where a template's names are looked up: nothing but its own variables is known to it."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self.budget = module.budget
        self.world = module.world
        self.functions = module.functions

    def lookup(self, names: tuple[str, ...], scope: Scope) -> tuple[Value, int]:
        raise EvaluationError(f'there is no variable "{names[0]}" in this template')

    def failed(self, error: EvaluationError) -> Unknown:
        return self._module.failed(error)

    def outside(self, function: str, file: str, line: int) -> Unknown:
        return self._module.outside(function, file, line)
