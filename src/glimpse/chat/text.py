"""Which texts can be kept, and when two handles are the same: alike in every store, whatever its database thinks."""

from __future__ import annotations

import unicodedata

from glimpse.chat.values import NewFile, NewMessage

# A token's subject is at most 255 characters (OpenID Connect Core, section 2); three such ids fit into one index entry.
MAX_ID = 255
MAX_HANDLE = 64
MAX_CLIENT_ID = 64
# As long as a name may be in the usual file systems.
MAX_FILE_NAME = 255


def is_storable(text: str | None) -> bool:
    """PostgreSQL keeps UTF-8 without NUL; JSON may bring half a surrogate pair, which is no UTF-8. None is fine."""
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
    What of a handle must be unique: no case, and one spelling of each letter. A Korean name typed on a Mac may come
    as single jamo and is the same name.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", handle).casefold())


def can_be_stored(message: NewMessage) -> bool:
    return (
        0 < len(message.conversation_id) <= MAX_ID
        and 0 < len(message.sender_id) <= MAX_ID
        and 0 < len(message.client_id) <= MAX_CLIENT_ID
        # What cannot be kept alone cannot be kept together, and the other way round.
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
