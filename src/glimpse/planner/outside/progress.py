"""What a command is working at, on a terminal, while it takes longer than a moment."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from glimpse.words import Words

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

SHOWN_AFTER_SECONDS = 1.0


class Progress:
    """
    A line on standard error with what is being done and for how long, from SHOWN_AFTER_SECONDS after the command began.
    It disappears when the work ends, and is for a person only: a pipe, a file or a terminal that cannot move its cursor
    gets nothing.
    """

    def __init__(self, words: Words, stream: TextIO | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._words = words
        self._stream = stream or sys.stderr
        self._now = now
        self._begun = now()
        self._is_shown = self._stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    @contextmanager
    def __call__(self, code: str, **facts: str | int) -> Iterator[Callable[..., None]]:
        """Show the sentence of a code while what is inside `with` takes its time; the value shows another one."""
        if not self._is_shown:
            yield lambda _, **__: None
            return
        line = _Line(self._words(code, **facts), self._stream, self._begun, self._now)
        timer = threading.Timer(max(0.0, self._begun + SHOWN_AFTER_SECONDS - self._now()), line.show)
        timer.daemon = True
        timer.start()
        try:
            yield lambda code, **facts: line.change(self._words(code, **facts))
        finally:
            timer.cancel()
            line.end()


class _Line:
    """One line. A timer shows it while the work may end at the same moment."""

    def __init__(self, text: str, stream: TextIO, begun: float, now: Callable[[], float]) -> None:
        self._text, self._stream, self._begun, self._now = text, stream, begun, now
        self._lock = threading.Lock()
        self._shown: RichProgress | None = None
        self._is_over = False

    def show(self) -> None:
        # Only now, because most commands end before this is needed.
        from rich.console import Console
        from rich.progress import Progress as RichProgress
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.table import Column

        with self._lock:
            if self._is_over:
                return
            text = TextColumn(
                "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
            )
            self._shown = RichProgress(
                SpinnerColumn(), text, TimeElapsedColumn(),
                console=Console(file=self._stream), get_time=self._now, transient=True,
            )  # fmt: skip
            self._shown.add_task(self._text, total=None)
            self._shown.tasks[0].start_time = self._begun
            self._shown.start()

    def change(self, text: str) -> None:
        with self._lock:
            self._text = text
            if self._shown:
                self._shown.update(self._shown.task_ids[0], description=text)

    def end(self) -> None:
        with self._lock:
            self._is_over = True
            if self._shown:
                self._shown.stop()
