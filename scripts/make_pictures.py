#!/usr/bin/env python3
"""
Make the pictures of the READMEs, in English and in Korean, from the real thing.

    .venv/bin/python scripts/make_pictures.py              # all of them, in about a minute and a half
    .venv/bin/python scripts/make_pictures.py answer chat  # some

- `answer`: what `glimpse plan` prints on a terminal of 100 columns
- `report`: the page of `glimpse plan --format html`
- `chat`: two people on `glimpse serve`, in two windows
- `drill`: `glimpse up` while its page runs the drill `spot`, as a GIF

They need Chromium, chromedriver and fonts for Korean (Debian: chromium, chromium-driver, fonts-noto-cjk), and `drill`
HAProxy. Everything stays on this machine. A picture changes a little from run to run, because clocks and loads do.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import html
import io
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURES = REPOSITORY / "docs/pictures"
GLIMPSE = [sys.executable, "-m", "glimpse"]
LANGUAGES = ("en", "ko")

COLUMNS = 100
MAX_SECONDS = 90.0
"""Whatever takes longer hangs."""

MAX_BYTES = {".png": 150_000, ".gif": 1_500_000}
PASSWORD = "correct horse"  # noqa: S105 - of people who live for a minute
SPEED = 10
"""Divides the Spot notice, the drain and the start of tasks (`glimpse up --speed`); the drill then takes 30 s."""

SURFACES = 12
"""Colours that cover most of a page: its background, its cards, its text."""

FRAME_SECONDS = 0.8
SHOWN_MILLISECONDS = {"each": 450, "last": 4000}

THEME = TerminalTheme(
    (22, 27, 34), (201, 209, 217),
    [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34),
     (88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196)],
)  # fmt: skip
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #fff; }
main { display: inline-block; margin: 12px; background: #161b22; border-radius: 10px; }
header { height: 34px; padding-left: 14px; display: flex; gap: 8px; align-items: center; }
i { width: 12px; height: 12px; border-radius: 50%%; background: #484f58; }
pre { margin: 0; padding: 4px 20px 20px; color: #c9d1d9; }
pre { font: 14.118px/19px "DejaVu Sans Mono", "Noto Sans Mono CJK KR"; }
.prompt { color: #3fb950; font-weight: bold; }
.wide { display: inline-block; text-align: center; line-height: 1; font-size: 1.13em; width: 1.77ch; }
</style><main><header><i></i><i></i><i></i></header><pre><span class="prompt">$</span> %s

%s</pre></main>"""

PEOPLE = {"en": ("mina", "jihun"), "ko": ("미나", "지훈")}
TALK = {
    "en": ["Lunch at noon?", "Yes! The noodle place?", "The line there is long. 11:50?", "See you in the lobby."],
    "ko": ["12시에 점심 어때요?", "좋아요! 국숫집 갈까요?", "거긴 줄이 길어요. 11시 50분?", "로비에서 봐요."],
}
TYPED = {"en": "Perfect", "ko": "네, 좋"}
DURING = {
    "en": ["My task is being taken away.", "Did this arrive?", "It did, once.", "Then nothing was lost."],
    "ko": ["지금 제 task가 회수된대요.", "이 메시지 갔어요?", "네, 한 번 왔어요.", "그럼 잃은 게 없네요."],
}


class Window:
    """A browser window."""

    def __init__(self, language: str, width: int, height: int, scale: int = 1) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
        locale = {"en": "en-US", "ko": "ko-KR"}[language]
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ):
            options.add_argument(argument)
        options.add_argument(f"--lang={locale}")
        options.add_experimental_option("prefs", {"intl.accept_languages": locale})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.size = (width, height)
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        light = [{"name": "prefers-color-scheme", "value": "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": light})

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()

    def until(self, happened: Callable[[], Any], what: str) -> Any:
        return WebDriverWait(self.driver, MAX_SECONDS, 0.1, [Exception]).until(lambda _: happened(), what)

    def the(self, selector: str) -> Any:
        """The first element that is shown."""

        def found() -> Any:
            return next(
                (each for each in self.driver.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed()), None
            )

        return self.until(found, f"{selector} is shown")

    def shows(self, selector: str, text: str) -> None:
        def is_shown() -> bool:
            return any(text in each.text for each in self.driver.find_elements(By.CSS_SELECTOR, selector))

        self.until(is_shown, f"{selector} shows {text!r}")

    def signs_up(self, handle: str) -> None:
        self.the("#log-in-mode").click()
        self.the("#handle").send_keys(handle)
        self.the("#password").send_keys(PASSWORD, Keys.ENTER)
        self.the("#start-handle")

    def says(self, text: str) -> None:
        self.the("#body").send_keys(text, Keys.ENTER)

    def picture(self, clip: dict[str, float] | None = None) -> Image.Image:
        """What the window shows, or a part of the whole page."""
        given = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True} if clip else {}
        taken = self.driver.execute_cdp_cmd("Page.captureScreenshot", given)
        return Image.open(io.BytesIO(base64.b64decode(taken["data"]))).convert("RGB")

    @contextlib.contextmanager
    def frame(self, name: str) -> Iterator[None]:
        """The window of a chat inside the page of the local stack."""
        self.driver.switch_to.frame(self.the(f'iframe[data-window="{name}"]'))
        try:
            yield
        finally:
            self.driver.switch_to.default_content()


def palette_of(picture: Image.Image, count: int) -> Image.Image:
    """A palette of the commonest colours, so that surfaces stay as they are, and of a choice of the others."""
    found = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)[:SURFACES]
    rest = picture.quantize(count - len(found), Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*(channel for _, colour in found for channel in colour), *rest[: 3 * (count - len(found))]])
    return palette


def save(
    picture: Image.Image, name: str, language: str, colours: int = 64, more: list[Image.Image] | None = None
) -> None:
    """
    Write a picture, or a GIF where there are `more` frames, in a palette of its own.

    Raises SystemExit where it is larger than a README should load.
    """
    path = PICTURES / f"{name}{'' if language == 'en' else f'.{language}'}.{'gif' if more else 'png'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    # One palette for all frames, made from the last one, which shows everything: what does not move does not flicker.
    palette = palette_of(more[-1] if more else picture, colours)
    frames = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in (picture, *(more or ()))]
    if more:
        shown = [SHOWN_MILLISECONDS["each"]] * len(more) + [SHOWN_MILLISECONDS["last"]]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=shown, loop=0, optimize=True)
    else:
        frames[0].save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(REPOSITORY)}  {picture.width} × {picture.height}  {size:,} bytes")
    if size > MAX_BYTES[path.suffix]:
        sys.exit(f"{path.name} has more than {MAX_BYTES[path.suffix]:,} bytes")


def on_a_terminal(command: list[str]) -> str:
    """What a command prints on a terminal, with its colours. Raises CalledProcessError where it fails."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": str(COLUMNS)}
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=its, stdout=its, stderr=subprocess.DEVNULL, env=environment
    ) as ran:
        os.close(its)
        printed = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal so
            while part := os.read(ours, 65536):
                printed += part
        os.close(ours)
    if ran.returncode:
        raise subprocess.CalledProcessError(ran.returncode, command, printed)
    return printed.decode().replace("\r\n", "\n")


def answer() -> None:
    for language in LANGUAGES:
        # The Korean screen has the command as a reader types it; the English one needs no option.
        options = [] if language == "en" else ["--lang", language]
        printed = on_a_terminal([*GLIMPSE, "plan", "--lang", language])
        console = Console(record=True, width=COLUMNS + 20, file=io.StringIO(), force_terminal=True)
        console.print(Text.from_ansi(printed.rstrip("\n")), soft_wrap=True)
        coloured = console.export_html(theme=THEME, inline_styles=True, code_format="{code}").rstrip()
        # A terminal gives Korean letters two columns; the fonts of a page do not.
        coloured = re.sub(r"[ᄀ-ᇿ㄰-㆏가-힯]", r'<span class="wide">\g<0></span>', coloured)
        with tempfile.NamedTemporaryFile("w", suffix=".html") as page, Window(language, 1100, 1000, scale=2) as window:
            page.write(TERMINAL % (html.escape(" ".join(["glimpse plan", *options])), coloured))
            page.flush()
            window.driver.get(f"file://{page.name}")
            box = window.the("main").rect
            clip = {"x": 0, "y": 0, "width": box["width"] + 24, "height": box["height"] + 24}
            save(window.picture(clip), "answer", language, colours=32)


def report() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            path = Path(folder) / f"report.{language}.html"
            command = [*GLIMPSE, "plan", "--format", "html", "--lang", language, "--output", str(path)]
            subprocess.run(command, cwd=REPOSITORY, check=True)
            with Window(language, 1160, 1500) as window:
                window.driver.get(f"file://{path}")
                charts = window.the("#bill > div").rect  # the bars, and beside them the waterfall
                clip = {"x": 0, "y": 0, "width": 1160, "height": charts["y"] + charts["height"] + 8}
                save(window.picture(clip), "report", language, colours=96)


@contextlib.contextmanager
def running(*command: str, **environment: str) -> Iterator[None]:
    """A glimpse command that runs until the end of the block."""
    settings = {**os.environ, **{f"GLIMPSE_{name}": value for name, value in environment.items()}}
    with subprocess.Popen([*GLIMPSE, *command], cwd=REPOSITORY, env=settings, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(MAX_SECONDS)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def answers(url: str) -> None:
    """Return when something answers there. Raises SystemExit where nothing does."""
    for _ in range(int(MAX_SECONDS / 0.2)):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310 - this machine
            return
        time.sleep(0.2)
    sys.exit(f"nothing answers at {url}")


def chat() -> None:
    url, width, height, gap = f"http://localhost:{(port := free_port())}/", 560, 480, 16
    with tempfile.TemporaryDirectory() as folder, running("serve", DATA=folder, PORT=str(port), HOST="127.0.0.1"):
        answers(url)
        for language in LANGUAGES:
            with Window(language, width, height) as left, Window(language, width, height) as right:
                for window, handle in zip((left, right), PEOPLE[language], strict=True):
                    window.driver.get(url)
                    window.signs_up(handle)
                left.the("#start-handle").send_keys(PEOPLE[language][1], Keys.ENTER)
                right.the(".item").click()
                for speaker, listener, text in zip((left, right) * 2, (right, left) * 2, TALK[language], strict=True):
                    speaker.says(text)
                    listener.shows(".message .bubble", text)
                time.sleep(1.5)  # the page says at most once a second that somebody is typing
                left.the("#body").send_keys(TYPED[language])
                right.the("#typing:not(:empty)")
                both = Image.new("RGB", (2 * width + 3 * gap, height + 2 * gap), (208, 215, 222))
                both.paste(left.picture(), (gap, gap))
                both.paste(right.picture(), (width + 2 * gap, gap))
                save(both, "chat", language, colours=96)


def smaller(picture: Image.Image) -> Image.Image:
    return picture.resize((1000, 700), Image.Resampling.LANCZOS)


def put_on_spot(window: Window) -> None:
    """Let the first chat of the page talk to the Spot task, which the drill takes away."""
    spot = window.the('.task:has([data-provider="FARGATE_SPOT"]) .name').text
    # Until a task is replaced, the balancer's server has the number of its task.
    window.driver.add_cookie({"name": "AWSALB", "value": f"server-{spot.rpartition('-')[2]}", "domain": "127.0.0.1"})
    window.driver.refresh()
    window.shows('.task-of[data-window="chat"]', spot)


def drill() -> None:
    pages = f"http://127.0.0.1:{(page_port := free_port())}/"
    options = ["--port", str(free_port()), "--page-port", str(page_port), "--speed", str(SPEED)]
    with (
        tempfile.TemporaryDirectory() as folder,
        running("up", "--data", folder, *options),
        contextlib.ExitStack() as opened,
    ):
        answers(pages)
        shown = {language: opened.enter_context(Window(language, 1400, 980)) for language in LANGUAGES}
        for language, window in shown.items():
            window.driver.get(pages)
            put_on_spot(window)
            for name, handle in zip(("chat", "chat_2"), PEOPLE[language], strict=True):
                with window.frame(name):
                    window.signs_up(handle)
            with window.frame("chat"):
                window.the("#start-handle").send_keys(PEOPLE[language][1], Keys.ENTER)
                window.says(TALK[language][0])
            with window.frame("chat_2"):
                window.the(".item").click()
                window.says(TALK[language][1])
        frames: dict[str, list[Image.Image]] = {language: [] for language in LANGUAGES}

        def look() -> None:
            for language, window in shown.items():
                window.driver.execute_script("scrollTo(0, 0)")
                frames[language].append(smaller(window.picture()))

        look()
        shown["en"].the("#drills button").click()
        ended = time.monotonic() + MAX_SECONDS
        said = 0
        while time.monotonic() < ended and not shown["en"].driver.find_elements(
            By.CSS_SELECTOR, "#result:not([hidden])"
        ):
            look()
            if said < 4 and len(frames["en"]) % 4 == 2:
                for language, window in shown.items():
                    with window.frame(("chat", "chat_2")[said % 2]):
                        window.says(DURING[language][said])
                said += 1
            time.sleep(FRAME_SECONDS)
        time.sleep(FRAME_SECONDS)
        look()
        for language, window in shown.items():
            window.driver.execute_script("document.getElementById('result').scrollIntoView({ block: 'end' })")
            frames[language].append(smaller(window.picture()))
        for language in LANGUAGES:
            save(frames[language][0], "drill", language, colours=96, more=frames[language][1:])


MADE: dict[str, Callable[[], None]] = {"answer": answer, "report": report, "chat": chat, "drill": drill}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(MADE)}; all of them where none is given"
    )
    names = asked.parse_args().names or list(MADE)
    if unknown := set(names) - MADE.keys():
        asked.error(f"no such picture: {', '.join(sorted(unknown))}")
    for name in names:
        MADE[name]()


if __name__ == "__main__":
    main()
