"""
The names under which files are stored, shown and saved.

A client chooses the name, and other people save the file under it. So the name keeps its letters, but hides nothing,
leads to no other folder, and has an extension of its media type, so that no program can be saved as a text.
"""

from __future__ import annotations

import re
import unicodedata

from glimpse.chat.media_types import MEDIA_TYPES, extension_of
from glimpse.chat.text import MAX_FILE_NAME, is_blank

NAMELESS = "file"

_HIDDEN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters, line separators, and the controls of direction: Unicode's property Bidi_Control."""

_FOLDERS = re.compile(r"[/\\]")
_ENDS = re.compile(r"\A\s+|[\s.]+\Z")
"""Windows ignores dots and spaces at the end, so that an extension before them would count."""


def readable_name(name: str) -> str:
    """
    The name in NFC, which Windows and Android expect, and in which a Korean name from a Mac is not decomposed into
    jamo. Hidden characters are dropped, and separators of folders are replaced.
    """
    visible = unicodedata.normalize("NFC", _HIDDEN.sub("", name))
    stripped = _ENDS.sub("", _FOLDERS.sub("_", visible))
    return NAMELESS if is_blank(stripped) else stripped


def fitting_name(name: str, media_type: str) -> str:
    """
    A readable name with an extension of its media type, which is appended where the name has none or another. It is
    not refused: phones send pictures as "IMG_1234". At most MAX_FILE_NAME characters.
    """
    extensions = MEDIA_TYPES[media_type].extensions
    extension = extension_of(name)
    if extension in extensions and len(name) <= MAX_FILE_NAME:
        return name
    ending = "." + (extension if extension in extensions else extensions[0])
    return name.removesuffix(ending)[: MAX_FILE_NAME - len(ending)] + ending
