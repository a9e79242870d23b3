"""
Which stack runs on a data folder: its addresses, for `drill`, `verify` and a second `up`.

    DATA/up.json    the addresses of the stack that is ready, and the process id of its `up`
    DATA/up.lock    locked by `up` while it runs; the kernel releases it when `up` ends, even by SIGKILL
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import try_lock, wait_until
from glimpse.operations.state import Addresses

LOOK_SECONDS = 0.2

FOLDER_MODE = 0o711
"""
Others may pass through, and read nothing: where root starts the stack in a container that forbids user namespaces,
PostgreSQL runs as another user, in a folder of its own inside.
"""


class _Running(msgspec.Struct, frozen=True):
    pid: int
    addresses: Addresses


def find(data: Path) -> Addresses | None:
    """The addresses of the stack that runs on this folder and is ready; None where there is none."""
    if not (data / "up.lock").exists() or not _is_locked(data):
        return None
    running = _read(data)
    return running.addresses if running else None


@contextmanager
def only_stack(data: Path) -> Iterator[None]:
    """
    Make the folder, and hold its lock. Raises Failure: `up_data_unwritable`; `up_running` where another process holds
    the lock and serves, `up_starting` where that one is not ready.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        lock = _lock(data)
    except OSError as error:
        raise Failure("up_data_unwritable", folder=str(data), detail=error.strerror or str(error)) from error
    if lock is None:
        running = _read(data)
        if running is None:
            raise Failure("up_starting", folder=str(data))
        raise Failure("up_running", folder=str(data), pid=running.pid, page=running.addresses.page)
    try:
        (data / "up.json").unlink(missing_ok=True)
        yield
    finally:
        (data / "up.json").unlink(missing_ok=True)
        os.close(lock)


def publish(data: Path, addresses: Addresses) -> None:
    """Write the addresses of a stack that is ready. They hold the database's password: only the owner can read them."""
    new = data / "up.json.new"
    new.touch(mode=0o600)
    new.write_bytes(msgspec.json.encode(_Running(os.getpid(), addresses)))
    new.replace(data / "up.json")


def _lock(data: Path) -> int | None:
    lock: int | None = None

    def is_locked() -> bool:
        nonlocal lock
        lock = try_lock(data / "up.lock")
        return lock is not None

    # Whoever only looks whether a stack runs has the lock for a moment, too.
    wait_until(is_locked, LOOK_SECONDS)
    return lock


def _is_locked(data: Path) -> bool:
    try:
        lock = _lock(data)
    except OSError:
        return False
    if lock is None:
        return True
    os.close(lock)
    return False


def _read(data: Path) -> _Running | None:
    try:
        return msgspec.json.decode((data / "up.json").read_bytes(), type=_Running)
    except (OSError, msgspec.DecodeError):
        return None
