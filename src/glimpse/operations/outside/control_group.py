"""A Linux control group that gives a process what a Fargate task has: a share of the CPU and a limit on memory."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 100_000


class ControlGroup:
    """
    A control group of version 1 or 2. Entering creates it, and leaving removes it once its processes have ended.

    `core` is the one core that its processes run on; None means any. `share` is how much CPU they get, where 1 is a
    whole core; None means no limit. `max_bytes` limits their memory, page tables and socket buffers included; None
    means no limit.
    """

    def __init__(
        self, name: str, core: int | None = None, share: float | None = None, max_bytes: int | None = None
    ) -> None:
        self._core, self._share, self._max_bytes = core, share, max_bytes
        self._is_v2 = (ROOT / "cgroup.controllers").exists()
        folders = [ROOT / name] if self._is_v2 else [ROOT / part / name for part in ("cpu", "cpuacct", "memory")]
        # Version 1 may mount cpu and cpuacct as one.
        self.folders: Sequence[Path] = list(dict.fromkeys(folder.parent.resolve() / name for folder in folders))
        self._cpu, self._usage, self._memory = folders * 3 if self._is_v2 else folders

    def __enter__(self) -> ControlGroup:
        self.create()
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()

    def create(self) -> None:
        """Raises OSError where this process may not create control groups."""
        for folder in self.folders:
            folder.mkdir(exist_ok=True)
        quota = None if self._share is None else round(self._share * PERIOD_MICROSECONDS)
        if self._is_v2:
            (self._cpu / "cpu.max").write_text(f"{quota or 'max'} {PERIOD_MICROSECONDS}")
            (self._memory / "memory.max").write_text(str(self._max_bytes or "max"))
        else:
            (self._cpu / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
            (self._cpu / "cpu.cfs_quota_us").write_text(str(quota or -1))
            (self._memory / "memory.limit_in_bytes").write_text(str(self._max_bytes or -1))

    def remove(self) -> None:
        """Does nothing while processes are in it."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def add(self, pids: Iterable[int]) -> None:
        """Move processes into the group; whatever they start afterwards is in it too."""
        for pid in pids:
            if self._core is not None:
                os.sched_setaffinity(pid, {self._core})
            for folder in self.folders:
                (folder / "cgroup.procs").write_text(str(pid))

    def cpu_seconds(self) -> float:
        if self._is_v2:
            return _fields(self._usage / "cpu.stat")["usage_usec"] / 1e6
        return int((self._usage / "cpuacct.usage").read_text()) / 1e9

    def memory_bytes(self) -> int:
        """The memory that the kernel counts against the limit."""
        return int((self._memory / ("memory.current" if self._is_v2 else "memory.usage_in_bytes")).read_text())

    def peak_memory_bytes(self) -> int:
        """The highest `memory_bytes` since the group was created."""
        name = "memory.peak" if self._is_v2 else "memory.max_usage_in_bytes"
        return int((self._memory / name).read_text())

    def out_of_memory_kills(self) -> int:
        """How many of its processes the kernel has killed because they wanted more than `max_bytes`."""
        return _fields(self._memory / ("memory.events" if self._is_v2 else "memory.oom_control")).get("oom_kill", 0)


def _fields(path: Path) -> dict[str, int]:
    """A file of lines that each have a name and a number."""
    return {name: int(value) for name, value in (line.split() for line in path.read_text().splitlines())}


def remove_control_groups(prefix: str) -> None:
    """Those of this name and a hyphen, and no others; not those with processes in them."""
    for folder in ControlGroup(prefix).folders:
        for group in folder.parent.glob(f"{prefix}-*"):
            with contextlib.suppress(OSError):
                group.rmdir()


def why_no_control_groups() -> str | None:
    """None where this process may create control groups that limit CPU and memory; else the code of the reason."""
    if sys.platform != "linux":
        return "limits_not_linux"
    probe = ControlGroup(f"glimpse-probe-{os.getpid()}", share=1.0, max_bytes=2**30)
    try:
        probe.create()
    except (PermissionError, FileNotFoundError) as error:
        # Version 1 has no folder for a controller that is not mounted, version 2 no file for one that is not enabled.
        return "limits_not_permitted" if isinstance(error, PermissionError) else "limits_no_controllers"
    except OSError:
        # A container sees the file system of control groups read-only.
        return "limits_not_permitted"
    finally:
        probe.remove()
    return None
