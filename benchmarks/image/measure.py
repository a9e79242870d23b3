"""
Measure the container image: what it adds to its base, how long it takes to build, its memory when idle, and the time
until it is ready as one Fargate task of 0.25 vCPU and 512 MB, with its bytecode and without it.

Run:     python -m benchmarks.image.measure [--starts N]     as root
Compare: run it before and after a change on an idle machine.
Needs:   Linux, control groups, buildah, debootstrap.
Units:   MB are 1,000,000 bytes; seconds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.image.container import BASE, IMAGE, Container, Images, fast_folder, size_bytes, why_not
from glimpse.chat.outside.child_process import free_port
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.operations.outside.control_group import ControlGroup, why_no_control_groups

SHARE, TASK_BYTES = 0.25, 512 * 2**20
NOWHERE = {"PYTHONPYCACHEPREFIX": "/tmp/nowhere"}  # noqa: S108
"""Python then looks for bytecode in an empty folder, and compiles all that it imports."""


class Start(NamedTuple):
    """Until /health answered 200, and the proportional set size then."""

    seconds: float
    cpu_seconds: float
    memory_bytes: int


def start(root: Path, configuration: Mapping[str, Any], environment: Mapping[str, str], port: int) -> Start:
    with ControlGroup(f"glimpse-image-{port}", share=SHARE, max_bytes=TASK_BYTES) as group:
        began = time.perf_counter()
        with Container(root, configuration, environment, control_groups=group.folders) as task:
            task.wait_until_healthy(port)
            started = Start(time.perf_counter() - began, group.cpu_seconds(), task.memory_bytes())
            exit_code, said = task.terminate()
    if exit_code:
        raise SystemExit(said)
    return started


def row(name: str, values: list[float], unit: str) -> None:
    print(f"{name:34} median {statistics.median(values):6.2f}   {min(values):6.2f} to {max(values):6.2f} {unit}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=9)
    starts = parser.parse_args().starts
    for why in (why_not(), why_no_control_groups()):
        if why:
            raise SystemExit(why)
    places = tempfile.TemporaryDirectory(dir=fast_folder()), tempfile.TemporaryDirectory()
    with places[0] as folder, places[1] as data, Images(Path(folder)) as images:
        images.make_base()
        began = time.perf_counter()
        images.build(IMAGE)
        print(f"built in {time.perf_counter() - began:.0f} s, downloads included")
        root, configuration = images.mount(IMAGE), images.configuration(IMAGE)
        print(f"adds {(size_bytes(root) - size_bytes(images.mount(BASE))) / 1e6:.1f} MB to its base")
        with EmbeddedPostgres(Path(data)) as url:
            port = free_port()
            settings = {"GLIMPSE_DATABASE_URL": url, "GLIMPSE_JWT_SECRETS": "x" * 40, "GLIMPSE_PORT": str(port)}
            settings["GLIMPSE_DRAIN_SECONDS"] = "0"
            with Container(root, configuration, settings, ["glimpse", "migrate"]) as migration:
                migration.wait()
            runs = [start(root, configuration, settings, port) for _ in range(starts)]
            row("ready", [each.seconds for each in runs], "s")
            row("CPU until ready", [each.cpu_seconds for each in runs], "s")
            row("idle memory (PSS)", [each.memory_bytes / 1e6 for each in runs], "MB")
            compiling = [start(root, configuration, {**settings, **NOWHERE}, port) for _ in range(starts)]
            row("ready without bytecode", [each.seconds for each in compiling], "s")
            row("CPU until ready without bytecode", [each.cpu_seconds for each in compiling], "s")


if __name__ == "__main__":
    main()
