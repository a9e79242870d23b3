"""
The live page of `glimpse up`, and the requests with which `glimpse drill` and `glimpse verify` reach a running stack.

    GET  /               the page; its files are under /page/
    GET  /state          StackState
    GET  /deployment     Deployment
    GET  /costs          CostsAtLoad
    GET  /windows        the task that each of the two chat windows of this browser is on
    GET  /events         server-sent (local/page_events.py)
    GET  /vega.js        the library of the charts
    POST /drills/{name}  DrillRequest → DrillLines
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from glimpse.chat.failure import Failure
from glimpse.operations.drills.result import DrillFailure
from glimpse.operations.local.balancer_configuration import LISTENERS
from glimpse.operations.local.page_events import (
    HISTORY_SECONDS,
    BilingualText,
    DrillState,
    Languages,
    Point,
    bilingual_text,
    page_drill,
    page_event,
    point_of,
    task_of_cookie,
    without_timeline,
)
from glimpse.operations.options import Say
from glimpse.operations.outside.chart_library import ChartLibrary
from glimpse.operations.outside.costs import Costs
from glimpse.operations.outside.page_drills import PageDrills, RunDrill, drill_request
from glimpse.operations.outside.page_files import HEADERS, TYPES, file_response, policy
from glimpse.operations.outside.same_site import OnlySameSite
from glimpse.operations.ports import LocalStack
from glimpse.operations.state import StackState, TimelineEvent

SAMPLE_SECONDS = 1.0
MAX_UNSENT = 500
"""Events that wait for one browser. It loses its connection past them, connects anew and hears everything again."""

COOKIES = {window: cookie for window, (_, _, cookie) in zip(("chat", "chat_2"), LISTENERS, strict=True)}
MAX_BODY_BYTES = 16 * 1024
DRILL_STATUS = {"drill_unknown": HTTPStatus.NOT_FOUND, "page_drill_running": HTTPStatus.CONFLICT}
"""Of the reasons not to start a drill; the others are wrong requests."""


@asynccontextmanager
async def serving_page(
    stack: LocalStack, run_drill: RunDrill, costs: Costs, say: Say, data: Path, port: int
) -> AsyncIterator[str]:
    """
    The page serves on 127.0.0.1 while the block runs; its URL. Port 0 is any free one. The chart library is kept in the
    folder `data`. Raises Failure: `up_port_taken`.
    """
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise Failure("up_port_taken", port=port, holder=error.strerror or str(error), option="--page-port") from None
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    page = _Page(stack, run_drill, costs, {name: say.in_language(name) for name in ("en", "ko")}, ChartLibrary(data))
    server = _Server(
        uvicorn.Config(
            OnlySameSite(Starlette(routes=page.routes()), url),
            loop="none", lifespan="off", access_log=False, log_config=None, server_header=False, proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    stack.subscribers.add(page.on_event)
    running = [
        asyncio.create_task(work) for work in (server.serve([listening]), page.sample(), costs.follow(stack.state))
    ]
    try:
        yield url
    finally:
        stack.subscribers.discard(page.on_event)
        await page.close()
        server.should_exit = True
        for task in running[1:]:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        listening.close()


class _Server(uvicorn.Server):
    """Leaves signals to `up`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Page:
    def __init__(
        self, stack: LocalStack, run_drill: RunDrill, costs: Costs, languages: Languages, charts: ChartLibrary
    ) -> None:
        self._stack, self._run_drill, self._costs, self._languages = stack, run_drill, costs, languages
        self._charts = charts
        self._history: deque[Point] = deque(maxlen=HISTORY_SECONDS)
        self._browsers: set[asyncio.Queue[bytes | None]] = set()
        self._drills = PageDrills(stack, run_drill, lambda: self._tell("drill", self._drill_document()))

    def routes(self) -> list[Route]:
        return [
            Route("/", self._index),
            Route("/page/{name}", self._file),
            Route("/state", self._state),
            Route("/deployment", self._deployment),
            Route("/costs", self._get_costs),
            Route("/windows", self._windows),
            Route("/events", self._events),
            Route("/vega.js", self._vega),
            Route("/drills/{name}", self._start_drill, methods=["POST"]),
        ]

    async def sample(self) -> None:
        """Never returns: each second, all browsers hear the state, and of prices when they are new."""
        priced: Any = None
        while True:
            state = self._stack.state()
            self._history.append(point_of(state))
            self._tell("state", self._state_document(state))
            if (costs := self._costs_document()) != priced:
                priced = costs
                self._tell("costs", costs)
            await asyncio.sleep(SAMPLE_SECONDS)

    def on_event(self, event: TimelineEvent) -> None:
        self._tell("timeline", [page_event(self._languages, event)])

    async def close(self) -> None:
        """Ends the drill, and the connections of all browsers, which would never end by themselves."""
        await self._charts.close()
        await self._drills.close()
        for queue in self._browsers:
            _put(queue, None)

    def _tell(self, event: str, value: Any) -> None:
        message = _server_sent(event, value)
        for queue in self._browsers:
            _put(queue, message)

    async def _index(self, request: Request) -> Response:
        addresses = self._stack.state().addresses
        if request.headers["host"].startswith("localhost"):
            # The chat windows are on 127.0.0.1, whose cookies a browser only sends from a page of the same site.
            return RedirectResponse(f"http://127.0.0.1:{request.url.port}/")
        return file_response("index.html", {"content-security-policy": policy(addresses)})

    async def _file(self, request: Request) -> Response:
        return file_response(request.path_params["name"])

    async def _state(self, request: Request) -> Response:
        return _json(self._stack.state())

    async def _deployment(self, request: Request) -> Response:
        return _json(self._stack.deployment)

    async def _get_costs(self, request: Request) -> Response:
        return _json(self._costs_document())

    async def _windows(self, request: Request) -> Response:
        state = self._stack.state()
        return _json({window: task_of_cookie(state, request.cookies.get(name)) for window, name in COOKIES.items()})

    async def _vega(self, request: Request) -> Response:
        try:
            path = await self._charts.path()
        except Failure as failure:
            return self._refused(HTTPStatus.SERVICE_UNAVAILABLE, failure)
        return FileResponse(path, headers=HEADERS, media_type=TYPES["js"])

    async def _events(self, request: Request) -> Response:
        async def events() -> AsyncIterator[bytes]:
            queue: asyncio.Queue[bytes | None] = asyncio.Queue(MAX_UNSENT)
            state = self._stack.state()
            first = {
                "history": list(self._history),
                "timeline": [page_event(self._languages, event) for event in state.timeline],
                "drill": self._drill_document(),
                "costs": self._costs_document(),
                "state": self._state_document(state),
            }
            self._browsers.add(queue)
            try:
                for event, value in first.items():
                    yield _server_sent(event, value)
                while (message := await queue.get()) is not None:
                    yield message
            finally:
                self._browsers.discard(queue)

        return StreamingResponse(events(), media_type="text/event-stream", headers=HEADERS)

    async def _start_drill(self, request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part[: MAX_BODY_BYTES + 1 - len(body)]
        try:
            lines = self._drills.start(drill_request(request.path_params["name"], bytes(body)))
        except Failure as failure:
            return self._refused(DRILL_STATUS.get(failure.code, HTTPStatus.BAD_REQUEST), failure)

        async def answer() -> AsyncIterator[bytes]:
            async for line in lines:
                yield msgspec.json.encode(line) + b"\n"

        return StreamingResponse(answer(), media_type="application/x-ndjson", headers=HEADERS)

    def _drill_document(self) -> Any:
        drills = self._drills
        state = DrillState(self._stack.drill, self._text(drills.failure))
        result = drills.result and page_drill(self._languages, drills.result)
        return {**msgspec.structs.asdict(state), "result": result}

    def _state_document(self, state: StackState) -> Any:
        code = state.limits.why_not
        return {**without_timeline(state), "limits_why": code and bilingual_text(self._languages, code, {})}

    def _costs_document(self) -> Any:
        failure = self._text(self._costs.failure)
        return {**msgspec.structs.asdict(self._costs.document), "failure": failure}

    def _refused(self, status: HTTPStatus, failure: Failure) -> Response:
        reason = DrillFailure(failure.code, failure.values)
        return _json({"failure": reason, "sentence": self._text(failure)}, status)

    def _text(self, failure: Failure | None) -> BilingualText | None:
        return None if failure is None else bilingual_text(self._languages, failure.code, failure.values)


def _put(queue: asyncio.Queue[bytes | None], message: bytes | None) -> None:
    """None ends the connection, and so does a queue that is full."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        message = None
    queue.put_nowait(message)


def _server_sent(event: str, value: Any) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(value))


def _json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(msgspec.json.encode(value), status, {**HEADERS, "content-type": "application/json"})
