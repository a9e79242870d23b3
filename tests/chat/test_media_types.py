"""The types of files: told apart by the first bytes of files as programs and phones write them."""

from __future__ import annotations

import io
import zipfile

import pytest

from glimpse.chat.media_types import MEDIA_TYPES, extension_of, media_type_of


def hwpx() -> bytes:
    """As Hancom writes it: the first entry of the archive is its type, not compressed."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/hwp+zip")
        archive.writestr("version.xml", "<hv:HCFVersion/>")
    return content.getvalue()


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00"
TABLE = "이름,금액\r\n민지,1000\r\n"

FIRST_BYTES = [
    ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ("image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    ("image/gif", b"GIF89a\x01\x00"),
    ("image/webp", b"RIFF\x24\x00\x00\x00WEBPVP8 "),
    ("image/avif", b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avif"),
    # An iPhone's, and one that names only its structure first.
    ("image/heic", b"\x00\x00\x00\x28ftypheic\x00\x00\x00\x00mif1MiHBMiHEmiafheictmap"),
    ("image/heic", b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00heic"),
    ("video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isom"),
    ("video/quicktime", b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00"),
    # Android's recorder.
    ("video/3gpp", b"\x00\x00\x00\x18ftyp3gp4\x00\x00\x00\x00isom3gp4"),
    ("video/webm", b"\x1aE\xdf\xa3\x9fB\x86\x81"),
    # An iPhone's voice memo.
    ("audio/mp4", b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00M4A isommp42"),
    ("audio/mpeg", b"\xff\xfb\x90\x00"),
    ("audio/aac", b"\xff\xf1\x50\x80\x03\x1f\xfc"),
    ("audio/amr", b"#!AMR\n\x3c\x48"),
    ("audio/amr", b"#!AMR-WB\n\x44"),
    ("audio/ogg", b"OggS\x00\x02"),
    ("audio/wav", b"RIFF\x24\x00\x00\x00WAVEfmt "),
    ("application/pdf", b"%PDF-1.7\n"),
    ("application/zip", b"PK\x03\x04\x14\x00"),
    ("application/hwp+zip", hwpx()),
    ("application/x-hwp", COMPOUND),
    ("application/x-hwp", b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05"),
    ("application/msword", COMPOUND),
    ("application/vnd.ms-excel", COMPOUND),
    ("text/plain", "안녕하세요".encode()[:-1]),
    ("text/plain", "안녕하세요\r\n".encode("cp949")),
    ("text/csv", b"\xef\xbb\xbf" + TABLE.encode()),
    ("text/csv", b"\xff\xfe" + TABLE.encode("utf-16-le")),
    ("text/csv", b"\xfe\xff" + TABLE.encode("utf-16-be")),
    ("text/csv", b"\xff\xfe" + "👍".encode("utf-16-le")[:-1]),
    ("application/vnd.ms-excel", b"\xff\xfe" + TABLE.encode("utf-16-le")),
]


@pytest.mark.parametrize(("claimed", "head"), FIRST_BYTES)
def test_a_file_matches_its_own_type(claimed: str, head: bytes) -> None:
    assert MEDIA_TYPES[claimed].matches(head)


ANY_MP4 = {"video/mp4", "audio/mp4"}
ARCHIVES = {name for name in MEDIA_TYPES if "openxml" in name} | {"application/zip", "application/hwp+zip"}
SAME_BEGINNING = [
    {"image/avif", "image/heic", *ANY_MP4},
    {"image/heic", *ANY_MP4},
    {"video/3gpp", *ANY_MP4},
    {"video/quicktime", *ANY_MP4},
    {"video/webm", "audio/webm"},
    ARCHIVES,
    {"application/x-hwp", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"},
    {"text/plain", "text/csv", "application/vnd.ms-excel", "application/pdf", "audio/amr", "application/x-hwp"},
    {"text/plain", "text/csv", "application/vnd.ms-excel", "audio/mpeg"},
]
"""Their first bytes do not always tell these types apart; a file is served as the type that was announced."""


@pytest.mark.parametrize(("claimed", "head"), FIRST_BYTES)
def test_a_file_matches_no_type_that_looks_different(claimed: str, head: bytes) -> None:
    matching = {name for name, each in MEDIA_TYPES.items() if each.matches(head)}
    assert matching == {claimed} or any(matching <= each for each in SAME_BEGINNING), matching


@pytest.mark.parametrize("head", [b"MZ\x90\x00", b"\x7fELF\x02", b"\0", b"\xca\xfe\xba\xbe\0\0\0\x34"])
def test_a_program_matches_no_type_that_is_accepted(head: bytes) -> None:
    assert not any(each.matches(head) for each in MEDIA_TYPES.values())


def test_utf_16_without_a_byte_order_mark_is_no_text() -> None:
    assert not MEDIA_TYPES["text/plain"].matches("hello".encode("utf-16-le"))
    assert not MEDIA_TYPES["text/csv"].matches(b"\xff\xfe" + "a\0b".encode("utf-16-le"))


def test_what_a_browser_would_run_is_served_as_text_to_be_saved() -> None:
    assert MEDIA_TYPES["text/plain"].matches(b"<script>"), "it is text; it is served as an attachment, and as text"
    assert not any(each.is_inline for each in MEDIA_TYPES.values() if each.matches(b"<script>"))
    for name in ("text/html", "image/svg+xml", "text/javascript", "application/xhtml+xml", "text/xml", ""):
        assert media_type_of(name, "picture.svg") is None


RUNS = (
    "bat cmd com cpl exe hta htm html jar js jse lnk mht msi ps1 py reg scr sh shtml svg url vbs wsf xhtml xml".split()
)


def test_no_extension_is_one_that_a_double_click_runs() -> None:
    assert not {extension for each in MEDIA_TYPES.values() for extension in each.extensions} & set(RUNS)


@pytest.mark.parametrize("unknown", ["", "application/octet-stream", "Application/Octet-Stream; charset=binary"])
def test_without_a_type_the_extension_tells_it(unknown: str) -> None:
    told = {
        "IMG_1234.HEIC": "image/heic",
        "계약서.hwp": "application/x-hwp",
        "계약서.hwpx": "application/hwp+zip",
        "voice.m4a": "audio/mp4",
        "voice.amr": "audio/amr",
        "a.3gp": "video/3gpp",
        "a.mov": "video/quicktime",
        "a.mp4": "video/mp4",
        "a.webm": "video/webm",
        "a.csv": "text/csv",
        "a.json": "text/plain",
        "a.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
    assert {name: media_type_of(unknown, name) for name in told} == told
    assert [media_type_of(unknown, name) for name in ("IMG_1234", "a.exe", "a.html", "heic", "")] == [None] * 5


def test_phones_and_browsers_have_other_names_for_some_types() -> None:
    names = ("image/heif", "audio/x-m4a", "audio/3gpp", "audio/amr-wb", "application/vnd.hancom.hwpx", "IMAGE/JPG;x=y")
    assert [media_type_of(name) for name in names] == [
        "image/heic",
        "audio/mp4",
        "video/3gpp",
        "audio/amr",
        "application/hwp+zip",
        "image/jpeg",
    ]


def test_an_extension_follows_the_last_dot() -> None:
    assert [extension_of(name) for name in ("a.tar.GZ", "a", "a.", ".png")] == ["gz", "", "", "png"]
