"""
What kinds of files may be sent: how the first bytes of each look, and whether a browser may show it.

What is not in the table is refused. Above all what a browser would run: HTML, SVG and scripts. The first bytes are
compared with what was claimed, so that nothing is served as another type; a guess at what it is instead, as file
managers make, would be of no use to anybody here. What a file is called is its sender's to say, and whoever saves it
sees the name.

Sources of the signatures: each format's own definition (PNG: ISO/IEC 15948 5.2; JPEG: ITU-T T.81 B.1.1; GIF89a 17;
WebP: RFC 9649 2.4; ISO base media file format: ISO/IEC 14496-12 4.3; PDF: ISO 32000-2 7.5.2; ZIP: APPNOTE 4.3.7; Ogg:
RFC 3533 6; EBML: RFC 8794 8.1; compound file: MS-CFB 2.2; MPEG audio: ISO/IEC 11172-3 2.4.2.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from glimpse.chat.values import FORBIDDEN, GONE, NOT_COMPLETE, File, Refusal

FILE_TYPE = Refusal("file_type")

Looks = Callable[[bytes], bool]
"""Whether a file that begins so may be of a kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`is_shown`: a browser shows or plays it where it stands; everything else is saved."""

    looks: Looks
    is_shown: bool


def _begins(*signatures: bytes) -> Looks:
    return lambda head: head.startswith(signatures)


def _riff(form: bytes) -> Looks:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _media(*brands: bytes) -> Looks:
    """A file of the ISO family by its major brand, or by a compatible one; without any, by its family alone."""

    def looks(head: bytes) -> bool:
        box = head[: min(int.from_bytes(head[:4]), len(head))]
        named = {box[at : at + 4] for at in (8, *range(16, len(box) - 3, 4))}
        return head[4:8] == b"ftyp" and (not brands or not named.isdisjoint(brands))

    return looks


def _mpeg_audio(head: bytes) -> bool:
    """An ID3 tag, or the first frame: eleven bits of synchronisation, and no reserved version or layer."""
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] >= 0xE0 and head[1] & 0x18 != 0x08 and head[1] & 0x06
    return head.startswith(b"ID3") or bool(is_frame)


def _text(head: bytes) -> bool:
    """No control characters but those of lines: UTF-8, and what Windows writes in Korean (CP949), but no UTF-16."""
    return not any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in head)


_ZIP = _begins(b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = "application/vnd.openxmlformats-officedocument."

KINDS: Mapping[str, Kind] = {
    "image/jpeg": Kind(_begins(b"\xff\xd8\xff"), True),
    "image/png": Kind(_begins(b"\x89PNG\r\n\x1a\n"), True),
    "image/gif": Kind(_begins(b"GIF87a", b"GIF89a"), True),
    "image/webp": Kind(_riff(b"WEBP"), True),
    "image/avif": Kind(_media(b"avif", b"avis"), True),
    "image/heic": Kind(_media(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), True),
    "video/mp4": Kind(_media(), True),
    "video/quicktime": Kind(_media(b"qt  "), True),
    "video/webm": Kind(_begins(b"\x1aE\xdf\xa3"), True),
    "audio/mpeg": Kind(_mpeg_audio, True),
    "audio/mp4": Kind(_media(), True),
    "audio/ogg": Kind(_begins(b"OggS"), True),
    "audio/webm": Kind(_begins(b"\x1aE\xdf\xa3"), True),
    "audio/wav": Kind(_riff(b"WAVE"), True),
    "application/pdf": Kind(_begins(b"%PDF-"), False),
    "application/zip": Kind(_ZIP, False),
    f"{_OFFICE}wordprocessingml.document": Kind(_ZIP, False),
    f"{_OFFICE}spreadsheetml.sheet": Kind(_ZIP, False),
    f"{_OFFICE}presentationml.presentation": Kind(_ZIP, False),
    "application/msword": Kind(_COMPOUND, False),
    # What Windows says of CSV, too, where Excel is installed.
    "application/vnd.ms-excel": Kind(lambda head: _COMPOUND(head) or _text(head), False),
    "application/vnd.ms-powerpoint": Kind(_COMPOUND, False),
    "application/x-hwp": Kind(_COMPOUND, False),
    "application/hwp+zip": Kind(_ZIP, False),
    "text/csv": Kind(_text, False),
    "text/plain": Kind(_text, False),
}
"""By media type, in lower case and without parameters."""

_ALIASES: Mapping[str, str] = {
    "application/haansofthwp": "application/x-hwp",
    "application/x-zip-compressed": "application/zip",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "image/heif": "image/heic",
    "image/jpg": "image/jpeg",
}
"""What browsers, phones and their pickers say instead."""


def kind_of(content_type: str) -> str | None:
    """The media type by which a file is kept and served; None for what is not taken."""
    said = content_type.partition(";")[0].strip().lower()
    kind = _ALIASES.get(said, said)
    return kind if kind in KINDS else None


_ATTRIBUTE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`|~")
"""What stands for itself in a parameter: attr-char of RFC 8187, section 3.2.1."""


def is_picture(content_type: str) -> bool:
    return content_type.startswith("image/")


def unfit_file(file: File | None, owner_id: str) -> Refusal | None:
    """Why somebody cannot refer to a file, None where they can."""
    if file is None:
        return GONE
    if file.owner_id != owner_id:
        return FORBIDDEN
    return None if file.is_complete else NOT_COMPLETE


def unfit_picture(file: File | None, owner_id: str) -> Refusal | None:
    """Why a file cannot be somebody's profile picture, None where it can."""
    refused = unfit_file(file, owner_id)
    return refused or (None if file and is_picture(file.content_type) else FILE_TYPE)


def disposition(content_type: str, name: str) -> str:
    """
    Content-Disposition of a file (RFC 6266), with its name for whoever saves it: in UTF-8 (RFC 8187), and for old
    programs without the letters that ASCII lacks.
    """
    shown = "inline" if KINDS[content_type].is_shown else "attachment"
    encoded = "".join(chr(byte) if byte in _ATTRIBUTE else f"%{byte:02X}" for byte in name.encode())
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%' else "_" for letter in name)
    return f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
