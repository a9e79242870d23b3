"""The names of files: composed, with nothing hidden, and ending as their type does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glimpse.chat.file_names import fitting_name, readable_name
from glimpse.chat.media_types import MEDIA_TYPES, extension_of
from glimpse.chat.text import MAX_FILE_NAME, is_blank


def named(name: str, media_type: str) -> str:
    return fitting_name(readable_name(name), media_type)


def test_a_korean_name_from_a_mac_is_composed() -> None:
    assert named(unicodedata.normalize("NFD", "계약서.pdf"), "application/pdf") == "계약서.pdf"


@pytest.mark.parametrize("name", ["사진 (1).png", "Ada's café.PNG", "👨‍👩‍👧.png", "a.b.c.png", ".png"])
def test_a_name_that_hides_nothing_and_fits_stays_as_it_is(name: str) -> None:
    assert named(name, "image/png") == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("photo\u202egnp.exe", "photognp.exe.png"),
        ("a\u2066b\u2069\u200f\u061c.png", "ab.png"),
        ("a\r\nb\x1b[31m\x7f\x85\u2028.png", "ab[31m.png"),
        ("../..\\x.png", ".._.._x.png"),
        (" a.png . ", "a.png"),
        ("\u202e", "file.png"),
        ("..", "file.png"),
        ("\u200b\u3164", "file.png"),
    ],
)
def test_what_is_hidden_in_a_name_or_leads_elsewhere_is_taken_out(name: str, shown: str) -> None:
    assert named(name, "image/png") == shown


@pytest.mark.parametrize(
    ("name", "media_type", "shown"),
    [
        ("run.bat", "text/plain", "run.bat.txt"),
        ("run.exe. ", "application/zip", "run.exe.zip"),
        ("page.html", "application/pdf", "page.html.pdf"),
        ("IMG_1234", "image/jpeg", "IMG_1234.jpg"),
        ("IMG_1234.HEIC", "image/jpeg", "IMG_1234.HEIC.jpg"),
        ("notes.md", "text/plain", "notes.md"),
        ("table.csv", "application/vnd.ms-excel", "table.csv"),
        ("문서.hwpx", "application/zip", "문서.hwpx"),
        ("voice.mp4", "audio/mp4", "voice.mp4"),
    ],
)
def test_a_name_ends_as_its_type_does(name: str, media_type: str, shown: str) -> None:
    assert named(name, media_type) == shown


def test_a_long_name_loses_its_middle_and_not_its_extension() -> None:
    assert named("x" * 255, "image/png") == "x" * 251 + ".png"
    assert named("x" * 251 + ".png", "image/png") == "x" * 251 + ".png"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=MAX_FILE_NAME), st.sampled_from(sorted(MEDIA_TYPES)))
def test_every_name_becomes_one_that_fits_and_is_stable(name: str, media_type: str) -> None:
    made = named(name, media_type)
    assert 1 <= len(made) <= MAX_FILE_NAME
    assert not is_blank(made)
    assert extension_of(made) in MEDIA_TYPES[media_type].extensions
    assert named(made, media_type) == made
    assert not set(made) & set("/\\\u202e\0\n")
