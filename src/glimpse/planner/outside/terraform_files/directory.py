"""A Terraform directory, read in one world: blocks that refer to each other, and a complete list of what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

from glimpse.planner.finding import Finding, InputError
from glimpse.planner.meter import Origin
from glimpse.planner.outside import clock
from glimpse.planner.outside.file_trees import DISK, FileTree
from glimpse.planner.outside.terraform_files.block import AT_APPLY, Block, Values, cause_text
from glimpse.planner.outside.terraform_files.families import is_by_use
from glimpse.planner.outside.terraform_files.project import Project
from glimpse.planner.outside.terraform_files.read_result import OTHER_REGION, ReadResult
from glimpse.planner.outside.terraform_files.resource_types import is_free
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.terraform.budget import Budget
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.hcl import read_hcl
from glimpse.planner.terraform.inputs import FILE, Inputs
from glimpse.planner.terraform.instances import Arguments, Instance, unknowns_of
from glimpse.planner.terraform.json_syntax import read_json_values
from glimpse.planner.terraform.modules import Configuration, UncountedResources
from glimpse.planner.terraform.sources import OutsideProject
from glimpse.planner.terraform.syntax import Block as Declaration
from glimpse.planner.terraform.syntax import SyntaxProblem
from glimpse.planner.terraform.values import Cause, Unknown, Value
from glimpse.planner.terraform.worlds import World

OWN_VALUE_FILES = ("terraform.tfvars", "terraform.tfvars.json")
AUTOMATIC_ENDINGS = (".auto.tfvars", ".auto.tfvars.json")
MAX_SHOWN = 80
REFERRING = frozenset((Cause(AT_APPLY, ""),))

NAMED_ALREADY = ("count", "error")
"""Kinds of causes that are already among the findings."""


class Directory:
    """
    One stack's files with the values that were given to its variables. Raises InputError where a value cannot be read.

    `environment` holds TF_VAR_… and TF_WORKSPACE; `given` are variable files and options in the order of the command,
    as (name, content) and (name, None) with `name=value`.
    """

    def __init__(
        self,
        stack: Path,
        project: Path | None,
        given: Sequence[tuple[str, bytes | None]],
        environment: Mapping[str, str],
        tree: FileTree = DISK,
    ) -> None:
        self.budget = Budget(clock.seconds)
        self.sources = Project(stack, project, self.budget.allow, tree)
        self.inputs = Inputs()
        self.inputs.add_environment(environment)
        automatic = sorted(name for name in tree.names_in(self.sources.stack) if name.endswith(AUTOMATIC_ENDINGS))
        for name in (*OWN_VALUE_FILES, *automatic):
            if self.sources.exists_inside(name):
                self._add_file(name, self.sources.content(name))
        for name, content in given:
            if content is None:
                variable, _, text = name.partition("=")
                self.inputs.add_option(variable.strip(), text)
            else:
                self._add_file(name, content)
        self.workspace = environment.get("TF_WORKSPACE") or self._selected_workspace()

    def _add_file(self, name: str, content: bytes) -> None:
        read = read_json_values if name.endswith(".json") else read_hcl
        try:
            body = read(content, name, self.sources.stop())
        except SyntaxProblem as problem:
            raise InputError(say("variable_file_broken"), name, problem.line) from None
        if body.blocks:
            raise InputError(say("variable_file_broken"), name, body.blocks[0].line)
        self.inputs.add_file(name, body)

    def _selected_workspace(self) -> str | None:
        try:
            return self.sources.read(".terraform/environment").decode("utf-8").strip() or None
        except (EvaluationError, OutsideProject, UnicodeDecodeError):
            return None

    @cached_property
    def variables(self) -> Mapping[str, Declaration]:
        """The variables that the root module declares."""
        return self.sources.folder(".").variables

    def configuration(self, world: World, region: str | None = None) -> Configuration:
        """One reading in a world, of a stack that stands in `region` instead of where its provider says."""
        self.budget.begin_world()
        configuration = Configuration(self.sources, self.inputs, self.budget, self.workspace, world, region=region)
        for name in self.sources.tofu_files("."):
            configuration.warnings.add(Finding(say("tofu_file", name=name), name))
        for name, given in self.inputs.undeclared(self.variables, FILE):
            configuration.warnings.add(Finding(say("value_undeclared", name=name), given.source, given.line))
        return configuration

    def read(self, configuration: Configuration) -> ReadResult:
        """Every resource of a configuration as a block. Raises TooMuch at a bound."""
        region = configuration.root.region("aws")
        read = ReadResult((), region, configuration.unresolved, configuration.warnings)
        blocks: list[Block] = []
        uncounted: list[Origin] = []
        everything = list(configuration.instances())
        # File names are shown relative to the folder of all files that were read, and only now that is known.
        shown = self.sources.shown
        for found in everything:
            if isinstance(found, Instance):
                blocks.append(_block(found, read.region, shown, read.note_unknown))
            elif all(is_free(type_) or is_by_use(type_) for type_ in found.types):
                uncounted += [Origin(address, shown(found.file), found.line) for address in found.addresses]
            elif not any(cause.kind in NAMED_ALREADY for cause in found.why.causes):
                read.note_unknown(found.why)
                configuration.unresolved.add(Finding(_uncounted(found), found.file, found.line))
        read.blocks, read.uncounted, read.shown = tuple(sorted(blocks, key=_order)), tuple(uncounted), shown
        return read


def _order(block: Block) -> list[str | tuple[int, str]]:
    """A sort key: the address, with the numbers in it compared as numbers. Texts and numbers alternate."""
    parts = re.split("0*([0-9]+)", block.address)
    return [(len(part), part) if place % 2 else part for place, part in enumerate(parts)]


def _uncounted(found: UncountedResources) -> Sentence:
    params = {"address": found.address, "expression": _short(found.expression), "cause": cause_text(found.why)}
    return say("count_unknown" if found.by == "count" else "for_each_unknown", **params)


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _block(instance: Instance, default: Value, shown: Callable[[str], str], note: Callable[[Unknown], None]) -> Block:
    file, line = instance.place
    return Block(
        instance.address, instance.type, Values(instance, note=note), shown(file), line, partial(_unknowns, instance),
        _other_region(instance, default), instance.provider_tags,
    )  # fmt: skip


def _other_region(instance: Instance, default: Value) -> str | None:
    """
    The region of a resource that does not stand in the default provider's. Where its own provider states none, that
    comes from the environment or a profile, and nobody knows it.
    """
    region = instance.get("region") or instance.provider_region
    if region is default or region == default:
        return None
    return region if isinstance(region, str) else OTHER_REGION


def _unknowns(arguments: Value, argument: str) -> Sequence[Unknown]:
    """
    What is unknown in an argument; `block.argument` looks into each nested block of that name.

    A text that is known and names a resource refers to it, as it does in a plan: two of one name are told apart.
    """
    name, _, rest = argument.partition(".")
    value = _get(arguments, name)
    if not rest or isinstance(value, Unknown):
        named = arguments.named(name) if isinstance(value, str) and isinstance(arguments, Arguments) else None
        return (Unknown(causes=REFERRING, references=named),) if named else tuple(unknowns_of(value))
    return [found for item in (value if isinstance(value, tuple) else (value,)) for found in _unknowns(item, rest)]


def _get(value: Value, name: str) -> Value:
    return value.get(name) if isinstance(value, Arguments | dict) else value if isinstance(value, Unknown) else None
