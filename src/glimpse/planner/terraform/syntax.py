"""
What a Terraform file holds, as values: bodies of arguments and blocks, and expressions that are not evaluated yet.

Both syntaxes, HCL (hcl.py) and JSON (json_syntax.py), become these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.values import Value


@dataclass(slots=True)
class Expression:
    """Anything that can be evaluated; `line` is where it begins."""

    line: int


@dataclass(slots=True)
class Literal(Expression):
    value: Value


@dataclass(slots=True)
class Template(Expression):
    """Text with expressions in it; the result is always a string."""

    parts: tuple[str | Expression, ...]


@dataclass(slots=True)
class TemplateFor(Expression):
    """`%{ for key, value in collection }body%{ endfor }`: the texts of all turns, one after the other."""

    key: str | None
    value: str
    collection: Expression
    body: Expression


@dataclass(slots=True)
class Reference(Expression):
    """A name with the attributes that follow it: `var.size`, `aws_eip.a.id`, or a variable of a `for`."""

    names: tuple[str, ...]


@dataclass(slots=True)
class GetAttribute(Expression):
    source: Expression
    name: str


@dataclass(slots=True)
class Index(Expression):
    source: Expression
    key: Expression


EACH = "*"
"""No name of Terraform's, so that nothing hides it."""


@dataclass(slots=True)
class Splat(Expression):
    """`source[*]`, and what is then looked up in each element, which is there named EACH."""

    source: Expression
    each: Expression


@dataclass(slots=True)
class TupleOf(Expression):
    items: tuple[Expression, ...]


@dataclass(slots=True)
class DottedKey(Expression):
    """A key such as `aws.tokyo`, by which `providers` names an alias. Terraform refuses it in any other object."""

    names: tuple[str, ...]


@dataclass(slots=True)
class ObjectOf(Expression):
    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(slots=True)
class For(Expression):
    """A `for` expression. With `result_key` it makes an object; `grouped` gathers the values of equal keys."""

    key: str | None
    value: str
    collection: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    grouped: bool


@dataclass(slots=True)
class Call(Expression):
    """A function call; with `expands` the last argument is a list of further arguments."""

    name: str
    arguments: tuple[Expression, ...]
    expands: bool


@dataclass(slots=True)
class Unary(Expression):
    operator: str
    operand: Expression


@dataclass(slots=True)
class Binary(Expression):
    operator: str
    left: Expression
    right: Expression


@dataclass(slots=True)
class Conditional(Expression):
    """`condition ? yes : no`. `text` is the condition as written."""

    condition: Expression
    yes: Expression
    no: Expression
    text: str


@dataclass
class Argument:
    """`name = expression` in a body. The expression is understood when it is first asked for: most never are."""

    name: str
    line: int
    parse: Callable[[], Expression]
    source_text: Callable[[], str]

    @cached_property
    def expression(self) -> Expression:
        return self.parse()

    @property
    def text(self) -> str:
        """The expression as written, on one line."""
        return " ".join(self.source_text().split())


@dataclass
class Block:
    """`type "label" … { body }`, from `file`."""

    type: str
    labels: tuple[str, ...]
    body: Body
    line: int
    file: str

    @property
    def block_type(self) -> str:
        """The type of the blocks that this one stands for: `dynamic "setting"` makes `setting`."""
        return self.labels[0] if self.type == "dynamic" and self.labels else self.type


@dataclass
class Body:
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def of(self, type_: str) -> list[Block]:
        return [block for block in self.blocks if block.type == type_]

    def merged(self, other: Body) -> Body:
        """
        This body overridden by another, as Terraform merges override files: arguments one by one, nested blocks all of
        a type at once (Terraform's documentation, "Override Files").
        """
        replaced = {block.block_type for block in other.blocks}
        kept = tuple(block for block in self.blocks if block.block_type not in replaced)
        return Body({**self.arguments, **other.arguments}, (*kept, *other.blocks))


class SyntaxProblem(EvaluationError):
    """A text is not what Terraform could read: `code` says why."""

    def __init__(self, code: str, line: int, file: str = "") -> None:
        super().__init__(code, file, line)
        self.code = code
