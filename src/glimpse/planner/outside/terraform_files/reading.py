"""
From a path to a Stack: read the blocks, then let each family say what they are.

A directory is read once for each world (terraform/worlds.py) that makes a difference.
"""

from __future__ import annotations

import difflib
import gc
import itertools
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from glimpse.planner.finding import Finding, InputError
from glimpse.planner.meter import Origin
from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values, cause_text
from glimpse.planner.outside.terraform_files.directory import OTHER_REGION, Directory, Read
from glimpse.planner.outside.terraform_files.families import carried_by, is_everywhere, reader_of
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.outside.terraform_files.plan_json import STANDARD_INPUT, read_plan
from glimpse.planner.outside.terraform_files.project import checked_project
from glimpse.planner.outside.terraform_files.regions import with_region
from glimpse.planner.outside.terraform_files.resource_types import (
    AWS_PROVIDERS,
    BY_USE,
    free_only,
    is_free,
    is_of_another_cloud,
    provider_of,
    service_of,
    unpriced_reason,
)
from glimpse.planner.resources.by_use import UseWithoutPrice
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Choice, MissingVariable, PricedWorld, Resource, Stack, Unpriced
from glimpse.planner.terraform.budget import FRAMES_PER_DEPTH, MAX_DEPTH
from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.planner.terraform.folders import is_terraform_file
from glimpse.planner.terraform.inputs import OPTION
from glimpse.planner.terraform.modules import Configuration, VariableRefused
from glimpse.planner.terraform.syntax import SyntaxProblem
from glimpse.planner.terraform.values import Unknown
from glimpse.planner.terraform.worlds import Place, World

VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")
TERRAGRUNT = frozenset(("terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"))
"""The files of a Terragrunt folder, as its documentation names them."""

MAX_VALUE_BYTES = 2_000_000
MAX_WORLDS = 8


def read_stack(
    path: Path,
    region: str | None = None,
    *,
    given: Sequence[tuple[str, str]] = (),
    project: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Stack:
    """
    The stack at a path: a directory, a file of one, or the JSON of a plan or a state (`-`: on the standard input).
    Raises InputError.

    `region` overrules what the provider says. `given` are values of variables in the order of the command, as
    ("file", name) or ("option", "name=value"); `project` bounds what may be read, and `environment` may hold more
    values and the workspace.
    """
    try:
        return _stack_at(path, region, given, project, environment or {})
    except OSError as error:
        what = say("path_unreadable", path=str(error.filename or path), detail=error.strerror or "")
        raise InputError(what) from None


def _stack_at(
    path: Path,
    region: str | None,
    given: Sequence[tuple[str, str]],
    project: Path | None,
    environment: Mapping[str, str],
) -> Stack:
    if str(path) != STANDARD_INPUT and not path.exists():
        raise InputError(say("path_missing", path=str(path)))
    if path.is_file() and is_terraform_file(path.name):
        folder = path.parent
        stack = _stack_at(folder, region, given, project, environment)
        meant = Finding(say("file_means_folder", file=path.name, path=str(folder)))
        return replace(stack, warnings=(meant, *stack.warnings))
    if path.name in TERRAGRUNT:
        raise InputError(say("terragrunt", path=str(path.parent)))
    if not path.is_dir():
        if given:
            raise InputError(say("variables_without_directory", path=str(path)))
        read = read_plan(path, project=project, environment=environment, locate=region is None)
        return stack_of(read, path, region)
    names = {entry.name for entry in path.iterdir()}
    if not any(map(is_terraform_file, names)):
        raise InputError(say("terragrunt" if names & TERRAGRUNT else "no_terraform", path=str(path)))
    values = [_file(name) if kind == "file" else (_assignment(name), None) for kind, name in given]
    top = checked_project(project, path)
    try:
        with _room_to_read():
            return _Worlds(Directory(path, top, values, environment), path, region, environment).stack()
    except TooMuch as bound:
        raise InputError(
            say(f"too_large_{bound.what}", path=str(path), limit=bound.limit), bound.file or None, bound.line or None
        ) from None
    except VariableRefused as refused:
        error = refused.error
        raise InputError(say("variable_refused", name=refused.name, why=error.why), error.file, error.line) from None
    except SyntaxProblem as problem:
        raise InputError(say(problem.code), problem.file or None, problem.line) from None
    except EvaluationError as error:
        raise InputError(say("expression_error", why=error.why), error.file or None, error.line or None) from None


@dataclass(frozen=True)
class _Leaf:
    """One world that was read: its stack, and the root variables that something in it still depends on."""

    configuration: Configuration
    stack: Stack
    deciding: frozenset[str]

    @property
    def world(self) -> World:
        return self.configuration.world


@contextmanager
def _room_to_read() -> Iterator[None]:
    """
    As many calls within calls as the budget of a reading allows, and no garbage collector.

    What a reading makes is kept until it ends, so the collector only walks through it again and again: a third of the
    time for a thousand resources, half of it for ten thousand.
    """
    limit, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(limit, MAX_DEPTH * FRAMES_PER_DEPTH))
    gc.disable()
    try:
        yield
    except RecursionError:
        raise TooMuch("depth", MAX_DEPTH) from None
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


class _Worlds:
    """Reads a directory in every world that makes a difference to what it costs."""

    def __init__(self, directory: Directory, path: Path, region: str | None, environment: Mapping[str, str]) -> None:
        self._directory = directory
        self._path = path
        self._region = region
        self._environment = environment

    def stack(self) -> Stack:
        base = self._read(World())
        leaves = self._leaves(base)
        names = sorted({name for leaf in leaves for name in leaf.world.assumptions})
        deciding = {*names, *(name for leaf in leaves for name in leaf.deciding)}
        shown = self._directory.sources.shown
        missing = tuple(
            MissingVariable(block.labels[0], shown(block.file), block.line, block.labels[0] in deciding)
            for block in base.configuration.root.missing_variables()
        )
        return replace(
            leaves[0].stack,
            variables=frozenset(self._directory.variables),
            missing=missing,
            choice=self._choice(names, base.world, leaves) if len(leaves) > 1 else None,
        )

    def _read(self, assumed: World) -> _Leaf:
        configuration, read = self._evaluated(assumed, self._region)
        if self._region is None:
            read = with_region(read, self._environment)
            if read.region_from and isinstance(read.region, str):
                # What data sources tell depends on the region, which only the resources told.
                configuration, again = self._evaluated(assumed, read.region)
                read = replace(again, region=read.region, region_from=read.region_from)
        stack = stack_of(read, self._path, self._region)
        return _Leaf(configuration, stack, frozenset(read.deciding))

    def _evaluated(self, assumed: World, region: str | None) -> tuple[Configuration, Read]:
        configuration = self._directory.configuration(assumed, region)
        self._check_options()
        return configuration, self._directory.read(configuration)

    def _leaves(self, base: _Leaf) -> list[_Leaf]:
        """The worlds that cannot be told apart any further, or would be too many."""
        leaves: list[_Leaf] = []
        waiting = [base]
        while waiting:
            leaf = waiting.pop(0)
            split = next((found for name in sorted(leaf.deciding) if (found := leaf.world.alternatives(name))), ())
            if not split or len(leaves) + len(waiting) + len(split) > MAX_WORLDS:
                leaves.append(leaf)
                continue
            possible = []
            for assumption in split:
                inner = self._read(leaf.world.assuming(assumption))
                # Terraform refuses what a validation forbids, and what only fails there.
                fails = not assumption.text and _errors(inner.stack) - _errors(leaf.stack)
                if inner.configuration.root.is_possible() and not fails:
                    possible.append(inner)
            waiting += possible
        return leaves or [base]

    def _choice(self, names: list[str], base: World, leaves: list[_Leaf]) -> Choice:
        place = base.place(names[0]) or Place("", "", 0)
        worlds = []
        for leaf in leaves:
            assumptions = leaf.world.assumptions
            worlds.append(
                PricedWorld(tuple((name, assumptions[name].text) for name in names if name in assumptions), leaf.stack)
            )
        shown = self._directory.sources.shown(place.file) if place.file else ""
        return Choice(tuple(names), place.expression, shown, place.line, tuple(worlds))

    def _check_options(self) -> None:
        declared = self._directory.variables
        for name, _ in self._directory.inputs.undeclared(declared, OPTION):
            near = difflib.get_close_matches(name, declared, n=1)
            code = "variable_undeclared_near" if near else "variable_undeclared"
            raise InputError(say(code, name=name, path=str(self._path), **({"near": near[0]} if near else {})))


def _errors(stack: Stack) -> frozenset[tuple[str, int]]:
    """The places of expressions that Terraform would refuse."""
    wrong = (found for found in stack.unresolved if found.what.code == "expression_error")
    return frozenset((found.file or "", found.line or 0) for found in wrong)


def stack_of(read: Read, path: Path, region: str | None) -> Stack:
    chosen = region or read.region
    if not isinstance(chosen, str) and read.candidates:
        regions = ", ".join(sorted(read.candidates))
        raise InputError(say("region_undecided", path=str(path), regions=regions), because=tuple(read.unresolved))
    if isinstance(chosen, Unknown):
        raise InputError(say("region_depends", path=str(path), cause=cause_text(chosen)))
    if not isinstance(chosen, str):
        raise InputError(say("region_unknown", path=str(path)), because=tuple(read.unresolved))
    # With --region the whole stack is moved; without, what names its own region stays there.
    home = {chosen, read.region}
    blocks = [
        replace(block, region=None) if block.region in home or is_everywhere(block.type) else block
        for block in read.blocks
    ]
    tree = Tree(blocks, chosen)
    resources: list[Resource] = []
    free: list[Origin] = list(read.uncounted)
    unpriced: list[Unpriced] = []
    foreign: list[Block] = []
    for block in blocks:
        if is_of_another_cloud(block.type):
            foreign.append(block)
            continue
        for found in _found(block, tree, read):
            if isinstance(found, Origin):
                free.append(found)
            elif isinstance(found, Unpriced):
                unpriced.append(found)
            else:
                resources.append(found)

    unpriced += _by_provider(foreign)

    def placed(finding: Finding) -> Finding:
        return replace(finding, file=read.shown(finding.file)) if finding.file else finding

    name = "stdin" if str(path) == STANDARD_INPUT else path.resolve().name
    return Stack(
        name, chosen, tuple(resources), tuple(free), tuple(unpriced),
        tuple(map(placed, read.unresolved)), tuple(map(placed, read.warnings)),
        region_from=None if region else read.region_from,
        names_of=_Names(blocks),
    )  # fmt: skip


NAMES = (
    "id", "arn", "name", "bucket", "identifier", "cluster_identifier", "function_name", "replication_group_id",
    "cluster_id", "zone_id", "family",
)  # fmt: skip
"""Arguments by one of which a resource's id in an export of AWS's bills ends."""


class _Names:
    """What resources are called in AWS, as far as the files tell; looked up only when an export is compared."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = {block.address: block for block in blocks}

    def __call__(self, address: str) -> tuple[str, ...]:
        block = self._blocks.get(address)
        if block is None:
            return ()
        values = replace(block.values, lenient=True, note=lambda unknown: None)
        try:
            with _room_to_read():
                return tuple(dict.fromkeys(name for key in NAMES if (name := values.text(key))))
        except (EvaluationError, TooMuch):
            return ()


def _found(block: Block, tree: Tree, read: Read) -> Iterator[Found]:
    """What a block is. What depends on an unknown argument is not priced at all: any part of it could be otherwise."""
    if is_free(block.type):
        yield _charged_argument(block, read) or block.origin
    elif block.region == OTHER_REGION and provider_of(block.type) in AWS_PROVIDERS and not is_everywhere(block.type):
        yield Unpriced(block.origin, block.type, say("own_region_unknown"), may_be=carried_by(block.type))
    elif not (reader := reader_of(block.type)):
        by_use = unpriced_reason(block.type) == BY_USE
        yield UseWithoutPrice(block.origin, service_of(block.type)) if by_use else _unread(block)
    else:
        try:
            yield from list(reader(block, tree))
        except ArgumentUnknown as unknown:
            read.note_unknown(unknown.why)
            cause = cause_text(unknown.why)
            why = say("argument_unknown", argument=unknown.name, cause=cause)
            yield Unpriced(block.origin, block.type, why, may_be=carried_by(block.type))


def _by_provider(foreign: Sequence[Block]) -> Iterator[Unpriced]:
    """One entry for each provider that is not AWS's, at the first of its resources."""
    for provider, blocks in itertools.groupby(sorted(foreign, key=lambda block: block.type), _provider):
        first, *others = blocks
        what = say("other_provider", provider=provider, count=1 + len(others))
        yield Unpriced(replace(first.origin, address=provider), provider, what)


def _provider(block: Block) -> str:
    return provider_of(block.type)


def _unread(block: Block) -> Unpriced:
    return Unpriced(block.origin, block.type, _not_read(block.type))


def _not_read(type_: str) -> Sentence:
    """Why a resource of a type that no family reads is not priced."""
    if reason := unpriced_reason(type_):
        return say(f"unpriced_{reason}", type=type_, service=service_of(type_))
    return say("family_unknown", type=type_)


def _charged_argument(block: Block, read: Read) -> Unpriced | None:
    """What a resource of a free type is charged for after all: an argument that is not as it is for free."""
    for argument, harmless in free_only(block.type).items():
        try:
            charged = any(value not in harmless for value in _given(block.values, argument))
        except ArgumentUnknown as unknown:
            read.note_unknown(unknown.why)
            why = say("argument_unknown", argument=unknown.name, cause=cause_text(unknown.why))
            return Unpriced(block.origin, block.type, why)
        if charged:
            return Unpriced(block.origin, block.type, say("free_but_for", type=block.type, argument=argument))
    return None


def _given(values: Values, argument: str) -> tuple[str, ...]:
    """What an argument holds, as texts: each of a list, nothing where it is left out."""
    if not values.has(argument):
        return ()
    items = values.items(argument)
    if items is not None:
        return tuple(map(str, items))
    flag = values.boolean(argument)
    return ((values.text(argument) or "") if flag is None else str(flag).lower(),)


def _file(name: str) -> tuple[str, bytes]:
    try:
        with Path(name).open("rb") as file:
            return name, file.read(MAX_VALUE_BYTES)
    except OSError as error:
        raise InputError(say("variable_file_unreadable", path=name, detail=error.strerror or "")) from None


def _assignment(given: str) -> str:
    name, equals, _ = given.partition("=")
    if not equals or not VARIABLE.match(name.strip()):
        raise InputError(say("variable_malformed", given=given[:80]))
    return given
