"""
Passwords hashed with argon2id, 19 MiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet). One hash takes about 20 ms
and 19 MiB, so a thread beside the event loop computes one at a time, and its queue is short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from glimpse.chat.refusals import BUSY, Refusal

MAX_QUEUED_HASHES = 20
"""Hashes that wait: the last of them waits for 0.4 s."""

T = TypeVar("T")


class Argon2:
    """Refused `busy` where MAX_QUEUED_HASHES are waiting."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2")
        # Compared where the handle is unknown, so that the response takes as long as for a known one.
        self._placeholder = self._hasher.hash("nobody")
        self._waiting = 0

    async def hash(self, password: str) -> str | Refusal:
        return await self._run_queued(lambda: self._hasher.hash(password))

    async def matches(self, password_hash: str | None, password: str) -> bool | Refusal:
        """False where there is no hash, after as long as where there is one."""
        return await self._run_queued(
            lambda: self._verify(password_hash or self._placeholder, password) and bool(password_hash)
        )

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run_queued(self, work: Callable[[], T]) -> T | Refusal:
        if self._waiting >= MAX_QUEUED_HASHES:
            return BUSY
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1
