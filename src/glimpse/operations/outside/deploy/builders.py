"""Docker, Podman and Buildah: which of them works here, and how each builds and pushes."""

from __future__ import annotations

import os
import platform as machine
import shlex
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from glimpse.chat.failure import Failure

OPTIONS_VARIABLE = "GLIMPSE_BUILD_OPTIONS"
"""The environment variable with options for each build, such as `--secret id=pip,src=pip.conf` behind a mirror."""

LOOK_SECONDS = 20.0
MAX_LAST_LINES = 3
"""Of what a builder printed, in the sentence about its failure: the reason is seldom in the last line alone."""

PLATFORMS = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}
"""By the architecture as ECS names it."""

PROCESSORS = {"x86_64": "amd64", "aarch64": "arm64"}
"""As images name the processors that Linux names."""

DOCKER, PODMAN, BUILDAH = "docker", "podman", "buildah"
CHECKS: Mapping[str, Sequence[str]] = {
    DOCKER: ("info", "--format", "{{.ServerVersion}}"),
    PODMAN: ("info", "--format", "{{.Version.Version}}"),
    BUILDAH: ("info",),
}
"""A command that fails where the program cannot build: `docker --version` succeeds without a daemon."""


class Login(Struct, frozen=True):
    """Of a registry, for some hours. `password` is a secret."""

    registry: str
    user: str
    password: str


class Builder(Protocol):
    def build(self, dockerfile: Path, context: Path, platform: str, image: str) -> None: ...

    def push(self, image: str, login: Login, folder: Path) -> None:
        """The folder is a temporary one: what the login writes ends there."""
        ...


Progress = Callable[[str], None]
"""Called with each line that a builder prints."""


def find_builder(options: Sequence[str], progress: Progress) -> Builder | None:
    """The first that works. `options` are added to each build, and those of the environment."""
    options = (*options, *shlex.split(os.environ.get(OPTIONS_VARIABLE, "")))
    for name, check in CHECKS.items():
        program = shutil.which(name)
        if program and _works([program, *check]):
            return (
                DockerBuilder(program, options, progress) if name == DOCKER else OciBuilder(program, options, progress)
            )
    return None


def _works(command: Sequence[str]) -> bool:
    try:
        found = subprocess.run(command, capture_output=True, timeout=LOOK_SECONDS, stdin=subprocess.DEVNULL)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    # Some versions of Docker succeed without a daemon, and print nothing.
    return found.returncode == 0 and bool(found.stdout.strip())


class DockerBuilder:
    def __init__(self, program: str, options: Sequence[str], progress: Progress) -> None:
        self._program, self._options, self._progress = program, options, progress

    def build(self, dockerfile: Path, context: Path, platform: str, image: str) -> None:
        command = [self._program, "build", "-f", str(dockerfile), "--platform", platform, "-t", image]
        # Attestations would make an index of one image, with a digest of its own.
        environment = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1", "BUILDKIT_PROGRESS": "plain", "DOCKER_BUILDKIT": "1"}
        run_builder([*command, *self._options, str(context)], self._progress, environment)

    def push(self, image: str, login: Login, folder: Path) -> None:
        # The login goes into a configuration of its own, which does not know the contexts of the user's.
        environment = {"DOCKER_CONFIG": str(folder)}
        look = [self._program, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
        found = subprocess.run(look, capture_output=True, text=True, timeout=LOOK_SECONDS)  # noqa: S603
        if found.returncode == 0 and found.stdout.strip():
            environment["DOCKER_HOST"] = found.stdout.strip()
        command = [self._program, "login", "--username", login.user, "--password-stdin", login.registry]
        run_builder(command, self._progress, environment, login.password)
        run_builder([self._program, "push", image], self._progress, environment)


class OciBuilder:
    """Podman and Buildah, whose commands are the same."""

    def __init__(self, program: str, options: Sequence[str], progress: Progress) -> None:
        self._program, self._options, self._progress = program, options, progress

    def build(self, dockerfile: Path, context: Path, platform: str, image: str) -> None:
        command = [self._program, "build", "-f", str(dockerfile), "--platform", platform, "-t", image]
        # Buildah 1.28 does not know where it builds, and would run the first stage on the processor of the image.
        own = f"linux/{PROCESSORS.get(machine.machine(), machine.machine())}"
        run_builder([*command, "--build-arg", f"BUILDPLATFORM={own}", *self._options, str(context)], self._progress)

    def push(self, image: str, login: Login, folder: Path) -> None:
        options = ["--authfile", str(folder / "auth.json")]
        # Docker trusts a registry on loopback without TLS by itself.
        if login.registry.startswith(("127.0.0.1:", "localhost:")):
            options.append("--tls-verify=false")
        command = [self._program, "login", *options, "--username", login.user, "--password-stdin", login.registry]
        run_builder(command, self._progress, standard_input=login.password)
        run_builder([self._program, "push", *options, image], self._progress)


def run_builder(
    command: Sequence[str], progress: Progress, environment: Mapping[str, str] | None = None, standard_input: str = ""
) -> None:
    """Raises Failure with the last lines that the program printed."""
    last: deque[str] = deque(maxlen=MAX_LAST_LINES)
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env={**os.environ, **(environment or {})},
    )  # fmt: skip
    with process:
        if process.stdin:
            # A program that has ended already says why in its output.
            with suppress(BrokenPipeError):
                process.stdin.write(standard_input)
                process.stdin.close()
        for line in process.stdout or ():
            if line.strip():
                last.append(line.rstrip())
                progress(line.rstrip())
    if process.returncode != 0:
        program = Path(command[0]).name
        raise Failure("deploy_builder_failed", program=program, command=command[1], detail=" / ".join(last) or "–")
