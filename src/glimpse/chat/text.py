"""Which texts can be stored, and when two handles are equal. Every store follows these rules."""

from __future__ import annotations

import unicodedata

from glimpse.chat.values import NewFile, NewMessage

MAX_ID = 255
"""The limit of a token's subject (OpenID Connect Core 1.0, section 2). Three such ids fit into one index entry."""

MAX_HANDLE = 64
MAX_CLIENT_ID = 64
MAX_FILE_NAME = 255
"""The limit of the usual file systems."""


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


def is_id(text: str) -> bool:
    return 1 <= len(text) <= MAX_ID and is_storable(text)


def is_handle(text: str) -> bool:
    return 1 <= len(text) <= MAX_HANDLE and is_storable(text)


def handle_key(handle: str) -> str:
    """
    Equal handles have equal keys: case is folded, and letters are composed, because a Korean name from a Mac may be
    decomposed into jamo.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", handle).casefold())


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
