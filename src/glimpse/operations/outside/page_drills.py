"""Runs the drills that browsers and `glimpse drill` ask the page for, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from glimpse.chat.failure import Failure
from glimpse.operations.drills.result import Drill, DrillFailure, DrillLine, DrillRequest
from glimpse.operations.drills.validation import validate_request
from glimpse.operations.ports import LocalStack
from glimpse.operations.state import TimelineEvent

RunDrill = Callable[[DrillRequest], Awaitable[Drill]]
"""
Runs a drill on the stack while `stack.drill` has its name. What happens goes to the stack's timeline. May raise
Failure.
"""


def drill_request(name: str, body: bytes) -> DrillRequest:
    """Of `POST /drills/NAME`. Raises Failure: `page_drill_request`, and those of `validate_request`."""
    try:
        request = msgspec.structs.replace(msgspec.json.decode(body or b"{}", type=DrillRequest), name=name)
    except msgspec.DecodeError as error:
        raise Failure("page_drill_request", detail=str(error)[:200]) from None
    validate_request(request)
    return request


class PageDrills:
    """`result` and `failure` are those of the last drill. `on_change` is called when a drill begins or ends."""

    def __init__(self, stack: LocalStack, run_drill: RunDrill, on_change: Callable[[], None]) -> None:
        self._stack, self._run_drill, self._on_change = stack, run_drill, on_change
        self.result: Drill | None = None
        self.failure: Failure | None = None
        self._running: asyncio.Task[None] | None = None

    def start(self, request: DrillRequest) -> AsyncIterator[DrillLine]:
        """
        The drill's events and its result. It goes on where nobody reads them. Raises Failure `page_drill_running`.
        """
        if self._stack.drill:
            raise Failure("page_drill_running", name=self._stack.drill)
        lines: asyncio.Queue[DrillLine | None] = asyncio.Queue()
        self._stack.drill, self.result, self.failure = request.name, None, None
        # A task of its own: a browser that closes its page must not leave a stack with a part taken away.
        self._running = asyncio.create_task(self._run(request, lines.put_nowait))
        return _until_none(lines)

    async def close(self) -> None:
        """Ends the drill that runs."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self, request: DrillRequest, write: Callable[[DrillLine | None], None]) -> None:
        def on_event(event: TimelineEvent) -> None:
            write(DrillLine(event=event))

        self._stack.subscribers.add(on_event)
        self._on_change()
        try:
            self.result = await self._run_drill(request)
            write(DrillLine(result=self.result))
        except Failure as failure:
            self.failure = failure
        except Exception as error:
            self.failure = Failure("page_drill_crashed", detail=f"{type(error).__name__}: {error}"[:200])
        finally:
            self._stack.subscribers.discard(on_event)
            self._stack.drill = None
            if self.failure:
                write(DrillLine(failure=DrillFailure(self.failure.code, self.failure.values)))
            write(None)
            self._on_change()


async def _until_none(lines: asyncio.Queue[DrillLine | None]) -> AsyncIterator[DrillLine]:
    while (line := await lines.get()) is not None:
        yield line
