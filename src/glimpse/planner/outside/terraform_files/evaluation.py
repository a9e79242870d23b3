"""Starts the guarded process, limits it, and takes its answer."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glimpse.planner.finding import NotRead
from glimpse.planner.sentence import say

SECONDS = 30
MEMORY_MB = 1024


class Evaluation:
    """
    One evaluation under way: started at once, so that the caller can load prices meanwhile.

    `values` are variable files as (name, text), later ones winning. Use as a context manager: leaving it ends
    the process if it still runs and removes what it wrote.
    """

    def __init__(
        self,
        stack: Path,
        values: Sequence[tuple[str, str]] = (),
        seconds: float = SECONDS,
        memory_mb: int = MEMORY_MB,
    ) -> None:
        self._stack = stack
        self._seconds = seconds
        self._folder = tempfile.TemporaryDirectory(prefix="glimpse-")
        request = {
            "stack": str(stack.resolve()),
            "work": self._folder.name,
            "values": list(values),
            "memory_mb": memory_mb,
        }
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.defpath}
        if "SYSTEMROOT" in os.environ:
            environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "glimpse.planner.outside.terraform_files.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=self._folder.name,
        )
        if self._process.stdin:
            # A process that died already is reported by `answer`.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(request).encode())
                self._process.stdin.close()
            self._process.stdin = None

    def __enter__(self) -> Evaluation:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def answer(self) -> dict[str, Any]:
        """Raises NotRead when the process died, took too long, or could not evaluate the tree."""
        path = str(self._stack)
        try:
            output, _ = self._process.communicate(timeout=self._seconds)
        except subprocess.TimeoutExpired:
            raise NotRead(say("reading_too_slow", path=path, seconds=int(self._seconds))) from None
        if self._process.returncode != 0:
            raise NotRead(say("reader_died", path=path))
        answer: dict[str, Any] = json.loads(output)
        if "error" in answer:
            raise NotRead(say(answer["error"], path=path, **answer["params"]))
        return answer
