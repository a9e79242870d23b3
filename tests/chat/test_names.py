"""Names: which handles, display names and passwords are accepted, and which handles are the same."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from glimpse.chat.names import (
    attempts_key,
    display_name,
    enforced_password,
    handle_keys,
    new_handle,
    new_password,
)
from glimpse.chat.refusals import INVALID, PASSWORD_TOO_SHORT, Refusal
from glimpse.chat.text import INVISIBLE, is_blank

INVISIBLE_ONES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2063"
    "\u2066\u2069\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\U00016fe4\U0001d159\U0001d173\U000e0001\U000e0061\U000e0100"
)
CONTROLS = "\0\x01\t\n\x1f\x7f\x80\x9f\u2028\u2029"

LETTERS = st.text(
    st.one_of(
        st.sampled_from("aAbßİſKÅéΣς한가힣漢字かカﾊﾞｱＡａａлаıﬁ1١۱०_.-'" + INVISIBLE_ONES + "\u1112\u1161\u11ab\u0301"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=12,
)


def accepted(name: str | Refusal) -> str:
    assert isinstance(name, str), name
    return name


def is_refused(name: str | Refusal) -> bool:
    return isinstance(name, Refusal) and name.code == INVALID.code and bool(name.detail)


# ---- Handles


@pytest.mark.parametrize("character", INVISIBLE_ONES + CONTROLS)
@pytest.mark.parametrize("place", [0, 3, 5])
def test_an_invisible_character_makes_no_second_alice(character: str, place: int) -> None:
    assert is_refused(new_handle("alice"[:place] + character + "alice"[place:]))


@pytest.mark.parametrize("same", ["Alice", "ALICE", "ａｌｉｃｅ", "Ａlice"])
def test_another_case_or_width_is_the_same_handle(same: str) -> None:
    assert handle_keys(same)[0] == handle_keys("alice")[0] == "alice"


def test_a_handle_is_shown_as_it_was_typed_but_in_its_usual_width_and_composed() -> None:
    assert [new_handle(typed) for typed in ("Alice", "Ａｌice", "\u1112\u1161\u11ab\u1100\u1173\u11af")] == [
        "Alice",
        "Alice",
        "한글",
    ]


def test_decomposed_hangul_equals_composed() -> None:
    assert handle_keys(unicodedata.normalize("NFD", "한글이름")) == handle_keys("한글이름") == ("한글이름",)


@pytest.mark.parametrize(
    "handle", ["앨리스kim", "김漢字", "東京tokyoひらカナ", "ㄅㄆ漢", "кирилл", "δελτα", "שלום", "ada_99"]
)
def test_a_handle_is_in_one_writing_or_in_scripts_that_east_asia_mixes(handle: str) -> None:
    assert new_handle(handle) == handle


@pytest.mark.parametrize("handle", ["аlice", "alicе", "ΑΒΓabc", "한かな", "ㄅ한", "a١"])
def test_a_handle_that_mixes_scripts_that_look_alike_is_refused(handle: str) -> None:
    assert is_refused(new_handle(handle))


def test_a_handle_of_one_script_may_look_like_one_of_another_script() -> None:
    # The named limit. Cyrillic and Latin:
    assert handle_keys("сор") != handle_keys("cop")
    assert not is_refused(new_handle("сор"))


@pytest.mark.parametrize(
    "handle", ["a b", "a/b", "a@b", "a＠b", "a／b", "a\u3000b", "\u0301a", "a" + "\u0335" * 5, "x" * 65]
)
def test_separators_loose_marks_and_long_handles_are_refused(handle: str) -> None:
    assert is_refused(new_handle(handle))


def test_the_length_of_a_handle_is_counted_in_the_form_that_is_stored() -> None:
    typed = unicodedata.normalize("NFD", "한" * 64)
    assert len(typed) == 192
    assert new_handle(typed) == "한" * 64
    assert is_refused(new_handle(typed + "a"))


def test_accounts_of_the_release_before_keep_their_keys() -> None:
    assert handle_keys("Straße") == ("straße", "strasse")
    assert handle_keys("ａlice") == ("alice", "ａlice")
    assert handle_keys("al\u200bice") == ("al\u200bice",), "it is refused today"
    assert handle_keys("a b") == ("a b",)


def test_persian_may_write_its_joiners_but_they_make_no_second_account() -> None:
    written = "می\u200cخواهم"
    assert new_handle(written) == written
    assert handle_keys(written)[0] == handle_keys(written.replace("\u200c", ""))[0]


@given(LETTERS)
def test_an_accepted_handle_shows_something_and_is_accepted_again_as_it_is(typed: str) -> None:
    handle = new_handle(typed)
    if isinstance(handle, str):
        assert not is_blank(handle)
        assert new_handle(handle) == handle
        assert handle_keys(handle)[0] == handle_keys(typed)[0]


@given(LETTERS)
def test_the_key_of_a_key_is_itself(typed: str) -> None:
    [key, *_] = handle_keys(typed)
    assert handle_keys(key)[0] == key


@given(LETTERS | st.text("sSßẞσΣςſｓﬁʒо\u1c82\u200c", max_size=8))
def test_all_handles_that_share_a_key_share_their_attempts(typed: str) -> None:
    assert {attempts_key(key) for key in handle_keys(typed)} == {attempts_key(typed)}


@given(LETTERS, st.sampled_from(INVISIBLE_ONES + CONTROLS), st.integers(0, 12))
def test_two_accepted_handles_do_not_differ_by_an_invisible_character_alone(typed: str, hidden: str, at: int) -> None:
    one, other = new_handle(typed), new_handle(typed[:at] + hidden + typed[at:])
    if isinstance(one, str) and isinstance(other, str):
        assert set(handle_keys(one)) & set(handle_keys(other))


# ---- Display names

EMOJI = ["👨‍👩‍👧‍👦", "🇰🇷", "1️⃣", "#⃣", "👍🏽", "❤️", "❤️‍🔥", "🏳️‍🌈", "👩🏽‍❤️‍💋‍👨🏻", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫨", "🏃‍➡️", "™️", "🈁"]  # fmt: skip


@pytest.mark.parametrize("emoji", EMOJI)
def test_a_display_name_may_hold_any_emoji(emoji: str) -> None:
    assert display_name(f"{emoji} 민지 {emoji}") == f"{emoji} 민지 {emoji}"
    assert display_name(emoji) == emoji


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "김민지", "ㅋㅋㅋ", "디자인·개발", "O'Brien", "می\u200cخواهم", "(•‿•)", "Zoë"]
)
def test_a_display_name_keeps_its_case_and_its_letters(name: str) -> None:
    assert display_name(name) == name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Ada \u3000 L. ", "Ada L."),
        ("Ａｄａ", "Ada"),
        (unicodedata.normalize("NFD", "김민지"), "김민지"),
        ("葛\U000e0100", "葛"),
        ("a\ufe0f", "a"),
        ("𝓐da", "Ada"),
    ],
)
def test_a_display_name_is_stored_in_its_normal_form(typed: str, shown: str) -> None:
    assert display_name(typed) == shown


@pytest.mark.parametrize(
    "character", [each for each in INVISIBLE_ONES + CONTROLS if each not in "\ufe00\ufe0f\U000e0100"]
)
def test_a_display_name_hides_nothing(character: str) -> None:
    assert is_refused(display_name(f"a{character}b"))
    assert is_refused(display_name(character))


@pytest.mark.parametrize(
    "name", [" ", "\u3000", "\u0301", "\ufe0f", "a\u200db", "👍\u200d", "Z" + "\u0335" * 5, "x" * 101]
)
def test_a_display_name_has_something_to_see_and_an_end(name: str) -> None:
    assert is_refused(display_name(name))


@given(st.lists(st.one_of(LETTERS, st.sampled_from(EMOJI)), max_size=6).map("".join))
def test_a_display_name_that_was_accepted_is_its_own_normal_form(typed: str) -> None:
    name = display_name(typed)
    if isinstance(name, str):
        assert not is_blank(name)
        assert display_name(name) == name


# ---- Passwords


def test_a_password_is_the_same_on_every_keyboard() -> None:
    assert enforced_password("비밀 번호 여덟") == enforced_password(
        unicodedata.normalize("NFD", "비밀\u3000번호\u00a0여덟")
    )
    assert enforced_password("Ａlice pass") == "Ａlice pass", "neither case nor width is folded"


def test_a_password_has_eight_characters_in_the_form_that_is_hashed() -> None:
    assert new_password("12345678") == "12345678"
    assert new_password(unicodedata.normalize("NFD", "비밀번호")) == PASSWORD_TOO_SHORT
    assert is_refused(new_password("password\u200b"))


def test_an_old_password_that_is_refused_today_has_no_enforced_form() -> None:
    assert enforced_password("pass\u200bword") is None


@given(LETTERS)
def test_enforcing_a_password_again_changes_nothing(typed: str) -> None:
    enforced = enforced_password(typed)
    assert enforced is None or enforced_password(enforced) == enforced


# ---- Invisible characters


def test_the_invisible_characters_are_those_of_unicode_and_the_blanks_among_its_letters_and_symbols() -> None:
    unicodes = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}]")
    listed = {code for code in range(0x110000) if INVISIBLE.match(chr(code))}
    blanks = {0x2800, 0x13441, 0x13442, 0x16FE4, 0x1D159, 0xFFF9, 0xFFFA, 0xFFFB}
    assert listed == {code for code in range(0x110000) if unicodes.match(chr(code))} | blanks


@given(
    st.text(
        st.one_of(
            st.sampled_from(INVISIBLE_ONES + CONTROLS + " !~가힣\ud7a3a"), st.characters(exclude_categories=["Cs"])
        )
    )
)
def test_a_blank_text_has_invisible_characters_alone(text: str) -> None:
    assert is_blank(text) == all(map(INVISIBLE.match, text))
