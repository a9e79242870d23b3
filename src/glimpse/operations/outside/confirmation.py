"""A question to the person at the terminal."""

from __future__ import annotations

import asyncio
import sys

YES = ("y", "yes", "네", "예", "ㅇ")


async def confirm(question: str) -> bool:
    """Whether the person answers yes. Ctrl-C ends the wait, which a blocking read would keep until the Enter key."""
    print(question, end=" ", file=sys.stderr, flush=True)
    answered = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, answered.set)
    try:
        await answered.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip().lower() in YES
