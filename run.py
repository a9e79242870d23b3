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
    if not (uv and installed_with_uv(uv)):
        install_with_pip()
    STAMP.write_text(wanted)


def installed_with_uv(uv: str) -> bool:
    say(f"setting up {ENVIRONMENT.name} with uv (seconds); this is done once")
    install = [uv, "pip", "install", "--quiet", "--python", str(BIN / "python")]
    steps = [[uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)], *installing(install)]
    if all(subprocess.run(step, cwd=HERE, check=False).returncode == 0 for step in steps):
        return True
    say("uv could not do it; trying pip")
    return False


def install_with_pip() -> None:
    say(f"setting up {ENVIRONMENT.name} with pip (some minutes); this is done once")
    try:
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        sys.exit("run.py: this Python cannot make a virtual environment: install python3-venv (Debian, Ubuntu), or uv")
    for step in installing([str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]):
        call(*step)


def installing(install: list[str]) -> list[list[str]]:
    """The pinned dependencies, by hash; then glimpse itself, which needs nothing more."""
    return [
        [*install, "--require-hashes", "-r", str(LOCK)],
        [*install, "--no-deps", "--no-build-isolation", "-e", str(HERE)],
    ]


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
    if what == "test":
        os.chdir(HERE)
    sys.stderr.flush()
    if os.name == "nt":
        sys.exit(subprocess.run(program, check=False).returncode)
    # In our place, so that Ctrl-C is the program's alone: it ends in its own time.
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main()
