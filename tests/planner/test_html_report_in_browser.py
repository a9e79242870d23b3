"""The page of `--format html` in Chromium: on a phone and a screen, in light, dark and print, with hostile names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from glimpse.planner.scenarios import plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload
from glimpse.words import LANGUAGES
from tests.browser import BROWSER, DRIVER, MISSING, needs_browser
from tests.conftest import SEOUL, estimator_for
from tests.planner.html_pages import ATTACK, hostile_plan, page_of

pytestmark = needs_browser

if not MISSING:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

WIDTHS = (360, 768, 1280)
NAMES = (*LANGUAGES, "hostile")

SHOWN_PICTURES = """
    return [...document.querySelectorAll("figure")].map((figure) =>
        [...figure.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().height > 40).length);
"""
COLOURS = """
    const bar = document.querySelector("#bill svg [fill='var(--bar)']");
    return [bar, document.body].map((element, is) => getComputedStyle(element)[is ? "backgroundColor" : "fill"]);
"""
LETTERS_BELOW_11_PX = """
    return [...document.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().height).flatMap((svg) => {
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        return [...svg.querySelectorAll("text")].filter((text) => parseFloat(getComputedStyle(text).fontSize) * scale < 11);
    }).length;
"""
TEXT_BEYOND_ITS_PICTURE = """
    return [...document.querySelectorAll("svg text")].filter((text) => {
        const svg = text.closest("svg").getBoundingClientRect(), box = text.getBoundingClientRect();
        return svg.height && (box.left < svg.left - 1 || box.right > svg.right + 1);
    }).map((text) => text.textContent);
"""
FOLDED = 'return [...document.querySelectorAll("details")].filter((each) => !each.lastElementChild.checkVisibility()).length;'


@pytest.fixture(scope="module")
def browser(
    own_stack: Stack, own_workload: Workload, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Path]]:
    """A browser, and the folder of the pages NAMES."""
    folder = tmp_path_factory.mktemp("pages")
    plan = plan_of(own_stack, estimator_for(workload=own_workload))
    for language in LANGUAGES:
        (folder / f"{language}.html").write_text(page_of(plan, language))

    def write(main: str) -> Path:
        (folder / "main.tf").write_text(f'provider "aws" {{\n  region = "{SEOUL}"\n}}\n{main}')
        return folder

    (folder / "hostile.html").write_text(page_of(hostile_plan(write)))
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver, folder
    driver.quit()


def opened(browser: tuple[Any, Path], name: str, width: int, theme: str = "light", media: str = "screen") -> Any:
    driver, folder = browser
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    driver.get_log("performance")
    driver.get((folder / f"{name}.html").as_uri())
    return driver


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window_folded_or_open(browser: tuple[Any, Path], width: int, name: str) -> None:
    driver = opened(browser, name, width)
    for _ in range(2):
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        driver.execute_script('document.querySelectorAll("details").forEach((each) => { each.open = true; });')


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_each_chart_is_shown_once_with_letters_that_can_be_read(
    browser: tuple[Any, Path], width: int, name: str
) -> None:
    driver = opened(browser, name, width)
    shown = driver.execute_script(SHOWN_PICTURES)
    assert shown
    assert set(shown) == {1}
    assert driver.execute_script(LETTERS_BELOW_11_PX) == 0
    assert driver.execute_script(TEXT_BEYOND_ITS_PICTURE) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_page_asks_for_nothing_and_reports_no_error(browser: tuple[Any, Path], name: str) -> None:
    driver = opened(browser, name, WIDTHS[-1])
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked = {
        message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"
    }
    assert {urlsplit(url).scheme for url in asked} <= {"file"}
    assert len(asked) == 1
    assert driver.get_log("browser") == []


def test_one_picture_serves_light_and_dark(browser: tuple[Any, Path]) -> None:
    light = opened(browser, "en", WIDTHS[-1], "light").execute_script(COLOURS)
    dark = opened(browser, "en", WIDTHS[-1], "dark").execute_script(COLOURS)
    assert all(one != other for one, other in zip(light, dark, strict=True))
    assert all(colour.startswith("rgb") for colour in (*light, *dark))


def test_print_is_light_and_folds_nothing(browser: tuple[Any, Path]) -> None:
    assert opened(browser, "en", 720).execute_script(FOLDED) > 10
    driver = opened(browser, "en", 720, "dark", "print")
    assert driver.execute_script(COLOURS)[1] == "rgb(255, 255, 255)"
    driver.execute_script('document.querySelectorAll(".as-table").forEach((each) => each.remove());')
    assert driver.execute_script(FOLDED) == 0


def test_a_hostile_name_does_nothing_and_is_shown_as_it_is(browser: tuple[Any, Path]) -> None:
    driver = opened(browser, "hostile", WIDTHS[-1])
    assert driver.execute_script("return window.isAttacked") is None
    assert driver.execute_script('return document.querySelectorAll("script, img").length') == 0
    driver.execute_script('document.querySelectorAll("details").forEach((each) => { each.open = true; });')
    text = driver.execute_script("return document.body.innerText")
    assert ATTACK in text
    assert "web\\u{202e}gpj" in text
    assert "\u202e" not in text


def test_korean_breaks_between_words_only(browser: tuple[Any, Path]) -> None:
    driver = opened(browser, "ko", WIDTHS[0])
    assert driver.execute_script("return getComputedStyle(document.querySelector('.answer')).wordBreak") == "keep-all"
