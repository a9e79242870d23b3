#!/usr/bin/env python3
"""
Set Glimpse up in .venv, then run it or its tests. Needs Python 3.11 or newer and nothing else.

    python3 run.py glimpse plan        what this repository's own stack costs (any glimpse command follows `glimpse`)
    python3 run.py test                every test (arguments for pytest may follow)
    python3 run.py check               lint, format and types
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
LOCK = HERE / "requirements.lock"
STAMP = ENVIRONMENT / "installed.sha256"


def say(text: str) -> None:
    print(f"run.py: {text}", file=sys.stderr, flush=True)


def set_up() -> None:
    """Install what requirements.lock pins, by hash, unless that is already there."""
    wanted = hashlib.sha256(LOCK.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    uv = shutil.which("uv")
    python = str(BIN / "python")
    say(f"setting up {ENVIRONMENT.name} with {'uv (seconds)' if uv else 'pip (a minute or two)'}; this is done once")
    if uv:
        call(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(ENVIRONMENT))
        install = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        try:
            venv.create(ENVIRONMENT, with_pip=True)
        except subprocess.CalledProcessError:
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            sys.exit(
                "run.py: this Python cannot make a virtual environment: install python3-venv (Debian, Ubuntu), or uv"
            )
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    say("installing the pinned dependencies")
    call(*install, "--require-hashes", "-r", str(LOCK))
    say("installing glimpse itself")
    call(*install, "--no-deps", "--no-build-isolation", "-e", str(HERE))
    STAMP.write_text(wanted)


def call(*command: str) -> None:
    code = subprocess.run(command, cwd=HERE, check=False).returncode
    if code:
        say(f"this failed ({code}): {' '.join(command)}")
        sys.exit(code)


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"run.py: Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    what, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if what not in ("glimpse", "test", "check"):
        sys.exit(__doc__.strip())
    set_up()
    if what == "check":
        for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
            say(" ".join(command))
            call(str(BIN / command[0]), *command[1:])
        return
    program = [str(BIN / "glimpse"), *rest] if what == "glimpse" else [str(BIN / "python"), "-m", "pytest", *rest]
    say(f"running {'glimpse' if what == 'glimpse' else 'pytest'} {' '.join(rest)}".rstrip())
    # Paths given to glimpse are the caller's; the tests are the repository's.
    where = None if what == "glimpse" else HERE
    sys.exit(subprocess.run(program, cwd=where, check=False).returncode)


if __name__ == "__main__":
    main()
