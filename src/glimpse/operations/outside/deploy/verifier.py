"""`glimpse verify --on aws`, in a process of its own: its report goes where this one's output goes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence


class ChildVerifier:
    """Implements releases.ports.Verifier. `arguments` are those of `glimpse plan`, `language` that of the report."""

    def __init__(self, arguments: Sequence[str], language: str) -> None:
        self._command = [sys.executable, "-m", "glimpse", "verify", *arguments, "--on", "aws", "--lang", language]

    def verify(self) -> int:
        return subprocess.run(self._command, stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603
