"""
Grapheme clusters (Unicode Standard Annex 29), which are what Terraform counts as characters.

Which characters cluster is derived from Python's Unicode tables, which are one version behind Terraform's (14 and 15):
49 letters and marks that were new in version 15 may be counted apart.
"""

from __future__ import annotations

import re
import unicodedata


def clusters_of(text: str) -> list[str]:
    """The parts of a text that a reader takes for one character each."""
    classes = "".join(map(_break_class, text))
    return [text[match.start() : match.end()] for match in CLUSTER.finditer(classes)]


CLUSTER = re.compile(
    r"""\r\n | [\r\nC]                                 # line breaks and control characters stand alone
    | P* (?: (?: L* (?: V+ | v V* | w) T* | L+ | T+    # syllables of Hangul: v is LV, w is LVT in the Annex
                 | RR? ) (?: ZX | [EZS] )*             # flags; cty joins emoji to these two as well
           | X (?: E* Z X)* [EZS]*                     # emoji
           | [^\r\nC] [EZS]* )""",
    re.VERBOSE,
)
"""The rules of the Annex over one letter for each character, which _break_class gives."""

# Other_Grapheme_Extend and emoji modifiers; spacing marks that do not cluster; what comes before its character.
EXTENDING = (0x9BE, 0x9D7, 0xB3E, 0xB57, 0xBBE, 0xBD7, 0xCC2, 0xCD5, 0xCD6, 0xD3E, 0xD57, 0xDCF, 0xDDF, 0x1B35, 0x200C,
             0x302E, 0x302F, 0xFF9E, 0xFF9F, 0x1133E, 0x11357, 0x114B0, 0x114BD, 0x115AF, 0x11930, 0x1D165,
             *range(0x1D16E, 0x1D173), *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))  # fmt: skip
APART = (0x102B, 0x102C, 0x1038, *range(0x1062, 0x1065), *range(0x1067, 0x106E), 0x1083, *range(0x1087, 0x108D), 0x108F,
         0x109A, 0x109B, 0x109C, 0x1A61, 0x1A63, 0x1A64, 0xAA7B, 0xAA7D, 0x11720, 0x11721)  # fmt: skip
BEFORE = (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0xD4E, 0x110BD, 0x110CD, 0x111C2, 0x111C3, 0x1193F,
          0x11941, 0x11A3A, *range(0x11A84, 0x11A8A), 0x11D46, 0x11F02)  # fmt: skip
CLASSES = {
    **dict.fromkeys(map(chr, EXTENDING), "E"),
    **dict.fromkeys(map(chr, APART), "O"),
    **dict.fromkeys(map(chr, BEFORE), "P"),
    "\r": "\r",
    "\n": "\n",
    "\u200d": "Z",
    "\u0e33": "S",
    "\u0eb3": "S",
}
CATEGORIES = {"Mn": "E", "Me": "E", "Mc": "S", "Cc": "C", "Cf": "C", "Zl": "C", "Zp": "C"}
PICTOGRAPHS = re.compile(
    "[©®‼⁉™ℹ↔-↙↩↪⌚⌛⌨⎈⏏⏩-⏳⏸-⏺Ⓜ▪▫▶◀◻-◾☀-★☇-☒☔-⚅⚐-✅✈-✒✔✖✝✡✨✳✴❄❇❌❎❓-❕❗❣-❧➕-➗➡➰➿⤴⤵⬅-⬇⬛⬜⭐⭕〰〽㊗㊙"
    "\U0001f000-\U0001f0ff\U0001f10d-\U0001f10f\U0001f12f\U0001f16c-\U0001f171\U0001f17e\U0001f17f\U0001f18e"
    "\U0001f191-\U0001f19a\U0001f1ad-\U0001f1e5\U0001f201-\U0001f20f\U0001f21a\U0001f22f\U0001f232-\U0001f23a"
    "\U0001f23c-\U0001f23f\U0001f249-\U0001f3fa\U0001f400-\U0001f53d\U0001f546-\U0001f64f\U0001f680-\U0001f6ff"
    "\U0001f774-\U0001f77f\U0001f7d5-\U0001f7ff\U0001f80c-\U0001f80f\U0001f848-\U0001f84f\U0001f85a-\U0001f85f"
    "\U0001f888-\U0001f88f\U0001f8ae-\U0001f8ff\U0001f90c-\U0001f93a\U0001f93c-\U0001f945\U0001f947-\U0001faff"
    "\U0001fc00-\U0001fffd]"
)
"""Extended_Pictographic of Unicode 15 (emoji-data.txt)."""


def _break_class(character: str) -> str:
    if known := CLASSES.get(character):
        return known
    code = ord(character)
    if 0xAC00 <= code <= 0xD7A3:
        return "w" if (code - 0xAC00) % 28 else "v"
    for first, last, letter in ((0x1100, 0x115F, "L"), (0x1160, 0x11A7, "V"), (0x11A8, 0x11FF, "T"),
                                (0xA960, 0xA97C, "L"), (0xD7B0, 0xD7C6, "V"), (0xD7CB, 0xD7FB, "T"),
                                (0x1F1E6, 0x1F1FF, "R"), (0xE0000, 0xE001F, "C"), (0xE0080, 0xE00FF, "C"),
                                (0xE01F0, 0xE0FFF, "C"), (0xFFF0, 0xFFF8, "C"), (0x2065, 0x2065, "C")):  # fmt: skip
        if first <= code <= last:
            return letter
    if category := CATEGORIES.get(unicodedata.category(character)):
        return category
    return "X" if PICTOGRAPHS.match(character) else "O"
