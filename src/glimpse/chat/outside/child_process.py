"""What both embedded servers need: locks that a child process inherits, free ports, and waiting."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

POLL_SECONDS = 0.005


def try_lock(path: Path) -> int | None:
    """Lock a file, and return it open; None where another process holds the lock. Raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def are_ports_free(*ports: int) -> bool:
    """Whether a server can listen on each of these ports on loopback, as it can while old connections time out."""
    with ExitStack() as probes:
        try:
            for port in ports:
                probes.enter_context(socket.create_server(("127.0.0.1", port)))
        except OSError:
            return False
    return True


def is_server_of(pid: int, folder: Path) -> bool:
    """Whether this process is the server of the folder, and not another one that got a dead server's process id."""
    try:
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/cwd").resolve() == folder
        command = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, check=False)  # noqa: S603, S607
    except OSError:
        return False
    return str(folder) in command.stdout.decode(errors="replace")
