"""The live page of a FakeStack, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from glimpse.operations.deployment import Deployment, Plan, ScenarioCost, Tasks
from glimpse.operations.drills.figures import figures
from glimpse.operations.drills.promises import COUNT, Promise
from glimpse.operations.drills.result import Drill, DrillRequest
from glimpse.operations.local.fake_stack import FakeStack
from glimpse.operations.outside.costs import Costs
from glimpse.operations.outside.page_server import serving_page
from glimpse.operations.state import Addresses
from glimpse.operations.timings import timings
from glimpse.words import Words

MAX_SECONDS = 60.0
"""A test that waits for longer hangs."""

NOW = 1_800_000_000.0
PLANNED = Plan(
    None, "87.63", scenarios=[ScenarioCost("today", "87.63"), ScenarioCost("best", "54.61")], recommended="best"
)  # fmt: skip
AT_LOAD = replace(PLANNED, scenarios=[ScenarioCost("today", "90.00"), ScenarioCost("best", "60.50", at_least=True)])
PROMISES = [
    Promise("drill_promise_nothing_lost", True, 0, 0, COUNT),
    Promise("drill_promise_no_gap", False, 2, 0, COUNT),
]


class _ChatStandIn(http.server.BaseHTTPRequestHandler):
    """Answers each request as the balancer does: with a cookie that names the server."""

    cookie, cookie_value = "", ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("set-cookie", f"{self.cookie}={self.cookie_value}")
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><p>A chat window</p>")

    def log_message(self, *words: object) -> None:
        """Nothing on the terminal."""


@contextlib.contextmanager
def chat_stand_in(cookie: str, cookie_value: str) -> Iterator[str]:
    handler = type("_Chat", (_ChatStandIn,), {"cookie": cookie, "cookie_value": cookie_value})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@dataclass
class Served:
    """A page of a FakeStack, in a thread of its own. A drill does what `drilled` says once `may_end` is set."""

    stack: FakeStack
    url: str = ""
    priced: list[str] = field(default_factory=list)
    asked: list[DrillRequest] = field(default_factory=list)
    failure: Exception | None = None
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: threading.Event = field(default_factory=threading.Event)
    has_opened: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(urlsplit(self.url).port or 0)

    def call(self, act: Callable[..., Any], *values: Any) -> None:
        """In the thread of the page, where everything of the stack happens."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (act(*values), done.set()))
        assert done.wait(MAX_SECONDS)

    def change(self, task: str, **changes: Any) -> None:
        self.call(lambda: self.stack.tasks.update({task: replace(self.stack.tasks[task], **changes)}))

    async def run_drill(self, request: DrillRequest) -> Drill:
        self.asked.append(request)
        self.stack.record("task-2", "task_reclaimed", seconds=6.0)
        self.has_begun.set()
        await self.may_end.wait()
        if self.failure:
            raise self.failure
        figures_ = figures([], NOW, NOW + 9)
        return Drill(
            name=request.name, seed=7, timings=self.stack.timings, tasks=3, bus="valkey", taken="task-2", began=NOW,
            taken_at=NOW, recovered_at=NOW + 6, ended=NOW + 9, figures=figures_, promises=PROMISES, timeline=[],
            is_kept=False, recovery_seconds=6.0, everyone_back_seconds=1.5,
        )  # fmt: skip

    async def price(self, workload: str) -> Plan:
        self.priced.append(workload)
        return AT_LOAD

    async def serve(self, data: Path) -> None:
        costs = Costs(PLANNED, None, self.price)
        async with serving_page(self.stack, self.run_drill, costs, Words("en"), data, 0) as self.url:
            self.has_opened.set()
            await self.stop.wait()


def fake_stack(chat: str = "http://127.0.0.1:1", chat_2: str = "http://127.0.0.1:2") -> FakeStack:
    async def sleep(seconds: float) -> None: ...

    deployment = Deployment("ap-northeast-2", Tasks(3, 2, 6, on_demand=1, spot=2, memory_mib=512), bus="valkey")
    addresses = Addresses("", chat, chat_2, "", "", "", "")
    return FakeStack(deployment, timings(20, 120, 30, 60), addresses, lambda: NOW, sleep)


@contextlib.contextmanager
def served_page(library: Path) -> Iterator[Served]:
    """`library`: the folder of the chart library."""
    with chat_stand_in("AWSALB", "server-1") as chat, chat_stand_in("AWSALB2", "server-3") as chat_2:
        page = Served(fake_stack(chat, chat_2))
        thread = threading.Thread(target=page.loop.run_until_complete, args=[page.serve(library)])
        thread.start()
        assert page.has_opened.wait(MAX_SECONDS)
        yield page
        page.loop.call_soon_threadsafe(page.stop.set)
        thread.join(MAX_SECONDS)
        assert not thread.is_alive()
        page.loop.close()
