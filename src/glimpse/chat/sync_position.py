"""The `at` of an answer to `sync`: an opaque text that clients send back as `since`."""

from __future__ import annotations

import re

from msgspec import Struct

_TEXT = re.compile(r"([0-9]{1,14})(?:-([0-9]{1,14})-(.{1,255}))?", re.ASCII | re.DOTALL)


class SyncPosition(Struct, frozen=True):
    """
    What a client knows: every change of receipts, members and blocks before `seconds`, since 1970. If an answer did not
    have room for all later ones, the client knows those of the conversations up to the id `after_id`, before
    `next_seconds`.
    """

    seconds: float
    next_seconds: float | None = None
    after_id: str = ""

    @property
    def text(self) -> str:
        """Milliseconds, rounded down: `1795392000000`, or `1795392000000-1795392060000-7d0c…`."""
        text = str(int(self.seconds * 1000))
        return text if self.next_seconds is None else f"{text}-{int(self.next_seconds * 1000)}-{self.after_id}"


def decode_position(text: str) -> SyncPosition | None:
    """None for a text that is no position."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    if match[2] is None:
        return SyncPosition(int(match[1]) / 1000)
    return SyncPosition(int(match[1]) / 1000, int(match[2]) / 1000, match[3])


def next_position(since: SyncPosition | None, now: float, last_id: str | None) -> SyncPosition:
    """
    What a client knows after an answer to `since` that was made at `now` and has everything; or, with `last_id`, all
    conversations up to that one. Without `since` the client's cursors tell what it lacks.
    """
    if since is None:
        return SyncPosition(now)
    began = now if since.next_seconds is None else since.next_seconds
    return SyncPosition(began) if last_id is None else SyncPosition(since.seconds, began, max(last_id, since.after_id))
