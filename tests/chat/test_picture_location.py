"""
Whether a picture says where it was taken: in pictures of Pillow and of ExifTool, in ones that are assembled here as
phones and programs write them, and in ones that were made to mislead.
"""

from __future__ import annotations

import io
import itertools
import shutil
import subprocess
import tracemalloc
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from glimpse.chat.media_types import MEDIA_TYPES
from glimpse.chat.picture_location import (
    MAX_METADATA_BYTES,
    MAX_READ_BYTES,
    MAX_READS,
    READ_BYTES,
    Range,
    find_location,
)

PICTURES = {"jpeg": "jpg", "png": "png", "gif": "gif", "webp": "webp", "heic": "heic", "avif": "avif"}
"""The media types below image/, and the extension of each."""

Read = Callable[[int, int], bytes]


def searched(kind: str, size: int, read: Read) -> tuple[bool, Sequence[Range]]:
    """Whether the file has a location, and what was read of it."""
    search, ranges = find_location(f"image/{kind}", size), []
    try:
        wanted = next(search)
        while True:
            ranges.append(wanted)
            wanted = search.send(read(*wanted))
    except StopIteration as end:
        return end.value, ranges


def has_location(kind: str, content: bytes) -> bool:
    found, ranges = searched(kind, len(content), lambda start, size: content[start : start + size])
    assert all(start >= 0 < size and start + size <= len(content) for start, size in ranges)
    assert len(ranges) <= MAX_READS
    assert sum(size for _, size in ranges) <= MAX_READ_BYTES
    return found


# ---- Pictures


def exif(
    latitude: Sequence[float] | None = (37.0, 33.0, 58.8), order: Literal["<", ">"] = ">", entries: int = 0
) -> bytes:
    """
    Exif of a camera, with its header, and with so many entries more. Without a latitude it has the other fields of a
    GPS receiver.
    """
    made = Image.Exif()
    made.endian = order
    made[ExifTags.Base.Model] = "a camera"
    made.update(dict.fromkeys(range(0x8000, 0x8000 + entries), 1))
    gps: dict[int, object] = {ExifTags.GPS.GPSDateStamp: "2026:11:30"}
    if latitude:
        gps |= {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: tuple(latitude)}
    made[ExifTags.IFD.GPSInfo] = gps
    return made.tobytes()


TIFF = exif()[6:]
DEGREES = TIFF[(start := TIFF.index(b"\0\0\0\x25\0\0\0\1")) : start + 24]


def xmp(properties: str = 'exif:GPSLatitude="37,33.98N"', content: str = "") -> bytes:
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        f' xmlns:exif="http://ns.adobe.com/exif/1.0/" {properties}>{content}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def picture(kind: str, **saved: object) -> bytes:
    """Sixty-four pixels, as Pillow writes them."""
    content = io.BytesIO()
    Image.linear_gradient("L").resize((64, 64)).convert("RGB").save(content, kind, **saved)
    return content.getvalue()


def jpeg(*segments: bytes, marker: bytes = b"\xff\xe1") -> bytes:
    """With these APP1 segments."""
    made = b"".join(marker + (len(each) + 2).to_bytes(2) + each for each in segments)
    return b"\xff\xd8" + made + picture("jpeg")[2:]


XMP_HEADER, EXTENSION_HEADER = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"


def extended_xmp(packet: bytes, cut: int) -> list[bytes]:
    """The segments of an XMP packet that is parted at a place."""
    parts = [(0, packet[:cut]), (cut, packet[cut:])]
    guid, size = b"0123456789ABCDEF" * 2, len(packet).to_bytes(4)
    main = xmp(
        'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="0123456789ABCDEF0123456789ABCDEF"'
    )
    return [XMP_HEADER + main, *(EXTENSION_HEADER + guid + size + at.to_bytes(4) + part for at, part in parts)]


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def png(before: bytes = b"", after: bytes = b"", image_chunks: int = 1) -> bytes:
    """With chunks before and after those of the image."""
    plain = picture("png")
    start = plain.index(b"IDAT") - 4
    data = plain[start + 8 : -16]
    size = len(data) // image_chunks + 1
    # Empty ones are allowed, too.
    image = b"".join(chunk(b"IDAT", data[at : at + size]) for at in range(0, image_chunks * size, size))
    return plain[:start] + before + image + after + plain[-12:]


def raw_profile(name: str, data: bytes) -> bytes:
    """As ImageMagick writes it, before it is compressed."""
    digits = data.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return f"\n{name}\n{len(data):8}\n{lines}\n".encode()


def itxt(packet: bytes, is_compressed: bool) -> bytes:
    flags = b"\1\0" if is_compressed else b"\0\0"
    return chunk(
        b"iTXt", b"XML:com.adobe.xmp\0" + flags + b"\0\0" + (zlib.compress(packet) if is_compressed else packet)
    )


def animation(kind: str, frames: int, **saved: object) -> bytes:
    content = io.BytesIO()
    first, *rest = [Image.effect_noise((120, 120), 90) for _ in range(frames)]
    first.save(content, kind, save_all=True, append_images=rest, **saved)
    return content.getvalue()


GIF_TRAILER = b"\1" + bytes(range(255, -1, -1)) + b"\0"
"""It ends the block in whatever byte a reader of blocks arrives."""


def gif(packet: bytes, is_at_the_end: bool) -> bytes:
    plain, block = animation("gif", 40), b"\x21\xff\x0bXMP DataXMP" + packet + GIF_TRAILER
    assert len(plain) > 3 * READ_BYTES
    # After the header and its table of colours.
    start = len(plain) - 1 if is_at_the_end else 13 + (plain[10] >> 7) * 3 * 2 ** (plain[10] % 8 + 1)
    return plain[:start] + block + plain[start:]


def box(kind: bytes, *content: bytes, version: int | None = None) -> bytes:
    data = b"".join((b"" if version is None else bytes([version, 0, 0, 0]), *content))
    return (8 + len(data)).to_bytes(4) + kind + data


def heic(
    items: Sequence[tuple[bytes, bytes]],
    method: int = 0,
    version: int = 1,
    parts: int = 1,
    tiles: int = 4,
    meta_is_last: bool = False,
    iinf_version: int = 0,
) -> bytes:
    """
    A HEIC without the pixels: each item is the rest of its `infe` after the id, and its data, in so many extents.
    `method`: its data is in the file (0) or in `idat` (1).
    """
    id_size = 4 if version == 2 else 2
    entries = [(b"hvc1\0", b"")] * tiles + [*items]
    data = b"".join(content for _, content in entries)

    def meta(offset: int) -> bytes:
        places = b""
        for number, (_, content) in enumerate(entries, 1):
            cut = len(content) // parts
            extents = b""
            for part in range(parts):
                size = cut if part < parts - 1 else len(content) - cut * part
                extents += (offset + cut * part).to_bytes(4) + size.to_bytes(4)
            offset += len(content)
            places += number.to_bytes(id_size) + (method.to_bytes(2) if version else b"") + b"\0\0"
            places += parts.to_bytes(2) + extents
        infe = [
            box(b"infe", number.to_bytes(2), b"\0\0", each, version=2) for number, (each, _) in enumerate(entries, 1)
        ]
        return box(
            b"meta",
            box(b"hdlr", bytes(4), b"pict", bytes(13), version=0),
            box(b"pitm", b"\0\1", version=0),
            box(b"iinf", len(infe).to_bytes(4 if iinf_version else 2), *infe, version=iinf_version),
            box(b"iloc", b"\x44\0", len(entries).to_bytes(id_size), places, version=version),
            box(b"idat", data if method else b""),
            version=0,
        )

    start = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    if method:
        return start + meta(0)
    size = len(meta(0))
    if meta_is_last:
        return start + box(b"free", bytes(3 * READ_BYTES)) + box(b"mdat", data) + meta(len(start) + 16 + 3 * READ_BYTES)
    # The size of a large box has eight bytes.
    return start + meta(len(start) + size + 16) + b"\0\0\0\1mdat" + (16 + len(data)).to_bytes(8) + data


LONG_XMP = xmp("", f"<exif:GPSLatitude xmlns:x='{'x' * 150}'>37,33.98N</exif:GPSLatitude>")


def widened(content: bytes, kind: bytes) -> bytes:
    """With a size of eight bytes in a box of the `meta` box."""
    start = content.index(kind) - 4
    size = int.from_bytes(content[start : start + 4])
    content = content[:start] + b"\0\0\0\1" + kind + (size + 8).to_bytes(8) + content[start + 8 :]
    meta = content.index(b"meta") - 4
    return content[:meta] + (int.from_bytes(content[meta : meta + 4]) + 8).to_bytes(4) + content[meta + 4 :]


EXIF_ITEM = (b"Exif\0", b"\0\0\0\6" + exif())
EXIF_ITEM_WITHOUT = (b"Exif\0", b"\0\0\0\0" + exif(None)[6:])
XMP_TYPE = b"mimeXMP\0application/rdf+xml\0"

LOCATED: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "Exif in a JPEG": ("jpeg", lambda: picture("jpeg", exif=exif())),
    "Exif of a small-endian camera": ("jpeg", lambda: picture("jpeg", exif=exif(order="<"))),
    "Exif behind fill bytes": ("jpeg", lambda: jpeg(exif(), marker=b"\xff\xff\xff\xe1")),
    "Exif behind 4,000 fill bytes": ("jpeg", lambda: jpeg(exif(), marker=b"\xff" * 4000 + b"\xe1")),
    "Exif behind stray bytes": ("jpeg", lambda: jpeg(exif(), marker=b"\0\1\xff\0\2\xff\xe1")),
    "Exif behind 5,000 stray bytes": ("jpeg", lambda: jpeg(exif(), marker=b"\xff\0" * 2500 + b"\xff\xe1")),
    "Exif with 150 entries before that of the place": ("jpeg", lambda: picture("jpeg", exif=exif(entries=150))),
    "Exif behind a large colour profile": (
        "jpeg",
        lambda: jpeg(*[b"ICC_PROFILE\0" + bytes([part, 6]) + bytes(60_000) for part in range(1, 7)], exif()),
    ),
    "XMP in a JPEG": ("jpeg", lambda: jpeg(XMP_HEADER + xmp())),
    "XMP with an element": (
        "jpeg", lambda: jpeg(XMP_HEADER + xmp("", "<exif:GPSLongitude>\n126,58.68E</exif:GPSLongitude>"))
    ),
    "XMP with a qualifier": (
        "jpeg",
        lambda: jpeg(XMP_HEADER + xmp("", "<exif:GPSLatitude rdf:parseType='Resource'><rdf:value>37,33.98N</rdf:value></exif:GPSLatitude>")),
    ),
    "XMP with an element that has an attribute": (
        "jpeg",
        lambda: jpeg(XMP_HEADER + xmp("", "<e:GPSLatitude xmlns:e='http://ns.adobe.com/exif/1.0/'>37,33.98N</e:GPSLatitude>")),
    ),
    "XMP with a value beside a qualifier": (
        "jpeg", lambda: jpeg(XMP_HEADER + xmp("", "<exif:GPSLatitude xml:lang='ko' rdf:value='37,33.98N'/>"))
    ),
    "XMP of a drone": (
        "jpeg",
        lambda: jpeg(XMP_HEADER + xmp('xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" drone-dji:GpsLatitude="37.5"')),
    ),
    "XMP in UTF-16": ("png", lambda: png(itxt(xmp().decode().encode("utf-16-le"), False))),
    **{
        f"XMP in two segments, parted at {cut}": ("jpeg", lambda cut=cut: jpeg(*extended_xmp(xmp(), xmp().index(b"GPSLat") + cut)))  # type: ignore[misc]
        for cut in (-1, 3, 11, 13)
    },
    "XMP in two segments, parted behind a long attribute": (
        "jpeg", lambda: jpeg(*extended_xmp(LONG_XMP, LONG_XMP.index(b">37")))
    ),
    "Exif in a PNG": ("png", lambda: picture("png", exif=exif())),
    "XMP in a PNG": ("png", lambda: png(itxt(xmp(), False))),
    "XMP in a PNG, compressed": ("png", lambda: png(itxt(xmp(), True))),
    "Exif behind an image of 3,000 chunks": ("png", lambda: png(after=chunk(b"eXIf", TIFF), image_chunks=30_000)),
    "XMP behind an image of 3,000 chunks": ("png", lambda: png(after=itxt(xmp(), True), image_chunks=30_000)),
    "Exif as a text of ImageMagick": (
        "png",
        lambda: png(chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile("exif", exif())))),
    ),
    "XMP as a text of ImageMagick": (
        "png", lambda: png(chunk(b"tEXt", b"Raw profile type APP1\0" + raw_profile("generic profile", XMP_HEADER + xmp())))
    ),
    "a coordinate as a text of ImageMagick": ("png", lambda: png(after=chunk(b"tEXt", b"exif:GPSLatitude\x0037/1, 33/1"))),
    "Exif in a WebP": ("webp", lambda: picture("webp", exif=exif())),
    "XMP in a WebP": ("webp", lambda: picture("webp", xmp=xmp())),
    "XMP behind an animation": ("webp", lambda: animation("webp", 60, xmp=xmp())),
    "Exif in an AVIF": ("avif", lambda: picture("avif", exif=exif())),
    "XMP in an AVIF": ("avif", lambda: picture("avif", xmp=xmp())),
    "XMP in a GIF": ("gif", lambda: gif(xmp(), False)),
    "XMP at the end of a GIF": ("gif", lambda: gif(xmp(), True)),
    "Exif in a HEIC": ("heic", lambda: heic([EXIF_ITEM])),
    "Exif in a HEIC of 768 tiles": ("heic", lambda: heic([EXIF_ITEM], tiles=768)),
    "Exif before its boxes": ("heic", lambda: heic([EXIF_ITEM], meta_is_last=True)),
    "Exif among its boxes": ("heic", lambda: heic([EXIF_ITEM], method=1)),
    "Exif among boxes with sizes of 64 bits": ("heic", lambda: widened(heic([EXIF_ITEM], method=1), b"iinf")),
    "Exif in three extents": ("heic", lambda: heic([EXIF_ITEM], parts=3)),
    "Exif by boxes of version 0": ("heic", lambda: heic([EXIF_ITEM], version=0)),
    "Exif by boxes of later versions": ("heic", lambda: heic([EXIF_ITEM], version=2, iinf_version=1)),
    "XMP in a HEIC": ("heic", lambda: heic([EXIF_ITEM_WITHOUT, (XMP_TYPE, xmp())])),
    "XMP in a HEIC, compressed": ("heic", lambda: heic([(XMP_TYPE + b"deflate\0", zlib.compress(xmp()))])),
}  # fmt: skip

UNLOCATED: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    **{f"a plain {kind}": (kind, lambda kind=kind: picture(kind)) for kind in PICTURES if kind != "heic"},  # type: ignore[misc]
    "the date of a GPS receiver alone": ("jpeg", lambda: picture("jpeg", exif=exif(None))),
    "XMP without a location": ("jpeg", lambda: jpeg(XMP_HEADER + xmp('exif:GPSVersionID="2.3.0.0"'))),
    "XMP with a reference alone": ("jpeg", lambda: jpeg(XMP_HEADER + xmp('exif:GPSLatitudeRef="N"'))),
    "a sentence of XMP about coordinates": (
        "jpeg",
        lambda: jpeg(
            XMP_HEADER + xmp("", "<e:Note xmlns:e='urn:e'>GPSLatitude and GPSLongitude were removed</e:Note>")
        ),
    ),
    "a text of a PNG": ("png", lambda: png(chunk(b"tEXt", b"Comment\0GPSLatitude='37'"))),
    "Exif of a PNG without a location": ("png", lambda: png(after=chunk(b"eXIf", exif(None)[6:]))),
    "an animation": ("webp", lambda: animation("webp", 60)),
    "a HEIC without a location": ("heic", lambda: heic([EXIF_ITEM_WITHOUT, (XMP_TYPE, xmp(""))])),
}
BLANKED: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "Exif that Android blanked": ("jpeg", lambda: jpeg(exif().replace(DEGREES, bytes(24)))),
    "an empty attribute of XMP": ("jpeg", lambda: jpeg(XMP_HEADER + xmp("exif:GPSLatitude=''"))),
    "an empty element of XMP with an attribute": (
        "jpeg",
        lambda: jpeg(XMP_HEADER + xmp("", "<exif:GPSLatitude xmlns:exif='http://ns.adobe.com/exif/1.0/'/>\n<x>1</x>")),
    ),
    "an empty element of XMP of a drone": (
        "jpeg",
        lambda: jpeg(XMP_HEADER + xmp("", "<d:GpsLatitude></d:GpsLatitude>\n<d:Yaw>1</d:Yaw>")),
    ),
    "an empty element of XMP": ("jpeg", lambda: jpeg(XMP_HEADER + xmp("", "<exif:GPSLatitude> </exif:GPSLatitude>"))),
}


EVERY = {**LOCATED, **UNLOCATED, **BLANKED}


@cache
def made(name: str) -> tuple[str, bytes]:
    kind, make = EVERY[name]
    return kind, make()


@pytest.mark.parametrize("name", LOCATED)
def test_a_location_is_found_wherever_cameras_and_programs_write_it(name: str) -> None:
    assert has_location(*made(name))


@pytest.mark.parametrize("name", [*UNLOCATED, *BLANKED])
def test_no_location_is_found_where_there_is_none(name: str) -> None:
    assert not has_location(*made(name))


def test_every_type_of_picture_that_may_be_uploaded_is_searched_and_no_other_type_is_read() -> None:
    assert {name for name in MEDIA_TYPES if name.startswith("image/")} == {f"image/{kind}" for kind in PICTURES}
    for kind in PICTURES:
        assert len(searched(kind, 1000, lambda start, size: bytes(size))[1]) > 0
    assert searched("../text/plain", 1000, lambda start, size: bytes(size)) == (False, [])


@pytest.mark.parametrize("name", ["the date of a GPS receiver alone", "a plain png", "a HEIC without a location"])
def test_a_picture_of_a_phone_takes_few_reads(name: str) -> None:
    kind, content = made(name)
    found, ranges = searched(kind, 5 * 10**6, lambda start, size: content[start : start + size].ljust(size, b"\0"))
    assert (found, len(ranges) <= 3) == (False, True)


# ---- ExifTool


def exiftool(*arguments: str | Path) -> str:
    if not shutil.which("exiftool"):
        pytest.skip("NOT RUN: exiftool is not installed here (Debian: libimage-exiftool-perl)")
    ran = subprocess.run(
        ["exiftool", "-q", "-q", "-n", *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


NOT_READ_BY_EXIFTOOL = (
    "XMP in UTF-16",
    "a coordinate as a text of ImageMagick",
    "Exif among its boxes",
    "Exif among boxes with sizes of 64 bits",
    "XMP in a HEIC, compressed",
)


@pytest.mark.parametrize("name", [name for name in (*LOCATED, *UNLOCATED) if name not in NOT_READ_BY_EXIFTOOL])
def test_exiftool_finds_a_location_in_the_same_pictures(name: str, tmp_path: Path) -> None:
    kind, content = made(name)
    file = tmp_path / f"picture.{PICTURES[kind]}"
    file.write_bytes(content)
    found = exiftool("-a", "-s", "-GPSLatitude", "-GPSLongitude", "-ee", file)
    assert bool(found) == (name in LOCATED), found


@pytest.mark.parametrize("kind", [kind for kind in PICTURES if kind != "heic"])
@pytest.mark.parametrize("group", ["EXIF", "XMP"])
def test_what_exiftool_writes_is_found_and_what_it_removes_is_not(kind: str, group: str, tmp_path: Path) -> None:
    if (kind, group) == ("gif", "EXIF"):
        pytest.skip("a GIF has no Exif")
    file = tmp_path / f"picture.{PICTURES[kind]}"
    file.write_bytes(picture(kind))
    exiftool(
        "-overwrite_original", f"-{group}:GPSLatitude=37.5", f"-{group}:GPSLongitude=-127", "-Model=a camera", file
    )
    assert has_location(kind, file.read_bytes())
    exiftool("-overwrite_original", f"-{group}:GPSLatitude=", f"-{group}:GPSLongitude=", file)
    assert not has_location(kind, file.read_bytes())
    assert exiftool("-s", "-Model", file)


# ---- Files that were made to mislead


NUMBERS = st.sampled_from(
    [bytes(1), bytes(4), b"\xff", b"\xff" * 2, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0\0\0\1", b"\x88\x25"]
)


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(sorted(EVERY)),
    st.lists(st.tuples(st.integers(0, 2**20), NUMBERS | st.binary(max_size=8), st.booleans()), max_size=12),
    st.integers(0, 2**20) | st.none(),
)
def test_a_picture_with_wrong_bytes_is_searched_within_the_budget_and_breaks_nothing(
    name: str, changes: Sequence[tuple[int, bytes, bool]], length: int | None
) -> None:
    kind, content = made(name)
    changed = bytearray(content)
    for at, data, is_inserted in changes:
        at %= len(changed) + 1
        changed[at : at if is_inserted else at + len(data)] = data
    has_location(kind, bytes(changed[:length]))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(PICTURES)), st.integers(0, 50 * 10**6), st.lists(st.binary(max_size=3000), min_size=1))
def test_whatever_the_object_store_answers_a_search_ends_within_the_budget(
    kind: str, size: int, answers: Sequence[bytes]
) -> None:
    beginning = {"png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF\0\0\0\0WEBP"}.get(kind, b"\xff\xd8")
    endless = itertools.cycle(answers)

    def read(start: int, size: int) -> bytes:
        return ((b"" if start else beginning) + next(endless))[:size]

    found, ranges = searched(kind, size, read)
    assert isinstance(found, bool)
    assert len(ranges) <= MAX_READS


def endless(head: bytes, repeated: bytes) -> Read:
    """A file that repeats something after its head."""

    def read(start: int, size: int) -> bytes:
        skipped = max(start - len(head), 0) % len(repeated)
        return (
            head[start : start + size]
            + (repeated * (size // len(repeated) + 2))[skipped:][: size - max(len(head) - start, 0)]
        )

    return read


TINY_IFD = b"Exif\0\0II*\0\x08\0\0\0\1\0\x25\x88\4\0\1\0\0\0\x08\0\0\0"
"""Its GPS IFD is the IFD itself."""


@pytest.mark.parametrize(
    ("kind", "head", "repeated"),
    [
        ("jpeg", b"\xff\xd8", b"\xff\xe0\0\2"),
        ("jpeg", b"\xff\xd8", b"\xff"),
        ("jpeg", b"\xff\xd8", b"\xff\xe1" + (len(TINY_IFD) + 2).to_bytes(2) + TINY_IFD),
        ("png", b"\x89PNG\r\n\x1a\n", chunk(b"tEXt", b"")),
        ("png", b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b""), chunk(b"iTXt", b"")),
        ("png", b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b""), b"\0\3\xff\xfftEXtRaw profile type \0"),
        ("webp", b"RIFF\0\0\0\0WEBP", b"JUNK\0\0\0\0"),
        ("webp", b"RIFF\0\0\0\0WEBPANMF\0\0\0\0", b"EXIF\xff\xff\xff\x7f"),
        ("gif", b"GIF89a", b"\x21\xff\x0bXMP DataXMP"),
        ("heic", b"", box(b"free")),
        ("heic", (2**31 - 1).to_bytes(4) + b"meta" + bytes(4), box(b"iinf", b"\0" * 6, box(b"infe"))),
        ("avif", b"", b"\0\0\0\1free" + (16).to_bytes(8)),
    ],
)
def test_fifty_megabytes_of_the_same_take_no_more_than_the_budget(kind: str, head: bytes, repeated: bytes) -> None:
    found, ranges = searched(kind, 50 * 10**6, endless(head, repeated))
    assert not found
    assert len(ranges) <= MAX_READS
    assert sum(size for _, size in ranges) <= MAX_READ_BYTES


@pytest.mark.parametrize(
    "make",
    [
        lambda bomb: png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb)),
        lambda bomb: png(chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb)),
        lambda bomb: heic([(XMP_TYPE + b"deflate\0", bomb)]),
    ],
    ids=["iTXt", "zTXt", "item"],
)
def test_what_inflates_to_a_hundred_megabytes_takes_little_memory(make: Callable[[bytes], bytes]) -> None:
    content = make(zlib.compress(bytes(10**8)))
    kind = "heic" if content[4:8] == b"ftyp" else "png"
    has_location(kind, content)
    tracemalloc.start()
    assert not has_location(kind, content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 * MAX_METADATA_BYTES


def test_an_item_with_extents_without_end_hides_what_comes_after_it_and_takes_no_more_than_the_budget() -> None:
    """Each extent of no bytes is the same part of the file, and 65,535 of them take no bytes either."""
    infe = [box(b"infe", number.to_bytes(2), b"\0\0", b"Exif\0", version=2) for number in (1, 2)]
    extents = b"\0\1\0\0\0\0\xff\xff" + b"\0\2\0\0\0\0\0\1"
    meta = box(
        b"meta",
        box(b"iinf", b"\0\2", *infe, version=0),
        box(b"iloc", b"\0\0", b"\0\2", extents, version=1),
        version=0,
    )
    assert not has_location("heic", box(b"ftyp", b"heic") + meta)
