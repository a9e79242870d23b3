"""A path at which there is no stack: where the stack probably is, so that the message can name it."""

from __future__ import annotations

import difflib
import os
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from glimpse.planner.finding import InputError
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.terraform.folders import is_terraform_file

MAX_DEPTH, MAX_FOLDERS, MAX_NAMED = 5, 2_000, 4
"""How far down and how widely stacks are looked for, and how many are named."""

PASSED_OVER = frozenset(("node_modules", "vendor", "venv", "__pycache__"))
"""Folders of other people's files. Hidden ones (`.terraform`, `.git`) are passed over, too."""


def with_near_path(wrong: InputError, path: Path) -> InputError:
    """The error of a path without a stack, with the path that was probably meant; any other as it is."""
    tell = {"path_missing": _missing, "no_terraform": _without_terraform, "not_json": _not_terraform}
    sentence = tell[wrong.why.code](path) if wrong.why.code in tell else None
    return InputError(sentence) if sentence else wrong


def _missing(path: Path) -> Sentence:
    """What to say of a path without a file: a name nearby that was probably meant, else where stacks are."""
    # Those of os.path, because Path's raise OSError for a name that is too long or a folder that may not be entered.
    if os.path.exists(path):
        return say("path_special", path=str(path))
    there = next(parent for parent in path.parents if os.path.isdir(parent))
    wanted, *rest = path.relative_to(there).parts
    names = [entry.name for entry in _entries(there)]
    for name in (*difflib.get_close_matches(wanted, names, n=3), *(name for name in names if name.startswith(wanted))):
        if os.path.exists(found := there.joinpath(name, *rest)):
            return say("path_missing_near", path=str(path), near=str(found))
    if there != Path() and _has_terraform(there):
        return say("path_missing_near", path=str(path), near=str(there))
    stacks = list(_stacks_below(there))
    if close := difflib.get_close_matches(path.name, [stack.name for stack in stacks], n=1):
        found = next(stack for stack in stacks if stack.name == close[0])
        return say("path_missing_near", path=str(path), near=str(found))
    return _with_stacks("path_missing", path, stacks)


def _without_terraform(path: Path) -> Sentence:
    """What to say of a folder without a Terraform file: which folder above or below has some."""
    stacks = list(_stacks_below(path))
    # A stack is one's own up to the folder with `.git`; further up is somebody else's.
    for parent in path.absolute().parents if not stacks else ():
        if _has_terraform(parent):
            return say("no_terraform_above", path=_shown(path), above=os.path.relpath(parent))
        if os.path.exists(parent / ".git"):
            break
    return _with_stacks("no_terraform", path, stacks)


def _not_terraform(path: Path) -> Sentence | None:
    """What to say of a file that is neither Terraform nor JSON beside which a stack is; None where there is none."""
    if path.suffix == ".json" or not _has_terraform(path.parent):
        return None
    return say("file_beside_terraform", path=str(path), folder=str(path.parent))


def _with_stacks(code: str, path: Path, stacks: list[Path]) -> Sentence:
    if not stacks:
        return say(code, path=_shown(path))
    named, more = [str(stack) for stack in stacks[:MAX_NAMED]], max(0, len(stacks) - MAX_NAMED)
    return say(f"{code}_below", path=_shown(path), folders=", ".join(named), first=named[0], more=more)


def _shown(path: Path) -> str:
    """How a message names the folder: a dot says nothing to somebody who gave no path."""
    return str(path.absolute()) if path == Path() else str(path)


def _stacks_below(top: Path) -> Iterator[Path]:
    """The folders with Terraform files, not those inside one; modules only where there is nothing else."""
    if top == Path(top.anchor) and top.anchor:
        return  # the whole disk
    waiting, modules, is_any = deque([(top, 0)]), [], False
    for _ in range(MAX_FOLDERS):
        if not waiting:
            break
        here, depth = waiting.popleft()
        for folder in filter(_is_looked_into, _entries(here)):
            if not _has_terraform(folder):
                if depth + 1 < MAX_DEPTH:
                    waiting.append((folder, depth + 1))
            elif "modules" in folder.relative_to(top).parts:
                modules.append(folder)
            else:
                is_any = True
                yield folder
    if not is_any:
        yield from modules


def _is_looked_into(entry: Path) -> bool:
    try:
        return not entry.name.startswith(".") and entry.name not in PASSED_OVER and stat.S_ISDIR(entry.lstat().st_mode)
    except OSError:
        return False


def _has_terraform(folder: Path) -> bool:
    return any(is_terraform_file(entry.name) for entry in _entries(folder))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
