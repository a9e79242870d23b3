"""
Modules and the names in them.

Every name is looked up when it is needed, once: neither the order of files nor that of modules matters. A name that
leads back to itself is an error, as in Terraform.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from glimpse.planner.finding import Finding, Findings
from glimpse.planner.sentence import say
from glimpse.planner.terraform.budget import Budget
from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.data_sources import DataSource
from glimpse.planner.terraform.errors import EvaluationError, Undeclared
from glimpse.planner.terraform.evaluation import Scope, evaluate
from glimpse.planner.terraform.folders import Folder, address_of
from glimpse.planner.terraform.function_context import ModuleContext
from glimpse.planner.terraform.inputs import ENVIRONMENT, Inputs
from glimpse.planner.terraform.instances import Instance
from glimpse.planner.terraform.repetition import (
    MAX_INSTANCES,
    Repetition,
    TooManyInstances,
    repeating,
    repetition_of,
)
from glimpse.planner.terraform.sources import Sources
from glimpse.planner.terraform.syntax import (
    Argument,
    Block,
    DottedKey,
    Expression,
    Literal,
    ObjectOf,
    Reference,
    SyntaxProblem,
)
from glimpse.planner.terraform.type_constraints import type_from
from glimpse.planner.terraform.types import ANY, STRING, Type
from glimpse.planner.terraform.values import NULL, Cause, Lazy, Null, Unknown, Value, shown
from glimpse.planner.terraform.worlds import Place, World

MAX_MODULE_DEPTH = 12
LOCAL_SOURCES = ("./", "../")


@dataclass(frozen=True)
class UncountedResources:
    """
    Resources that stand an unknown number of times: one resource, or all that a module holds.

    `addresses` and `types` are those of the resources, `by` is count or for_each, `expression` as written.
    """

    address: str
    addresses: tuple[str, ...]
    types: frozenset[str]
    by: str
    expression: str
    file: str
    line: int
    why: Unknown


@dataclass
class Configuration:
    """
    One reading of a stack in one world.

    `unresolved` is what could not be read and makes every total "at least"; `warnings` are for people to know. Both are
    filled while names are looked up, each finding once. `templates` are those that functions were given, parsed; None
    where that failed. `region` is where the stack stands instead of where its provider says, if that is told.
    """

    sources: Sources
    inputs: Inputs
    budget: Budget
    workspace: str | None = None
    world: World = field(default_factory=World)
    unresolved: Findings = field(default_factory=Findings)
    warnings: Findings = field(default_factory=Findings)
    templates: dict[str, Expression | None] = field(default_factory=dict)
    region: str | None = None
    _hidden: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = RootModule(self)

    def instances(self) -> Iterator[Instance | UncountedResources]:
        """Every resource of every module, each instance by itself."""
        self.root.check_values()
        yield from self.root.instances()
        self.root.check_outputs()

    def failed(self, error: EvaluationError, *, costs: bool = True) -> Unknown:
        """
        Note an expression that Terraform would refuse; what it stands for is unknown. `costs` False: as a warning, for
        nothing that is charged depends on it.
        """
        what = say(error.code) if isinstance(error, SyntaxProblem) else say("expression_error", why=error.why)
        (self.unresolved if costs else self.warnings).add(Finding(what, error.file, error.line))
        return Unknown(ANY, frozenset((Cause("error", error.why, error.file, error.line),)))

    def selected_workspace(self) -> str:
        if self.workspace is None:
            self.warnings.add(Finding(say("workspace_assumed")))
        return self.workspace or "default"

    def shown_key(self, key: Value) -> str:
        """An instance's key as it stands in its address, unless it is a value that nobody shall see."""
        if isinstance(key, str) and self.inputs.is_secret(key):
            return self._hidden.setdefault(key, f'"(hidden {len(self._hidden) + 1})"')
        return shown(key)


class Module:
    """
    One instance of a module. `path` is its address, empty for the root; `key` is what `terraform init` calls it.

    `above` holds the folders of the modules around it, this one's included.
    """

    def __init__(
        self, configuration: Configuration, folder: Folder, path: str, key: str, above: tuple[str, ...]
    ) -> None:
        self.configuration = configuration
        self.budget = configuration.budget
        self.world = configuration.world
        self.folder = folder
        self.path = path
        self.key = key
        self.above = (*above, folder.path)
        self.functions = ModuleContext(self, configuration.sources, configuration.templates)
        self._values: dict[tuple[str, ...], Any] = {}
        self._busy: set[tuple[str, ...]] = set()
        self.budget.add_module()
        for problem in folder.problems:
            configuration.unresolved.add(problem)

    # ---- Names

    def lookup(self, names: tuple[str, ...], scope: Scope) -> tuple[Value, int]:
        """The value that a reference begins with, and how many of its names that took. Raises EvaluationError."""
        root = names[0]
        if root in ("each", "count", "self"):
            raise EvaluationError(f'"{root}" is not known here')
        taken = 3 if root in ("data", "ephemeral") else 2
        if len(names) < taken:
            raise EvaluationError(f'"{root}" is not a value by itself')
        kept = names[:taken]
        if kept in self._values:
            return self._values[kept], taken
        return self._once(kept, lambda: NAMED.get(root, Module._resource)(self, *kept)), taken

    def _once(self, name: tuple[str, ...], look_up: Callable[[], Any]) -> Any:
        """What is looked up under a name, kept; an error where that needs itself."""
        if name in self._values:
            return self._values[name]
        if name in self._busy:
            raise EvaluationError(f"{'.'.join(name)} leads back to itself")
        self._busy.add(name)
        try:
            self._values[name] = found = look_up()
            return found
        finally:
            self._busy.discard(name)

    def scope(self, file: str) -> Scope:
        return Scope(self, file, {})

    def address(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _evaluate_named(self, argument: Argument, file: str) -> Value:
        """A value that the module gives a name; an error in it is noted, and the value is unknown."""
        try:
            return evaluate(argument.expression, self.scope(file))
        except EvaluationError as error:
            error.file = error.file or file
            return self.configuration.failed(error)

    def failed(self, error: EvaluationError, *, costs: bool = True) -> Unknown:
        return self.configuration.failed(error, costs=costs)

    def outside(self, function: str, file: str, line: int) -> Unknown:
        self.configuration.warnings.add(Finding(say("file_outside", function=function), file, line))
        return Unknown(ANY, frozenset((Cause("file", function, file, line),)))

    def _undeclared(self, name: str) -> Unknown:
        """A name that no file declares: an error, unless a file that could have could not be read."""
        if not self.folder.lost_files:
            raise Undeclared(f"{name} is not declared")
        return Unknown(ANY, frozenset((Cause("file", name),)))

    def _local(self, _: str, name: str) -> Value:
        found = self.folder.locals.get(name)
        return self._evaluate_named(found.argument, found.file) if found else self._undeclared(f"local.{name}")

    def _path(self, _: str, name: str) -> Value:
        if name == "cwd":
            return Unknown(STRING, frozenset((Cause("function", "path.cwd"),)))
        if name not in ("module", "root"):
            raise EvaluationError(f"there is no path.{name}")
        return self.folder.path if name == "module" else "."

    def _terraform(self, _: str, name: str) -> Value:
        if name == "applying":
            return False
        if name != "workspace":
            raise EvaluationError(f"there is no terraform.{name}")
        return self.configuration.selected_workspace()

    def output(self, name: str) -> Value:
        block = self.folder.outputs.get(name)
        if block is None:
            return self._undeclared(f"output.{name}")
        value = block.body.arguments.get("value")
        return self._once(("output", name), lambda: self._evaluate_named(value, block.file)) if value else NULL

    # ---- Variables

    def _variable(self, _: str, name: str) -> Value:
        block = self.folder.variables.get(name)
        if block is None:
            return self._undeclared(f"var.{name}")
        try:
            value = self._value_of(name, block)
        except EvaluationError as error:
            error.file, error.line = error.file or block.file, error.line or block.line
            return self.refused(name, error)
        if self._flag(block, "sensitive", False):
            self.configuration.inputs.hide(value)
        return value

    def _value_of(self, name: str, block: Block) -> Value:
        wanted = self.type_of(block)
        value = self.given(name, wanted)
        default = block.body.arguments.get("default")
        nullable = self._flag(block, "nullable", True)
        if default and (value is None or (type(value) is Null and not nullable)):
            value = evaluate(default.expression, self.scope(block.file))
        if value is None:
            return self.without_value(name, block, wanted)
        if type(value) is Null and not nullable:
            raise EvaluationError(f"var.{name} must not be null")
        return convert(value, wanted)

    def type_of(self, block: Block) -> Type:
        """The type that a variable states. Raises EvaluationError."""
        stated = block.body.arguments.get("type")
        scope = self.scope(block.file)
        return type_from(stated.expression, lambda part: evaluate(part, scope)) if stated else ANY

    def _flag(self, block: Block, name: str, default: bool) -> bool:
        stated = block.body.arguments.get(name)
        return evaluate(stated.expression, self.scope(block.file)) is True if stated else default

    def given(self, name: str, wanted: Type) -> Value | None:
        """The value that was handed to a variable, or None. Raises EvaluationError."""
        raise NotImplementedError

    def without_value(self, name: str, block: Block, wanted: Type) -> Value:
        """What a variable is that has neither a value nor a default."""
        raise NotImplementedError

    def refused(self, name: str, error: EvaluationError) -> Value:
        """What a variable is whose value its declaration refuses."""
        return self.configuration.failed(error)

    # ---- Resources

    def _resource(self, type_: str, name: str) -> Value:
        block = self.folder.resources.get((type_, name))
        if block is None:
            return self._undeclared(f"{type_}.{name}")
        repetition, instances = self.resources(block)
        return instances if isinstance(instances, Unknown) else repetition.joined(instances)

    def resources(self, block: Block) -> tuple[Repetition, list[Instance] | Unknown]:
        """The instances of a resource of this module; unknown where their number is."""
        found: tuple[Repetition, list[Instance] | Unknown]
        found = self._once(("instances", *block.labels), lambda: self._resources(block))
        return found

    def _resources(self, block: Block) -> tuple[Repetition, list[Instance] | Unknown]:
        address = self.address(address_of(block))
        repetition = self._repetition(block, address)
        if isinstance(repetition, Unknown):
            return Repetition(), Unknown(ANY, repetition.causes, repetition.references | {address}, repetition.variable)
        self.budget.add_resources(len(repetition.keys))
        scope = self.scope(block.file)
        provider = self.provider_of(block)
        region, tags = self.region(provider), partial(self.default_tags, provider)
        return repetition, [
            Instance(self._with_key(address, key), block, scope.within(names) if names else scope, region, tags)
            for key, names in zip(repetition.keys, repetition.names(), strict=True)
        ]

    def _with_key(self, address: str, key: Value) -> str:
        return address if key is None else f"{address}[{self.configuration.shown_key(key)}]"

    def _repetition(self, block: Block, address: str) -> Repetition | Unknown:
        """How often a block stands; what is wrong with that is noted."""
        try:
            return repetition_of(block, self.scope(block.file))
        except TooManyInstances:
            what = say("count_too_large", address=address, limit=MAX_INSTANCES)
            self.configuration.unresolved.add(Finding(what, block.file, block.line))
            return Unknown(ANY, frozenset((Cause("count", address, block.file, block.line),)))
        except EvaluationError as error:
            error.file, error.line = error.file or block.file, error.line or block.line
            return self.configuration.failed(error)

    def instances(self) -> Iterator[Instance | UncountedResources]:
        """Every resource of this module and of those it calls."""
        for block in self.folder.resources.values():
            _, found = self.resources(block)
            if isinstance(found, Unknown):
                yield self._uncounted(block, self.address(address_of(block)), [self.address(address_of(block))], found)
            else:
                yield from found
        for block in self.folder.modules.values():
            _, children = self.children(block)
            if isinstance(children, Unknown):
                path = self.address(address_of(block))
                if any((cause.kind, cause.name) == ("module", path) for cause in children.causes):
                    continue
                inside = self._called(block)
                held = dict(inside.held(path)) if inside else {}
                yield self._uncounted(block, path, list(held), children, set(held.values()))
            else:
                for child in children:
                    yield from child.instances()

    def moves(self) -> Iterator[tuple[str, str]]:
        """The old and the new address of each `moved` block of this module and of those it calls."""
        for block in self.folder.moved:
            old, new = (block.body.arguments.get(name) for name in ("from", "to"))
            if old and new:
                yield self.address(old.text.strip('"')), self.address(new.text.strip('"'))
        for block in self.folder.modules.values():
            _, children = self.children(block)
            for child in () if isinstance(children, Unknown) else children:
                yield from child.moves()

    def _uncounted(
        self, block: Block, address: str, addresses: list[str], why: Unknown, types: set[str] | None = None
    ) -> UncountedResources:
        argument = repeating(block)
        return UncountedResources(
            address, tuple(addresses), frozenset({block.labels[0]} if types is None else types),
            argument.name if argument else "", argument.text if argument else "", block.file, block.line, why,
        )  # fmt: skip

    def held(self, path: str) -> Iterator[tuple[str, str]]:
        """Address and type of each resource that the files of this module and of those it calls declare."""
        for type_, name in self.folder.resources:
            yield f"{path}.{type_}.{name}", type_
        for name, block in self.folder.modules.items():
            if inside := self._called(block):
                yield from inside.held(f"{path}.module.{name}")

    # ---- Data sources

    def _data(self, root: str, type_: str, name: str) -> Value:
        if root == "ephemeral":
            return Unknown(ANY, frozenset((Cause("data", f"ephemeral.{type_}.{name}"),)))
        block = self.folder.data.get((type_, name))
        if block is None:
            return self._undeclared(f"data.{type_}.{name}")
        address = self.address(address_of(block))
        repetition = self._repetition(block, address)
        if isinstance(repetition, Unknown):
            return Unknown(ANY, repetition.causes)
        scope = self.scope(block.file)
        return repetition.joined([self._source(block, address, scope.within(names)) for names in repetition.names()])

    def _source(self, block: Block, address: str, scope: Scope) -> DataSource:
        source = DataSource(block.body, scope, address, block.line)
        source.type = block.labels[0]
        source.region = source.get("region") or self._standing(self.region(self.provider_of(block)))
        source.assume = self._assume
        return source

    def _standing(self, region: Value | None) -> Value | None:
        """
        The region of a data source's provider: with --region, that option's region in place of the default provider's.
        """
        moved = self.configuration.region
        return moved if moved and region == self.configuration.root.region("aws") else region

    def _assume(self, code: str, **params: str | int) -> None:
        self.configuration.warnings.add(Finding(say(code, **params)))

    # ---- Providers

    def provider_of(self, block: Block) -> str:
        """The key of the provider that a resource names, or its type's default."""
        named = block.body.arguments.get("provider")
        return _provider_named_by(named.expression) if named else block.labels[0].partition("_")[0]

    def region(self, provider: str) -> Value | None:
        """The region of a provider as this module sees it; None where nothing states one."""
        return self._once(("region", provider), lambda: self._region(provider))

    def _region(self, provider: str) -> Value | None:
        block = self.folder.providers.get(provider)
        if block is None or block.body.arguments.keys() <= {"alias"}:
            # A block that configures nothing only says, as Terraform 0.12 did, that the caller hands this provider in.
            outer = self.outer(provider)
            return outer[0].region(outer[1]) if outer else None
        stated = block.body.arguments.get("region")
        value = self._evaluate_named(stated, block.file) if stated else None
        return None if type(value) is Null else value

    def default_tags(self, provider: str) -> Value | None:
        """The tags that a provider gives to every resource, as this module sees it; None where it gives none."""
        return self._once(("default_tags", provider), lambda: self._default_tags(provider))

    def _default_tags(self, provider: str) -> Value | None:
        block = self.folder.providers.get(provider)
        if block is None or (block.body.arguments.keys() <= {"alias"} and not block.body.blocks):
            outer = self.outer(provider)
            return outer[0].default_tags(outer[1]) if outer else None
        stated = next((row.body.arguments["tags"] for row in _tag_blocks(block)), None)
        if stated is None:
            return None
        try:
            return evaluate(stated.expression, self.scope(block.file))
        except EvaluationError as error:
            error.file = error.file or block.file
            return self.failed(error, costs=False)

    def outer(self, provider: str) -> tuple[Module, str] | None:
        """The module that hands in a provider which this one does not configure itself, and its key there."""
        return None

    # ---- Modules that this one calls

    def _module(self, _: str, name: str) -> Value:
        block = self.folder.modules.get(name)
        if block is None:
            return self._undeclared(f"module.{name}")
        repetition, children = self.children(block)
        return children if isinstance(children, Unknown) else repetition.joined([Outputs(child) for child in children])

    def children(self, block: Block) -> tuple[Repetition, list[ChildModule] | Unknown]:
        """The instances of a module that this one calls; unknown where their number is, or what it holds."""
        found: tuple[Repetition, list[ChildModule] | Unknown]
        found = self._once(("children", *block.labels), lambda: self._children(block))
        return found

    def _children(self, block: Block) -> tuple[Repetition, list[ChildModule] | Unknown]:
        address = self.address(address_of(block))
        folder = self._folder_of(block, address)
        if isinstance(folder, Unknown):
            return Repetition(), folder
        repetition = self._repetition(block, address)
        if isinstance(repetition, Unknown):
            return Repetition(), repetition
        scope = self.scope(block.file)
        return repetition, [
            ChildModule(self, block, folder, self._with_key(address, key), scope.within(names))
            for key, names in zip(repetition.keys, repetition.names(), strict=True)
        ]

    def _called(self, block: Block) -> ChildModule | None:
        """
        A called module whose number of instances is unknown: one instance stands for all; None if its folder is
        unknown.
        """
        address = self.address(address_of(block))
        folder = self._folder_of(block, address)
        if isinstance(folder, Unknown):
            return None
        return ChildModule(self, block, folder, address, self.scope(block.file))

    def _folder_of(self, block: Block, address: str) -> Folder | Unknown:
        """The folder that a call leads to; where it leads nowhere, that is noted."""
        sources = self.configuration.sources
        stated = block.body.arguments.get("source")
        expression = stated.expression if stated else None
        source = expression.value if isinstance(expression, Literal) and isinstance(expression.value, str) else None
        if source is not None and source.startswith(LOCAL_SOURCES):
            path: str | None = posixpath.normpath(posixpath.join(self.folder.path, source))
        else:
            path = sources.installed().get(self.child_key(block))
        if path is None or not sources.is_folder(path):
            why = _why_missing(source, path, sources)
        elif path in self.above or len(self.above) >= MAX_MODULE_DEPTH:
            why = "module_in_itself"
        else:
            return sources.folder(path)
        params = {"address": address, "source": source if source is not None else stated.text if stated else ""}
        if why == "module_outside":
            params["project"] = sources.project_for(path or params["source"])
        self.configuration.unresolved.add(Finding(say(why, **params), block.file, block.line))
        return Unknown(ANY, frozenset((Cause("module", address, block.file, block.line),)))

    def child_key(self, block: Block) -> str:
        return f"{self.key}.{block.labels[0]}" if self.key else block.labels[0]


def _why_missing(source: str | None, path: str | None, sources: Sources) -> str:
    if source is None:
        return "module_source_unknown"
    if source.startswith((*LOCAL_SOURCES, "/")):
        return "module_outside" if sources.is_outside(path or source) else "module_missing"
    return "module_not_installed"


NAMED: Mapping[str, Callable[..., Value]] = {
    "var": Module._variable,
    "local": Module._local,
    "path": Module._path,
    "terraform": Module._terraform,
    "module": Module._module,
    "data": Module._data,
    "ephemeral": Module._data,
}


class RootModule(Module):
    """The module of the stack itself; its variables are given by people."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration, configuration.sources.folder("."), "", "", ())

    def given(self, name: str, wanted: Type) -> Value | None:
        given = self.configuration.inputs.given.get(name)
        if given is None:
            return None
        typed = "type" in self.folder.variables[name].body.arguments
        value = evaluate(given.as_expression(wanted if typed else None), self.scope(given.source))
        if given.origin == ENVIRONMENT:
            self.configuration.inputs.hide(value)
        return value

    def without_value(self, name: str, block: Block, wanted: Type) -> Value:
        cause = Cause("variable", name, block.file, block.line)
        own = name if wanted.is_primitive or wanted.kind == "any" else None
        return self.world.variable(
            Unknown(wanted, frozenset((cause,)), variable=own), Place("", block.file, block.line)
        )

    def refused(self, name: str, error: EvaluationError) -> Value:
        """Terraform would not even begin: the whole reading ends."""
        raise VariableRefused(name, error)

    def missing_variables(self) -> Iterator[Block]:
        """Variables that have neither a value nor a default, in the order of the files."""
        for name, block in self.folder.variables.items():
            if name not in self.configuration.inputs.given and "default" not in block.body.arguments:
                yield block

    def check_values(self) -> None:
        """
        Look every given value up, for Terraform refuses a wrong one also where nothing uses it. Raises VariableRefused.
        """
        for name in self.configuration.inputs.given:
            if name in self.folder.variables:
                self.lookup(("var", name), self.scope(""))
                if rule := self._broken_rule(name):
                    raise VariableRefused(name, EvaluationError("its validation does not hold", rule.file, rule.line))

    def _broken_rule(self, name: str) -> Block | None:
        """The first validation of a variable that certainly does not hold."""
        block = self.folder.variables.get(name)
        for rule in block.body.of("validation") if block else ():
            condition = rule.body.arguments.get("condition")
            if condition and self._evaluate_named(condition, rule.file) is False:
                return rule
        return None

    def check_outputs(self) -> None:
        """Note outputs that name something undeclared: where a file is missing, they may be its only trace."""
        for block in self.folder.outputs.values():
            value = block.body.arguments.get("value")
            try:
                if value:
                    evaluate(value.expression, self.scope(block.file))
            except Undeclared as error:
                self.configuration.failed(error)
            except EvaluationError:
                pass  # whatever else Terraform would refuse in an output costs nothing

    def is_possible(self) -> bool:
        """Whether the validations of the root's variables allow what this world assumes."""
        return not any(self._broken_rule(name) for name in self.world.assumptions)


class VariableRefused(Exception):
    """The value that was given to a root variable is not one that it takes."""

    def __init__(self, name: str, error: EvaluationError) -> None:
        super().__init__(name)
        self.name = name
        self.error = error


class ChildModule(Module):
    """A module that another one calls, from whose scope its variables get their values."""

    def __init__(self, parent: Module, call: Block, folder: Folder, path: str, scope: Scope) -> None:
        super().__init__(parent.configuration, folder, path, parent.child_key(call), parent.above)
        self._parent = parent
        self._call = call
        self._scope = scope

    def given(self, name: str, wanted: Type) -> Value | None:
        argument = self._call.body.arguments.get(name)
        return evaluate(argument.expression, self._scope) if argument else None

    def without_value(self, name: str, block: Block, wanted: Type) -> Value:
        raise EvaluationError(f"the module needs a value for {name}", self._call.file, self._call.line)

    def outer(self, provider: str) -> tuple[Module, str] | None:
        handed = self._call.body.arguments.get("providers")
        entries = handed.expression.entries if handed and isinstance(handed.expression, ObjectOf) else ()
        for key, value in entries:
            if _provider_named_by(key) == provider:
                return self._parent, _provider_named_by(value)
        return (self._parent, provider) if "." not in provider else None


def _tag_blocks(provider: Block) -> Iterator[Block]:
    return (row for row in provider.body.of("default_tags") if "tags" in row.body.arguments)


def _provider_named_by(expression: Expression) -> str:
    """The key of a provider, from `aws`, `aws.tokyo`, or either of them in quotes, as JSON has it."""
    if isinstance(expression, Reference | DottedKey):
        return ".".join(expression.names)
    return str(expression.value) if isinstance(expression, Literal) else ""


class Outputs(Lazy):
    """What other modules see of a module: its outputs, looked up one by one."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def attribute(self, name: str) -> Value:
        return self._module.output(name)

    def whole(self) -> Value:
        return {name: self._module.output(name) for name in self._module.folder.outputs}
