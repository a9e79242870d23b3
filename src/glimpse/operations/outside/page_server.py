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
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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
from glimpse.operations.drills.names import DRILL_NAMES, MAX_CLIENTS, MIN_CLIENTS
from glimpse.operations.drills.result import Drill, DrillFailure, DrillLine, DrillRequest
from glimpse.operations.local.balancer_configuration import ENTRANCES
from glimpse.operations.local.page_events import (
    HISTORY_SECONDS,
    DrillState,
    Languages,
    Point,
    Sentence,
    point_of,
    sentence_of,
    spoken,
    spoken_drill,
    task_of_cookie,
    without_timeline,
)
from glimpse.operations.options import Say
from glimpse.operations.outside.chart_library import ChartLibrary
from glimpse.operations.outside.costs import Costs
from glimpse.operations.outside.page_files import HEADERS, TYPES, file_response, policy
from glimpse.operations.outside.same_site import OnlySameSite
from glimpse.operations.ports import LocalStack
from glimpse.operations.state import StackState, TimelineEvent

SAMPLE_SECONDS = 1.0
MAX_UNSENT = 500
"""Events that wait for one browser. It loses its connection past them, connects anew and hears everything again."""

COOKIES = {entrance: cookie for entrance, (_, _, cookie) in zip(("chat", "chat_2"), ENTRANCES, strict=True)}
MAX_BODY_BYTES = 16 * 1024
RunDrill = Callable[[DrillRequest], Awaitable[Drill]]
"""
Runs a drill on the stack while `stack.drill` has its name. What happens goes to the stack's timeline. May raise
Failure.
"""


@asynccontextmanager
async def serving_page(
    stack: LocalStack, run_drill: RunDrill, costs: Costs, say: Say, data: Path, port: int
) -> AsyncIterator[str]:
    """
    The page serves on 127.0.0.1 while the block runs; its URL. Port 0 is any free one. The chart library is kept in the
    folder `data`. Raises Failure: `up_port_taken`.
    """
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise Failure("up_port_taken", port=port, holder=error.strerror or str(error), option="--page-port") from None
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
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
        asyncio.create_task(work) for work in (server.serve([listener]), page.sample(), costs.follow(stack.state))
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
        listener.close()


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
        self._drill_state = DrillState()
        self._last_result: Drill | None = None
        self._drill: asyncio.Task[None] | None = None

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
        self._tell("timeline", [spoken(self._languages, event)])

    async def close(self) -> None:
        """Ends the drill, and the connections of all browsers, which would never end by themselves."""
        await self._charts.close()
        if self._drill:
            self._drill.cancel()
            await asyncio.gather(self._drill, return_exceptions=True)
        for queue in self._browsers:
            _put(queue, None)

    def _tell(self, event: str, value: Any) -> None:
        said = _server_sent(event, value)
        for queue in self._browsers:
            _put(queue, said)

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
        return _json({entrance: task_of_cookie(state, request.cookies.get(name)) for entrance, name in COOKIES.items()})

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
                "timeline": [spoken(self._languages, event) for event in state.timeline],
                "drill": self._drill_document(),
                "costs": self._costs_document(),
                "state": self._state_document(state),
            }
            self._browsers.add(queue)
            try:
                for event, value in first.items():
                    yield _server_sent(event, value)
                while (said := await queue.get()) is not None:
                    yield said
            finally:
                self._browsers.discard(queue)

        return StreamingResponse(events(), media_type="text/event-stream", headers=HEADERS)

    async def _start_drill(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in DRILL_NAMES:
            return self._refused(
                HTTPStatus.NOT_FOUND, Failure("drill_unknown", name=name, names=", ".join(DRILL_NAMES))
            )
        body = bytearray()
        async for part in request.stream():
            body += part[: MAX_BODY_BYTES + 1 - len(body)]
        try:
            asked = msgspec.structs.replace(msgspec.json.decode(body or b"{}", type=DrillRequest), name=name)
        except msgspec.DecodeError as error:
            return self._refused(HTTPStatus.BAD_REQUEST, Failure("page_drill_request", detail=str(error)[:200]))
        if not MIN_CLIENTS <= asked.clients <= MAX_CLIENTS:
            return self._refused(
                HTTPStatus.BAD_REQUEST, Failure("drill_clients_count", least=MIN_CLIENTS, most=MAX_CLIENTS)
            )
        if self._stack.drill:
            return self._refused(HTTPStatus.CONFLICT, Failure("page_drill_running", name=self._stack.drill))
        lines: asyncio.Queue[DrillLine | None] = asyncio.Queue()
        # A task of its own: a browser that closes its page must not leave a stack with a part taken away.
        self._drill = asyncio.create_task(self._run(asked, lines.put_nowait))

        async def answer() -> AsyncIterator[bytes]:
            while (line := await lines.get()) is not None:
                yield msgspec.json.encode(line) + b"\n"

        return StreamingResponse(answer(), media_type="application/x-ndjson", headers=HEADERS)

    async def _run(self, request: DrillRequest, write: Callable[[DrillLine | None], None]) -> None:
        def on_event(event: TimelineEvent) -> None:
            write(DrillLine(event=event))

        self._stack.drill, self._drill_state, self._last_result = request.name, DrillState(request.name), None
        self._tell("drill", self._drill_document())
        self._stack.subscribers.add(on_event)
        failure = None
        try:
            self._last_result = await self._run_drill(request)
            write(DrillLine(result=self._last_result))
        except Failure as reason:
            failure = reason
        except Exception as error:
            failure = Failure("page_drill_crashed", detail=f"{type(error).__name__}: {error}"[:200])
        finally:
            self._stack.subscribers.discard(on_event)
            self._stack.drill = None
            self._drill_state = DrillState(failure=self._sentence(failure))
            if failure:
                write(DrillLine(failure=DrillFailure(failure.code, failure.values)))
            write(None)
            self._tell("drill", self._drill_document())

    def _drill_document(self) -> Any:
        result = self._last_result and spoken_drill(self._languages, self._last_result)
        return {**msgspec.structs.asdict(self._drill_state), "result": result}

    def _state_document(self, state: StackState) -> Any:
        code = state.limits.why_not
        return {**without_timeline(state), "limits_why": code and sentence_of(self._languages, code, {})}

    def _costs_document(self) -> Any:
        failure = self._sentence(self._costs.failure)
        return {**msgspec.structs.asdict(self._costs.document), "failure": failure}

    def _refused(self, status: HTTPStatus, failure: Failure) -> Response:
        reason = DrillFailure(failure.code, failure.values)
        return _json({"failure": reason, "sentence": self._sentence(failure)}, status)

    def _sentence(self, failure: Failure | None) -> Sentence | None:
        return None if failure is None else sentence_of(self._languages, failure.code, failure.values)


def _put(queue: asyncio.Queue[bytes | None], said: bytes | None) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        said = None
    queue.put_nowait(said)


def _server_sent(event: str, value: Any) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(value))


def _json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(msgspec.json.encode(value), status, {**HEADERS, "content-type": "application/json"})
