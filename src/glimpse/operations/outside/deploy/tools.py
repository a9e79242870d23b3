"""The programs that a deploy needs on this machine, and what its files must hold."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from glimpse.operations.outside.deploy.builders import CHECKS

MIN_TERRAFORM = (1, 10)
"""The first that locks a state in S3 without a table (Terraform 1.10, `use_lockfile`)."""

LOOK_SECONDS = 30.0


class LocalTools:
    """
    Implements releases.ports.Tools. `needs_builder`: whether an image has to be built, which is asked last.
    `authorities`: the file of certificates by which the image knows a database of RDS in the region.
    """

    def __init__(
        self,
        has_builder: Callable[[], bool],
        needs_builder: Callable[[], bool],
        authorities: Path,
        region: str,
        terraform: str = "terraform",
    ) -> None:
        self._has_builder, self._needs_builder, self._terraform = has_builder, needs_builder, terraform
        self._authorities, self._region = authorities, region

    def missing(self) -> Sequence[tuple[str, Mapping[str, str | int]]]:
        return tuple(self._missing())

    def _missing(self) -> Iterator[tuple[str, Mapping[str, str | int]]]:
        least = ".".join(map(str, MIN_TERRAFORM))
        version = _terraform_version(self._terraform)
        if version is None:
            yield "deploy_tool_missing", {"tool": "terraform", "least": least}
        elif tuple(map(int, version.split(".")[:2])) < MIN_TERRAFORM:
            yield "deploy_tool_old", {"tool": "terraform", "version": version, "least": least}
        if self._authorities.exists() and not _has_authority(self._authorities, self._region):
            yield "deploy_authority_missing", {"region": self._region, "path": str(self._authorities)}
        if shutil.which("git") is None:
            yield "deploy_tool_missing", {"tool": "git", "least": "2"}
        elif not self._has_builder() and self._needs_builder():
            yield "deploy_no_builder", {"looked": ", ".join(CHECKS)}


def _has_authority(file: Path, region: str) -> bool:
    """RDS names its authorities by region: "Amazon RDS ap-northeast-2 Root CA RSA2048 G1"."""
    from cryptography.x509 import load_pem_x509_certificates

    found = load_pem_x509_certificates(file.read_bytes())
    return any(f" {region} " in authority.subject.rfc4514_string() for authority in found)


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
