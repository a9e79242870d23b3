"""YAML documents as `yamlencode` writes them: what libyaml's emitter makes of go-cty-yaml's events."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from glimpse.planner.terraform.functions.json_writing import plain_of
from glimpse.planner.terraform.functions.nesting import check_depth
from glimpse.planner.terraform.functions.table import Context
from glimpse.planner.terraform.functions.texts import normalised
from glimpse.planner.terraform.values import Null, Value, sorted_items

WIDTH = 80
MAX_KEY = 128
"""A name of more bytes is written after a question mark, and its colon on the next line."""

LINE_BREAKS = "\n\r\x85\u2028\u2029"
LINE_BREAK = re.compile(f"[{LINE_BREAKS}]")
LINE = re.compile(f"[^{LINE_BREAKS}]*[{LINE_BREAKS}]|[^{LINE_BREAKS}]+")
NOT_LITERAL = re.compile(f" [{LINE_BREAKS}]| \\Z|[^\n -~\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
"""White space before a break or at the end, or a character that libyaml takes for unprintable."""

PRINTABLE = re.compile(r"[ !#-\[\]-~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
ESCAPES = dict(
    zip(
        '\0\a\b\t\n\v\f\r\x1b"\\\x85\xa0\u2028\u2029',
        r"\0 \a \b \t \n \v \f \r \e \" \\ \N \_ \L \P".split(),
        strict=True,
    )
)


def yaml_of(context: Context, value: Value) -> str:
    writer = _Writer(context)
    writer.node(value, -1, in_mapping=False)
    writer.indent(0)
    is_plain = type(value) in (bool, int, Fraction, Null)
    return normalised("".join(writer.made)) + ("...\n" if is_plain else "")


class _Writer:
    """
    Writes in block style. A text is put in double quotes and folded after column 80; one with line breaks becomes a
    literal block if such a block can hold its characters.

    `column` counts the characters of the last line so far. `fresh` says that this line holds nothing but indentation,
    dashes and question marks, `spaced` that white space was written last.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.made: list[str] = []
        self.column = 0
        self.fresh = True
        self.spaced = True

    def put(self, text: str) -> None:
        self.made.append(text)
        self.column = 0 if text == "\n" else self.column + len(text)

    def indent(self, width: int) -> None:
        width = max(width, 0)
        if not self.fresh or self.column > width or (self.column == width and not self.spaced):
            self.put("\n")
        if self.column < width:
            self.put(" " * (width - self.column))
        self.fresh = self.spaced = True

    def indicator(self, text: str, apart: bool = True, fresh: bool = False) -> None:
        """`fresh`: the line counts as fresh after it if it did before."""
        if apart and not self.spaced:
            self.put(" ")
        self.put(text)
        self.spaced = False
        self.fresh = self.fresh and fresh

    def node(self, value: Value, indent: int, in_mapping: bool) -> None:
        self.context.spend(indent + 4)
        kind = type(value)
        check_depth(indent // 2)
        if issubclass(kind, dict):
            self.mapping(value, indent)
        elif issubclass(kind, tuple):
            # A list within a mapping stands no further in than the name that it belongs to.
            flat = in_mapping and not self.fresh and indent >= 0
            self.sequence(value, indent if flat else max(indent + 2, 0) if indent >= 0 else 0)
        else:
            self.scalar(value, indent + 2 if indent >= 0 else 2, folds=True)

    def sequence(self, items: Any, indent: int) -> None:
        if not items:
            self.indicator("[]")
        for item in items:
            self.indent(indent)
            self.indicator("-", fresh=True)
            self.node(item, indent, in_mapping=False)

    def mapping(self, value: Any, indent: int) -> None:
        indent = indent + 2 if indent >= 0 else 0
        if not value:
            self.indicator("{}")
        for name, item in sorted_items(value):
            self.indent(indent)
            if len(name.encode()) <= MAX_KEY and not LINE_BREAK.search(name):
                self.scalar(name, indent + 2, folds=False)
                self.indicator(":", apart=False)
            else:
                self.indicator("?", fresh=True)
                self.scalar(name, indent + 2, folds=True)
                self.indent(indent)
                self.indicator(":", fresh=True)
            self.node(item, indent, in_mapping=True)

    def scalar(self, value: Value, indent: int, folds: bool) -> None:
        if type(value) is not str:
            self.indicator(plain_of(value))
            return
        self.context.spend(2 * len(value) + 2)
        if folds and "\n" in value and not NOT_LITERAL.search(value):
            self.literal(value, indent)
        else:
            self.double_quoted(value, indent, folds)

    def literal(self, text: str, indent: int) -> None:
        breaks = len(text) - len(text.rstrip(LINE_BREAKS))
        keep = "-" if not breaks else "+" if breaks > 1 or len(text) == 1 else ""
        self.indicator("|" + ("2" if text[0] in " " + LINE_BREAKS else "") + keep)
        self.put("\n")
        self.fresh = self.spaced = True
        for line in LINE.findall(text):
            content = line.rstrip(LINE_BREAKS)
            if content:
                self.context.spend(indent)
                self.indent(indent)
                self.put(content)
                self.fresh = False
            if content != line:
                self.made.append(line[-1])
                self.column = 0
                self.fresh = True

    def double_quoted(self, text: str, indent: int, folds: bool) -> None:
        self.indicator('"')
        # cty's emitter asks at every character whether the text begins with a byte order mark, and then escapes it.
        escapes_all = text.startswith("\ufeff")
        after_space = False
        for place, character in enumerate(text):
            if escapes_all or not PRINTABLE.match(character):
                self.put(ESCAPES.get(character) or _escaped(character))
            elif character != " ":
                self.put(character)
            elif folds and not after_space and self.column > WIDTH and 0 < place < len(text) - 1:
                self.indent(indent)
                if text[place + 1] == " ":
                    self.put("\\")
            else:
                self.put(" ")
            after_space = character == " "
        self.indicator('"', apart=False)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
