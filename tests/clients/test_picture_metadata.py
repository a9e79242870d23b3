"""Pictures leave a client without what a camera wrote into them; exiftool, which reads all formats, looks at them."""

from __future__ import annotations

import io
import json
import re
import shutil
import struct
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from tests.conftest import REPOSITORY

MODULE = REPOSITORY / "src/glimpse/chat/page/client/picture_metadata.js"
SECRET = "Secret Harbour"
"""In every field; a byte search finds what exiftool does not."""

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
    f' photoshop:City="{SECRET}"/></rdf:RDF></x:xmpmeta>'
).encode()
ROTATED = 6
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
needs_programs = pytest.mark.skipif(
    not shutil.which("node") or not shutil.which("exiftool"),
    reason="Pictures are read with exiftool; install node and exiftool (Debian: libimage-exiftool-perl).",
)

CODE = """
    import { readFileSync, readdirSync, writeFileSync } from "node:fs";
    import { withoutMetadata } from MODULE;
    for (const path of process.argv.slice(1)) {
        const given = new Uint8Array(readFileSync(path)), picture = withoutMetadata(given);
        const again = withoutMetadata(picture);
        if (again !== picture) throw new Error(`${path}: something was left to remove`);
        writeFileSync(`${path}.clean`, picture);
    }
""".replace("MODULE", json.dumps(MODULE.as_uri()))


def exif(orientation: int = ROTATED) -> bytes:
    written = Image.Exif()
    written[ExifTags.Base.Make] = SECRET
    written[ExifTags.Base.Orientation] = orientation
    written[ExifTags.Base.DateTime] = "2026:11:30 12:00:00"
    written.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            1: "N",
            2: (35.0, 6.0, 12.5),
            3: "E",
            4: (129.0, 2.0, 30.5),
            ExifTags.GPS.GPSAreaInformation: b"ASCII\0\0\0" + SECRET.encode(),
        }
    )
    return written.tobytes()


def drawing(size: tuple[int, int] = (48, 32)) -> Image.Image:
    return Image.radial_gradient("L").resize(size).convert("RGB")


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def everything(orientation: int = ROTATED) -> dict[str, Any]:
    return {"exif": exif(orientation), "xmp": XMP, "icc_profile": PROFILE}


def jpeg(orientation: int = ROTATED, **options: Any) -> bytes:
    made = saved(drawing(), "JPEG", comment=SECRET, **everything(orientation), **options)
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 5 + len(SECRET)) + b"\x1c\x02\x5a"
    iptc += struct.pack(">H", len(SECRET)) + SECRET.encode() + (b"\0" if len(SECRET) % 2 == 0 else b"")
    return made[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + made[2:]


def png(orientation: int = ROTATED) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Location", SECRET)
    texts.add_text("Comment", SECRET, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return saved(drawing(), "PNG", pnginfo=texts, exif=exif(orientation), icc_profile=PROFILE) + SECRET.encode()


def webp(orientation: int = ROTATED) -> bytes:
    return saved(drawing(), "WEBP", lossless=True, **everything(orientation))


def avif(orientation: int = ROTATED) -> bytes:
    return saved(drawing(), "AVIF", **everything(orientation))


def gif() -> bytes:
    """With its XMP as Adobe writes it: plain, and then bytes from which a reader of blocks finds the end."""
    made = saved(drawing(), "GIF", comment=SECRET.encode())
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return made[:-1] + b"\x21\xff\x0bXMP DataXMP" + XMP + trailer + b";"


def several_pictures() -> bytes:
    """As phones write them: further pictures behind the first, each with an Exif block of its own."""
    small = Image.open(io.BytesIO(jpeg()))
    made = saved(drawing(), "MPO", save_all=True, append_images=[small], **everything())
    return made + jpeg()


def heic() -> bytes:
    """Exif and XMP in the file, and Exif in the `meta` box: the two ways to refer to an item. exiftool reads the first."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", 8 + len(content)) + kind + content

    def entry(item: int, kind: bytes, name: bytes) -> bytes:
        return box(b"infe", b"\2\0\0\0" + struct.pack(">HH4s", item, 0, kind) + name)

    block = b"\0\0\0\x06" + exif(1)
    names = [entry(1, b"hvc1", b"\0"), entry(2, b"Exif", b"\0"), entry(3, b"mime", b"\0application/rdf+xml\0")]
    names.append(entry(4, b"Exif", b"\0"))
    kind = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(data_at: int) -> bytes:
        locations = struct.pack(">IHH", 1 << 24, 0x4400, len(names))
        for item, method, offset, length in (
            (1, 0, data_at, 16),
            (2, 0, data_at + 16, len(block)),
            (3, 0, data_at + 16 + len(block), len(XMP)),
            (4, 1, 0, len(block)),
        ):
            locations += struct.pack(">HHHHII", item, method, 0, 1, offset, length)
        return box(
            b"meta",
            b"\0\0\0\0"
            + box(b"hdlr", b"\0" * 8 + b"pict" + b"\0" * 13)
            + box(b"pitm", b"\0\0\0\0\0\1")
            + box(b"iinf", b"\0\0\0\0" + struct.pack(">H", len(names)) + b"".join(names))
            + box(b"iloc", locations)
            + box(b"idat", block),
        )

    data_at = len(kind) + len(meta(0)) + 8
    return kind + meta(data_at) + box(b"mdat", b"\xaa" * 16 + block + XMP) + box(b"uuid", b"\0" * 16 + SECRET.encode())


def cleaned(pictures: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
    paths = [str(folder / name) for name in pictures]
    subprocess.run(["node", "--input-type=module", "-e", CODE, *paths], check=True)
    return {name: (folder / f"{name}.clean").read_bytes() for name in pictures}


def tags(content: bytes, folder: Path) -> dict[str, Any]:
    """All that exiftool finds, also behind the picture (`-ee`)."""
    (folder / "looked-at").write_bytes(content)
    command = ["exiftool", "-a", "-G1", "-ee", "-json", str(folder / "looked-at")]
    [found] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return {name: value for name, value in found.items() if not name.startswith(("System:", "SourceFile"))}


def groups(found: Mapping[str, Any]) -> set[str]:
    return {name.partition(":")[0] for name in found}


def pixels(content: bytes) -> list[bytes]:
    """Of each frame, as it is stored."""
    with Image.open(io.BytesIO(content)) as picture:
        frames = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            frames.append(picture.convert("RGBA").tobytes())
        return frames


MAKERS: dict[str, Callable[..., bytes]] = {"JPEG": jpeg, "PNG": png, "WebP": webp, "AVIF": avif}


@needs_programs
@pytest.mark.parametrize("kind", MAKERS)
def test_place_time_and_camera_go_and_colours_orientation_and_pixels_stay(kind: str, tmp_path: Path) -> None:
    content = MAKERS[kind]()
    before = tags(content, tmp_path)
    assert {"GPS", "IFD0", "XMP-photoshop"} <= groups(before)
    [picture] = cleaned({kind: content}, tmp_path).values()
    after = tags(picture, tmp_path)
    assert SECRET.encode() not in picture
    assert b"2026:11:30" not in picture
    kept = {"Orientation"} if kind != "AVIF" else set()
    assert {name.partition(":")[2] for name in after if name.startswith("IFD0:")} == kept
    assert not {group for group in groups(after) if group.startswith(("GPS", "XMP", "IPTC", "Photoshop", "ExifIFD"))}
    assert "ExifTool:Warning" not in after
    with Image.open(io.BytesIO(content)) as given, Image.open(io.BytesIO(picture)) as left:
        assert left.info["icc_profile"] == given.info["icc_profile"]
        assert left.getexif()[ExifTags.Base.Orientation] == ROTATED
    assert pixels(picture) == pixels(content)


@needs_programs
@pytest.mark.parametrize("kind", MAKERS)
def test_an_upright_picture_has_no_exif_block_left(kind: str, tmp_path: Path) -> None:
    [picture] = cleaned({kind: MAKERS[kind](1)}, tmp_path).values()
    assert not [name for name in tags(picture, tmp_path) if name.startswith("IFD0:")]
    assert pixels(picture) == pixels(MAKERS[kind](1))
    assert kind == "AVIF" or b"MM\0*" not in picture


@needs_programs
def test_of_several_pictures_in_a_file_only_the_first_stays(tmp_path: Path) -> None:
    content = several_pictures()
    assert content.count(SECRET.encode()) > 3
    assert "MPF0" in groups(tags(content, tmp_path))
    [picture] = cleaned({"several.jpg": content}, tmp_path).values()
    assert SECRET.encode() not in picture
    assert picture.count(b"\xff\xd8\xff") == 1
    assert picture.endswith(b"\xff\xd9")
    assert not [group for group in groups(tags(picture, tmp_path)) if group.startswith("MP")]
    assert pixels(picture) == pixels(content)[:1]


@needs_programs
def test_a_progressive_jpeg_keeps_all_its_scans(tmp_path: Path) -> None:
    content = jpeg(progressive=True)
    [picture] = cleaned({"progressive.jpg": content}, tmp_path).values()
    assert pixels(picture) == pixels(content)
    assert SECRET.encode() not in picture


@needs_programs
def test_a_progressive_jpeg_keeps_the_scans_behind_a_comment_that_looks_like_its_end(tmp_path: Path) -> None:
    content = jpeg(progressive=True)
    comment = f"{SECRET}\xff\xd9".encode("latin-1")
    # Each scan begins with its table, or with its header.
    scans = [found.start() for found in re.finditer(rb"\xff[\xc4\xda]\0", content)][3:]
    assert len(scans) > 5
    for at in reversed(scans):
        content = content[:at] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + content[at:]
    [picture] = cleaned({"progressive.jpg": content}, tmp_path).values()
    assert SECRET.encode() not in picture
    assert pixels(picture) == pixels(content)


@needs_programs
@pytest.mark.parametrize(
    ("kind", "harm"),
    [
        # Behind its first segment, which has 16 bytes.
        ("JPEG", lambda content: content[:20] + b"\0" + content[20:]),
        ("PNG", lambda content: content[: content.index(b"IEND") + 2]),
        ("AVIF", lambda content: content + b"stray bytes"),
    ],
    ids=["JPEG", "PNG", "AVIF"],
)
def test_a_place_goes_from_a_picture_that_viewers_show_although_it_is_broken(
    kind: str, harm: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    made = saved(drawing(), kind, **everything())
    content = harm(made)
    assert "GPS" in groups(tags(content, tmp_path))
    [picture] = cleaned({kind: content}, tmp_path).values()
    assert SECRET.encode() not in picture
    assert "GPS" not in groups(tags(picture, tmp_path))
    assert pixels(picture) == pixels(made)


@needs_programs
def test_an_animation_keeps_its_frames(tmp_path: Path) -> None:
    frames = [drawing().rotate(angle) for angle in (90, 180)]
    metadata = {"PNG": {"exif": exif()}, "WEBP": {"exif": exif(), "xmp": XMP}, "GIF": {"comment": SECRET.encode()}}
    for kind, given in metadata.items():
        content = saved(drawing(), kind, save_all=True, append_images=frames, duration=100, **given)
        [picture] = cleaned({kind: content}, tmp_path).values()
        assert SECRET.encode() in content
        assert SECRET.encode() not in picture
        assert len(pixels(picture)) == 3
        assert pixels(picture) == pixels(content)


@needs_programs
def test_xmp_and_comments_of_a_gif_go(tmp_path: Path) -> None:
    content = gif()
    assert "XMP-photoshop" in groups(tags(content, tmp_path))
    [picture] = cleaned({"x.gif": content}, tmp_path).values()
    assert SECRET.encode() not in picture
    assert "XMP-photoshop" not in groups(tags(picture, tmp_path))
    assert pixels(picture) == pixels(content)


@needs_programs
def test_heic_keeps_its_size_and_its_pictures(tmp_path: Path) -> None:
    content = heic()
    before = tags(content, tmp_path)
    assert {"GPS", "IFD0", "XMP-photoshop"} <= groups(before)
    [picture] = cleaned({"x.heic": content}, tmp_path).values()
    after = tags(picture, tmp_path)
    assert not groups(after) & {"GPS", "IFD0", "XMP-photoshop"}
    assert after.get("ExifTool:Warning") == before.get("ExifTool:Warning")
    assert SECRET.encode() not in picture
    assert len(picture) == len(content)
    assert b"mdat" + b"\xaa" * 16 in picture


@needs_programs
def test_a_picture_without_metadata_stays_byte_for_byte(tmp_path: Path) -> None:
    plain = {kind: saved(drawing(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")}
    assert cleaned(plain, tmp_path) == plain
