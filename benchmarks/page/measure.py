"""
Measure how long the page takes to show 500 messages that are sent in one go, beside a page that does less.

Run:     python -m benchmarks.page.measure [--before REV] [--rounds 3] [--browsers chromium firefox]
Compare: with `--before`, this checkout and the commit REV take turns within each round, each with its own service; the
         rival uses the service of this checkout. Compare the ratios of one round: a browser needs both cores, so what
         else the machine does is in every figure, least in those of CPU.
Needs:   Chromium and its driver, or firefox-esr; the dev extra; npm for the rival's socket.io-client.

Each turn has two new users in a new conversation, on `glimpse serve` with its own PostgreSQL. In a turn of `a page`, a
script fills in and submits the form of one page 500 times; a second browser has the page of the other user. In a turn
of `a client`, python-socketio emits 500 messages, up to 200 before their acknowledgement, to one page that only
receives. A page has shown a message when a frame begins after it is in the document. It is blocked for as long as a
timer is late.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import socketio
import urllib3
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.command import Command
from selenium.webdriver.support.ui import WebDriverWait

from benchmarks.chat.interpreter import SOURCE
from benchmarks.chat.measure import commit, machine
from benchmarks.chat.rows import Figures, table
from benchmarks.faults.clients import install_clients
from benchmarks.faults.measure import CACHE
from tests.browser import Browsers

MAX_SECONDS = 1800.0
"""A turn that takes longer hangs."""

RAISED, DEFAULT = 100_000, 50
"""Events a second of one user: as good as no limit, and the service's default."""

TICK_MS = 50
"""A timer of a page that is not blocked ticks so often."""

MAX_UNANSWERED = 200
"""The service refuses what one user sends beyond 250 messages that are not stored yet."""

PASSWORD = "correct horse"
SIZE = (1200, 800)

WATCH = """
    const [count, tick] = arguments, messages = document.getElementById("messages");
    let renders = 0, blocked = 0, longest = 0, shown = 0, last = performance.now();
    const timer = setInterval(() => {
        const late = performance.now() - last - tick;
        last = performance.now();
        blocked += Math.max(0, late);
        longest = Math.max(longest, late);
    }, tick);
    window.measured = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
            renders += 1;
            const lines = messages.getElementsByClassName("message");
            if (lines.length === count && !shown) requestAnimationFrame(() => (shown ||= Date.now()));
            if (lines.length < count || messages.getElementsByClassName("pending").length) return;
            observer.disconnect();
            requestAnimationFrame(() => {
                clearInterval(timer);
                const texts = [...lines].map((line) => line.querySelector(".bubble").textContent);
                resolve({ shown: shown || Date.now(), stored: Date.now(), renders, blocked, longest, texts });
            });
        });
        observer.observe(messages, { childList: true, subtree: true, attributeFilter: ["class"] });
    });
"""
"""A frame of the page's own would cost more than what is measured, so a timer is what is late."""

SEND = """
    const began = Date.now(), body = document.getElementById("body");
    for (const text of arguments[0]) {
        body.value = text;
        document.getElementById("compose").requestSubmit();
    }
    return began;
"""
"""Returns when it began, in milliseconds since 1970."""

MEASURED = "window.measured.then(arguments[0])"

numbers = itertools.count(1)


@dataclass(frozen=True)
class User:
    handle: str
    id: str
    token: str


@dataclass(frozen=True)
class Service:
    """One `glimpse serve`, on this port."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def sign_up(self) -> User:
        handle = f"user{next(numbers)}"
        answer = self._post("auth/signup", {"handle": handle, "password": PASSWORD})
        return User(handle, answer["user"]["id"], answer["accessToken"])

    def start_conversation(self, one: User, other: User) -> str:
        return str(self._post("conversations", {"memberIds": [other.id]}, one.token)["id"])

    def _post(self, path: str, body: Mapping[str, Any], token: str = "") -> Any:
        answer = urllib3.request("POST", self.url + path, json=body, headers={"authorization": f"Bearer {token}"})
        assert answer.status == 201, answer.data
        return answer.json()


@contextmanager
def served(source: Path, events_per_second: int) -> Iterator[Service]:
    """The service from these sources, with an embedded PostgreSQL."""
    settings = {"PORT": 0, "DRAIN_SECONDS": 0, "EVENTS_PER_SECOND": events_per_second, "ALLOWED_ORIGINS": "*",
                "ADDRESS_REQUESTS_PER_SECOND": 100_000}  # fmt: skip
    environment = {f"GLIMPSE_{name}": str(value) for name, value in settings.items()}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-m", "glimpse", "serve", "--lang", "en"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(source), **environment},
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stderr
        output = ""
        while not (port := re.search(r"port (\d+)", output)):
            line = process.stderr.readline()
            assert line, f"glimpse did not start:\n{output}"
            output += line
        threading.Thread(target=process.stderr.read, daemon=True).start()
        try:
            yield Service(int(port[1]))
        finally:
            process.terminate()
            process.wait()


@contextmanager
def served_rival() -> Iterator[str]:
    """The URL of the rival's page."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(Path(__file__).parent / "rival.html", Path(folder) / "index.html")
        shutil.copy(install_clients(CACHE) / "node_modules/socket.io-client/dist/socket.io.min.js", folder)
        with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=folder)) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def sources_of(revision: str) -> Iterator[Path]:
    """The sources of a commit."""
    archive = subprocess.run(["git", "archive", revision, "src"], capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
        yield Path(folder) / "src"


class Bench:
    """The rows, and the browsers that are used for all of them."""

    def __init__(self, options: argparse.Namespace, browsers: Browsers, rival_url: str) -> None:
        self.results: dict[str, Figures] = {}
        self._texts = [f"message {number}" for number in range(options.messages)]
        self._browsers, self._rival_url = browsers, rival_url

    def page_to_page(self, row: str, service: Service, engine: str, *, is_rival: bool = False) -> None:
        """One page sends, another one receives."""
        with self._browser(engine) as sender, self._browser(engine) as receiver:
            one, other = service.sign_up(), service.sign_up()
            conversation_id = service.start_conversation(one, other)
            for browser, user in ((sender, one), (receiver, other)):
                self._open(browser, service, user, conversation_id, is_rival=is_rival)
                browser.execute_script(WATCH, len(self._texts), TICK_MS)
            cpu = {browser: _cpu_seconds(browser) for browser in (sender, receiver)}
            began = sender.execute_script(SEND, self._texts)
            for name, browser in (("sender", sender), ("receiver", receiver)):
                self._record(row, name, browser, began, cpu[browser])

    def client_to_page(self, row: str, service: Service, engine: str, *, is_rival: bool = False) -> None:
        """A client sends, a page receives."""
        with self._browser(engine) as receiver:
            one, other = service.sign_up(), service.sign_up()
            conversation_id = service.start_conversation(one, other)
            self._open(receiver, service, other, conversation_id, is_rival=is_rival)
            receiver.execute_script(WATCH, len(self._texts), TICK_MS)
            cpu = _cpu_seconds(receiver)
            began = asyncio.run(self._emit(service, one, conversation_id))
            self._record(row, "receiver", receiver, began, cpu)

    @contextmanager
    def _browser(self, engine: str) -> Iterator[Any]:
        browser = self._browsers.take(engine)
        try:
            if engine == "chromium":
                browser.set_script_timeout(MAX_SECONDS)
                browser.command_executor.client_config.timeout = MAX_SECONDS
            else:
                browser.marionette.execute(Command.SET_TIMEOUTS, {"script": int(MAX_SECONDS * 1e3)})
            yield browser
        finally:
            self._browsers.put_back(engine, browser)

    def _open(self, browser: Any, service: Service, user: User, conversation_id: str, *, is_rival: bool) -> None:
        """Show the empty conversation to this user."""
        ready = "#no-messages:not([hidden])"
        if is_rival:
            given = {"service": service.url, "token": user.token, "conversationId": conversation_id}
            browser.new_window("en-US", SIZE, self._rival_url)
            browser.get(f"{self._rival_url}#{urlencode(given)}")
            ready = "[data-joined]"
        else:
            browser.new_window("en-US", SIZE, service.url)
            browser.get(service.url)
            browser.find_element("id", "handle").send_keys(user.handle)
            browser.find_element("id", "password").send_keys(PASSWORD, Keys.ENTER)
            _wait(browser, f"[data-open='{conversation_id}']").click()
        _wait(browser, ready)

    async def _emit(self, service: Service, user: User, conversation_id: str) -> float:
        """When it began, in milliseconds since 1970; returns when all are acknowledged."""
        free, answers = asyncio.Semaphore(MAX_UNANSWERED), []

        def on_answer(answer: Mapping[str, Any]) -> None:
            answers.append(answer)
            free.release()

        async with socketio.AsyncSimpleClient() as simple:
            await simple.connect(service.url, transports=["websocket"], auth={"token": user.token})
            began = time.time() * 1e3
            for text in self._texts:
                message = {"conversationId": conversation_id, "clientId": str(uuid.uuid4()), "body": text}
                await free.acquire()
                await simple.client.emit("message", message, callback=on_answer)
            for _ in range(MAX_UNANSWERED):
                await free.acquire()
        assert not [answer for answer in answers if "error" in answer]
        return began

    def _record(self, row: str, name: str, browser: Any, began: float, cpu: Mapping[Any, float]) -> None:
        measured = browser.execute_async_script(MEASURED)
        assert measured["texts"] == self._texts, f"the {name} shows another order"
        figures = {
            "s until all are shown": (measured["shown"] - began) / 1e3,
            "s until all are shown as stored": (measured["stored"] - began) / 1e3,
            "ms blocked": measured["blocked"],
            "ms blocked at most at once": measured["longest"],
            "renders": measured["renders"],
            # A process of the window before may have ended meanwhile.
            "CPU s of the browser": sum(now - cpu.get(each, 0.0) for each, now in _cpu_seconds(browser).items()),
        }
        if name == "receiver":
            del figures["s until all are shown as stored"]
        for figure, value in figures.items():
            self.results.setdefault(row, {}).setdefault(f"{name}: {figure}", []).append(value)


def _wait(browser: Any, selector: str) -> Any:
    return WebDriverWait(browser, MAX_SECONDS, 0.05).until(
        lambda _: next(iter(browser.find_elements("css selector", selector)), None), selector
    )


def _cpu_seconds(browser: Any) -> dict[psutil.Process, float]:
    """The CPU time of each living process of a browser."""
    process = psutil.Process((getattr(browser, "process", None) or browser.service.process).pid)
    seconds = {}
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            seconds[each] = sum(each.cpu_times()[:2])
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", metavar="REV", help="a commit to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--browsers", nargs="+", choices=["chromium", "firefox"], default=["chromium", "firefox"])
    parser.add_argument("--json", type=Path, help="also write every number to this file, after each round")
    options = parser.parse_args()
    header = f"{date.today()}, {machine()}, commit {commit()}: {' '.join(sys.argv[1:])}".rstrip(": ")
    print(header, flush=True)
    with contextlib.ExitStack() as stack:
        browsers = Browsers()
        stack.callback(browsers.close)
        bench = Bench(options, browsers, stack.enter_context(served_rival()))
        sources = {"now": SOURCE}
        if options.before:
            sources[f"before ({options.before})"] = stack.enter_context(sources_of(options.before))
        services = {
            (name, limit): stack.enter_context(served(source, limit))
            for name, source in sources.items()
            for limit in (RAISED, DEFAULT)
        }
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds} …", flush=True)
            for engine in options.browsers:
                for (name, limit), service in services.items():
                    if limit == DEFAULT:
                        bench.page_to_page(f"{engine}, a page, default limits, {name}", service, engine)
                    else:
                        bench.page_to_page(f"{engine}, a page, {name}", service, engine)
                        bench.client_to_page(f"{engine}, a client, {name}", service, engine)
                bench.page_to_page(f"{engine}, a page, rival", services["now", RAISED], engine, is_rival=True)
                bench.client_to_page(f"{engine}, a client, rival", services["now", RAISED], engine, is_rival=True)
            if options.json:
                options.json.write_text(json.dumps({"header": header, "rows": bench.results}, indent=2) + "\n")
    print(table(bench.results))


if __name__ == "__main__":
    main()
