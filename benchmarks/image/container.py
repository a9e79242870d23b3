"""
Builds the image with buildah and starts it as ECS does, without a container engine: its root file system is read-only
and /tmp is a volume; the program is the first process of its namespace and runs as the image's user. The network is
this machine's. Needs Linux, root, buildah and debootstrap.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from glimpse.operations.outside.launcher import launch_command

REPOSITORY = Path(__file__).parents[2]
DOCKERFILE = "infrastructure/docker/Dockerfile"
BASE, IMAGE = "localhost/base", "localhost/glimpse"
RELEASE = "bookworm"
PACKAGES = "ca-certificates,python3,python3-venv"
"""What the public image has beside a minimal Debian, as far as ours needs it."""
TREE_VARIABLE = "GLIMPSE_IMAGE_BASE"
"""The environment variable with the folder of that Debian. With one, it is made once and kept; it takes a minute."""
PROGRAMS = ("buildah", "debootstrap", "unshare", "chroot")
STORE_BYTES = 4 * 2**30
START_SECONDS = STOP_SECONDS = 60.0
POLL_SECONDS = 0.01

MOUNTS_AND_RUNS = """
set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
mount -t proc proc "$1/proc"
mount --bind /dev "$1/dev"
root="$1" user="$2"
shift 2
exec chroot --userspec="$user" --groups= "$root" /usr/bin/env "$@"
"""


def why_not() -> str | None:
    """A sentence, where the image cannot be built and started here."""
    if sys.platform != "linux" or os.geteuid():
        return "NOT RUN: only root on Linux builds the image with buildah and mounts it read-only"
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    return f"NOT RUN: {', '.join(missing)} not installed" if missing else None


def fast_folder() -> str | None:
    """
    Where the files are made: in memory where there is enough of it, else in the default folder. buildah waits for the
    disk at each step, which took minutes on a busy one.
    """
    memory = Path("/dev/shm")  # noqa: S108
    is_enough = memory.is_dir() and shutil.disk_usage(memory).free > STORE_BYTES
    return str(memory) if is_enough else None


class Images:
    """buildah's images and containers, all in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._containers: list[str] = []

    def __enter__(self) -> Images:
        return self

    def __exit__(self, *error: object) -> None:
        for container in self._containers:
            self._buildah("umount", container)
        # Mounts of its own are gone; what is left is files.
        self._buildah("rm", "--all")

    def make_base(self) -> None:
        """A Debian with Python in the place of the public image, which a machine without a registry cannot pull."""
        tree = Path(os.environ.get(TREE_VARIABLE) or self._folder / "base")
        if not (tree / "usr").exists():
            _run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, str(tree)], timeout=900)
            # The public image has none either: what needs them has to bring them.
            for bytecode in [*tree.rglob("*.pyc")]:
                bytecode.unlink()
            shutil.rmtree(tree / "var/cache/apt/archives")
        container = self._buildah("from", "scratch")
        self._buildah("add", "--quiet", container, str(tree), "/")
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        self._buildah("config", "--env", f"PATH={path}", "--cmd", "python3", container)
        self._buildah("commit", "--quiet", "--format", "docker", container, BASE)
        self._buildah("rm", container)

    def build(self, tag: str, *options: str) -> None:
        """Build the Dockerfile of this repository."""
        configuration = self._folder / "pip.conf"
        given = pip_configuration()
        configuration.write_text("[global]\n" + "".join(f"{name} = {value}\n" for name, value in given.items()))
        options = (*options, "--secret", f"id=pip,src={configuration}", "--build-arg", f"BASE={BASE}")
        if "cert" in given:
            options = (*options, "--volume", f"{given['cert']}:{given['cert']}:ro")
        self._buildah("bud", "--format", "docker", "--isolation", "chroot", *options, "-f", DOCKERFILE, "-t", tag, ".")

    def mount(self, tag: str) -> Path:
        container = self._buildah("from", "--pull-never", tag)
        self._containers.append(container)
        return Path(self._buildah("mount", container))

    def configuration(self, tag: str) -> dict[str, Any]:
        described: dict[str, Any] = json.loads(self._buildah("inspect", "--type", "image", tag))
        configuration: dict[str, Any] = described["Docker"]["config"]
        return configuration

    def _buildah(self, *arguments: str) -> str:
        places = ["--root", str(self._folder / "store"), "--runroot", str(self._folder / "run")]
        return _run(["buildah", *places, *arguments], timeout=600)


def pip_configuration() -> dict[str, str]:
    """Where pip on this machine finds packages, and whom it trusts."""
    listed = _run([sys.executable, "-m", "pip", "config", "list"], timeout=60)
    pairs = [line.partition("=") for line in listed.splitlines()]
    settings = {name.rpartition(".")[2]: value.strip("'\"") for name, _, value in pairs}
    return {name: settings[name] for name in ("index-url", "cert", "proxy", "timeout") if name in settings}


class Container:
    """A program of the image. Entering starts it; leaving kills it, which also ends its mounts."""

    def __init__(
        self,
        root: Path,
        configuration: Mapping[str, Any],
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        control_groups: Iterable[Path] = (),
    ) -> None:
        variables = [*configuration["Env"], *(f"{name}={value}" for name, value in (environment or {}).items())]
        self._command = launch_command(
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--", "sh", "-c", MOUNTS_AND_RUNS),
                *("sh", str(root), configuration["User"] or "0:0", "-i", f"--chdir={configuration['WorkingDir']}"),
                *(*variables, *(command or configuration["Cmd"])),
            ],
            control_groups,
        )

    def __enter__(self) -> Container:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def wait(self) -> tuple[int, str]:
        """Its exit code and what it printed, once it has ended."""
        said, _ = self._process.communicate(timeout=START_SECONDS)
        return self._process.returncode, said

    def first_process(self) -> int:
        """The number that the program has outside its namespace."""
        pid = self._process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())

    def terminate(self) -> tuple[int, str]:
        """Stop it as ECS does, and wait."""
        os.kill(self.first_process(), signal.SIGTERM)
        return self.wait()

    def wait_until_healthy(self, port: int) -> None:
        """Until /health answers 200. Raises TimeoutError, or ChildProcessError where the program has ended before."""
        end = time.monotonic() + START_SECONDS
        while not is_healthy(port):
            if self._process.poll() is not None:
                raise ChildProcessError(self.wait()[1])
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(POLL_SECONDS)

    def memory_bytes(self) -> int:
        """The proportional set size: its own pages, and its share of those that it has in common with others."""
        rollup = Path(f"/proc/{self.first_process()}/smaps_rollup").read_text()
        return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))


def is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def size_bytes(tree: Path) -> int:
    """Of all files, as they are without compression."""
    return sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file() and not path.is_symlink())


def _run(command: Sequence[str], timeout: float) -> str:
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout.strip()
