"""
The Python that runs the glimpse under test: the image's, so that the figures are those of what people deploy.

Both bases of the image, Debian's Python and that of Docker's official image, are compiled with profile guidance. A
Python that a developer compiled mostly is not.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src"
DEBIAN_PYTHON = Path("/usr/bin/python3")
LOCK = REPOSITORY / "infrastructure/docker/requirements.lock"
ENVIRONMENT = REPOSITORY / ".venv-image"

_DESCRIBE = """
import json, platform, sys, sysconfig
print(json.dumps([platform.python_version(), sysconfig.get_config_var("CONFIG_ARGS") or "", sys.base_prefix]))
"""


@dataclass(frozen=True)
class Interpreter:
    """`is_profile_guided`: None where that cannot be known."""

    path: Path
    version: str
    is_profile_guided: bool | None

    def __str__(self) -> str:
        guided = {True: "profile-guided", False: "not profile-guided", None: "unknown whether profile-guided"}
        return f"Python {self.version} ({guided[self.is_profile_guided]})"


def read_interpreter(path: Path) -> Interpreter:
    """Ask a Python what it is. Raises OSError or CalledProcessError where it does not run."""
    printed = subprocess.run([path, "-c", _DESCRIBE], capture_output=True, text=True, check=True).stdout
    version, configured, prefix = json.loads(printed)
    return Interpreter(path, version, is_profile_guided(configured, prefix))


def is_profile_guided(configured: str, prefix: str) -> bool | None:
    """
    `configured`: the arguments of CPython's configure, where --enable-optimizations asks for profile guidance. Debian
    asks for it by make's target profile-opt, which leaves no trace there, so its package is the evidence.
    """
    if "--enable-optimizations" in configured:
        return True
    if prefix != "/usr":
        return False if configured else None
    owner = shutil.which("dpkg-query") and subprocess.run(
        ["dpkg-query", "--search", DEBIAN_PYTHON.resolve()], capture_output=True, text=True
    )
    return True if owner and owner.stdout.startswith("python3") else None


def image_python() -> Path:
    """
    Debian's Python with the image's libraries, set up once. Where that fails, print why, and return the Python that
    runs this.
    """
    python, stamp = ENVIRONMENT / "bin/python", ENVIRONMENT / "installed.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    print(f"setting up {ENVIRONMENT.name} with the image's libraries; this is done once", flush=True)
    try:
        pip = "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"
        steps: list[tuple[str | Path, ...]] = [
            (DEBIAN_PYTHON, "-m", "venv", "--clear", ENVIRONMENT),
            (python, *pip, LOCK),
        ]
        for command in steps:
            subprocess.run(command, check=True, capture_output=True, text=True)
        # The chat says its version, so it needs metadata; its source comes from PYTHONPATH.
        [packages] = ENVIRONMENT.glob("lib/python3.*/site-packages")
        metadata = packages / "glimpse_chat-0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.4\nName: glimpse-chat\nVersion: 0\n")
        stamp.write_text(wanted)
    except (OSError, subprocess.CalledProcessError) as error:
        why = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
        print(f"{DEBIAN_PYTHON} cannot be used, so glimpse runs on {sys.executable}: {why}", flush=True)
        return Path(sys.executable)
    return python
