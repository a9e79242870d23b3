"""Who may refer to a file: in a message, and as a profile picture."""

from __future__ import annotations

from glimpse.chat.refusals import FILE_GONE, FORBIDDEN, NOT_A_PICTURE, NOT_COMPLETE, Refusal
from glimpse.chat.values import File


def file_refusal(file: File | None, user_id: str) -> Refusal | None:
    """Why this user cannot send the file in a message; None where they can. `file` is None where it does not exist."""
    if file is None:
        return FILE_GONE
    if file.owner_id != user_id:
        return FORBIDDEN
    return None if file.is_complete else NOT_COMPLETE


def picture_refusal(file: File | None, user_id: str) -> Refusal | None:
    """Why this user cannot have the file as their profile picture; None where they can."""
    if refusal := file_refusal(file, user_id):
        return refusal
    return None if file and file.content_type.startswith("image/") else NOT_A_PICTURE
