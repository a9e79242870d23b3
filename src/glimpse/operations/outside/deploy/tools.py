"""The programs that a deploy needs on this machine."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence

from glimpse.operations.outside.deploy.builders import CHECKS

MIN_TERRAFORM = (1, 10)
"""The first that locks a state in S3 without a table (Terraform 1.10, `use_lockfile`)."""

LOOK_SECONDS = 30.0


class LocalTools:
    """Implements releases.ports.Tools. `needs_builder`: whether an image has to be built, which is asked last."""

    def __init__(
        self, has_builder: Callable[[], bool], needs_builder: Callable[[], bool], terraform: str = "terraform"
    ) -> None:
        self._has_builder, self._needs_builder, self._terraform = has_builder, needs_builder, terraform

    def missing(self) -> Sequence[tuple[str, Mapping[str, str | int]]]:
        return tuple(self._missing())

    def _missing(self) -> Iterator[tuple[str, Mapping[str, str | int]]]:
        least = ".".join(map(str, MIN_TERRAFORM))
        version = _terraform_version(self._terraform)
        if version is None:
            yield "deploy_tool_missing", {"tool": "terraform", "least": least}
        elif tuple(map(int, version.split(".")[:2])) < MIN_TERRAFORM:
            yield "deploy_tool_old", {"tool": "terraform", "version": version, "least": least}
        if shutil.which("git") is None:
            yield "deploy_tool_missing", {"tool": "git", "least": "2"}
        elif not self._has_builder() and self._needs_builder():
            yield "deploy_no_builder", {"looked": ", ".join(CHECKS)}


def _terraform_version(program: str) -> str | None:
    """None where it cannot be started, or says nothing that can be read."""
    try:
        command = [program, "version", "-json"]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=LOOK_SECONDS, check=True
        )
        return str(json.loads(done.stdout)["terraform_version"]).partition("-")[0]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return None
