"""A Linux control group that gives a process what a Fargate task has: a share of one core and a limit on memory."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 100_000


class ControlGroup:
    """
    A control group of version 1 or 2. Entering creates it, and leaving removes it once its processes have ended.

    `core` is the one core that its processes run on. `share` is the part of that core that they get; None means all of
    it. `max_bytes` limits their memory, page tables and socket buffers included; None means no limit. Entering raises
    OSError where this process may not create control groups.
    """

    def __init__(self, name: str, core: int, share: float | None = None, max_bytes: int | None = None) -> None:
        self._core, self._share, self._max_bytes = core, share, max_bytes
        self._is_v2 = (ROOT / "cgroup.controllers").exists()
        folders = [ROOT / name] if self._is_v2 else [ROOT / part / name for part in ("cpu", "cpuacct", "memory")]
        # Version 1 may mount cpu and cpuacct as one.
        self._folders = list(dict.fromkeys(folder.parent.resolve() / name for folder in folders))
        self._cpu, self._usage, self._memory = folders * 3 if self._is_v2 else folders

    def __enter__(self) -> ControlGroup:
        for folder in self._folders:
            folder.mkdir(exist_ok=True)
        quota = None if self._share is None else round(self._share * PERIOD_MICROSECONDS)
        if self._is_v2:
            (self._cpu / "cpu.max").write_text(f"{quota or 'max'} {PERIOD_MICROSECONDS}")
            (self._memory / "memory.max").write_text(str(self._max_bytes or "max"))
        else:
            (self._cpu / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
            (self._cpu / "cpu.cfs_quota_us").write_text(str(quota or -1))
            (self._memory / "memory.limit_in_bytes").write_text(str(self._max_bytes or -1))
        return self

    def __exit__(self, *error: object) -> None:
        for folder in self._folders:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def add(self, pids: Iterable[int]) -> None:
        """Move processes into the group; whatever they start afterwards is in it too."""
        for pid in pids:
            os.sched_setaffinity(pid, {self._core})
            for folder in self._folders:
                (folder / "cgroup.procs").write_text(str(pid))

    def cpu_seconds(self) -> float:
        if self._is_v2:
            fields = dict(line.split() for line in (self._usage / "cpu.stat").read_text().splitlines())
            return int(fields["usage_usec"]) / 1e6
        return int((self._usage / "cpuacct.usage").read_text()) / 1e9

    def memory_bytes(self) -> int:
        """The memory that the kernel counts against the limit."""
        return int((self._memory / ("memory.current" if self._is_v2 else "memory.usage_in_bytes")).read_text())

    def peak_memory_bytes(self) -> int:
        """The highest `memory_bytes` since the group was created."""
        name = "memory.peak" if self._is_v2 else "memory.max_usage_in_bytes"
        return int((self._memory / name).read_text())


def process_tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in process_tree(int(child)))]


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
