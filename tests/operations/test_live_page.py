"""The live page in a real browser: with a stack of values, and once with the real parts."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from glimpse.operations.drills.names import DRILL_NAMES
from glimpse.operations.outside import running_stack
from glimpse.operations.state import Limits, Traffic
from glimpse.words import Words
from tests.browser import BROWSER, DRIVER, MISSING, needs_browser
from tests.conftest import OWN
from tests.operations.served_page import MAX_SECONDS, Served, served_page

pytestmark = needs_browser

WIDTHS = (1440, 1024, 390)
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"

if not MISSING:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait


class Page:
    """A browser that shows the live page."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver, self.url = driver, url

    def opened(self) -> Page:
        self.driver.get(self.url)
        self.until(lambda: self.texts(".task .name"), "the tasks are shown")
        return self

    def all(self, selector: str) -> list[Any]:
        return [found for found in self.driver.find_elements(By.CSS_SELECTOR, selector) if found.is_displayed()]

    def texts(self, selector: str) -> list[str]:
        return [found.text for found in self.all(selector)]

    def until(self, happened: Callable[[], Any], what: str) -> Any:
        from selenium.common.exceptions import StaleElementReferenceException

        wait = WebDriverWait(self.driver, MAX_SECONDS, 0.05, [StaleElementReferenceException])
        return wait.until(lambda _: happened(), what)

    def shows(self, selector: str, text: str) -> None:
        self.until(lambda: text in self.texts(selector), f"{selector} shows {text!r}")

    def run(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def has_size(self, width: int, height: int = 900) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def problems(self) -> list[str]:
        """Violations of the content security policy, and uncaught errors."""
        messages = [entry["message"] for entry in self.driver.get_log("browser")]
        return [text for text in messages if "Content Security Policy" in text or "Uncaught" in text]


Open = Callable[..., Page]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Making the chart library takes longer than a test."""
    return tmp_path_factory.mktemp("library")


@pytest.fixture
def served(library: Path) -> Iterator[Served]:
    with served_page(library) as page:
        yield page


@pytest.fixture(scope="module")
def drivers() -> Iterator[Callable[[str], Any]]:
    """One browser for each language: starting one takes longer than a test."""
    with contextlib.ExitStack() as opened:
        started: dict[str, Any] = {}

        def driver(language: str) -> Any:
            if language not in started:
                started[language] = webdriver.Chrome(options=_options(language), service=Service(DRIVER))
                opened.callback(started[language].quit)
            return started[language]

        yield driver


def _options(language: str) -> Any:
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument(f"--lang={language}")
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return options


@pytest.fixture
def page(drivers: Callable[[str], Any], served: Served) -> Open:
    def open_page(language: str = "en-US", url: str = "") -> Page:
        opened = Page(drivers(language), url or served.url)
        opened.has_size(WIDTHS[0])
        opened.driver.get_log("browser")
        return opened.opened()

    return open_page


def test_the_page_shows_the_stack_and_breaks_no_policy(served: Served, page: Open) -> None:
    served.call(
        setattr, served.stack, "traffic", Traffic(12, 3.25, 8.5, 7.04, {"transport close": 4, "ping timeout": 2})
    )
    served.change("task-2", sockets=12, cpu_percent=40.0, memory_mib=64.0)
    shown = page()
    assert shown.texts(".task .name") == ["task-1", "task-2", "task-3"]
    assert shown.texts(".task .provider") == ["On demand", "Spot", "Spot"]
    assert shown.texts(".part .name") == ["Balancer", "Database", "Bus", "Object store"]
    shown.shows("#sockets", "12")
    shown.shows("#messages", "3.3")
    shown.shows("#p99", "7.0")
    shown.shows("#drops", "6")
    shown.shows("#drops-note", "transport close 4 · ping timeout 2")
    shown.shows(".task-cpu", "40 %")
    shown.shows("#connection", "Live")
    if importlib.util.find_spec("vl_convert"):
        shown.until(lambda: len(shown.all(".chart svg")) == 5, "all charts are drawn")
    assert shown.problems() == []


def test_the_page_speaks_the_language_of_the_browser_and_can_switch(page: Open) -> None:
    shown = page("ko-KR")
    assert shown.texts("#tasks-title") == ["task"]
    assert shown.texts("#events li span, #timeline li span")[0] != ""
    korean = shown.texts("#timeline li span")
    shown.all("#language")[0].click()
    shown.shows("#tasks-title", "Tasks")
    assert shown.texts("#timeline li span") != korean, "what has happened, too"
    shown.all("#language")[0].click()
    shown.shows("#tasks-title", "task")
    assert shown.run("return document.documentElement.lang") == "ko"


def test_each_window_shows_the_task_that_it_is_on(served: Served, page: Open) -> None:
    shown = page()
    shown.until(lambda: shown.texts(".task-of") == ["on task-1", "on task-3"], "both windows are on their tasks")
    chips = shown.texts(".task .window-chip")
    shown.until(lambda: shown.texts(".task .window-chip") == ["Window 1", "Window 2"], f"not only {chips}")
    frames = shown.driver.find_elements(By.CSS_SELECTOR, "iframe")
    assert [frame.get_attribute("title") for frame in frames] == ["Window 1", "Window 2"]
    shown.driver.switch_to.frame(frames[1])
    shown.shows("p", "A chat window")
    shown.driver.switch_to.default_content()


def test_a_button_starts_a_drill_whose_events_and_result_are_shown(served: Served, page: Open) -> None:
    shown = page()
    assert len(shown.all(".drill")) == len(DRILL_NAMES)
    shown.run("document.querySelector('#clients').value = 5; document.querySelector('.drill').click()")
    shown.until(lambda: shown.all(".drill[data-running=true]"), "the drill runs")
    assert len(shown.all(".drill[aria-disabled=true]")) == len(DRILL_NAMES), "no other can begin"
    shown.run("document.querySelectorAll('.drill')[1].click()")
    shown.shows("#timeline li span", Words("en")("task_reclaimed", seconds="6"))
    served.call(served.may_end.set)
    shown.shows("#result-title", "Spot loss: one promise broken")
    assert [(asked.name, asked.clients) for asked in served.asked] == [("spot", 5)]
    assert shown.texts("#promises .sentence")[0] == Words("en")("drill_promise_nothing_lost")
    assert [item.get_attribute("data-kept") for item in shown.all("#promises li")] == ["true", "false"]
    measured = [item.text for item in shown.driver.find_elements(By.CSS_SELECTOR, "#promises .measured")]
    assert measured == ["", "2"], "a count of what broke a promise, and none beside one that was kept"
    assert not shown.all(".drill[aria-disabled=true]")
    shown.opened()
    shown.shows("#result-title", "Spot loss: one promise broken")


@pytest.mark.skipif(not importlib.util.find_spec("vl_convert"), reason="The charts need vl-convert-python.")
def test_the_timeline_chart_names_what_something_happened_to_last(served: Served, page: Open) -> None:
    for number in [*range(10, 30), 1]:
        served.call(lambda number=number: served.stack.record(f"task-{number}", "task_starting", provider="FARGATE"))
    shown = page()
    names = (
        "return [...document.querySelectorAll('#timeline-chart .role-axis-label text')].map((each) => each.textContent)"
    )
    newest = {"task-1", *(f"task-{number}" for number in range(21, 30))}
    shown.until(lambda: newest <= set(shown.run(names)), "the newest have a row")


def test_a_drill_that_fails_or_is_refused_says_why(served: Served, page: Open) -> None:
    shown = page()
    served.failure = RuntimeError("odd")
    served.may_end.set()
    shown.run("document.querySelector('.drill').click()")
    shown.until(lambda: "RuntimeError: odd" in shown.texts("#drill-status")[0], "the reason is shown")
    shown.run("document.querySelector('#clients').value = 0; document.querySelector('.drill').click()")
    shown.shows("#drill-status", Words("en")("drill_clients_count", least=2, most=200))


def test_what_is_shown_is_patched_and_not_built_again(served: Served, page: Open) -> None:
    shown = page()
    shown.run("for (const found of document.querySelectorAll('li, tr, svg, iframe')) found.isOld = true")
    height = shown.run("return document.documentElement.scrollHeight")
    for sockets in ("5", "6"):
        served.change("task-1", sockets=int(sockets), cpu_percent=99.9)
        shown.until(lambda sockets=sockets: shown.texts(".task-sockets")[0] == sockets, "the state is new")
    new = "return [...document.querySelectorAll('.task, .part, tr, iframe, #timeline li')].filter((each) => !each.isOld).length"
    assert shown.run(new) == 0
    assert shown.run("return document.documentElement.scrollHeight") == height, "nothing has jumped"


@pytest.mark.parametrize("language", ["en-US", "ko-KR"])
def test_the_page_fits_every_width(served: Served, page: Open, language: str) -> None:
    served.change("task-1", explanation="x" * 200)
    shown = page(language)
    for width in WIDTHS:
        shown.has_size(width)
        shown.until(lambda: shown.run(OVERFLOW) <= 0, f"nothing is wider than {width} pixels")


def test_the_last_lines_of_a_program_stay_text(served: Served, page: Open) -> None:
    text = "<img src=x onerror=document.title='owned'>"
    served.change("task-1", state="failed", explanation=text)
    served.call(
        lambda: served.stack.parts.update(bus=replace(served.stack.parts["bus"], state="failed", explanation=text))
    )
    shown = page()
    shown.until(lambda: shown.texts(".explanation") == [text, text], "both explanations are shown")
    assert shown.problems() == []


def test_limits_that_do_not_hold_are_explained(served: Served, page: Open) -> None:
    shown = page()
    shown.shows("#limits", "Each really has 0.25 vCPU and 512 MiB.")
    limits = Limits(0.25, 512, are_enforced=False, why_not="limits_not_linux")
    served.call(setattr, served.stack, "limits", limits)
    shown.shows("#limits", Words("en")("limits_not_linux"))


def test_the_costs_stand_beside_those_of_the_planned_load(page: Open) -> None:
    shown = page()
    shown.shows("#costs .here", "$90.00")
    assert shown.texts("#costs .planned") == ["$87.63", "$54.61"]
    assert shown.texts("#costs .here") == ["$90.00", "at least $60.50"]
    assert shown.texts("#costs tr[data-name=best] td.saving") == ["−$29.50"]
    assert shown.texts("#costs .recommended") == ["recommended"]


def test_a_lost_connection_is_said(served: Served, page: Open) -> None:
    shown = page()
    shown.shows("#connection", "Live")
    served.loop.call_soon_threadsafe(served.stop.set)
    shown.shows("#connection", "No connection to glimpse up. Trying again…")


@pytest.fixture
def up(tmp_path: Path) -> Iterator[str]:
    """The page of a `glimpse up`."""
    if not (shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")):
        pytest.skip("HAProxy is not installed: the package haproxy")
    command = [sys.executable, "-m", "glimpse", "up", str(OWN), "--data", str(tmp_path / "up"), "--port", "0"]
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen([*command, "--page-port", "0", "--tasks", "2"], stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + MAX_SECONDS
        while (addresses := running_stack.find(tmp_path / "up")) is None:
            assert process.poll() is None, (tmp_path / "said").read_text()
            assert time.monotonic() < deadline, "the stack is not ready"
            time.sleep(0.05)
        yield addresses.page
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(MAX_SECONDS)
        finally:
            process.kill()


def test_two_people_chat_in_the_two_windows_of_the_page_of_a_real_stack(up: str, page: Open) -> None:
    shown = page(url=up)
    frames = shown.driver.find_elements(By.CSS_SELECTOR, "iframe")

    def in_window(number: int, selector: str, *keys: str) -> None:
        shown.driver.switch_to.frame(frames[number])
        element = shown.until(lambda: next(iter(shown.all(selector)), None), f"{selector} is shown")
        if keys:
            element.send_keys(*keys)
        else:
            element.click()
        shown.driver.switch_to.default_content()

    for number, handle in enumerate(("mina", "jihun")):
        in_window(number, "#log-in-mode")
        in_window(number, "#handle", handle)
        in_window(number, "#password", "correct horse", Keys.ENTER)
        in_window(number, "#start-handle")
    in_window(0, "#start-handle", "jihun", Keys.ENTER)
    in_window(0, "#body", "Lunch at noon?", Keys.ENTER)
    in_window(1, ".item")
    shown.driver.switch_to.frame(frames[1])
    shown.shows(".message .bubble", "Lunch at noon?")
    shown.driver.switch_to.default_content()
    shown.until(lambda: all(text.startswith("on task-") for text in shown.texts(".task-of")), "both are on a task")
    shown.shows("#sockets", "2")
    assert {"HAProxy", "PostgreSQL", "SeaweedFS"} <= {text.split()[0] for text in shown.texts(".part .program")}
    shown.until(lambda: shown.texts("#costs .here")[0].startswith("$"), "the load has a price")
    assert shown.problems() == []
