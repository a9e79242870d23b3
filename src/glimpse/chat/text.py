"""Which texts can be stored, and which show something. Every store follows these rules."""

from __future__ import annotations

import re

from glimpse.chat.values import NewFile, NewMessage

MAX_ID = 255
"""The limit of a token's subject (OpenID Connect Core 1.0, section 2). Three such ids fit into one index entry."""

MAX_HANDLE = 64
MAX_DISPLAY_NAME = 100
MIN_PASSWORD = 8
"""Characters, counted in the form that is stored."""

MAX_CLIENT_ID = 64
MAX_FILE_NAME = 255
"""The limit of the usual file systems."""

_INVISIBLE = (
    "\0-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""
The characters that show nothing: white space, controls, those with Unicode's property Default_Ignorable_Code_Point, the
annotation characters, and the blanks that Unicode counts as letters, marks or symbols (of Braille, of Egyptian and
Khitan writing, and of music).
"""

INVISIBLE = re.compile(f"[{_INVISIBLE}]")

_VISIBLE = re.compile(f"[^{_INVISIBLE}]")


def is_storable(text: str | None) -> bool:
    """
    PostgreSQL stores UTF-8 without NUL. JSON may contain half a surrogate pair, which is not UTF-8. None is storable.
    """
    if text is None:
        return True
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return "\0" not in text


def is_blank(text: str) -> bool:
    """Whether a text is empty or shows nothing. A text that begins with an ASCII or a Korean letter costs no search."""
    return not ("!" <= text < "\x7f" or "가" <= text < "\ud7a4") and not _VISIBLE.search(text)


def is_id(text: str) -> bool:
    return 1 <= len(text) <= MAX_ID and is_storable(text)


def is_handle(text: str) -> bool:
    return 1 <= len(text) <= MAX_HANDLE and is_storable(text)


def can_be_stored(message: NewMessage) -> bool:
    return (
        0 < len(message.conversation_id) <= MAX_ID
        and 0 < len(message.sender_id) <= MAX_ID
        and 0 < len(message.client_id) <= MAX_CLIENT_ID
        # One check of all texts together is exact: halves of surrogate pairs do not join.
        and is_storable(message.conversation_id + message.sender_id + message.client_id + message.body)
        and (message.file_id is None or is_id(message.file_id))
    )


def can_be_announced(file: NewFile) -> bool:
    return (
        is_id(file.id)
        and is_id(file.owner_id)
        and 1 <= len(file.name) <= MAX_FILE_NAME
        and is_storable(file.name + file.content_type + (file.sha256 or ""))
        and 0 < file.size < 2**63
    )
