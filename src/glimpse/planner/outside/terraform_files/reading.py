"""
From a path to a Stack: read the blocks, then let each family say what they are.

A directory is read once for each world (terraform/worlds.py) that makes a difference.
"""

from __future__ import annotations

import difflib
import gc
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from glimpse.planner.finding import Finding, InputError
from glimpse.planner.outside.file_trees import DISK, STANDARD_INPUT, FileTree
from glimpse.planner.outside.terraform_files.directory import Directory
from glimpse.planner.outside.terraform_files.near_paths import with_near_path
from glimpse.planner.outside.terraform_files.plan_json import read_plan
from glimpse.planner.outside.terraform_files.project import checked_project
from glimpse.planner.outside.terraform_files.read_result import ReadResult
from glimpse.planner.outside.terraform_files.regions import with_region
from glimpse.planner.outside.terraform_files.stack_of_blocks import LookUps, stack_of
from glimpse.planner.sentence import say
from glimpse.planner.stack import Choice, MissingVariable, PricedWorld, Stack
from glimpse.planner.terraform.budget import FRAMES_PER_DEPTH, MAX_DEPTH
from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.planner.terraform.folders import is_terraform_file
from glimpse.planner.terraform.inputs import OPTION
from glimpse.planner.terraform.modules import Configuration, VariableRefused
from glimpse.planner.terraform.syntax import SyntaxProblem
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
    with_names: bool = False,
    with_deployment: bool = False,
    tree: FileTree = DISK,
) -> Stack:
    """
    The stack at a path: a directory, a file of one, or the JSON of a plan or a state (`-`: on the standard input).
    Raises InputError.

    `region` overrules what the provider says. `given` are values of variables in the order of the command, as
    ("file", name) or ("option", "name=value"); `project` bounds what may be read, and `environment` may hold more
    values and the workspace. `tree` holds the files, variable files too where it has them. `with_names` looks up what
    resources are called in AWS, and `with_deployment` what the files tell of the running service.
    """
    try:
        return _stack_at(path, region, given, project, environment or {}, LookUps(with_names, with_deployment), tree)
    except InputError as wrong:
        raise (with_near_path(wrong, path) if tree is DISK else wrong) from None
    except OSError as error:
        what = say("path_unreadable", path=str(error.filename or path), detail=error.strerror or "")
        raise InputError(what) from None


def _stack_at(
    path: Path,
    region: str | None,
    given: Sequence[tuple[str, str]],
    project: Path | None,
    environment: Mapping[str, str],
    look_ups: LookUps,
    tree: FileTree,
) -> Stack:
    if str(path) != STANDARD_INPUT and not (tree.is_folder(path) or tree.is_file(path)):
        raise InputError(say("path_missing", path=str(path)))
    if tree.is_file(path) and is_terraform_file(path.name):
        folder = path.parent
        stack = _stack_at(folder, region, given, project, environment, look_ups, tree)
        meant = Finding(say("file_means_folder", file=path.name, path=str(folder)))
        return replace(stack, warnings=(meant, *stack.warnings))
    if path.name in TERRAGRUNT:
        raise InputError(say("terragrunt", path=str(path.parent)))
    if not tree.is_folder(path):
        if given:
            raise InputError(say("variables_without_directory", path=str(path)))
        read = read_plan(path, project=project, environment=environment, locate=region is None, tree=tree)
        return stack_of(read, path, region, look_ups)
    names = set(tree.names_in(path))
    if not any(map(is_terraform_file, names)):
        raise InputError(say("terragrunt" if names & TERRAGRUNT else "no_terraform", path=str(path)))
    values = [_file(name, tree) if kind == "file" else (_assignment(name), None) for kind, name in given]
    top = checked_project(project, path, tree)
    try:
        with _room_to_read():
            directory = Directory(path, top, values, environment, tree)
            return _Worlds(directory, path, region, environment, look_ups).stack()
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

    def __init__(
        self,
        directory: Directory,
        path: Path,
        region: str | None,
        environment: Mapping[str, str],
        look_ups: LookUps,
    ) -> None:
        self._directory = directory
        self._look_ups = look_ups
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
            moves=tuple(base.configuration.root.moves()),
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
        stack = stack_of(read, self._path, self._region, self._look_ups)
        return _Leaf(configuration, stack, frozenset(read.deciding))

    def _evaluated(self, assumed: World, region: str | None) -> tuple[Configuration, ReadResult]:
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


def _file(name: str, tree: FileTree) -> tuple[str, bytes]:
    place = Path(name).absolute()
    try:
        return name, (tree if tree.is_file(place) else DISK).read(place, MAX_VALUE_BYTES)
    except OSError as error:
        raise InputError(say("variable_file_unreadable", path=name, detail=error.strerror or "")) from None


def _assignment(given: str) -> str:
    name, equals, _ = given.partition("=")
    if not equals or not VARIABLE.match(name.strip()):
        raise InputError(say("variable_malformed", given=given[:80]))
    return given
