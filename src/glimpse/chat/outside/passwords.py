"""
Passwords hashed with argon2id, 19 MiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet). One hash takes about 20 ms
and 19 MiB, so a thread beside the event loop computes one at a time, and `HashQueue` says which and when.

The thread has the priority of the event loop. With a lower one, a hash takes a second where the processor is busy, and
the event loop waits where the thread is suspended while it holds the interpreter's lock.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glimpse.chat.hash_queue import HashQueue
from glimpse.chat.refusals import BUSY, Refusal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# argon2-cffi is imported for the first password. Where another issuer has the accounts there is none: that saves 2.5 ms
# of the start, and 0.4 MB.

MEMORY_KIB, PASSES = 19 * 1024, 2

PLACEHOLDER = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${'A' * 22}${'A' * 43}"
"""
A hash to which no password is known. Where the handle is unknown the password is compared with it, so that the response
takes as long as for a known one.
"""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], str | bool]
    answer: asyncio.Future[str | bool | Refusal]


class Argon2:
    """Refused `busy` where too many are waiting."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "argon2")
        self._queue: HashQueue[_Job] = HashQueue()
        self._running: asyncio.Task[None] | None = None

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)

    async def hash(self, password: str, network: str) -> str | Refusal:
        hashed = await self._run_queued(lambda: self._hasher.hash(password), network, False)
        return hashed if isinstance(hashed, Refusal) else str(hashed)

    async def matches(
        self, password_hash: str | None, password: str, network: str, is_usual_network: bool
    ) -> bool | Refusal:
        """False where there is no hash, after as long as where there is one."""

        def verify() -> bool:
            return self._verify(password_hash or PLACEHOLDER, password) and bool(password_hash)

        matches = await self._run_queued(verify, network, is_usual_network)
        return matches if isinstance(matches, Refusal) else bool(matches)

    def close(self) -> None:
        if self._running:
            self._running.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run_queued(
        self, work: Callable[[], str | bool], network: str, is_usual_network: bool
    ) -> str | bool | Refusal:
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future())
        displaced = self._queue.add(job, network, is_usual_network, loop.time())
        if displaced and not displaced.answer.done():
            displaced.answer.set_result(BUSY)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await job.answer

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        try:
            while self._queue:
                await asyncio.sleep(self._queue.seconds_until_next(clock()))
                job = self._queue.take(clock())
                if job.answer.done():
                    continue  # Its request was cancelled.
                await self._compute(job)
        finally:
            self._running = None
            # Something is left only where the service ends.
            while self._queue:
                self._queue.take(clock()).answer.cancel()

    async def _compute(self, job: _Job) -> None:
        loop = asyncio.get_running_loop()
        try:
            result, cpu_seconds = await loop.run_in_executor(self._thread, _timed, job.work)
        except asyncio.CancelledError:
            job.answer.cancel()
            raise
        except Exception as error:
            if not job.answer.done():
                job.answer.set_exception(error)
            return
        self._queue.spent(cpu_seconds, loop.time())
        if not job.answer.done():
            job.answer.set_result(result)


def _timed(work: Callable[[], str | bool]) -> tuple[str | bool, float]:
    """The result, and the processor time of this thread that it took."""
    began = time.thread_time()
    return work(), time.thread_time() - began
