"""
One module's files become one set of blocks: variables, locals, resources and so on, each by its name.

Override files are merged as Terraform merges them (its documentation, "Override Files").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from glimpse.planner.finding import Finding
from glimpse.planner.sentence import say
from glimpse.planner.terraform.hcl import Stop, read_hcl
from glimpse.planner.terraform.json_syntax import read_json
from glimpse.planner.terraform.syntax import Argument, Block, Literal, SyntaxProblem

OVERRIDE = re.compile(r"(^|_)override\.tf(\.json)?$")
ENDINGS = (".tf", ".tf.json")
LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}


def is_terraform_file(name: str) -> bool:
    """Whether Terraform reads a file of this name. It passes over hidden ones."""
    return name.endswith(ENDINGS) and not name.startswith(".")


@dataclass(frozen=True)
class Local:
    argument: Argument
    file: str


@dataclass
class Folder:
    """
    What the files of a folder declare. Resources and data sources are found by (type, name), providers by name and
    alias (`aws`, `aws.tokyo`), the rest by name. `moved` are the blocks that say where a resource stood before.
    `problems` are what could not be read.
    """

    path: str
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Local] = field(default_factory=dict)
    resources: dict[tuple[str, str], Block] = field(default_factory=dict)
    data: dict[tuple[str, str], Block] = field(default_factory=dict)
    modules: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    providers: dict[str, Block] = field(default_factory=dict)
    moved: list[Block] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    lost_files: bool = False


def folder_of(path: str, files: Sequence[tuple[str, bytes]], stop: Callable[[], Stop]) -> Folder:
    """
    Read the files of one folder, given as name from the stack's root and content. Raises SyntaxProblem for an override
    file: it could change anything.

    `stop` starts the time that the parser has for a file.
    """
    folder = Folder(path)
    overrides = [entry for entry in files if OVERRIDE.search(entry[0].rpartition("/")[2])]
    for name, content in (*(entry for entry in files if entry not in overrides), *sorted(overrides)):
        read = read_json if name.endswith(".json") else read_hcl
        try:
            body = read(content, name, stop())
        except SyntaxProblem as problem:
            if (name, content) in overrides:
                raise SyntaxProblem("override_broken", problem.line, name) from None
            folder.problems.append(Finding(say(problem.code), name, problem.line))
            folder.lost_files = True
            continue
        for block in body.blocks:
            _enter(folder, block, overrides=(name, content) in overrides)
    return folder


def _enter(folder: Folder, block: Block, overrides: bool) -> None:
    if block.type == "locals":
        folder.locals |= {name: Local(argument, block.file) for name, argument in block.body.arguments.items()}
        return
    if block.type == "moved":
        folder.moved.append(block)
        return
    wanted = LABELS.get(block.type)
    if wanted is None:
        return
    if len(block.labels) != wanted:
        folder.problems.append(Finding(say("block_labels", block=block.type, count=wanted), block.file, block.line))
        return
    home, name = _home(folder, block)
    known = home.get(name)
    if known is None:
        if overrides and block.type != "provider":
            what = say("override_of_nothing", address=address_of(block))
            folder.problems.append(Finding(what, block.file, block.line))
        else:
            home[name] = block
    elif overrides:
        home[name] = replace(known, body=known.body.merged(block.body))
    else:
        folder.problems.append(Finding(say("declared_twice", address=address_of(block)), block.file, block.line))


def _home(folder: Folder, block: Block) -> tuple[dict[Any, Block], object]:
    """Where a block belongs, and the name by which it is found there."""
    homes: Mapping[str, dict[Any, Block]] = {
        "resource": folder.resources, "data": folder.data, "variable": folder.variables, "output": folder.outputs,
        "module": folder.modules, "provider": folder.providers,
    }  # fmt: skip
    if block.type == "provider":
        return homes["provider"], provider_key(block)
    return homes[block.type], block.labels if len(block.labels) > 1 else block.labels[0]


def provider_key(block: Block) -> str:
    """`aws`, or `aws.tokyo` for an alias."""
    alias = block.body.arguments.get("alias")
    value = alias.expression if alias else None
    return f"{block.labels[0]}.{value.value}" if isinstance(value, Literal) else block.labels[0]


def address_of(block: Block) -> str:
    """A block's address within its module."""
    prefix = "" if block.type == "resource" else f"{block.type}."
    return prefix + ".".join(block.labels)
