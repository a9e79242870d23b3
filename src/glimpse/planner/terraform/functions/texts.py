"""Texts and the bytes that they stand for, as several subjects need them."""

from __future__ import annotations

import binascii
import re
import unicodedata

from glimpse.planner.terraform.errors import EvaluationError

BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"


def normalised(text: str) -> str:
    """
    The text in Unicode's form C (NFC), which all of Terraform's strings are in. Whatever joins strings, or decodes
    bytes, must call this.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def graphemes(text: str) -> list[str]:
    """The characters of a text as a reader counts them, which is how Terraform counts."""
    if text.isascii() and "\r" not in text:
        return list(text)
    from glimpse.planner.terraform.functions.grapheme_clusters import clusters_of  # large, and most texts are ASCII

    return clusters_of(text)


def decoded(data: bytes, codec: str = "utf-8") -> str:
    """The bytes as a text, not yet normalised. Raises EvaluationError."""
    try:
        return data.decode(codec)
    except UnicodeError:
        raise EvaluationError("the decoded bytes are not valid text") from None


def bytes_of(text: str) -> bytes:
    """The bytes of a text in standard Base64, in which Go allows line breaks. Raises EvaluationError."""
    text = text.replace("\n", "").replace("\r", "")
    if not re.fullmatch(BASE64, text):
        raise EvaluationError("invalid base64 data")
    return binascii.a2b_base64(text)


def base64_of(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
