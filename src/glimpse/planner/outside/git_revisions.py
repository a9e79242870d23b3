"""
The files of a git revision, without a checkout: a link is followed inside the tree alone, and a submodule is an empty
folder.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from glimpse.planner.finding import InputError
from glimpse.planner.outside.file_trees import DISK
from glimpse.planner.outside.git_objects import MAX_NAME_LENGTH, Repository
from glimpse.planner.sentence import say

MAX_LINKS = 40
"""As Linux follows (path_resolution(7))."""

TREE, LINK = 0o040000, 0o120000
FILES = (0o100644, 0o100755, 0o100664)
"""
Modes of a tree's entries (git's documentation, "gitformat-index"; early gits also wrote 100664, as git's fsck.c says);
any other is a submodule.
"""

INSTALLED = ".terraform"
"""Where `terraform init` puts modules. No revision holds it, so those of the working tree serve both sides."""


def revision_of(repository: Repository, name: str) -> Revision | None:
    """The revision of a name such as `main` or `HEAD~1`; None where the repository has none."""
    if not name or len(name) > MAX_NAME_LENGTH or name.startswith("-") or re.search(r"[\x00-\x20\x7f]", name):
        return None
    asked = os.fsencode(name)
    commit = repository.object(asked + b"^{commit}")
    if commit is None:
        tree = repository.object(asked + b"^{tree}")
        return None if tree is None else Revision(repository, name, os.fsdecode(tree[0]), tree[0])
    return Revision(repository, name, os.fsdecode(commit[0]), commit[1].partition(b"\n")[0].removeprefix(b"tree "))


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: int
    id: bytes


class Revision:
    """The FileTree of one revision. `id` is the commit's, or the tree's where a tree was named."""

    def __init__(self, repository: Repository, name: str, id_: str, tree: bytes) -> None:
        self.repository, self.name, self.id = repository, name, id_
        self.top: Path | None = repository.top
        self._top = repository.top
        self._root = _Entry(TREE, tree)
        self._folders: dict[bytes, dict[str, _Entry]] = {}

    def resolved(self, place: Path) -> Path:
        return self._walked(place)[0]

    def is_file(self, place: Path) -> bool:
        if self._is_on_disk(place):
            return DISK.is_file(place)
        found = self._found(place)
        return found is not None and found.mode in FILES

    def is_folder(self, place: Path) -> bool:
        if self._is_on_disk(place):
            return DISK.is_folder(place)
        found = self._found(place)
        return found is not None and found.mode == TREE

    def is_link(self, place: Path) -> bool:
        if self._is_on_disk(place):
            return DISK.is_link(place)
        found = self._walked(place, last=False)[1]
        return found is None or (found.mode != TREE and found.mode not in FILES)

    def names_in(self, folder: Path) -> list[str]:
        if self._is_on_disk(folder):
            return DISK.names_in(folder)
        found = self._found(folder)
        if found is None or found.mode != TREE:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
        return list(self._entries(found.id))

    def files_below(self, folder: Path) -> Iterator[str]:
        if self._is_on_disk(folder):
            yield from DISK.files_below(folder)
            return
        found = self._found(folder)
        if found is not None and found.mode == TREE:
            yield from self._below(found.id, "")

    def _below(self, tree: bytes, path: str) -> Iterator[str]:
        for name, entry in self._entries(tree).items():
            if entry.mode == TREE:
                yield from self._below(entry.id, f"{path}{name}/")
            elif entry.mode in (*FILES, LINK):
                yield path + name

    def size(self, place: Path) -> int:
        return DISK.size(place) if self._is_on_disk(place) else len(self.read(place))

    def read(self, place: Path, limit: int = -1) -> bytes:
        if self._is_on_disk(place):
            return DISK.read(place, limit)
        found = self._found(place)
        if found is None or found.mode not in FILES:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
        content = self._content(found.id)
        return content if limit < 0 else content[:limit]

    def _is_on_disk(self, place: Path) -> bool:
        """Whether this is what `terraform init` installed in the working tree."""
        return not self.repository.is_bare and INSTALLED in place.parts and place.is_relative_to(self._top)

    def _found(self, place: Path) -> _Entry | None:
        try:
            return self._walked(place)[1]
        except (OSError, RuntimeError):
            return None

    def _walked(self, place: Path, last: bool = True) -> tuple[Path, _Entry | None]:
        """
        Where a place leads, and what stands there; None outside the tree and where nothing stands. `last`: a link that
        stands there is followed, too.
        """
        if self._is_on_disk(place):
            return DISK.resolved(place), None
        waiting = _parts(place)
        here: list[tuple[str, _Entry | None]] = []
        links = 0
        depth = len(self._top.parts)
        while waiting:
            part = waiting.pop(0)
            if part == "..":
                here = here[:-1]
                continue
            entry = None
            parent = here[-1][1] if here else None
            if len(here) + 2 == depth and ("/", *(name for name, _ in here), part) == self._top.parts:
                entry = self._root
            elif parent and parent.mode == TREE:
                entry = self._entries(parent.id).get(part)
            if entry and entry.mode == LINK and (waiting or last):
                links += 1
                if links > MAX_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(place))
                target = os.fsdecode(self._content(entry.id))
                if target.startswith("/"):
                    here = []
                waiting = [*_parts(Path(target)), *waiting]
                continue
            here.append((part, entry))
        return Path("/", *(name for name, _ in here)), here[-1][1] if here else None

    def _entries(self, tree: bytes) -> dict[str, _Entry]:
        if tree not in self._folders:
            try:
                self._folders[tree] = dict(_entries_of(self._content(tree), len(tree) // 2))
            except ValueError:
                raise self._broken() from None
        return self._folders[tree]

    def _content(self, name: bytes) -> bytes:
        found = self.repository.object(name)
        if found is None:
            raise self._broken()
        return found[1]

    def _broken(self) -> InputError:
        """What to say of an object that is missing or damaged."""
        return InputError(say("git_object_missing", revision=self.name))


def _parts(place: Path) -> list[str]:
    return [part for part in place.parts if part not in ("/", ".", "")]


def _entries_of(content: bytes, width: int) -> Iterator[tuple[str, _Entry]]:
    """
    The entries of a stored tree: mode, space, name, NUL, and the id in `width` bytes, again and again.

    Raises ValueError for anything else.
    """
    at = 0
    while at < len(content):
        space = content.index(b" ", at)
        end = content.index(b"\0", space)
        name = os.fsdecode(content[space + 1 : end])
        entry = _Entry(int(content[at:space], 8), content[end + 1 : end + 1 + width].hex().encode())
        at = end + 1 + width
        # Git itself checks out none of these names.
        if name not in ("", ".", "..", ".git") and "/" not in name:
            yield name, entry
