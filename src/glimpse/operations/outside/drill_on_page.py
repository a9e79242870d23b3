"""Run a drill on a stack of another process, through its page."""

from __future__ import annotations

import aiohttp
import msgspec

from glimpse.chat.failure import Failure
from glimpse.operations.drills.result import Drill, DrillFailure, DrillLine, DrillRequest
from glimpse.operations.ports import OnEvent

MAX_LINE_BYTES = 2**24


class _State(msgspec.Struct):
    speed: float


class _Refused(msgspec.Struct):
    failure: DrillFailure


async def run_drill(page: str, request: DrillRequest, speed: float | None, on_event: OnEvent) -> Drill:
    """
    `page` is the URL of the stack's page; `speed`: the one that the stack must have, None: any. Raises Failure:
    `drill_other_speed`, `drill_page_gone`, and what the page answers.
    """
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
    page = page.rstrip("/")
    try:
        async with aiohttp.ClientSession(timeout=timeout, read_bufsize=MAX_LINE_BYTES) as http:
            async with http.get(f"{page}/state") as response:
                state = msgspec.json.decode(await response.read(), type=_State)
            if speed is not None and speed != state.speed:
                raise Failure("drill_other_speed", running=f"{state.speed:g}", wanted=f"{speed:g}")
            async with http.post(f"{page}/drills/{request.name}", json=msgspec.to_builtins(request)) as response:
                if response.status != 200:
                    refused = msgspec.json.decode(await response.read(), type=_Refused).failure
                    raise Failure(refused.code, **refused.values)
                async for text in response.content:
                    line = msgspec.json.decode(text, type=DrillLine)
                    if line.event:
                        on_event(line.event)
                    if line.failure:
                        raise Failure(line.failure.code, **line.failure.values)
                    if line.result:
                        return line.result
    except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError, ValueError) as error:
        raise Failure("drill_page_gone", page=page, detail=str(error) or type(error).__name__) from error
    raise Failure("drill_page_gone", page=page, detail="EOF")
