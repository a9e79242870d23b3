"""Text measured as terminals measure it: Korean is two wide."""

from __future__ import annotations

from rich.cells import cell_len


def wrapped(text: str, room: int) -> list[str]:
    """Break at spaces so that no line is wider than `room`; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    if lines and text.startswith(" "):
        # An indented line of an example or a list is laid out by hand.
        return [text]
    return lines
