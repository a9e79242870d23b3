"""Text measured as terminals measure it: Korean is two wide."""

from __future__ import annotations

from unicodedata import east_asian_width


def wrapped(text: str, room: int) -> list[str]:
    """Break at spaces so that no line is wider than `room`; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and columns(lines[-1]) + 1 + columns(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    if lines and text.startswith(" "):
        # An indented line of an example or a list is laid out by hand.
        return [text]
    return lines


def columns(text: str) -> int:
    """The columns that it takes. The chat's image has no rich, which would count them too."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
