"""What functions may ask of a module: files of the project, templates, and room in the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glimpse.planner.terraform.budget import LETTERS_PER_ELEMENT, WALKED_PER_STEP
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.evaluation import Module, Scope, evaluate
from glimpse.planner.terraform.hcl import read_template
from glimpse.planner.terraform.sources import Sources
from glimpse.planner.terraform.syntax import Expression, SyntaxProblem
from glimpse.planner.terraform.values import Unknown, Value


class ModuleContext:
    """
    The Context of functions that a module's expressions call. `templates` keeps what was parsed: None is no template.
    """

    def __init__(self, module: Module, sources: Sources, templates: dict[str, Expression | None]) -> None:
        self._module = module
        self._sources = sources
        self._templates = templates

    def read(self, path: str) -> bytes:
        content = self._sources.read(path)
        self._module.budget.step(len(content) // (WALKED_PER_STEP * LETTERS_PER_ELEMENT))
        return content

    def exists(self, path: str) -> bool:
        return self._sources.exists(path)

    def names(self, folder: str) -> Sequence[str]:
        return self._sources.names(folder)

    def render(self, template: str, variables: Mapping[str, Value]) -> Value:
        if template not in self._templates:
            try:
                self._templates[template] = read_template(template.encode(), "", self._sources.stop())
            except SyntaxProblem:
                self._templates[template] = None
        expression = self._templates[template]
        if expression is None:
            raise EvaluationError("this is not a template")
        return evaluate(expression, Scope(_Nameless(self._module), "", variables))

    def spend(self, size: int) -> None:
        self._module.budget.spend(size)


class _Nameless:
    """Where a template's names are looked up: nothing but its own variables is known to it."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self.path = module.path
        self.budget = module.budget
        self.world = module.world
        self.functions = module.functions

    def lookup(self, names: tuple[str, ...], scope: Scope) -> tuple[Value, int]:
        raise EvaluationError(f'there is no variable "{names[0]}" in this template')

    def failed(self, error: EvaluationError, *, costs: bool = True) -> Unknown:
        return self._module.failed(error, costs=costs)

    def outside(self, function: str, file: str, line: int) -> Unknown:
        return self._module.outside(function, file, line)
