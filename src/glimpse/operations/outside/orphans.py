"""
Ends what a killed process left running, by the files with process ids that it left in a folder. Linux ends such
children itself (`launcher.py`); this is for other systems, and for what was started before.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

END_SECONDS = 5.0


def write_pid(folder: Path, name: str, pid: int) -> None:
    """Note a child whose working directory is `folder`."""
    (folder / f"{name}.pid").write_text(str(pid))


def remove_pid(folder: Path, name: str) -> None:
    (folder / f"{name}.pid").unlink(missing_ok=True)


def end_orphans(folder: Path, names: str = "*") -> int:
    """
    Kill the noted processes that still run, and forget them: how many there were. `names` is a pattern. Only the one
    process that owns the folder may call this.
    """
    orphans = list(_orphans(folder, names))
    for orphan in orphans:
        with suppress(psutil.NoSuchProcess):
            orphan.send_signal(signal.SIGKILL)
    psutil.wait_procs(orphans, END_SECONDS)
    for path in folder.glob(f"{names}.pid"):
        path.unlink(missing_ok=True)
    return len(orphans)


def _orphans(folder: Path, names: str) -> Iterator[psutil.Process]:
    """Another process may have got a dead one's id since. Ours has the folder as its working directory."""
    for path in folder.glob(f"{names}.pid"):
        with suppress(ValueError, OSError, psutil.Error):
            process = psutil.Process(int(path.read_text()))
            if process.pid != os.getpid() and Path(process.cwd()) == folder.resolve():
                yield process
