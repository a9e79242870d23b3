"""
Whether a picture says where it was taken: the latitude or longitude that a camera or a program wrote beside the pixels.

`find_location` reads only the parts of a file where coordinates can be, within a budget, and stops there: a file may be
made to mislead it. It does not see coordinates beyond the budget, between the scans of a JPEG, behind the image of a
PNG or a WebP but more than MAX_METADATA_BYTES before its end, in a maker's own notes, in the small pictures or the
video that some phones put into or behind a picture, nor names of places.

Sources: JPEG: ITU-T T.81 B.1.1.2 to B.1.1.4; Exif: CIPA DC-008-2023 4.5 (APP1), 4.6.2 (TIFF), 4.6.3 (pointer to the GPS
IFD), 4.6.6 (its tags); XMP: ISO 16684-1, CIPA DC-010 (its coordinates), and Adobe's "XMP Specification Part 3" (2020)
1.1.2 (GIF), 1.1.3 (JPEG), 1.1.5 (PNG); PNG: W3C "PNG Specification (Third Edition)" 5.3, 5.6, 11.3 (eXIf and text
chunks), and the "Raw profile type" texts of ImageMagick; WebP: RFC 9649 2.3 and 2.7; HEIC and AVIF: ISO/IEC 14496-12
4.2, 8.11.3 (iloc), 8.11.6 (iinf), 8.11.11 (idat), and ISO/IEC 23008-12 annex A.
"""

from __future__ import annotations

import re
import struct
import zlib
from binascii import unhexlify
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Literal, NamedTuple

READ_BYTES = 65_536
"""Of one read, where no more is needed. A segment of a JPEG is as long at most, and most metadata is much shorter."""

MAX_METADATA_BYTES = 262_144
"""
What is looked at of one piece of metadata, and of the end of a file: Exif with a preview fits, and XMP of a program
that keeps the history of a picture.
"""

MAX_READS, MAX_READ_BYTES = 16, 1_048_576
"""
Of one file. A picture of a phone takes one to four reads. Each read is a request to the object store, which costs some
tens of milliseconds and is billed.
"""

MAX_STEPS = 3_000
"""
Pieces of a file that are looked at; a long one counts as one more for each kilobyte. A HEIC consists of tiles, two
pieces each: of 200 megapixels it has 770. A file that takes all steps takes less than 0.1 s of a full core.
"""

Range = tuple[int, int]
"""Where a read starts, and how many bytes it is to return; at the end of the file it returns fewer."""

Search = Generator[Range, bytes, bool]
Reading = Generator[Range, bytes, bytes]


def find_location(media_type: str, size: int) -> Search:
    """
    A generator that yields which range of a file of `size` bytes it needs, is sent the bytes, and returns whether they
    have coordinates. False also for other media types than those of pictures, for a file that is not valid, and where
    the budget is spent before any were found.
    """
    search = _SEARCHES.get(media_type)
    if search is None:
        return False
    try:
        return (yield from search(_Content(size)))
    except _BudgetSpent:
        return False


class _BudgetSpent(Exception):
    """The search takes too many reads, bytes or steps."""


class _Content:
    """A file, of which the bytes that were read last are kept."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._start, self._block = 0, b""
        self._reads, self._bytes, self._steps = MAX_READS, MAX_READ_BYTES, MAX_STEPS

    def read(self, start: int, size: int) -> Reading:
        """These bytes of the file: fewer at its end, none after it."""
        size = min(size, self.size - start)
        if size <= 0:
            return b""
        self.take(size)
        if not self._start <= start <= start + size <= self._start + len(self._block):
            fetched = min(max(size, READ_BYTES), self.size - start)
            self._reads -= 1
            self._bytes -= fetched
            if self._reads < 0 or self._bytes < 0:
                raise _BudgetSpent
            self._start, self._block = start, (yield start, fetched)
        return self._block[start - self._start : start - self._start + size]

    def take(self, size: int = 0) -> None:
        """Count a step that looks at so many bytes."""
        self._steps -= 1 + size // 1024
        if self._steps < 0:
            raise _BudgetSpent

    def inflated(self, data: bytes, window_bits: int = zlib.MAX_WBITS) -> bytes:
        """The beginning of what was compressed with zlib; empty where it is not valid."""
        found = b""
        with suppress(zlib.error):
            found = zlib.decompressobj(window_bits).decompress(data, MAX_METADATA_BYTES)
        # To inflate takes longer than to look.
        self.take(4 * len(found))
        return found


# ---- Exif and XMP

_GPS_IFD, _LATITUDE, _LONGITUDE = 0x8825, 2, 4
_VALUE_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""The bytes of a value by its type (TIFF 6.0, section 2), where they are not one."""

_XMP_LOCATION = re.compile(
    rb"""G(?:PS|ps)L(?:atitude|ongitude)\s{0,9}=\s{0,9}(?:"[^"]|'[^'])"""
    rb"""|<(?:[^\s</>:]{1,40}:)?G(?:PS|ps)L(?:atitude|ongitude)(?:\s[^<>]{0,200}?)?"""
    rb"""(?:(?<!/)>\s{0,9}(?:[^<\s]|<[^/])|:value\s{0,9}=\s{0,9}["'][^"'])"""
)
"""
A property, in any namespace, that has a value: as an attribute, as the content of an element, or as an element's
`rdf:value`. Drones write it as `GpsLatitude`.
"""


def _has_location(metadata: bytes) -> bool:
    """Whether Exif, with or without its header, or XMP has coordinates."""
    if metadata.startswith(b"Exif\0"):
        metadata = metadata[6:]
    if metadata.startswith((b"II*\0", b"MM\0*")):
        return _has_exif_location(metadata)
    # Without its zeros, UTF-16 reads like UTF-8.
    return bool(_XMP_LOCATION.search(metadata.replace(b"\0", b"")))


def _has_exif_location(tiff: bytes) -> bool:
    order: Literal["little", "big"] = "little" if tiff.startswith(b"II") else "big"
    fields = struct.Struct("<HHI4s" if order == "little" else ">HHI4s")

    def number(value: bytes) -> int:
        return int.from_bytes(value, order)

    def entries(ifd: int) -> Iterator[tuple[int, int, int, bytes]]:
        """The tag, the type, the count and the value of each entry of an IFD, as far as they are there."""
        start = ifd + 2
        found = tiff[start : start + number(tiff[ifd:start]) * fields.size]
        return fields.iter_unpack(found[: len(found) // fields.size * fields.size])

    def is_set(kind: int, count: int, value: bytes) -> bool:
        """Android and some programs blank coordinates with zeros, which is no fraction."""
        size, start = _VALUE_BYTES.get(kind, 1) * count, number(value)
        return any(value[:size] if size <= 4 else tiff[start : start + min(size, 24)])

    gps = next((number(value) for tag, _, _, value in entries(number(tiff[4:8])) if tag == _GPS_IFD), None)
    return gps is not None and any(
        is_set(kind, count, value) for tag, kind, count, value in entries(gps) if tag in (_LATITUDE, _LONGITUDE)
    )


# ---- JPEG and GIF

_APP1, _END_OF_HEADERS = 0xE1, (0xD9, 0xDA)
_MARKER_WITH_LENGTH = re.compile(rb"\xff[\xc0-\xcf\xd9-\xfe]")
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENDED_XMP_HEADER = len(_EXTENDED_XMP) + 40
"""The signature, 32 digits of an MD5, and two numbers of 4 bytes."""


def _search_jpeg(content: _Content) -> Search:
    at, before = 2, b""
    while True:
        header = yield from content.read(at, 4)
        if len(header) < 4:
            return False
        if not _MARKER_WITH_LENGTH.match(header):
            # Decoders, too, look for the next marker where fill bytes (0xFF) or stray ones come before it.
            part = yield from content.read(at, 1023)
            found = _MARKER_WITH_LENGTH.search(part)
            at += found.start() if found else max(len(part) - 1, 1)
            continue
        if header[1] in _END_OF_HEADERS:
            return False
        length = int.from_bytes(header[2:])
        if header[1] == _APP1:
            segment = yield from content.read(at + 4, length - 2)
            if segment.startswith(_EXTENDED_XMP):
                # One text in several segments, which may part a name.
                segment = before + segment[_EXTENDED_XMP_HEADER:]
                before = segment[-300:]
            if _has_location(segment):
                return True
        at += 2 + max(length, 2)


_GIF_XMP = b"\x21\xff\x0bXMP DataXMP"


def _search_gif(content: _Content) -> Search:
    for start in (0, max(content.size - MAX_METADATA_BYTES, 0)):
        part = yield from content.read(start, MAX_METADATA_BYTES)
        found = part.find(_GIF_XMP)
        if found >= 0 and _has_location((yield from content.read(start + found, MAX_METADATA_BYTES))):
            return True
    return False


# ---- PNG and WebP


class _Chunks(NamedTuple):
    """
    How a format divides a file into chunks: where the first one begins, where in a header of 8 bytes the kind of a
    chunk is, and beside it the length of its data, in which byte order; how many bytes follow the data, which are
    padded to a multiple of `alignment`; which chunk has a part of the image, and which kinds have metadata.
    """

    first: int
    kind_at: int
    order: Literal["little", "big"]
    trailer: int
    alignment: int
    image: bytes
    metadata: re.Pattern[bytes]

    def length(self, header: bytes) -> int:
        return int.from_bytes(header[4 - self.kind_at : 8 - self.kind_at], self.order)


_PNG = _Chunks(8, 4, "big", 4, 1, b"IDAT", re.compile(rb"eXIf|[iz]TXt|tEXt"))
_WEBP = _Chunks(12, 0, "little", 0, 2, b"ANMF", re.compile(rb"EXIF|XMP "))


def _search_chunks(chunks: _Chunks, content: _Content) -> Search:
    at, kind = chunks.first, b""
    while kind != chunks.image:
        header = yield from content.read(at, 8)
        if len(header) < 8:
            return False
        kind, length = header[chunks.kind_at : chunks.kind_at + 4], chunks.length(header)
        if chunks.metadata.fullmatch(kind):
            data = yield from content.read(at + 8, min(length, MAX_METADATA_BYTES))
            if _chunk_has_location(content, kind, data):
                return True
        at += 8 + length + -length % chunks.alignment + chunks.trailer
    # There may be thousands of chunks of the image, and metadata after them. What looks like one of its chunks near the
    # end of the file is taken for one.
    start = max(at, content.size - MAX_METADATA_BYTES)
    end = yield from content.read(start, MAX_METADATA_BYTES)
    for found in chunks.metadata.finditer(end, chunks.kind_at):
        header = end[found.start() - chunks.kind_at :][:8]
        data = end[found.end() + 4 - chunks.kind_at :][: chunks.length(header)]
        content.take(len(end) - found.start())
        if _chunk_has_location(content, found[0], data):
            return True
    return False


_PNG_XMP, _RAW_PROFILE = b"XML:com.adobe.xmp", b"Raw profile type "


def _chunk_has_location(content: _Content, kind: bytes, data: bytes) -> bool:
    if kind not in (b"tEXt", b"zTXt", b"iTXt"):
        return _has_location(data)
    keyword, _, text = data.partition(b"\0")
    is_coordinate = keyword.endswith((b"GPSLatitude", b"GPSLongitude"))
    if not is_coordinate and keyword != _PNG_XMP and not keyword.startswith(_RAW_PROFILE):
        return False
    is_compressed = kind == b"zTXt"
    if kind == b"iTXt":
        is_compressed = text.startswith(b"\1")
        # Before the text: whether and how it is compressed, its language, and the keyword in that language.
        text = b"\0" + text[2:].split(b"\0", 2)[-1]
    if kind != b"tEXt":
        text = text[1:]
    if is_compressed:
        text = content.inflated(text)
    if keyword.startswith(_RAW_PROFILE):
        # An empty line, a name, a length, and hexadecimal digits in lines.
        digits = b"".join(text.split(b"\n", 3)[-1].split())
        text = b""
        with suppress(ValueError):
            text = unhexlify(digits[: len(digits) // 2 * 2])
    return bool(text) if is_coordinate else _has_location(text)


# ---- HEIC and AVIF

_EXIF_ITEM, _MIME_ITEM, _XMP_TYPE = b"Exif", b"mime", b"application/rdf+xml"
_IN_FILE, _IN_IDAT = 0, 1
"""Construction methods: what the offsets of an item count from."""


class _Fields:
    """Numbers one after the other; zeros after the end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self, size: int) -> int:
        self.at += size
        return int.from_bytes(self.data[self.at - size : self.at])


def _search_iso_media(content: _Content) -> Search:
    at, kind = 0, b""
    while kind != b"meta":
        header = yield from content.read(at, 16)
        size, kind, start = int.from_bytes(header[:4]), header[4:8], at + 8
        if size == 1:
            size, start = int.from_bytes(header[8:]), at + 16
        end = at + size if size else content.size
        if len(header) < 8 or end < start:
            return False
        at = end
    meta = yield from content.read(start, min(end - start, MAX_METADATA_BYTES))
    # Its version and flags come before the boxes.
    boxes = dict(_boxes(content, meta[4:]))
    encodings = dict(_metadata_items(content, boxes.get(b"iinf", b"")))
    for item_id, method, extents in list(_locations(content, boxes.get(b"iloc", b""), encodings)):
        data = b""
        for offset, length in extents:
            length = min(length or MAX_METADATA_BYTES, MAX_METADATA_BYTES - len(data))
            if method == _IN_FILE:
                data += yield from content.read(offset, length)
            else:
                content.take(length)
                data += boxes.get(b"idat", b"")[offset : offset + length]
        encoding = encodings[item_id]
        if encoding is None:
            # It begins with where the TIFF header is.
            data = data[4 + int.from_bytes(data[:4]) :]
        elif encoding:
            # With the header of zlib or of gzip.
            data = content.inflated(data, 32 + zlib.MAX_WBITS)
        if _has_location(data):
            return True
    return False


def _boxes(content: _Content, data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kind and the content of each box."""
    at = 0
    while at + 8 <= len(data):
        content.take()
        size, start = int.from_bytes(data[at : at + 4]), at + 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16]), at + 16
        if size < start - at:
            return
        yield data[at + 4 : at + 8], data[start : at + size]
        at += size


def _metadata_items(content: _Content, iinf: bytes) -> Iterator[tuple[int, bytes | None]]:
    """The id of each item of metadata, and how an XMP item is encoded; None for Exif."""
    for _, infe in _boxes(content, iinf[8 if iinf[:1] > b"\0" else 6 :]):
        fields = _Fields(infe)
        version = fields.number(4) >> 24
        item_id = fields.number(4 if version == 3 else 2)
        fields.number(2)
        kind = fields.number(4).to_bytes(4) if version > 1 else _MIME_ITEM
        _, content_type, encoding, *_ = [*infe[fields.at :].split(b"\0", 3), b"", b"", b""]
        if kind == _EXIF_ITEM:
            yield item_id, None
        elif kind == _MIME_ITEM and content_type == _XMP_TYPE:
            yield item_id, encoding


def _locations(
    content: _Content, iloc: bytes, wanted: Mapping[int, bytes | None]
) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """The id of each wanted item, its construction method, and the offset and the length of each of its extents."""
    fields = _Fields(iloc)
    version, sizes = fields.number(4) >> 24, fields.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    for _ in range(fields.number(4 if version == 2 else 2)):
        content.take()
        item_id = fields.number(4 if version == 2 else 2)
        method = fields.number(2) & 15 if version else _IN_FILE
        is_elsewhere = fields.number(2) > 0
        base, count = fields.number(base_size), fields.number(2)
        if item_id not in wanted or method > _IN_IDAT or is_elsewhere:
            fields.at += count * (index_size + offset_size + length_size)
            continue
        extents = []
        for _ in range(count):
            content.take()
            fields.number(index_size)
            extents.append((base + fields.number(offset_size), fields.number(length_size)))
        yield item_id, method, extents


_SEARCHES: Mapping[str, Callable[[_Content], Search]] = {
    "image/jpeg": _search_jpeg,
    "image/png": partial(_search_chunks, _PNG),
    "image/gif": _search_gif,
    "image/webp": partial(_search_chunks, _WEBP),
    "image/heic": _search_iso_media,
    "image/avif": _search_iso_media,
}
"""By media type: those of `media_types.py` that are pictures."""
