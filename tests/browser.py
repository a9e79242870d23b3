"""The browsers that tests open pages in; where a part is missing, tests are skipped and say what to install."""

from __future__ import annotations

import importlib.util
import shutil
from typing import Any

import pytest

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FIREFOX = shutil.which("firefox-esr")
BY_NAME = "laptop.test"
"""Another name of this machine, which only the browsers here resolve."""

MISSING = [
    name
    for name, found in (
        ("chromium (Debian: chromium)", BROWSER),
        ("chromedriver (Debian: chromium-driver)", DRIVER),
        ("selenium (pip install selenium)", importlib.util.find_spec("selenium")),
    )
    if not found
]
needs_browser = pytest.mark.skipif(
    bool(MISSING), reason=f"The page is tried in a browser; install {', '.join(MISSING)}."
)
needs_firefox = pytest.mark.skipif(
    not FIREFOX, reason="The page is tried in Firefox, too; install firefox-esr (Debian: firefox-esr)."
)
in_both_browsers = pytest.mark.parametrize(
    "engine", ["chromium", pytest.param("firefox", marks=needs_firefox)], indirect=True
)
"""For a test whose windows are those of the fixture `window`."""


class Browsers:
    """Browsers that are running: one takes seconds to start, a new window in it does not."""

    def __init__(self) -> None:
        self.idle: dict[str, list[Any]] = {"chromium": [], "firefox": []}

    def take(self, engine: str) -> Any:
        if self.idle[engine]:
            return self.idle[engine].pop()
        if engine == "firefox":
            from tests.firefox import Firefox

            return Firefox()
        from tests.chromium import Chromium

        return Chromium()

    def put_back(self, engine: str, browser: Any) -> None:
        """Also a browser that a test has ended."""
        if not browser.has_quit:
            browser.get("about:blank")
            self.idle[engine].append(browser)

    def close(self) -> None:
        for browser in (*self.idle["chromium"], *self.idle["firefox"]):
            browser.quit()
