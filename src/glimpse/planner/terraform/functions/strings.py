"""String functions. Source of every entry: Terraform's documentation, "String Functions"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from glimpse.planner.terraform import numbers
from glimpse.planner.terraform.conversion import convert
from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.planner.terraform.functions.encodings import json_of, normalised
from glimpse.planner.terraform.functions.numbers import whole
from glimpse.planner.terraform.functions.table import Context, Table, function
from glimpse.planner.terraform.numbers import Number
from glimpse.planner.terraform.types import ANY, BOOL, NUMBER, STRING, list_of, object_of, tuple_of
from glimpse.planner.terraform.values import Cause, List, Null, Unknown, Value, is_known, unknown_of

STRINGS: Table = {}


# --- Characters, as people see them -------------------------------------------------------------------------------


def graphemes(text: str) -> list[str]:
    """
    The grapheme clusters of a text (Unicode Standard Annex 29), which are what Terraform counts as characters.

    Which characters cluster is derived from Python's Unicode tables, which are one version behind Terraform's (14
    and 15): 49 letters and marks that were new in version 15 may be counted apart.
    """
    if text.isascii() and "\r" not in text:
        return list(text)
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


@function(
    STRINGS,
    "strrev",
    STRING,
    returns=STRING,
    examples=[
        'strrev("hello") == "olleh"',
        r'strrev("e\u0301a") == "aé"',
        'strrev("🇩🇪👨‍👩‍👧") == "👨‍👩‍👧🇩🇪"',
        'strrev("1한2") == "2한1"',
    ],
)
def _strrev(text: str) -> str:
    return normalised("".join(reversed(graphemes(text))))


@function(
    STRINGS,
    "substr",
    STRING,
    NUMBER,
    NUMBER,
    returns=STRING,
    examples=[
        'substr("hello world", 1, 4) == "ello"',
        'substr("🤔🤷", 0, 1) == "🤔"',
        'substr("hello", -3, -1) == "llo"',
        'substr("hello", 9, 1) == ""',
        'substr("hello", -2, 0) == "lo"',
    ],
)
def _substr(text: str, offset: Number, length: Number) -> str:
    """A length of 0 gives nothing, but all of the rest after a negative offset: so cty counts."""
    offset, length = whole(offset), whole(length)
    characters = graphemes(text)
    if offset < 0:
        offset += len(characters)
        length = length or -1
    rest = characters[max(offset, 0) :]
    return "".join(rest if length < 0 else rest[:length])


# --- One text to another ------------------------------------------------------------------------------------------


def _upper(character: str) -> str:
    """
    Go changes characters one by one. Python also changes one to several (ß to SS); where its title case is a single
    character, that is Go's.
    """
    changed = character.upper()
    return changed if len(changed) == 1 else _title(character)


def _lower(character: str) -> str:
    return "i" if character == "İ" else character.lower()


def _title(character: str) -> str:
    changed = character.title()
    return changed if len(changed) == 1 else character


function(STRINGS, "upper", STRING, returns=STRING, examples=['upper("hello") == "HELLO"', 'upper("ßé") == "ßÉ"'])(
    lambda text: text.upper() if text.isascii() else normalised("".join(map(_upper, text)))
)
function(STRINGS, "lower", STRING, returns=STRING, examples=['lower("HELLO") == "hello"', 'lower("ΑΣ") == "ασ"'])(
    lambda text: text.lower() if text.isascii() else normalised("".join(map(_lower, text)))
)


@function(
    STRINGS,
    "title",
    STRING,
    returns=STRING,
    examples=['title("hello world") == "Hello World"', 'title("a_b c-d 1e é\'x") == "A_b C-D 1e É\'X"'],
)
def _title_case(text: str) -> str:
    """A word ends at white space and at what is neither letter, digit nor underscore, if that is ASCII (Go's Title)."""
    made, before = [], " "
    for character in text:
        made.append(_title(character) if _separates(before) else character)
        before = character
    return normalised("".join(made))


def _separates(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return character in SPACES


SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""Unicode's White_Space. Python's own strip() also takes the four separators of ASCII (28 to 31)."""

function(STRINGS, "trimspace", STRING, returns=STRING, examples=[r'trimspace("\u00a0 hello\n\n") == "hello"'])(
    lambda text: text.strip(SPACES)
)
function(
    STRINGS,
    "trim",
    STRING,
    STRING,
    returns=STRING,
    examples=['trim("?!hello?!", "!?") == "hello"', 'trim(" a ", "") == " a "'],
)(str.strip)
function(STRINGS, "trimprefix", STRING, STRING, returns=STRING, examples=['trimprefix("aab", "a") == "ab"'])(
    str.removeprefix
)
function(
    STRINGS, "trimsuffix", STRING, STRING, returns=STRING, examples=['trimsuffix("helloworld", "world") == "hello"']
)(str.removesuffix)
function(
    STRINGS, "chomp", STRING, returns=STRING, examples=[r'chomp("hello\r\n\n") == "hello"', r'chomp("\na") == "\na"']
)(lambda text: text.rstrip("\r\n"))
function(
    STRINGS, "startswith", STRING, STRING, returns=BOOL, examples=['startswith("hello", "he")', 'startswith("", "")']
)(str.startswith)
function(
    STRINGS, "endswith", STRING, STRING, returns=BOOL, examples=['endswith("hello", "lo")', '!endswith("hello", "l")']
)(str.endswith)
function(
    STRINGS,
    "strcontains",
    STRING,
    STRING,
    returns=BOOL,
    examples=['strcontains("hello", "ll")', 'strcontains("a", "")'],
)(str.__contains__)


@function(
    STRINGS,
    "indent",
    NUMBER,
    STRING,
    returns=STRING,
    with_context=True,
    examples=[r'indent(2, "a\n\nb") == "a\n  \n  b"', r'can(indent(-1, "a")) == false'],
)
def _indent(context: Context, spaces: Number, text: str) -> str:
    spaces = whole(spaces)
    if spaces < 0:
        raise EvaluationError("the number of spaces must not be negative")
    lines = text.count("\n")
    context.spend(len(text) + lines * spaces)
    return text.replace("\n", "\n" + " " * spaces) if lines else text


@function(
    STRINGS,
    "join",
    STRING,
    returns=STRING,
    rest=list_of(STRING),
    with_context=True,
    examples=[
        'join(", ", ["a", 1, true]) == "a, 1, true"',
        'join("-", ["a"], [], ["b"]) == "a-b"',
        'join(",", toset(["b", "a"])) == "a,b"',
        r'join("", ["e", "\u0301"]) == "é"',
        'can(join(",", ["a", null])) == false',
    ],
)
def _join(context: Context, separator: str, *lists: List) -> str:
    if not lists:
        raise EvaluationError("at least one list is required")
    items = [item for items in lists for item in items]
    if any(type(item) is Null for item in items):
        raise EvaluationError("an element is null; cannot concatenate null values")
    context.spend(sum(map(len, items)) + len(separator) * len(items))
    return normalised(separator.join(items))


@function(
    STRINGS,
    "split",
    STRING,
    STRING,
    returns=list_of(STRING),
    with_context=True,
    examples=[
        'split(",", "a,,b") == tolist(["a", "", "b"])',
        'split(",", "") == tolist([""])',
        'length(split("", "")) == 0',
        r'join("|", split("", "aé")) == "a|é"',
    ],
)
def _split(context: Context, separator: str, text: str) -> List:
    context.spend(len(text))
    return List(text.split(separator) if separator else list(text), STRING)


# --- Regular expressions ------------------------------------------------------------------------------------------

Regexp = Any
"""A compiled expression of the package google-re2: the syntax of Go's own, and time that is linear in the text."""


def _compiled(pattern: str) -> Regexp:
    """Raises EvaluationError where Go would not compile it."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        if NOT_IN_GO.search(pattern.replace("\\\\", "")):
            raise EvaluationError("invalid regexp pattern")
        return re2.compile(pattern, options)
    except re2.error as error:
        if "too large" in str(error):  # for RE2's memory; Go takes sixteen times as much
            raise TooMuch("bytes of a regular expression", options.max_mem) from None
        raise EvaluationError("invalid regexp pattern") from None


NOT_IN_GO = re.compile(r"\\C")
r"""\C, a single byte, is known to RE2 but not to Go."""


def _matches(context: Context, expression: Regexp, text: str) -> Iterator[Any]:
    """All matches that do not overlap. Go leaves out an empty one that begins where the one before it ends."""
    end = -1
    for match in expression.finditer(text):
        context.spend(1 + expression.groups)
        if match.end() > match.start() or match.start() != end:
            yield match
        end = match.end()


def _names(expression: Regexp) -> list[str]:
    """The names of the groups by number; none where no group has a name. Raises EvaluationError for a mixture."""
    found = {number: name for name, number in expression.groupindex.items()}
    if found and len(found) != expression.groups:
        raise EvaluationError("invalid regexp pattern: cannot mix both named and unnamed capture groups")
    return [found[number] for number in sorted(found)]


def _captured(expression: Regexp, names: list[str], match: Any) -> Value:
    """An object of named groups, a tuple of unnamed ones, or the text; null for a group that took no part."""
    if not expression.groups:
        return match.group()
    groups = [Null(STRING) if group is None else group for group in match.groups()]
    return dict(zip(names, groups, strict=True)) if names else tuple(groups)


@function(
    STRINGS,
    "regex",
    STRING,
    STRING,
    examples=[
        r'regex("[a-z]+", "53453453.345345aaabbbccc23454") == "aaabbbccc"',
        r'regex("(\\d+)-(x)?", "12-") == ["12", tostring(null)]',
        r'regex("^(?P<scheme>[^:/?#]+)://(?P<host>[^/?#]*)", "https://a.b/c") == { scheme = "https", host = "a.b" }',
        r'can(regex("[a-z]+", "123")) == false',
        r'can(regex("(?P<a>.)(.)", "xy")) == false',
    ],
)
def _regex(pattern: str, text: str) -> Value:
    expression = _compiled(pattern)
    names = _names(expression)
    match = expression.search(text)
    if match is None:
        raise EvaluationError("pattern did not match any part of the given string")
    return _captured(expression, names, match)


@function(
    STRINGS,
    "regexall",
    STRING,
    STRING,
    with_context=True,
    examples=[
        r'regexall("[a-z]+", "1234abcd5678efgh9") == tolist(["abcd", "efgh"])',
        r'length(regexall("[a-z]+", "123456789")) == 0',
        r'regexall("(.)(.)", "abcd") == tolist([["a", "b"], ["c", "d"]])',
        r'regexall("b*", "abbc") == tolist(["", "bb", ""])',
    ],
)
def _regexall(context: Context, pattern: str, text: str) -> List:
    expression = _compiled(pattern)
    names = _names(expression)
    context.spend(len(text))
    of = object_of(dict.fromkeys(names, STRING)) if names else tuple_of((STRING,) * expression.groups)
    return List(
        [_captured(expression, names, match) for match in _matches(context, expression, text)],
        of if expression.groups else STRING,
    )


@function(
    STRINGS,
    "replace",
    STRING,
    STRING,
    STRING,
    returns=STRING,
    with_context=True,
    examples=[
        'replace("1 + 2 + 3", "+", "-") == "1 - 2 - 3"',
        r'replace("hello world", "/w.*d/", "everybody") == "hello everybody"',
        r'replace("a.b", "/(\\w)\\.(?P<last>\\w)/", "${last}.$1") == "b.a"'.replace("${", "$${"),
        r'replace("abc", "/x*/", "-") == "-a-b-c-"',
        r'replace("a/b", "/", "$0") == "a$0b"',
    ],
)
def _replace(context: Context, text: str, wanted: str, replacement: str) -> str:
    """Between slashes stands a regular expression, whose groups the replacement may name."""
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        return _replace_matches(context, text, wanted[1:-1], replacement)
    found = text.count(wanted)
    context.spend(len(text) + found * len(replacement))
    return normalised(text.replace(wanted, replacement)) if found else text


def _replace_matches(context: Context, text: str, pattern: str, replacement: str) -> str:
    expression = _compiled(pattern)
    indexes = {**expression.groupindex, **{str(number): number for number in range(expression.groups + 1)}}
    made: list[str] = []
    end = 0
    for match in _matches(context, expression, text):
        inserted = GROUP.sub(lambda group, match=match: _expanded(group, match, indexes), replacement)  # type: ignore[misc]
        context.spend(len(inserted) + match.start() - end + 1)
        made += [text[end : match.start()], inserted]
        end = match.end()
    return normalised("".join([*made, text[end:]]))


GROUP = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")
"""What stands for a group in a replacement; $1x is the group named 1x, and two $ are one."""


def _expanded(group: re.Match[str], match: Any, indexes: dict[str, int]) -> str:
    name = group[1] or group[2]
    if not name:
        return "$"
    return (match.group(indexes[name]) or "") if name in indexes else ""


# --- Formats ------------------------------------------------------------------------------------------------------


@function(
    STRINGS,
    "format",
    STRING,
    returns=STRING,
    rest=ANY,
    nulls=True,
    with_context=True,
    examples=[
        'format("Hello, %s! %d%%", "Ann", "12") == "Hello, Ann! 12%"',
        r'format("%#v %v", { b = 1, a = "<" }, [true, null]) == "{\"a\":\"\\u003c\",\"b\":1} [true,null]"',
        'format("%5.1f|%-5d|%05d|%+d|%x", 3.14159, 42, -42, 7, 255) == "  3.1|42   |-0042|+7|ff"',
        'format("%[2]s %[1]s %s", "a", "b") == "b a b"',
        'format("%v %v %v", 100000, 1000000, 0.00001) == "100000 1e+06 1e-05"',
        'can(format("%d", 1.5)) == false',
        'can(format("%*d", 5, 1)) == false',
        'can(format("%s", "a", "b")) == false',
    ],
)
def _format(context: Context, format_: Value, *arguments: Value) -> Value:
    if type(format_) is Null:
        raise EvaluationError("argument must not be null")
    if any(map(_is_untyped, arguments)):
        return UNTYPED.as_type(STRING)
    return _formatted(context, format_, arguments)


UNTYPED = Unknown(ANY, frozenset({Cause("function", "format")}))


def _is_untyped(argument: Value) -> bool:
    """A null without a type. Terraform does not know what these two functions make of it."""
    return type(argument) is Null and argument.type.kind == "any"


@function(
    STRINGS,
    "formatlist",
    STRING,
    returns=list_of(STRING),
    rest=ANY,
    nulls=True,
    unknowns=True,
    with_context=True,
    examples=[
        'formatlist("%s-%d", ["a", "b"], 1) == tolist(["a-1", "b-1"])',
        'formatlist("%s%s", ["a", "b"], toset(["d", "c"])) == tolist(["ac", "bd"])',
        'formatlist("%v", { a = 1 }) == tolist(["{\\"a\\":1}"])',
        'length(formatlist("%s", [])) == 0',
        'can(formatlist("%s%s", ["a"], ["b", "c"])) == false',
    ],
)
def _formatlist(context: Context, format_: Value, *arguments: Value) -> Value:
    """An element that is not known makes only its own text unknown."""
    if type(format_) is Null:
        raise EvaluationError("argument must not be null")
    if type(format_) is Unknown or any(type(item) is Unknown and not item.type.is_primitive for item in arguments):
        return unknown_of(format_, *arguments, type_=list_of(STRING))
    if any(map(_is_untyped, arguments)):
        return UNTYPED.as_type(list_of(STRING))
    lists = [isinstance(item, tuple) for item in arguments]
    lengths = {len(item) for item, is_list in zip(arguments, lists, strict=True) if is_list}
    if len(lengths) > 1:
        raise EvaluationError("the lists have different lengths")
    made = []
    for place in range(lengths.pop() if lengths else 1):
        row = [item[place] if is_list else item for item, is_list in zip(arguments, lists, strict=True)]
        known = all(map(is_known, row))
        made.append(_formatted(context, format_, row) if known else unknown_of(*row, type_=STRING))
    return List(made, STRING)


VERB = re.compile(
    r"%(?:%|(?P<flags>[ #+\-0]*)(?P<width>[1-9]\d*)?(?P<precision>\.\d*)?(?P<index>\[[1-9]\d*\])?(?P<mode>[a-zA-Z])?)",
    re.A,
)
"""%*d, which takes the width from an argument, is refused: Terraform has no such thing."""


def _formatted(context: Context, format_: str, arguments: tuple[Value, ...] | list[Value]) -> str:
    """Raises EvaluationError where a verb does not fit its argument, or where arguments are left over."""
    made: list[str] = []
    end, following, used = 0, 0, 0
    for match in VERB.finditer(format_):
        made.append(format_[end : match.start()])
        end = match.end()
        if match[0] == "%%":
            made.append("%")
            continue
        if not match["mode"]:
            raise EvaluationError("invalid format string")
        place = int(match["index"][1:-1]) - 1 if match["index"] else following
        if place >= len(arguments):
            raise EvaluationError("not enough arguments for the format string")
        following, used = place + 1, max(used, place + 1)
        width, precision = int(match["width"] or 0), int((match["precision"] or ".")[1:] or 0)
        context.spend(width + precision)
        text = _verb(context, match, arguments[place], width, precision)
        context.spend(len(text))
        made.append(text)
    if used < len(arguments):
        raise EvaluationError("too many arguments for the format string")
    return normalised("".join([*made, format_[end:]]))


def _verb(context: Context, match: re.Match[str], value: Value, width: int, precision: int) -> str:
    mode, flags = match["mode"], match["flags"]
    if mode not in "vtbdoxXeEfgGsq":
        raise EvaluationError("unsupported format verb")
    if mode != "v" and type(value) is Null:
        raise EvaluationError("null value cannot be formatted")
    if mode == "t":
        return "true" if convert(value, BOOL) else "false"
    if mode in "bdoxX":
        return _integer(mode, flags, width, match["precision"], convert(value, NUMBER))
    if mode in "eEfgG":
        text = _float(mode, precision if match["precision"] else None, convert(value, NUMBER))
        return _signed(text, flags, width, zeros="0" in flags)
    if mode == "v":
        text = _default(context, value, sharp="#" in flags)
    else:
        text = convert(value, STRING)
        if precision > 0:
            text = "".join(graphemes(text)[:precision])
        text = json_of(context, text) if mode == "q" else text
    fill = ("0" if "0" in flags else " ") * (width - len(graphemes(text)) if width else 0)
    return text + fill if "-" in flags else fill + text


def _default(context: Context, value: Value, sharp: bool) -> str:
    if not sharp and type(value) is str:
        return value
    if not sharp and type(value) in (int, Fraction):
        return _float("g", None, value)
    return json_of(context, value)


BASES = {"b": ("b", "0b"), "d": ("d", ""), "o": ("o", "0"), "x": ("x", "0x"), "X": ("X", "0X")}


def _integer(mode: str, flags: str, width: int, precision: str | None, number: Number) -> str:
    """As Go formats a big.Int: a precision is the least number of digits, and then zeros do not fill the width."""
    if not isinstance(number, int):
        raise EvaluationError("an integer is required")
    letter, prefix = BASES[mode]
    digits = format(abs(number), letter)
    if precision is not None:
        places = int(precision[1:] or 0)
        if not number and not places:
            return ""
        digits = digits.rjust(places, "0")
    sign = "-" if number < 0 else "+" if "+" in flags else " " if " " in flags else ""
    before = sign + (prefix if "#" in flags else "")
    if "0" in flags and "-" not in flags and precision is None:
        return before + digits.rjust(width - len(before), "0")
    return (before + digits).ljust(width) if "-" in flags else (before + digits).rjust(width)


def _signed(text: str, flags: str, width: int, zeros: bool) -> str:
    """As Go formats a big.Float, in which zeros go before everything else that is said about the width."""
    sign = "-" if text.startswith("-") else "+" if "+" in flags else " " if " " in flags else ""
    digits = text.removeprefix("-")
    if zeros:
        return sign + digits.rjust(width - len(sign), "0")
    return (sign + digits).ljust(width) if "-" in flags else (sign + digits).rjust(width)


def _float(mode: str, precision: int | None, number: Number) -> str:
    """
    As Go formats a big.Float: %e and %f have 6 digits after the point unless told otherwise, %g as many as tell the
    number from every other one, and an exponent where that is below -4, or reaches the precision or else 6.
    """
    sign, digits, point = _decimal(number)
    shortest = mode in "gG" and precision is None
    if mode in "eE":
        digits, point = _rounded(number, digits, point, 1 + (6 if precision is None else precision))
    elif mode == "f":
        digits, point = _rounded(number, digits, point, point + (6 if precision is None else precision))
    elif precision is not None:
        digits, point = _rounded(number, digits, point, precision or 1)
    if mode == "f":
        return sign + _positional(digits, point, 6 if precision is None else precision)
    if mode in "eE":
        return sign + _exponential(mode, digits, point, 6 if precision is None else precision)
    digits = digits.rstrip("0")
    limit = len(digits) if shortest else precision or 1
    if not shortest and limit > len(digits) >= point:
        limit = len(digits)
    if point - 1 < -4 or point - 1 >= (6 if shortest else limit):
        return sign + _exponential("e" if mode == "g" else "E", digits, point, max(len(digits) - 1, 0))
    return sign + _positional(digits, point, max(len(digits) - point, 0))


def _decimal(number: Number) -> tuple[str, str, int]:
    """The sign, the digits without zeros around them, and where the point stands among them: 0.05 is 5 and -1."""
    text = numbers.text_of(number).removeprefix("-")
    before, _, after = text.partition(".")
    digits = (before + after).lstrip("0")
    point = len(before) - (len(before + after) - len(digits)) if digits else 0
    return "-" if number < 0 else "", digits.rstrip("0"), point


def _rounded(number: Number, digits: str, point: int, count: int) -> tuple[str, int]:
    """The first digits of the exact number; of two as near, the even one."""
    if not digits:
        return "", 0
    scaled = round(abs(Fraction(number)) * Fraction(10) ** (count - point)) if count >= 0 else 0
    text = str(scaled)
    if scaled == 0:
        return "", 0
    return text.rstrip("0"), point + len(text) - count


def _positional(digits: str, point: int, places: int) -> str:
    before = digits[:point].ljust(point, "0") if point > 0 else "0"
    after = ("0" * -point + digits if point <= 0 else digits[point:])[:places].ljust(places, "0")
    return f"{before}.{after}" if places else before


def _exponential(letter: str, digits: str, point: int, places: int) -> str:
    exponent = point - 1 if digits else 0
    digits = (digits or "0").ljust(places + 1, "0")
    after = f".{digits[1 : places + 1]}" if places else ""
    return f"{digits[0]}{after}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
