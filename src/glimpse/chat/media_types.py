"""
The media types that may be uploaded: how a file of each begins, and whether a browser may show it.

Every other type is refused, above all those that a browser would run: HTML, SVG and scripts. `uploads.py` compares a
file's first bytes with the type that its sender claims, so that no file is served as a type that it is not. The type is
never guessed, and the extension of the name does not count.

Sources of the signatures: each format's own definition (PNG: ISO/IEC 15948 5.2; JPEG: ITU-T T.81 B.1.1; GIF89a 17;
WebP: RFC 9649 2.4; ISO base media file format: ISO/IEC 14496-12 4.3; PDF: ISO 32000-2 7.5.2; ZIP: APPNOTE 4.3.7; Ogg:
RFC 3533 6; EBML: RFC 8794 8.1; compound file: MS-CFB 2.2; MPEG audio: ISO/IEC 11172-3 2.4.2.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Matches = Callable[[bytes], bool]
"""Whether a file with these first bytes may be of a media type."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """`is_inline`: a browser shows or plays a file of this type; it saves files of all other types."""

    matches: Matches
    is_inline: bool


def _starts_with(*signatures: bytes) -> Matches:
    return lambda head: head.startswith(signatures)


def _riff(form: bytes) -> Matches:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _iso_media(*brands: bytes) -> Matches:
    """An ISO base media file with one of these major or compatible brands; any brand where none is given."""

    def matches(head: bytes) -> bool:
        box = head[: min(int.from_bytes(head[:4]), len(head))]
        found = {box[at : at + 4] for at in (8, *range(16, len(box) - 3, 4))}
        return head[4:8] == b"ftyp" and (not brands or not found.isdisjoint(brands))

    return matches


def _mpeg_audio(head: bytes) -> bool:
    """An ID3 tag, or a first frame: eleven bits of synchronisation, and no reserved version or layer."""
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] >= 0xE0 and head[1] & 0x18 != 0x08 and head[1] & 0x06
    return head.startswith(b"ID3") or bool(is_frame)


def _text(head: bytes) -> bool:
    """
    No control characters except tab and line ends. That admits UTF-8, and CP949, which Windows writes in Korea; it
    excludes UTF-16.
    """
    return not any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in head)


_ZIP = _starts_with(b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = _starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = "application/vnd.openxmlformats-officedocument."

MEDIA_TYPES: Mapping[str, MediaType] = {
    "image/jpeg": MediaType(_starts_with(b"\xff\xd8\xff"), True),
    "image/png": MediaType(_starts_with(b"\x89PNG\r\n\x1a\n"), True),
    "image/gif": MediaType(_starts_with(b"GIF87a", b"GIF89a"), True),
    "image/webp": MediaType(_riff(b"WEBP"), True),
    "image/avif": MediaType(_iso_media(b"avif", b"avis"), True),
    "image/heic": MediaType(_iso_media(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), True),
    "video/mp4": MediaType(_iso_media(), True),
    "video/quicktime": MediaType(_iso_media(b"qt  "), True),
    "video/webm": MediaType(_starts_with(b"\x1aE\xdf\xa3"), True),
    "audio/mpeg": MediaType(_mpeg_audio, True),
    "audio/mp4": MediaType(_iso_media(), True),
    "audio/ogg": MediaType(_starts_with(b"OggS"), True),
    "audio/webm": MediaType(_starts_with(b"\x1aE\xdf\xa3"), True),
    "audio/wav": MediaType(_riff(b"WAVE"), True),
    "application/pdf": MediaType(_starts_with(b"%PDF-"), False),
    "application/zip": MediaType(_ZIP, False),
    f"{_OFFICE}wordprocessingml.document": MediaType(_ZIP, False),
    f"{_OFFICE}spreadsheetml.sheet": MediaType(_ZIP, False),
    f"{_OFFICE}presentationml.presentation": MediaType(_ZIP, False),
    "application/msword": MediaType(_COMPOUND, False),
    # Where Excel is installed, Windows sends CSV files as this type, too.
    "application/vnd.ms-excel": MediaType(lambda head: _COMPOUND(head) or _text(head), False),
    "application/vnd.ms-powerpoint": MediaType(_COMPOUND, False),
    "application/x-hwp": MediaType(_COMPOUND, False),
    "application/hwp+zip": MediaType(_ZIP, False),
    "text/csv": MediaType(_text, False),
    "text/plain": MediaType(_text, False),
}
"""By the name of the media type, in lower case and without parameters."""

_ALIASES: Mapping[str, str] = {
    "application/haansofthwp": "application/x-hwp",
    "application/x-zip-compressed": "application/zip",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "image/heif": "image/heic",
    "image/jpg": "image/jpeg",
}
"""Other names that browsers and phones send for types of the table."""


def media_type_of(content_type: str) -> str | None:
    """The type under which a file with this Content-Type is stored and served; None where it is not accepted."""
    name = content_type.partition(";")[0].strip().lower()
    name = _ALIASES.get(name, name)
    return name if name in MEDIA_TYPES else None
