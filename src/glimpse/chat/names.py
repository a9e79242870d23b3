"""
Handles, display names and passwords: which are accepted, in which form they are stored, and which handles are equal.

The rules are PRECIS (RFC 8264 to 8266): handles by UsernameCaseMapped, passwords by OpaqueString, display names by
Nickname with their case preserved. The scripts of a handle follow UTS #39, section 5.2. All of it depends on Unicode,
which Python and `regex` bring in versions of their own; a character that is newer than Python's is not accepted in
handles and passwords, so that its rules cannot change once it is stored.

Named limits: a handle in one script may look like a handle in another ("сор" in Cyrillic, "cop" in Latin), and handles
may look alike within a script ("rn", "m"). Only scripts in wide modern use may write a handle; display names may be in
any script.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

from glimpse.chat.refusals import (
    DISPLAY_NAME_REFUSED,
    HANDLE_REFUSED,
    PASSWORD_REFUSED,
    PASSWORD_TOO_SHORT,
    Refusal,
)
from glimpse.chat.text import INVISIBLE, MAX_DISPLAY_NAME, MAX_HANDLE, MIN_PASSWORD

# ---- Handles

_SCRIPTS = (
    "Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew"
    " Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan"
).split()
"""The recommended scripts of UAX #31, table 5."""

_MIXTURES = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")
"""The scripts that one handle may mix: "highly restrictive" of UTS #39, section 5.2. Each alone is included."""


def _written_in(scripts: Sequence[str]) -> str:
    return "[" + "".join(rf"\p{{scx={script}}}" for script in (*scripts, "Common", "Inherited")) + "]*"


_ONE_WRITING = "|".join(_written_in(scripts.split()) for scripts in (*_MIXTURES, *_SCRIPTS))
_SEPARATORS = r"[\s/@]"
_MANY_MARKS = r"\p{Mn}{5}"
"""UTS #39, section 5.4: more than four marks on one letter. They would cover the lines above and below."""

_JOIN_CONTROLS = {0x200C: None, 0x200D: None}


def new_handle(handle: str) -> str | Refusal:
    """
    The form in which the handle of a new account is stored and shown: width and composition mapped, case kept. Refused
    `invalid`.
    """
    rules = _rules()
    try:
        shown = str(rules.handle_shown.enforce(handle))
        rules.handle_key.enforce(handle)
    except UnicodeEncodeError as error:
        return HANDLE_REFUSED.because(_reason(error))
    if len(shown) > MAX_HANDLE:
        return HANDLE_REFUSED.because(f"it has more than {MAX_HANDLE} characters")
    if rules.separators.search(shown):
        return HANDLE_REFUSED.because("it contains a space, / or @")
    if unicodedata.category(shown[0]).startswith("M") or rules.many_marks.search(unicodedata.normalize("NFD", shown)):
        return HANDLE_REFUSED.because("it begins with a mark, or has more than four on one letter")
    if not rules.one_writing.fullmatch(shown):
        return HANDLE_REFUSED.because("it mixes scripts that look alike, or its script is not in wide use")
    return shown


def handle_keys(handle: str) -> tuple[str, ...]:
    """
    The keys under which an account with this handle may be stored: that of today's rules, then that of the release
    before where it differs. A handle that PRECIS refuses has the old key alone. Equal handles share a key; a new handle
    is taken when any of its keys is.
    """
    old = unicodedata.normalize("NFC", unicodedata.normalize("NFC", handle).casefold())
    profile = _rules().handle_key
    try:
        profile.enforce(handle)
        # Join controls are accepted where Persian and Indic scripts need them, but they tell no two accounts apart.
        new = str(profile.enforce(handle.translate(_JOIN_CONTROLS)))
    except UnicodeEncodeError:
        return (old,)
    return (new,) if new == old else (new, old)


def attempts_key(handle: str) -> str:
    """
    By what log-ins are counted: the same for all handles that share a key. One account can be named by many handles
    ("ross" is the old key of "roß"), and whoever guesses its password must not have the attempts of each.
    """
    folded = handle.translate(_JOIN_CONTROLS)
    for _ in range(2):
        folded = unicodedata.normalize("NFKC", folded).casefold()
    return unicodedata.normalize("NFKC", folded)


# ---- Passwords


def enforced_password(password: str) -> str | None:
    """The form in which a password is hashed; None where PRECIS refuses it, as it may an old account's."""
    try:
        return str(_rules().password.enforce(password))
    except UnicodeEncodeError:
        return None


def new_password(password: str) -> str | Refusal:
    """The form in which a new account's password is hashed. Refused `invalid`."""
    try:
        enforced = str(_rules().password.enforce(password))
    except UnicodeEncodeError as error:
        return PASSWORD_REFUSED.because(_reason(error))
    if len(enforced) < MIN_PASSWORD:
        return PASSWORD_TOO_SHORT
    return enforced


# ---- Display names

_PICTURE = r"\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|[\uFE0E\uFE0F])?"
_TAGS = r"\U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]{3,6}\U000E007F"
_KEPT = (
    rf"\p{{RI}}\p{{RI}}|[0-9\#*]\uFE0F?\u20E3|{_TAGS}|{_PICTURE}(?:\u200D{_PICTURE})+"
    r"|\p{Emoji_Presentation}\p{Emoji_Modifier}?\uFE0F?|\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|[\uFE0E\uFE0F])"
    r"|[\u3131-\u3163\u318D\u00B7]"
)
"""
What is in a display name as it was typed: emoji (UTS #51, section 1.4.9: flags, keycaps, flags of regions, sequences
joined by ZWJ, skin tones, a presentation selector), and the letters and middle dots of Korean keyboards. PRECIS would
refuse all of them, or replace a picture by the letters that it shows.
"""

_STANDS_FOR_KEPT = "\u2605"
"""A character that every rule accepts; it stands for what is kept, while the rest is checked."""

_SELECTORS = r"[\uFE00-\uFE0F\U000E0100-\U000E01EF]"
_VISIBLE = r"[^\p{Z}\p{M}\p{C}]"


def display_name(text: str) -> str | Refusal:
    """The form in which a display name is stored and shown. Refused `invalid`."""
    rules = _rules()
    for _ in range(4):
        before, text = text, _normalised(text)
        if text == before:
            break
    else:
        return DISPLAY_NAME_REFUSED.because("its normal form cannot be found")
    if not rules.visible.search(text):
        return DISPLAY_NAME_REFUSED.because("it has no visible character")
    if len(text) > MAX_DISPLAY_NAME:
        return DISPLAY_NAME_REFUSED.because(f"it has more than {MAX_DISPLAY_NAME} characters")
    if rules.many_marks.search(unicodedata.normalize("NFD", text)):
        return DISPLAY_NAME_REFUSED.because("it has more than four marks on one letter")
    checked = rules.kept.sub(_STANDS_FOR_KEPT, text)
    try:
        rules.free_form.enforce(checked)
    except UnicodeEncodeError as error:
        return DISPLAY_NAME_REFUSED.because(_reason(error))
    if found := INVISIBLE.search(checked.translate(_JOIN_CONTROLS).replace(" ", "")):
        return DISPLAY_NAME_REFUSED.because(f"it contains the invisible U+{ord(found[0]):04X}")
    return text


def _normalised(text: str) -> str:
    """One round of Nickname's rules on what is not kept as typed. A selector without its picture is dropped."""
    rules = _rules()
    kept, rest = rules.kept.findall(text), rules.kept.split(text)
    mapped = (unicodedata.normalize("NFKC", rules.selectors.sub("", part)) for part in rest)
    joined = "".join(part for pair in zip(mapped, [*kept, ""], strict=True) for part in pair)
    return str(rules.display_name.additional_mapping_rule(joined))


# ---- The rules, compiled


class _Rules:
    """The profiles of PRECIS and the patterns, ready for use."""

    def __init__(self) -> None:
        import regex
        from precis_i18n import get_profile
        from precis_i18n.baseclass import FreeFormClass
        from precis_i18n.unicode import UnicodeData

        self.handle_shown, self.handle_key = get_profile("UsernameCasePreserved"), get_profile("UsernameCaseMapped")
        self.password, self.display_name = get_profile("OpaqueString"), get_profile("NicknameCasePreserved")
        self.free_form = FreeFormClass(UnicodeData())
        self.one_writing, self.separators = regex.compile(_ONE_WRITING), regex.compile(_SEPARATORS)
        self.many_marks, self.kept = regex.compile(_MANY_MARKS), regex.compile(_KEPT)
        self.selectors, self.visible = regex.compile(_SELECTORS), regex.compile(_VISIBLE)


@cache
def _rules() -> _Rules:
    # Made for the first name or password: a task that has neither saves 18 ms of its start, and 2 MB.
    return _Rules()


def _reason(error: UnicodeEncodeError) -> str:
    """In English. `precis-i18n` names the rule, and one character or all of them."""
    rule = error.reason.partition("/")[2].replace("_", " ")
    is_one = error.end - error.start == 1
    return f"it contains U+{ord(error.object[error.start]):04X}, which is not accepted ({rule})" if is_one else rule
