"""Every tree that a law of reading is tried on: the cases, the trees, the stacks beside this file, and our own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY

SHARED = REPOSITORY.parent / "shared"
SHARED_CASES = SHARED / "cases/planner"
NO_SHARED_CASES = "NOT RUN: the shared cases are not here"


@dataclass(frozen=True)
class Tree:
    """A folder of files, and where in it the root module stands."""

    top: Path
    root: str = "."

    @property
    def folder(self) -> Path:
        return self.top / self.root

    def copy_to(self, folder: Path) -> None:
        shutil.copytree(
            self.top, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("providers", ".terraform.lock.hcl")
        )

    def files(self) -> dict[str, bytes]:
        """The Terraform files by their names, as seen from the top."""
        found = (path for path in sorted(self.top.rglob("*.tf")) if ".terraform" not in path.parts)
        return {str(path.relative_to(self.top)): path.read_bytes() for path in found}


def _below(folder: Path) -> dict[str, Tree]:
    return {path.parent.name: Tree(path.parent) for path in sorted(folder.glob("*/main.tf"))}


CASES = _below(REPOSITORY / "tests/cases")
SMALL = {**CASES, **_below(REPOSITORY / "tests/trees"), **_below(Path(__file__).parent / "stacks")}
OWN = {
    path.parent.name: Tree(REPOSITORY / "infrastructure/terraform", f"environments/{path.parent.name}")
    for path in sorted((REPOSITORY / "infrastructure/terraform/environments").glob("*/main.tf"))
}
KNOWN: Mapping[str, Tree] = {**SMALL, **OWN}
STRANGE = _below(SHARED_CASES)
"""Those that strangers' reports led to. They stand outside the repository."""


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold these Terraform files and no others."""
    for path in folder.rglob("*.tf"):
        if str(path.relative_to(folder)) not in files:
            path.unlink()
    for name, text in files.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
