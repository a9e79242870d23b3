"""Debian's Chromium for tests."""

from __future__ import annotations

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.browser import BROWSER, BY_NAME, DRIVER

PHONE_WIDTH = 430
"""A window that is not wider is that of a phone."""


class Chromium(webdriver.Chrome):
    """A Chromium with a new profile. `new_window` comes first."""

    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(BROWSER)
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
            options.add_argument(argument)
        options.add_argument(f"--host-resolver-rules=MAP {BY_NAME} 127.0.0.1")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        super().__init__(options=options, service=Service(DRIVER))
        self.has_quit = False
        self.agent = self.execute_cdp_cmd("Browser.getVersion", {})["userAgent"]

    def new_window(self, language: str, size: tuple[int, int], url: str) -> None:
        """A window without anything that pages of `url` have stored. The window before is closed."""
        self.delete_network_conditions()
        old = self.current_window_handle
        self.switch_to.new_window("window")
        new = self.current_window_handle
        self.switch_to.window(old)
        self.close()
        self.switch_to.window(new)
        self.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": url.rstrip("/"), "storageTypes": "all"})
        self.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": self.agent, "acceptLanguage": language})
        self.resize(size)
        self.problems()

    def resize(self, size: tuple[int, int]) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width <= PHONE_WIDTH}
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def use_theme(self, theme: str) -> None:
        """`light` or `dark`, at once."""
        features = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
        named = [{"name": name, "value": value} for name, value in features.items()]
        self.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    def problems(self) -> list[str]:
        """Violations of the content security policy, and uncaught errors, since the last call or `new_window`."""
        messages = [entry["message"] for entry in self.get_log("browser")]  # type: ignore[no-untyped-call]
        return [text for text in messages if "Content Security Policy" in text or "Uncaught" in text]

    def quit(self) -> None:
        self.has_quit = True
        super().quit()
