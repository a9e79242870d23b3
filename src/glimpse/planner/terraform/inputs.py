"""The values of root variables: from the environment, from variable files, and from the command's options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.hcl import read_hcl
from glimpse.planner.terraform.syntax import Body, Expression, Literal, SyntaxProblem
from glimpse.planner.terraform.types import Type
from glimpse.planner.terraform.values import Value

ENVIRONMENT_PREFIX = "TF_VAR_"
ENVIRONMENT, FILE, OPTION = "environment", "file", "option"
MIN_SECRET_INSIDE = 4
"""A shorter secret is hidden only where a key is just that: as a part of a key it could be any text."""


@dataclass(frozen=True)
class GivenValue:
    """A variable's value as it was given: `text` from the environment or an option, `expression` from a file."""

    origin: str
    source: str
    line: int = 0
    text: str | None = None
    expression: Expression | None = None

    def as_expression(self, wanted: Type | None) -> Expression:
        """
        Variables of a primitive type, or that state none, take text as it is, others as HCL (Terraform's documentation,
        "Variables on the Command Line"; `any` is stated, too). Raises EvaluationError.
        """
        if self.expression is not None:
            return self.expression
        if wanted is None or wanted.is_primitive:
            return Literal(self.line, self.text)
        # Bytes of the environment that are not UTF-8 reach Python as lone surrogates.
        try:
            body = read_hcl(f"x = {self.text}\n".encode("utf-8", "replace"), self.source, lambda: False)
        except SyntaxProblem:
            raise EvaluationError("this is no value in HCL") from None
        if len(body.arguments) != 1 or body.blocks:
            raise EvaluationError("this is more than one value in HCL")
        return body.arguments["x"].expression


@dataclass
class Inputs:
    """
    Everything that was given, later ones winning. `secrets` are texts that are never shown: values from the
    environment and of sensitive variables, added as they are looked up.
    """

    given: dict[str, GivenValue] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def add_environment(self, environment: Mapping[str, str]) -> None:
        for name, text in environment.items():
            if name.startswith(ENVIRONMENT_PREFIX):
                self.given[name.removeprefix(ENVIRONMENT_PREFIX)] = GivenValue(ENVIRONMENT, name, text=text)

    def add_file(self, source: str, body: Body) -> None:
        for name, argument in body.arguments.items():
            self.given[name] = GivenValue(FILE, source, argument.line, expression=argument.expression)

    def add_option(self, name: str, text: str) -> None:
        self.given[name] = GivenValue(OPTION, f"--var {name}", text=text)

    def undeclared(self, declared: Mapping[str, object], origin: str) -> Iterator[tuple[str, GivenValue]]:
        """What was given from an origin to variables that the stack does not declare."""
        return ((name, given) for name, given in self.given.items() if given.origin == origin and name not in declared)

    def hide(self, value: Value) -> None:
        """Take every text in a value, keys included, for a secret."""
        self.secrets.update(_texts_in(value))

    def is_secret(self, text: str) -> bool:
        if text in self.secrets:
            return True
        return any(len(secret) >= MIN_SECRET_INSIDE and secret in text for secret in self.secrets)


def _texts_in(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts_in(item)
