"""
The guarded process: copy a tree into a sandbox, evaluate the copy, and print what came of it as JSON.

Run by `evaluation` with a request on standard input. It may be killed at any moment; the caller owns the folder
it writes to. Nothing here prints anything else, and what goes wrong is in the answer.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

MEGABYTE = 1 << 20
MOST_RESOURCES = 20_000


def limit_memory(megabytes: int) -> None:
    """
    Bound what this process may write to. Not its address space: Go reserves far more than it uses.

    Where the platform has no such limit, the caller's time limit still holds.
    """
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * MEGABYTE, megabytes * MEGABYTE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass


def answer(request: dict[str, Any]) -> dict[str, Any]:
    from glimpse.planner.outside.terraform_files.sandbox import BrokenValues, Sandbox, TooLarge

    sandbox = Sandbox(Path(request["stack"]), Path(request["work"]))
    try:
        copied = sandbox.copy()
        for name, text in request["values"]:
            sandbox.variable_file(name, text.encode())
    except BrokenValues as broken:
        return {"error": "variable_file_broken", "params": {"file": broken.name, "line": broken.line}}
    except TooLarge as limit:
        return too_large(limit.what, limit.limit)
    except RecursionError:
        return too_large("nesting", sys.getrecursionlimit())

    import tfparse

    root = sandbox.place(sandbox.stack)
    root.mkdir(parents=True, exist_ok=True)
    files = [os.path.relpath(path, root) for path in copied.variable_files]
    try:
        evaluated = tfparse.load_from_path(str(root), vars_paths=files, allow_downloads=False)
    except tfparse.ParseError as error:
        return {"error": "not_evaluated", "params": {"detail": str(error).replace(str(request["work"]), "")[:300]}}
    count = sum(len(blocks) for blocks in evaluated.values())
    if count > MOST_RESOURCES:
        return too_large("resources", MOST_RESOURCES)
    return {
        "stack": os.path.relpath(sandbox.stack, sandbox.top),
        "evaluated": evaluated,
        "expected": [asdict(entry) for entry in copied.expected],
        "unresolved": copied.unresolved,
        "warnings": copied.warnings,
        "directories": copied.directories,
        "variables": copied.variables,
    }


def too_large(what: str, limit: int) -> dict[str, Any]:
    return {"error": f"too_large_{what}", "params": {"limit": limit}}


if __name__ == "__main__":
    question = json.load(sys.stdin)
    limit_memory(question["memory_mb"])
    print(json.dumps(answer(question)))
