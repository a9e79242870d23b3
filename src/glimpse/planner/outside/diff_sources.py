"""
What `glimpse diff` compares: files of this machine, or of a git revision.

What exists as a file or a folder is taken as that, as git itself takes it; `REV:PATH` is always a revision.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from glimpse.planner.finding import Finding, InputError
from glimpse.planner.outside.file_trees import DISK, MAX_INPUT_BYTES, STANDARD_INPUT, DiskWithInput, FileTree
from glimpse.planner.outside.git_objects import GitUnavailable, Repository
from glimpse.planner.outside.git_revisions import revision_of
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.terraform.folders import is_terraform_file


@dataclass(frozen=True)
class Source:
    """
    One side: what people call it, and where its files are. `commit` is that of a revision. `is_absent`: it does not
    have the stack of the other side, which is new then, or gone.
    """

    name: str
    path: Path
    tree: FileTree = DISK
    commit: str | None = None
    is_absent: bool = False


class Sources:
    """Finds both sources. A revision without a path has that of the other side, in the other side's repository."""

    def __init__(self, default: Path, closing: ExitStack) -> None:
        """`default` is the stack where neither side names one; what is opened is closed with `closing`."""
        self._default = default
        self._closing = closing
        self._repositories: dict[Path, Repository] = {}

    def both(self, before: str, after: str | None) -> tuple[Source, Source, tuple[Finding, ...]]:
        """
        The source before, the source after, and what is to be said about them. Raises InputError where a text names
        neither a path nor a revision.
        """
        if before == after == STANDARD_INPUT:
            raise InputError(say("diff_input_twice"))
        if after is None:
            one = self._source(before, None)
            path = self._working_tree(before, one)
            # What the revision has at a path that it names, and the working tree has not, was removed.
            is_absent = one.tree is not DISK and ":" in before and not os.path.lexists(path)
            other = Source(_shown(path), path, is_absent=is_absent)
            if one.tree is DISK and one.path.resolve() == path.resolve():
                raise InputError(say("diff_same", path=before))
            return one, other, self._notes(before)
        return self._source(before, after), self._source(after, before), (*self._notes(before), *self._notes(after))

    def _working_tree(self, before: str, source: Source) -> Path:
        """The path of the second side where it is left out: that of the revision, else the default."""
        if source.tree is DISK or ":" not in before:
            return self._default
        return Path(os.path.relpath(source.path))

    def _source(self, text: str, other: str | None) -> Source:
        if text == STANDARD_INPUT:
            content = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
            return Source("stdin", Path(text), DiskWithInput(content))
        if os.path.lexists(text):
            return Source(_shown(Path(text)), Path(text))
        name, colon, inner = text.partition(":")
        try:
            repository = self._repository(other)
        except GitUnavailable as unavailable:
            raise InputError(say("diff_not_found", text=text), because=[Finding(unavailable.why)]) from None
        revision = revision_of(repository, name)
        if revision is None:
            raise InputError(self._not_found(repository, text, other))
        path = self._inside(repository, inner) if colon else self._path_of_other(repository, revision, other)
        path = revision.resolved(path)
        if not path.is_relative_to(repository.top):
            raise InputError(say("diff_outside", text=text, path=str(repository.top)))
        shown = path.relative_to(repository.top).as_posix()
        shown = name if shown == "." else f"{name}:{shown}"
        is_absent = not (revision.is_folder(path) or revision.is_file(path))
        if is_absent and colon:
            raise InputError(say("diff_not_in_revision", text=shown))
        if not colon and revision.is_folder(path):
            is_absent = not any(map(is_terraform_file, revision.names_in(path)))
        return Source(shown, path, revision, revision.id, is_absent)

    def _not_found(self, repository: Repository, text: str, other: str | None) -> Sentence:
        """What to say of a text that is neither here nor a revision: the other side may still have that path."""
        if other and not os.path.lexists(other) and not {":", "-"} & {text[:1], other[:1]}:
            name = other.partition(":")[0]
            path = Path(os.path.normpath(Path.cwd() / text))
            there = revision_of(repository, name)
            if there and path.is_relative_to(repository.top) and (there.is_folder(path) or there.is_file(path)):
                shown = path.relative_to(repository.top).as_posix()
                return say("diff_gone_here", text=text, revision=name, before=f"{name}:{shown}")
        code = "diff_not_found_shallow" if repository.is_shallow else "diff_not_found_there"
        return say(code, text=text, path=str(repository.top))

    def _repository(self, other: str | None) -> Repository:
        there = Path(other).resolve() if other and other != STANDARD_INPUT and os.path.lexists(other) else Path.cwd()
        folder = there if there.is_dir() else there.parent
        if folder not in self._repositories:
            found = Repository(folder, os.environ)
            self._closing.callback(found.close)
            self._repositories[folder] = found
        return self._repositories[folder]

    def _inside(self, repository: Repository, inner: str) -> Path:
        """Where the PATH of `REV:PATH` is: from the top of the repository, or from here where it begins with a dot."""
        if inner.startswith(("./", "../")) and not repository.is_bare:
            return Path(os.path.normpath(Path.cwd() / inner))
        return Path(os.path.normpath(repository.top / inner.lstrip("/")))

    def _path_of_other(self, repository: Repository, revision: FileTree, other: str | None) -> Path:
        if other is not None and os.path.lexists(other):
            path = Path(other).resolve()
            return path if path.is_dir() or revision.is_file(path) else path.parent
        if other is not None and ":" in other and other != STANDARD_INPUT:
            return self._inside(repository, other.partition(":")[2])
        return repository.top if repository.is_bare else self._default.resolve()

    def _notes(self, text: str) -> tuple[Finding, ...]:
        """What to say of a name that is a folder and a revision."""
        if not os.path.isdir(text) or "/" in text or text.startswith("."):
            return ()
        try:
            also = revision_of(self._repository(None), text)
        except GitUnavailable:
            return ()
        return (Finding(say("diff_folder_and_revision", name=text)),) if also else ()


def _shown(path: Path) -> str:
    return path.resolve().name if str(path) in (".", "..") else str(path)
