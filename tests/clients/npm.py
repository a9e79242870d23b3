"""Node's packages of this repository, in copies that hold what their lock files name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

CLIENTS = REPOSITORY / "clients"
TIMEOUT_SECONDS = 1200
"""A command of npm that takes longer hangs."""


def installed(name: str, folder: Path) -> Path:
    """A copy of a package, with the packages of its lock file."""
    if not shutil.which("npm"):
        pytest.skip("The packages for Node are tested with Node; install node and npm.")
    copy = folder / name
    shutil.copytree(CLIENTS / name, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=copy)
    return copy


def npm(*arguments: str, folder: Path) -> str:
    environment = {**os.environ, "GLIMPSE_PYTHON": sys.executable, "NO_COLOR": "1"}
    process = subprocess.run(
        ["npm", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert process.returncode == 0, process.stdout[-4000:] + process.stderr[-2000:]
    return process.stdout
