"""What a reading may ask of the world: the files of one project. `outside/terraform_files/project.py` answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from glimpse.planner.terraform.folders import Folder
from glimpse.planner.terraform.hcl import Stop


class Sources(Protocol):
    """Paths are POSIX paths from the stack's root folder, such as `.` and `../../modules/network`."""

    def folder(self, path: str) -> Folder:
        """The blocks of the Terraform files in a folder; each folder is read once."""

    def stop(self) -> Stop:
        """A stop for one parse, whose time begins now."""

    def is_folder(self, path: str) -> bool:
        """Whether this is a folder inside the project."""

    def is_outside(self, path: str) -> bool:
        """Whether a path leads out of the project, itself or through a link."""

    def project_for(self, path: str) -> str:
        """The folder that would have to be the project for a path outside it to be read."""

    def installed(self) -> Mapping[str, str]:
        """The modules that `terraform init` has installed: the path of each by its key, such as `network.subnets`."""

    def read(self, path: str) -> bytes:
        """A file's content. Raises OutsideProject, or EvaluationError where there is no such file."""

    def exists(self, path: str) -> bool:
        """Whether there is such a file. Raises OutsideProject."""

    def names(self, path: str) -> Sequence[str]:
        """Every file below a folder, relative to it. Raises OutsideProject."""


class OutsideProject(Exception):
    """A path leads out of the project, so what stands there stays unknown."""
