"""The chat page in a real browser, on the real server: windows, and a network that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
import random
import struct
import threading
import uuid
import zlib
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from glimpse.chat.app import Task
from glimpse.chat.memory import MemoryStore
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.settings import read_settings
from tests.browser import MISSING, Browsers

if not MISSING:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

MAX_SECONDS = 60.0
"""A test that waits for longer hangs."""

PASSWORD = "correct horse"
PHONE, DESK = (360, 720), (1200, 800)
MEMBERSHIP_CHANGE, UNKNOWN_ENTRY = b'"type":"members"', b'"type":"stickie"'
"""Equally long, so that lengths in headers and frames stay right."""

LINE = ".message .bubble"
REQUEST = """
    const [method, path, body, done] = arguments, { token } = JSON.parse(sessionStorage.getItem("glimpse.session"));
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    fetch(path, { method, headers, body: body && JSON.stringify(body) }).then((answer) => answer.json()).then(done);
"""
"""A request that the page itself does not make."""

UNREAD = """
    const done = arguments[0], { token } = JSON.parse(sessionStorage.getItem("glimpse.session"));
    fetch("/conversations", { headers: { authorization: `Bearer ${token}` } })
        .then((answer) => answer.json()).then(({ conversations }) => done(conversations[0].unread));
"""
HOLD = """
    const [part] = arguments, asked = window.fetch;
    window.fetch = (path, options) => path.includes(part)
        ? new Promise((answer) => (window.release = () => answer(asked(path, options)))) : asked(path, options);
"""
SHOWN_TEXTS = """
    const isShown = (element) => {
        const { width, height } = element.getBoundingClientRect();
        return width * height > 0 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    };
    return [...document.querySelectorAll(arguments[0])].filter(isShown).map(({ innerText }) => innerText.trim());
"""
RECORD = """
    const [selector, property] = arguments;
    window.recorded = [];
    new MutationObserver(() => {
        for (const found of document.querySelectorAll(selector)) window.recorded.push(String(found[property]));
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
"""
"""Keeps what is shown only for a time: a slow machine may look too late."""

T = TypeVar("T")

numbers = itertools.count(1)


@dataclass
class Network:
    """A TCP proxy between the browsers and the server. It can be cut, and can drop what the server sends."""

    folder: Path
    port: int = 0
    server_port: int = 0
    is_cut: bool = False
    is_mute: bool = False
    is_later_release: bool = False
    """Whether the server stores entries of a type that these browsers do not know."""
    unknown_entries: int = 0
    dropped: bytes = b""
    store: MemoryStore = field(init=False)
    ago: datetime.timedelta = datetime.timedelta()
    """How long ago the server believes to be."""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        self.is_cut = True
        self.loop.call_soon_threadsafe(self._close_all)

    def mend(self) -> None:
        self.is_cut = self.is_mute = self.is_later_release = False
        self.dropped = b""
        self.unknown_entries = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a call of the store where the server uses it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(MAX_SECONDS)

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.close()
            return
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        self.writers |= {writer, to_writer}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._copy(reader, to_writer, is_to_browser=False))
                group.create_task(self._copy(to_reader, writer, is_to_browser=True))
        finally:
            self.writers -= {writer, to_writer}

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_to_browser: bool) -> None:
        with contextlib.suppress(OSError):
            while part := await reader.read(65536):
                if is_to_browser and self.is_mute:
                    self.dropped += part
                    continue
                if is_to_browser and self.is_later_release:
                    self.unknown_entries += part.count(MEMBERSHIP_CHANGE)
                    part = part.replace(MEMBERSHIP_CHANGE, UNKNOWN_ENTRY)
                writer.write(part)
                await writer.drain()
        writer.close()

    def _close_all(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


async def serve(network: Network, opened: threading.Event, stop: asyncio.Event, more: Mapping[str, str]) -> None:
    store = MemoryStore(lambda: datetime.datetime.now(datetime.UTC) - network.ago, lambda: str(uuid.uuid4()))
    network.store = store
    given = {"JWT_SECRETS": "s" * 32, "SIGNUP": "on", "HOST": "127.0.0.1", "PORT": "0", "DRAIN_SECONDS": "0",
             "ADDRESS_REQUESTS_PER_SECOND": "100000", "EVENTS_PER_SECOND": "100000", **more}  # fmt: skip
    settings = read_settings({f"GLIMPSE_{name}": value for name, value in given.items()})
    storage = EmbeddedStorage(network.folder, lambda code, **values: None)
    async with Task(store, settings, storage=storage).serving() as network.server_port:
        proxy = await asyncio.start_server(network.forward, "127.0.0.1", 0)
        network.port = proxy.sockets[0].getsockname()[1]
        opened.set()
        await stop.wait()
        network.cut()
        proxy.close()
    await storage.close()


@contextlib.contextmanager
def running(folder: Path, **more: str) -> Iterator[Network]:
    """A server, with these settings beside those of every test here, and its network."""
    network, opened, stop = Network(folder), threading.Event(), asyncio.Event()
    thread = threading.Thread(target=network.loop.run_until_complete, args=[serve(network, opened, stop, more)])
    thread.start()
    try:
        assert opened.wait(MAX_SECONDS)
        yield network
    finally:
        network.loop.call_soon_threadsafe(stop.set)
        thread.join(MAX_SECONDS)
        network.loop.close()


def sentence(text: str) -> str:
    """A sentence of the server as the page shows it."""
    return f"{text[0].upper()}{text[1:]}."


class Window:
    """One browser with one user in it."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver, self.url, self.handle = driver, url, f"person{next(numbers)}"

    def all(self, selector: str) -> list[Any]:
        return list(self._shown(selector))

    def _shown(self, selector: str) -> Iterator[Any]:
        return (found for found in self.driver.find_elements(By.CSS_SELECTOR, selector) if found.is_displayed())

    def until(self, happened: Callable[[], Any], what: str) -> Any:
        return WebDriverWait(self.driver, MAX_SECONDS, 0.05, _transient_errors()).until(lambda _: happened(), what)

    def the(self, selector: str) -> Any:
        return self.until(lambda: next(self._shown(selector), None), f"{selector} is shown")

    def shows(self, selector: str, text: str) -> None:
        self.until(lambda: text in self.texts(selector), f"{selector} shows {text!r}")

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that are shown, at one moment."""
        return list(self.driver.execute_script(SHOWN_TEXTS, selector))

    def record(self, selector: str, property_name: str = "textContent") -> None:
        self.driver.execute_script(RECORD, selector, property_name)

    def recorded(self) -> set[str]:
        """Every value that the recorded property of those elements had."""
        return set(self.driver.execute_script("return window.recorded"))

    def says(self, text: str) -> None:
        self.the("#body").send_keys(text, Keys.ENTER)

    def signed_up(self) -> Window:
        self.driver.get(self.url)
        self.the("#log-in-mode").click()
        return self.entered()

    def logged_in(self, handle: str, password: str = PASSWORD) -> Window:
        self.handle = handle
        self.driver.get(self.url)
        return self.entered(password)

    def entered(self, password: str = PASSWORD) -> Window:
        self.fills("#handle", self.handle)
        self.the("#password").send_keys(password, Keys.ENTER)
        self.the("#start-handle")
        return self

    def talks_to(self, other: Window) -> None:
        self.the("#start-handle").send_keys(other.handle, Keys.ENTER)
        self.shows("#conversation-title", other.handle)
        other.shows(".item .name", self.handle)
        other.the(".item").click()
        other.shows("#conversation-title", self.handle)

    def starts_group(self, *others: Window) -> str:
        """The id of a conversation with others, which is listed by now."""
        ids = [other.requests("GET", "/me")["id"] for other in others]
        group = str(self.requests("POST", "/conversations", {"memberIds": ids})["id"])
        self.the(f"[data-open='{group}']")
        return group

    def leaves(self) -> None:
        """Leaves the open conversation."""
        self.the("#menu summary").click()
        self.the("#leave").click()
        self.confirms()

    def holds(self, part: str) -> None:
        """Requests whose path has this part are sent when they are released."""
        self.driver.execute_script(HOLD, part)

    def has_held(self) -> None:
        self.until(lambda: self.driver.execute_script("return Boolean(window.release)"), "a request is held")

    def releases(self) -> None:
        self.driver.execute_script("window.release()")

    def sends(self, *files: Path) -> None:
        self.driver.find_element(By.ID, "attach").send_keys("\n".join(map(str, files)))

    def picture(self, selector: str = ".message .picture") -> int:
        """The width of the last picture that was loaded."""
        size = "return [...document.querySelectorAll(arguments[0])].at(-1)?.naturalWidth ?? 0"
        return int(self.until(lambda: self.driver.execute_script(size, selector), f"{selector} is loaded"))

    def slowly(self, bytes_a_second: int) -> None:
        self.driver.set_network_conditions(
            latency=0, download_throughput=-1, upload_throughput=bytes_a_second, offline=False
        )

    def unread_at_server(self) -> int:
        return int(self.driver.execute_async_script(UNREAD))

    def requests(self, method: str, path: str, body: Any = None) -> Any:
        return self.driver.execute_async_script(REQUEST, method, path, body)

    def fills(self, selector: str, text: str) -> Window:
        self.the(selector).clear()
        self.the(selector).send_keys(text)
        return self

    def confirms(self) -> None:
        self.the("#confirm-yes").click()
        self.until(lambda: not self.all("#confirm"), "the question is answered")

    def overflow(self) -> int:
        """By how many px the page is wider than the screen. On a phone `innerWidth` grows with the page."""
        root = "document.documentElement"
        return int(self.driver.execute_script(f"return {root}.scrollWidth - {root}.clientWidth"))

    def problems(self) -> list[str]:
        """Violations of the content security policy, and uncaught errors."""
        return list(self.driver.problems())


def _transient_errors() -> list[type[Exception]]:
    """Errors that Selenium raises while the page changes an element."""
    from selenium.common.exceptions import ElementNotInteractableException, StaleElementReferenceException

    return [StaleElementReferenceException, ElementNotInteractableException]


Open = Callable[..., Window]


@contextlib.contextmanager
def windows(network: Network, browsers: Browsers, engine: str = "chromium") -> Iterator[Open]:
    """A function that opens windows on this network; they are closed at the end."""
    with contextlib.ExitStack() as opened:

        def open_one(
            language: str = "en-US", size: tuple[int, int] = DESK, port: int | None = None, host: str = "127.0.0.1"
        ) -> Window:
            url = f"http://{host}:{port or network.port}/"
            browser = browsers.take(engine)
            opened.callback(browsers.put_back, engine, browser)
            browser.new_window(language, size, url)
            return Window(browser, url)

        yield open_one


def picture_of(folder: Path, name: str, width: int, height: int, seed: int = 1) -> Path:
    """A PNG (ISO/IEC 15948) of noise, which cannot be compressed."""
    noise = random.Random(seed).randbytes(3 * width * height)
    rows = b"".join(b"\0" + noise[row : row + 3 * width] for row in range(0, len(noise), 3 * width))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path = folder / name
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
    )
    return path
