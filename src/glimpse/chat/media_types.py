"""
The media types that may be uploaded: how a file of each begins, its extensions, and whether a browser may show it.

Every other type is refused, above all those that a browser would run: HTML, SVG and scripts. `uploads.py` compares a
file's first bytes with the type that its sender claims, so that no file is served as a type that it is not. The
extension decides only where the sender claims no type: browsers do not know HEIC and Hancom's formats everywhere.

Sources of the signatures: each format's own definition (PNG: ISO/IEC 15948 5.2; JPEG: ITU-T T.81 B.1.1; GIF89a 17;
WebP: RFC 9649 2.4; ISO base media file format: ISO/IEC 14496-12 4.3, with the brands of HEIC: ISO/IEC 23008-12 10.2,
and of 3GPP: TS 26.244 5.3; PDF: ISO 32000-2 7.5.2; ZIP: APPNOTE 4.3.7, which HWPX is (KS X 6101); Ogg: RFC 3533 6;
EBML: RFC 8794 8.1; compound file: MS-CFB 2.2, which HWP 5 is; HWP 3: Hancom's "HWP 3.0", 1; MPEG audio: ISO/IEC
11172-3 2.4.2.3; ADTS: ISO/IEC 13818-7 6.2; AMR: RFC 4867 5.1 and 5.2; byte order marks: Unicode 23.8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Matches = Callable[[bytes], bool]
"""Whether a file with these first bytes may be of a media type."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """
    `is_inline`: a browser shows or plays a file of this type; it saves files of all other types. `extensions` may end
    the name of such a file; the first one is given to a name that ends otherwise.
    """

    matches: Matches
    is_inline: bool
    extensions: tuple[str, ...]


def _starts_with(*signatures: bytes) -> Matches:
    return lambda head: head.startswith(signatures)


def _riff(form: bytes) -> Matches:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _iso_media(*brands: bytes) -> Matches:
    """
    An ISO base media file with a major or compatible brand that begins with one of these; any brand where none is
    given.
    """

    def matches(head: bytes) -> bool:
        box = head[: min(int.from_bytes(head[:4]), len(head))]
        found = (box[at : at + 4] for at in (8, *range(16, len(box) - 3, 4)))
        return head[4:8] == b"ftyp" and (not brands or any(brand.startswith(brands) for brand in found))

    return matches


def _mpeg_audio(head: bytes) -> bool:
    """An ID3 tag, or a first frame: eleven bits of synchronisation, and no reserved version or layer."""
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] >= 0xE0 and head[1] & 0x18 != 0x08 and head[1] & 0x06
    return head.startswith(b"ID3") or bool(is_frame)


def _adts(head: bytes) -> bool:
    """The first frame of AAC: twelve bits of synchronisation, and layer 0."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0


def _text(head: bytes) -> bool:
    """
    No control characters except tab and line ends. That admits UTF-8, CP949, which Windows writes in Korea, and UTF-16
    with a byte order mark, in which Excel saves text.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return not any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in head)


_ZIP = _starts_with(b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = _starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = "application/vnd.openxmlformats-officedocument."

MEDIA_TYPES: Mapping[str, MediaType] = {
    "image/jpeg": MediaType(_starts_with(b"\xff\xd8\xff"), True, ("jpg", "jpeg", "jpe", "jfif")),
    "image/png": MediaType(_starts_with(b"\x89PNG\r\n\x1a\n"), True, ("png",)),
    "image/gif": MediaType(_starts_with(b"GIF87a", b"GIF89a"), True, ("gif",)),
    "image/webp": MediaType(_riff(b"WEBP"), True, ("webp",)),
    "image/avif": MediaType(_iso_media(b"avif", b"avis"), True, ("avif",)),
    "image/heic": MediaType(_iso_media(b"hei", b"hev", b"mif1", b"msf1"), True, ("heic", "heif", "hif")),
    "video/mp4": MediaType(_iso_media(), True, ("mp4", "m4v", "mov", "3gp")),
    "video/quicktime": MediaType(_iso_media(b"qt  "), True, ("mov", "qt", "mp4")),
    "video/3gpp": MediaType(_iso_media(b"3g"), True, ("3gp", "3gpp", "3g2", "mp4")),
    "video/webm": MediaType(_starts_with(b"\x1aE\xdf\xa3"), True, ("webm",)),
    "audio/mpeg": MediaType(_mpeg_audio, True, ("mp3",)),
    "audio/mp4": MediaType(_iso_media(), True, ("m4a", "mp4", "3gp")),
    "audio/aac": MediaType(_adts, True, ("aac",)),
    "audio/amr": MediaType(_starts_with(b"#!AMR\n", b"#!AMR-WB\n"), False, ("amr", "awb")),
    "audio/ogg": MediaType(_starts_with(b"OggS"), True, ("ogg", "oga", "opus")),
    "audio/webm": MediaType(_starts_with(b"\x1aE\xdf\xa3"), True, ("webm", "weba")),
    "audio/wav": MediaType(_riff(b"WAVE"), True, ("wav",)),
    "application/pdf": MediaType(_starts_with(b"%PDF-"), False, ("pdf",)),
    f"{_OFFICE}wordprocessingml.document": MediaType(_ZIP, False, ("docx",)),
    f"{_OFFICE}spreadsheetml.sheet": MediaType(_ZIP, False, ("xlsx",)),
    f"{_OFFICE}presentationml.presentation": MediaType(_ZIP, False, ("pptx",)),
    "application/hwp+zip": MediaType(_ZIP, False, ("hwpx",)),
    # A phone that knows none of the four types above sends this one.
    "application/zip": MediaType(_ZIP, False, ("zip", "docx", "xlsx", "pptx", "hwpx")),
    "application/x-hwp": MediaType(lambda head: _COMPOUND(head) or head.startswith(b"HWP Doc"), False, ("hwp",)),
    "application/msword": MediaType(_COMPOUND, False, ("doc",)),
    "application/vnd.ms-powerpoint": MediaType(_COMPOUND, False, ("ppt",)),
    "text/csv": MediaType(_text, False, ("csv",)),
    # Where Excel is installed, Windows sends CSV files as this type, too.
    "application/vnd.ms-excel": MediaType(lambda head: _COMPOUND(head) or _text(head), False, ("xls", "csv")),
    "text/plain": MediaType(_text, False, ("txt", "text", "log", "md", "csv", "tsv", "json", "yaml", "yml", "srt")),
}
"""By the name of the media type, in lower case and without parameters."""

_ALIASES: Mapping[str, str] = {
    "application/haansofthwp": "application/x-hwp",
    "application/haansofthwpx": "application/hwp+zip",
    "application/hwp": "application/x-hwp",
    "application/vnd.hancom.hwp": "application/x-hwp",
    "application/vnd.hancom.hwpx": "application/hwp+zip",
    "application/x-zip-compressed": "application/zip",
    "audio/3gpp": "video/3gpp",
    "audio/amr-wb": "audio/amr",
    "audio/m4a": "audio/mp4",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "image/heic-sequence": "image/heic",
    "image/heif": "image/heic",
    "image/heif-sequence": "image/heic",
    "image/jpg": "image/jpeg",
    "video/3gpp2": "video/3gpp",
}
"""Other names that browsers and phones send for types of the table."""

_UNKNOWN = ("", "application/octet-stream")
"""What browsers and phones send where they do not know a file's type: nothing, or RFC 2046's name for any bytes."""


def _type_by_extension() -> Mapping[str, str]:
    ranked = (
        (each.extensions.index(extension), extension, name)
        for name, each in MEDIA_TYPES.items()
        for extension in each.extensions
    )
    found: dict[str, str] = {}
    for _, extension, name in sorted(ranked, key=lambda each: each[0]):
        found.setdefault(extension, name)
    return found


_BY_EXTENSION = _type_by_extension()
"""Each extension's type: the one that has it as its first, or else the first of the table that has it."""


def media_type_of(content_type: str, file_name: str = "") -> str | None:
    """
    The type under which a file with this Content-Type is stored and served; where that says nothing, the type of the
    name's extension. None where it is not accepted.
    """
    name = content_type.partition(";")[0].strip().lower()
    if name in _UNKNOWN:
        return _BY_EXTENSION.get(extension_of(file_name))
    name = _ALIASES.get(name, name)
    return name if name in MEDIA_TYPES else None


def extension_of(file_name: str) -> str:
    """What follows the last dot, in lower case; empty where there is no dot."""
    return file_name.rpartition(".")[2].lower() if "." in file_name else ""
