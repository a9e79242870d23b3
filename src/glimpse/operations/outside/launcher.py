"""
Starts a program that ends with the process that started it, also when that is killed; and puts it into control groups
before it does anything. Runs as a program itself: `python -I -S launcher.py PARENT FOLDER… -- COMMAND…`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
SIGKILL = 9


def launch_command(command: Sequence[str], control_groups: Iterable[Path] = ()) -> list[str]:
    """
    The command that starts `command` so. On Linux the kernel kills it once the *thread* that starts it ends: start it
    from the main thread, not from an executor's. Elsewhere it outlives a killed parent; see `orphans.py`.
    """
    folders = [str(folder) for folder in control_groups]
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), *folders, "--", *command]


def main() -> None:
    parent, *rest = sys.argv[1:]
    end = rest.index("--")
    folders, command = rest[:end], rest[end + 1 :]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
        if os.getppid() != int(parent):
            # The parent ended before the kernel knew.
            raise SystemExit(1)
    for folder in folders:
        with open(f"{folder}/cgroup.procs", "w") as processes:
            processes.write(str(os.getpid()))
    try:
        os.execvp(command[0], command)  # noqa: S606
    except OSError as error:
        raise SystemExit(f"{command[0]}: {error.strerror}") from None


if __name__ == "__main__":
    main()
