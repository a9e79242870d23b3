"""One Fargate task on this machine: a share of one core and a bound on memory, by the kernel's control groups."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 100_000


class Cage:
    """
    A control group of version 1 or 2, made on entering and removed when its processes are gone.

    `share` of one core, None for all of it; `most_bytes` of memory, page tables and socket buffers included, None for
    no bound. `core` is the one core its processes run on. Raises OSError without the right to make one.
    """

    def __init__(self, name: str, core: int, share: float | None = None, most_bytes: int | None = None) -> None:
        self._core, self._share, self._most_bytes = core, share, most_bytes
        self._is_v2 = (ROOT / "cgroup.controllers").exists()
        folders = [ROOT / name] if self._is_v2 else [ROOT / part / name for part in ("cpu", "cpuacct", "memory")]
        # Version 1 may mount cpu and cpuacct as one.
        self._folders = list(dict.fromkeys(folder.parent.resolve() / name for folder in folders))
        self._cpu, self._usage, self._memory = folders * 3 if self._is_v2 else folders

    def __enter__(self) -> Cage:
        for folder in self._folders:
            folder.mkdir(exist_ok=True)
        quota = None if self._share is None else round(self._share * PERIOD_MICROSECONDS)
        if self._is_v2:
            (self._cpu / "cpu.max").write_text(f"{quota or 'max'} {PERIOD_MICROSECONDS}")
            (self._memory / "memory.max").write_text(str(self._most_bytes or "max"))
        else:
            (self._cpu / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
            (self._cpu / "cpu.cfs_quota_us").write_text(str(quota or -1))
            (self._memory / "memory.limit_in_bytes").write_text(str(self._most_bytes or -1))
        return self

    def __exit__(self, *error: object) -> None:
        for folder in self._folders:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def hold(self, pids: Iterable[int]) -> None:
        """Processes, with whatever they start from now on."""
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
        """What the kernel counts against the bound."""
        return int((self._memory / ("memory.current" if self._is_v2 else "memory.usage_in_bytes")).read_text())

    def most_memory_bytes(self) -> int:
        """The most of that since the cage was made."""
        name = "memory.peak" if self._is_v2 else "memory.max_usage_in_bytes"
        return int((self._memory / name).read_text())


def tree(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in tree(int(child)))]


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
