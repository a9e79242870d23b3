"""
Resources and nested blocks as values whose arguments are evaluated when they are asked for.

An argument that is set has its value; everything else about a resource is computed by the provider, and unknown with a
reference to it: that is how a service is joined to its task definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.evaluation import Scope, evaluate
from glimpse.planner.terraform.syntax import (
    Block,
    Body,
    Call,
    Expression,
    GetAttribute,
    Index,
    Literal,
    Reference,
    Template,
)
from glimpse.planner.terraform.types import ANY, STRING
from glimpse.planner.terraform.values import Cause, Lazy, Null, Unknown, Value, elements_of, resolved

META = frozenset(
    ("count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection", "provider_meta")
)
"""Arguments and blocks of Terraform itself, which no provider sees."""

TEXTS = frozenset(("id", "arn", "name"))
"""Attributes that are texts, whichever provider makes them. The types of others stand in schemas that are not here."""

WITHOUT_COST = frozenset(
    (
        "tags", "tags_all", "volume_tags", "container_definitions", "deregistration_delay", "nat_gateway_id",
        "alarm_actions", "ok_actions", "insufficient_data_actions",
    )
)  # fmt: skip
"""Arguments that cost nothing, whatever is wrong in them."""

SIZE_OF_A_BLOCK = 40
"""What a nested block with its scope takes in memory, in elements of a list."""


class Arguments(Lazy):
    """
    The arguments and nested blocks of one block, `dynamic` ones unrolled. `owner` is the address of the resource.

    Nested blocks of a type are a tuple of Arguments, or Unknown where a `dynamic` makes an unknown number of them.
    """

    def __init__(self, body: Body, scope: Scope, owner: str, line: int) -> None:
        self._body = body
        self._scope = scope
        self._known: dict[str, Value] = {}
        self._busy: set[str] = set()
        self.owner = owner
        self.line = line

    @property
    def place(self) -> tuple[str, int]:
        return self._scope.file, self.line

    def names(self) -> Iterator[str]:
        """Everything that is set, less what is Terraform's own."""
        made = dict.fromkeys((*self._body.arguments, *(block.block_type for block in self._body.blocks)))
        return (name for name in made if name not in META)

    def get(self, name: str) -> Value | None:
        """
        The value of an argument, or its nested blocks; None where it is not set, or set to null.

        An error in it is noted, and the value is unknown. Raises EvaluationError where it needs itself.
        """
        if name in self._busy:
            raise EvaluationError(f"{self.owner}.{name} leads back to itself", *self.place)
        if name not in self._known:
            self._busy.add(name)
            try:
                self._known[name] = self._evaluated(name)
            except EvaluationError as error:
                self._known[name] = self._scope.module.failed(error, costs=name not in WITHOUT_COST)
            finally:
                self._busy.discard(name)
        return self._known[name]

    def _evaluated(self, name: str) -> Value | None:
        if name in self._body.arguments:
            value = evaluate(self._body.arguments[name].expression, self._scope)
            return None if type(value) is Null else value
        blocks = [block for block in self._body.blocks if block.block_type == name]
        return self._unrolled(blocks) if blocks else None

    def named(self, name: str) -> frozenset[str]:
        """
        The resources that an argument names by an attribute of theirs, alone or as a part of an ARN or of a resource
        id. It is joined to them, too, where the attribute is set and so known.
        """
        argument = self._body.arguments.get(name)
        return frozenset(_named(argument.expression, self._scope)) if argument else frozenset()

    def encoded(self, name: str) -> Value | None:
        """What an argument encodes by `jsonencode(…)`, parts of which may be unknown; None where it does not."""
        argument = self._body.arguments.get(name)
        call = argument.expression if argument else None
        if not isinstance(call, Call) or call.name != "jsonencode" or len(call.arguments) != 1 or call.expands:
            return None
        try:
            return evaluate(call.arguments[0], self._scope)
        except EvaluationError:
            return None  # It is noted where the argument itself is evaluated.

    def _unrolled(self, blocks: Sequence[Block]) -> Value:
        made: list[Value] = []
        for block in blocks:
            if block.type != "dynamic":
                made.append(Arguments(block.body, self._scope, self.owner, block.line))
                continue
            found = self._dynamic(block)
            if isinstance(found, Unknown):
                return found
            made += found
        return tuple(made)

    def _dynamic(self, block: Block) -> list[Arguments] | Unknown:
        arguments = block.body.arguments
        if "for_each" not in arguments:
            raise EvaluationError("a dynamic block needs for_each", block.file, block.line)
        each = resolved(evaluate(arguments["for_each"].expression, self._scope))
        if isinstance(each, Unknown):
            return each
        elements = elements_of(each)
        if elements is None:
            raise EvaluationError("for_each of a dynamic block must be a collection", block.file, block.line)
        iterator = block.block_type
        if "iterator" in arguments and isinstance(named := arguments["iterator"].expression, Reference | Literal):
            iterator = named.names[0] if isinstance(named, Reference) else str(named.value)
        self._scope.module.budget.spend(len(elements) * SIZE_OF_A_BLOCK)
        turns = (self._scope.within({iterator: {"key": key, "value": value}}) for key, value in elements)
        contents = block.body.of("content")
        return [Arguments(content.body, turn, self.owner, block.line) for turn in turns for content in contents]

    def attribute(self, name: str) -> Value:
        """What another expression sees of an argument: its value, or what the provider will make of it."""
        value = self.get(name)
        if value is None:
            type_ = STRING if name in TEXTS else ANY
            return Unknown(type_, frozenset((self._computed(name),)), frozenset((self.owner,)))
        if isinstance(value, Unknown):
            return replace(value, references=value.references | {self.owner})
        return value

    def whole(self) -> Unknown:
        return Unknown(ANY, frozenset((self._computed(""),)), frozenset((self.owner,)))

    def _computed(self, name: str) -> Cause:
        return Cause("computed", f"{self.owner}.{name}".rstrip("."), *self.place)


class Instance(Arguments):
    """
    One instance of a resource. `provider_region` is that of its provider; None where nothing states one.
    `provider_tags` gives the tags that its provider has for every resource, evaluated when they are asked for.
    """

    def __init__(
        self,
        address: str,
        block: Block,
        scope: Scope,
        provider_region: Value | None,
        provider_tags: Callable[[], Value | None],
    ) -> None:
        super().__init__(block.body, scope, address, block.line)
        self.address = address
        self.type = block.labels[0]
        self.provider_region = provider_region
        self.provider_tags = provider_tags


SEPARATORS = "/:"
"""What parts names from each other in an ARN and in a resource id; in a name neither stands."""


def _named(expression: Expression, scope: Scope) -> Iterator[str]:
    if isinstance(expression, Template):
        parts = ("/", *expression.parts, "/")
        for before, part, after in zip(parts, parts[1:], parts[2:], strict=False):
            # What is only a piece of a name is another's name: "${aws_s3_bucket.data.bucket}-logs".
            if isinstance(part, Expression) and _parts_names(before, -1) and _parts_names(after, 0):
                yield from _named(part, scope)
        return
    owner: Expression | None = None
    if isinstance(expression, GetAttribute) and isinstance(expression.source, Index):
        owner = expression.source
    elif isinstance(expression, Reference) and len(expression.names) > 2:
        owner = Reference(expression.line, expression.names[:2])
    if owner is None or not _is_resource(owner, scope):
        return
    try:
        value = evaluate(owner, scope)
    except EvaluationError:
        return  # It is noted where the argument itself is evaluated.
    if isinstance(value, Instance):
        yield value.address


def _parts_names(part: str | Expression, place: int) -> bool:
    return isinstance(part, str) and part[place : place + 1 or None] in SEPARATORS


def _is_resource(expression: Expression, scope: Scope) -> bool:
    """Whether this is `type.name`, or an element of it, of a resource: no other name of Terraform's holds a `_`."""
    while isinstance(expression, Index):
        expression = expression.source
    if not isinstance(expression, Reference) or len(expression.names) != 2:
        return False
    return "_" in expression.names[0] and expression.names[0] not in scope.names


def unknowns_of(value: Value) -> Iterator[Unknown]:
    """Everything unknown at any depth of a value, in nested blocks too; a resource named whole is a reference."""
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from unknowns_of(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from unknowns_of(item)
    elif isinstance(value, Instance):
        yield value.whole()
    elif isinstance(value, Arguments):
        for name in value.names():
            yield from unknowns_of(value.get(name))
