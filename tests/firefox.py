"""Debian's Firefox for Selenium: Debian has no driver for it, so Selenium's commands go to Firefox's Marionette port.

Marionette (https://firefox-source-docs.mozilla.org/testing/marionette/) takes WebDriver commands as
`LENGTH:[0, id, name, parameters]` and answers `LENGTH:[1, id, error, result]`.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from selenium.webdriver.firefox.options import Options
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import BY_NAME, FIREFOX

START_SECONDS = 120.0

PREFERENCES = {
    "marionette.port": 0,  # Firefox chooses a port and writes it to a file in the profile
    "media.gmp-manager.updateEnabled": False,  # which downloads codecs
    "network.dns.localDomains": BY_NAME,
}
COMMANDS = {
    Command.NEW_SESSION: "WebDriver:NewSession",
    Command.GET: "WebDriver:Navigate",
    Command.REFRESH: "WebDriver:Refresh",
    Command.GO_BACK: "WebDriver:Back",
    Command.GO_FORWARD: "WebDriver:Forward",
    Command.SET_TIMEOUTS: "WebDriver:SetTimeouts",
    Command.FIND_ELEMENT: "WebDriver:FindElement",
    Command.FIND_ELEMENTS: "WebDriver:FindElements",
    Command.CLICK_ELEMENT: "WebDriver:ElementClick",
    Command.CLEAR_ELEMENT: "WebDriver:ElementClear",
    Command.SEND_KEYS_TO_ELEMENT: "WebDriver:ElementSendKeys",
    Command.GET_ELEMENT_TEXT: "WebDriver:GetElementText",
    Command.GET_ELEMENT_PROPERTY: "WebDriver:GetElementProperty",
    Command.IS_ELEMENT_ENABLED: "WebDriver:IsElementEnabled",
    Command.W3C_GET_ACTIVE_ELEMENT: "WebDriver:GetActiveElement",
    Command.W3C_EXECUTE_SCRIPT: "WebDriver:ExecuteScript",
    Command.W3C_EXECUTE_SCRIPT_ASYNC: "WebDriver:ExecuteAsyncScript",
    Command.W3C_GET_WINDOW_HANDLES: "WebDriver:GetWindowHandles",
    Command.SWITCH_TO_WINDOW: "WebDriver:SwitchToWindow",
    Command.W3C_ACTIONS: "WebDriver:PerformActions",
    Command.SCREENSHOT: "WebDriver:TakeScreenshot",
    "setContext": "Marionette:SetContext",
}

# A container has cookies and storage of its own.
NEW_TAB = """
    const [language, userContextId] = arguments, old = [...gBrowser.tabs];
    Services.prefs.setStringPref("intl.accept_languages", language);
    const triggeringPrincipal = Services.scriptSecurityManager.getSystemPrincipal();
    gBrowser.selectedTab = gBrowser.addTab("about:blank", { userContextId, triggeringPrincipal });
    for (const tab of old) gBrowser.removeTab(tab);
"""
# The window itself cannot be as narrow as a phone.
RESIZE = """
    const [width, height] = arguments;
    gBrowser.selectedBrowser.style.setProperty("width", `${width}px`);
    gBrowser.selectedBrowser.style.setProperty("height", `${height}px`);
"""
CONSOLE = """
    const messages = Services.console.getMessageArray().map(String);
    Services.console.reset();
    return messages;
"""


class Marionette:
    """Selenium's command executor over the Marionette port."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.stream = self.socket.makefile("rwb")
        self.id = 0
        self._read()  # what it is

    def execute(self, command: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if command not in COMMANDS:
            raise NotImplementedError(f"{command} has no Marionette command in {__name__}.COMMANDS")
        self.id += 1
        given = {name: value for name, value in parameters.items() if name != "sessionId"}
        packet = json.dumps([0, self.id, COMMANDS[command], given]).encode()
        self.stream.write(b"%d:%b" % (len(packet), packet))
        self.stream.flush()
        _, number, error, result = self._read()
        assert number == self.id
        if error:
            return {"status": 500, "value": json.dumps({"value": error})}
        return {"value": result["value"] if isinstance(result, dict) and list(result) == ["value"] else result}

    def close(self) -> None:
        self.stream.close()
        self.socket.close()

    def _read(self) -> Any:
        length = b""
        while (byte := self.stream.read(1)) != b":":
            if not byte:
                raise ConnectionError("Firefox has ended")
            length += byte
        return json.loads(self.stream.read(int(length)))


class Firefox(WebDriver):
    """A Firefox with a new profile. `new_window` comes first."""

    def __init__(self) -> None:
        self.has_quit = False
        self.marionette: Marionette | None = None
        self.containers = 0
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        profile = Path(self.folder.name)
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
        (profile / "user.js").write_text("".join(lines))
        # Since Firefox 138 scripts may change its own window only with --remote-allow-system-access.
        arguments = ("--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", profile)
        self.process = subprocess.Popen(
            [str(FIREFOX), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self.marionette = Marionette(self._port(profile / "MarionetteActivePort"))
            super().__init__(command_executor=self.marionette, options=Options())  # type: ignore[arg-type]
        except BaseException:
            self.quit()
            raise
        self._is_remote = False  # Firefox reads files to upload from this disk

    def _port(self, path: Path) -> int:
        deadline = time.monotonic() + START_SECONDS
        while not (path.exists() and path.read_text().strip()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Firefox did not start")
            time.sleep(0.05)
        return int(path.read_text())

    def new_window(self, language: str, size: tuple[int, int], url: str) -> None:
        """A window without anything that pages have stored. The window before is closed."""
        self.containers += 1
        self._in_browser(NEW_TAB, language, self.containers)
        self.switch_to.window(self.window_handles[-1])
        self._in_browser(RESIZE, *size)
        shown = "return document.visibilityState === 'visible' && innerWidth === arguments[0]"
        WebDriverWait(self, START_SECONDS, 0.05).until(lambda _: self.execute_script(shown, size[0]))
        self._in_browser(CONSOLE)

    def problems(self) -> list[str]:
        """Violations of the content security policy, and uncaught errors, since the last call or `new_window`."""
        of_pages = [text for text in self._in_browser(CONSOLE) if '{file: "http' in text]
        return [text for text in of_pages if "Content-Security-Policy" in text or "[JavaScript Error" in text]

    def _in_browser(self, script: str, *arguments: Any) -> Any:
        """Run a script in Firefox's own window, not in the page."""
        self.execute("setContext", {"value": "chrome"})
        try:
            return self.execute_script(script, *arguments)
        finally:
            self.execute("setContext", {"value": "content"})

    def quit(self) -> None:
        self.has_quit = True
        if self.marionette:
            self.marionette.close()
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()
