"""
Where the files of a stack are read from: the disk, or the tree of a git revision (`git_revisions.py`).

A place is an absolute path. In a revision it is the path that the file has in the working tree.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

STANDARD_INPUT = "-"
"""The place that a disk reads the standard input from."""

MAX_INPUT_BYTES = 200_000_000
"""Of one file: a bound for the JSON of a plan, the largest that there is."""


class FileTree(Protocol):
    """Every method that reads raises OSError where it cannot."""

    @property
    def top(self) -> Path | None:
        """The folder that holds the whole tree; None for a disk, which holds more than any project."""

    def resolved(self, place: Path) -> Path:
        """The place with every link followed. Raises OSError, RuntimeError or ValueError where that leads nowhere."""

    def is_file(self, place: Path) -> bool:
        """Whether a file stands there, or behind a link there."""

    def is_folder(self, place: Path) -> bool: ...

    def is_link(self, place: Path) -> bool:
        """Whether the last part of the place is a link, or anything else that is no plain file and no folder."""

    def names_in(self, folder: Path) -> list[str]:
        """The names of a folder's entries, in no order."""

    def files_below(self, folder: Path) -> Iterator[str]:
        """Every file below a folder as a POSIX path from there; links to folders are not followed."""

    def size(self, place: Path) -> int: ...

    def read(self, place: Path, limit: int = -1) -> bytes:
        """The content of a file, at most `limit` bytes of it."""


class Disk:
    """The files of this machine."""

    top: Path | None = None

    def resolved(self, place: Path) -> Path:
        return place.resolve()

    def is_file(self, place: Path) -> bool:
        return os.path.isfile(place)

    def is_folder(self, place: Path) -> bool:
        return os.path.isdir(place)

    def is_link(self, place: Path) -> bool:
        mode = os.lstat(place).st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))

    def names_in(self, folder: Path) -> list[str]:
        return os.listdir(folder)

    def files_below(self, folder: Path) -> Iterator[str]:
        for inner, _, files in os.walk(folder):
            for name in files:
                yield os.path.relpath(os.path.join(inner, name), folder).replace(os.sep, "/")

    def size(self, place: Path) -> int:
        if not os.path.isfile(place):  # opening a pipe would wait for its other end
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
        return os.stat(place).st_size

    def read(self, place: Path, limit: int = -1) -> bytes:
        if str(place) == STANDARD_INPUT:
            return sys.stdin.buffer.read(limit)
        with open(place, "rb") as file:
            return file.read(limit)


class DiskWithInput(Disk):
    """A disk whose standard input was read already."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, place: Path, limit: int = -1) -> bytes:
        return self._content if str(place) == STANDARD_INPUT else super().read(place, limit)


DISK: FileTree = Disk()
