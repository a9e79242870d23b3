"""
The files of one project: the only place where a reading opens anything.

What lies outside the project's folder is not opened, however it is reached: every path is resolved, links included,
before it is compared with that folder.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from glimpse.planner.finding import InputError
from glimpse.planner.outside import clock
from glimpse.planner.outside.file_trees import DISK, FileTree
from glimpse.planner.sentence import say
from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.planner.terraform.folders import Folder, folder_of, is_terraform_file
from glimpse.planner.terraform.hcl import Stop
from glimpse.planner.terraform.sources import OutsideProject

TOP_MARK = ".git"
TOFU = re.compile(r"\.tofu(\.json)?$")
MAX_FILES = 2_000
MAX_BYTES = 20_000_000
MAX_FILE_BYTES = 2_000_000
MAX_LINES = 600_000
"""The parser keeps 240 bytes for each, an empty one included."""

MAX_NAMES = 20_000
PARSE_SECONDS = 0.5
"""
For one file: in that time tree-sitter reads 2 MB of real Terraform (this repository's own 114 kB take it 25 ms), and a
tenth of a megabyte of garbage.
"""

ALL_PARSE_SECONDS = 5.0
"""For all folders together: at that rate MAX_BYTES take four and a half."""


def project_of(stack: Path) -> Path:
    """
    The folder that a stack's modules may be read from: the nearest one above it that holds `.git`, else its own.

    Never a home folder or the root of the disk, whatever they hold: everything else a person has is there.
    """
    for folder in (stack, *stack.parents):
        if folder != stack and is_too_wide(folder):
            break
        if (folder / TOP_MARK).exists():
            return folder
    return stack


def is_too_wide(folder: Path) -> bool:
    # A user of a container may have no home; then this gives `~` back.
    return folder in (Path(os.path.expanduser("~")), Path(folder.anchor))


class Project:
    """
    The Sources of one stack. Paths are seen from the stack's folder; `top` bounds what may be read.

    What was read is kept, so that another world of the same stack costs no further reading.
    """

    def __init__(self, stack: Path, top: Path | None, allow: Callable[[int], None], tree: FileTree = DISK) -> None:
        self._tree = tree
        self.stack = tree.resolved(stack)
        self.top = tree.resolved(top) if top else tree.top or project_of(self.stack)
        self._allow = allow
        self._parse_until = clock.seconds() + ALL_PARSE_SECONDS
        self._folders: dict[str, Folder] = {}
        self._contents: dict[Path, bytes] = {}
        self._shown: dict[str, str] = {}
        self._files = 0
        self._bytes = 0
        self._lines = 0

    def stop(self) -> Stop:
        until = clock.seconds() + PARSE_SECONDS
        return lambda: clock.seconds() > until

    def _stop_of_all(self) -> Stop:
        """A stop for one file of many, which share ALL_PARSE_SECONDS."""
        until = min(clock.seconds() + PARSE_SECONDS, self._parse_until)
        return lambda: clock.seconds() > until

    def folder(self, path: str) -> Folder:
        if path not in self._folders:
            files = list(self._files_in(path, self._within(path)))
            self._folders[path] = folder_of(path, files, self._stop_of_all)
        return self._folders[path]

    def _files_in(self, path: str, place: Path) -> Iterator[tuple[str, bytes]]:
        """
        Terraform's files in a folder. Only a link in that folder can lead out of the project, so links are checked.
        """
        for entry in sorted(filter(is_terraform_file, self._tree.names_in(place))):
            name = f"{path}/{entry}" if path != "." else entry
            if not self._tree.is_link(place / entry):
                if self._tree.is_file(place / entry):
                    yield name, self._content_at(place / entry, name)
            elif self.exists_inside(name):
                yield name, self.content(name)

    def tofu_files(self, path: str) -> Sequence[str]:
        """OpenTofu's own files that stand beside a Terraform file of the same name, and are not read."""
        names = set(self._tree.names_in(self._within(path)))
        return sorted(name for name in names if TOFU.search(name) and TOFU.sub(r".tf\1", name) in names)

    def is_folder(self, path: str) -> bool:
        """Whether a folder holds a module. One without any file is a git submodule that nobody fetched."""
        if self.is_outside(path) or not self._tree.is_folder(place := self._within(path)):
            return False
        return any(map(is_terraform_file, self._tree.names_in(place)))

    def is_outside(self, path: str) -> bool:
        try:
            self._within(path)
        except OutsideProject:
            return True
        return False

    def project_for(self, path: str) -> str:
        return os.path.commonpath([self.stack, os.path.normpath(self.stack / path)])

    @cached_property
    def _installed(self) -> Mapping[str, str]:
        try:
            entries = json.loads(self.read(".terraform/modules/modules.json"))["Modules"]
            return {str(entry["Key"]): os.path.normpath(str(entry["Dir"])) for entry in entries if entry["Key"]}
        except (EvaluationError, OutsideProject, ValueError, KeyError, TypeError, RecursionError):
            return {}

    def installed(self) -> Mapping[str, str]:
        return self._installed

    def read(self, path: str) -> bytes:
        try:
            return self.content(path)
        except OSError:
            raise EvaluationError("there is no such file") from None

    def content(self, path: str) -> bytes:
        """A file's content. Raises OSError where there is none, and OutsideProject."""
        return self._content_at(self._within(path), path)

    def _content_at(self, place: Path, path: str) -> bytes:
        if place in self._contents:
            return self._contents[place]
        size = self._tree.size(place)
        self._files += 1
        self._bytes += size
        for what, found, limit in (
            ("file", size, MAX_FILE_BYTES), ("files", self._files, MAX_FILES), ("bytes", self._bytes, MAX_BYTES)
        ):  # fmt: skip
            if found > limit:
                raise TooMuch(what, limit, path)
        self._allow(size)
        self._contents[place] = content = self._tree.read(place)
        self._lines += content.count(b"\n")
        if self._lines > MAX_LINES:
            raise TooMuch("lines", MAX_LINES, path)
        return content

    def exists(self, path: str) -> bool:
        return self._tree.is_file(self._within(path))

    def names(self, path: str) -> Sequence[str]:
        found: list[str] = []
        for name in self._tree.files_below(self._within(path)):
            found.append(name)
            if len(found) > MAX_NAMES:
                raise TooMuch("files", MAX_NAMES, path)
        return sorted(found)

    def exists_inside(self, path: str) -> bool:
        """Whether this is a file of the project."""
        return not self.is_outside(path) and self._tree.is_file(self._within(path))

    def _within(self, path: str) -> Path:
        """Where a path leads, links followed. Raises OutsideProject where that is not in the project."""
        try:
            place = self._tree.resolved(self.stack / os.path.expanduser(path))
        except (OSError, RuntimeError, ValueError):  # a link that leads to itself, a name too long, a NUL
            raise OutsideProject(path) from None
        if not place.is_relative_to(self.top):
            raise OutsideProject(path)
        return place

    def shown(self, file: str) -> str:
        """A file's name as people should see it: relative to the folder that holds all that was read."""
        if file not in self._shown:
            base = os.path.commonpath([os.path.normpath(self.stack / path) for path in self._folders])
            self._shown[file] = os.path.relpath(os.path.normpath(self.stack / file), base)
        return self._shown[file]


def checked_project(given: Path | None, stack: Path, tree: FileTree = DISK) -> Path | None:
    """The folder of --project, where that is one which may bound a reading. Raises InputError."""
    if given is None:
        return None
    top = tree.resolved(given.absolute())
    if not tree.is_folder(top):
        raise InputError(say("project_missing", path=str(given)))
    if is_too_wide(top):
        raise InputError(say("project_too_wide", path=str(given)))
    if not tree.resolved(stack).is_relative_to(top):
        raise InputError(say("project_elsewhere", path=str(stack), project=str(given)))
    return top
