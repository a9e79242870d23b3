"""String functions. Source of every entry: Terraform's documentation, "String Functions"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.planner.terraform.functions.numbers import whole
from glimpse.planner.terraform.functions.table import Context, Table, function, not_computed
from glimpse.planner.terraform.functions.texts import graphemes, normalised
from glimpse.planner.terraform.numbers import Number
from glimpse.planner.terraform.types import ANY, BOOL, NUMBER, STRING, list_of, object_of, tuple_of
from glimpse.planner.terraform.values import List, Null, Unknown, Value, is_known, unknown_of

STRINGS: Table = {}

# --- Characters, as people see them -------------------------------------------------------------------------------


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
        if re.search(NOT_IN_GO, pattern.replace("\\\\", "")):
            raise EvaluationError("invalid regexp pattern")
        return re2.compile(pattern, options)
    except re2.error as error:
        if "too large" in str(error):  # for RE2's memory; Go takes sixteen times as much
            raise TooMuch("bytes of a regular expression", options.max_mem) from None
        raise EvaluationError("invalid regexp pattern") from None


NOT_IN_GO = r"\\C"
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
    group = re.compile(GROUP)
    made: list[str] = []
    end = 0
    for match in _matches(context, expression, text):
        inserted = group.sub(lambda named, match=match: _expanded(named, match, indexes), replacement)  # type: ignore[misc]
        context.spend(len(inserted) + match.start() - end + 1)
        made += [text[end : match.start()], inserted]
        end = match.end()
    return normalised("".join([*made, text[end:]]))


GROUP = r"\$(?:\$|(\w+)|\{(\w+)\})"
"""What stands for a group in a replacement; $1x is the group named 1x, and two $ are one."""


def _expanded(named: re.Match[str], match: Any, indexes: dict[str, int]) -> str:
    name = named[1] or named[2]
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
    from glimpse.planner.terraform.functions.formats import formatted

    if type(format_) is Null:
        raise EvaluationError("argument must not be null")
    if any(map(_is_untyped, arguments)):
        return not_computed("format")
    return formatted(context, format_, arguments)


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
    from glimpse.planner.terraform.functions.formats import formatted

    if type(format_) is Null:
        raise EvaluationError("argument must not be null")
    if type(format_) is Unknown or any(type(item) is Unknown and not item.type.is_primitive for item in arguments):
        return unknown_of(format_, *arguments, type_=list_of(STRING))
    if any(map(_is_untyped, arguments)):
        return not_computed("format", list_of(STRING))
    lists = [isinstance(item, tuple) for item in arguments]
    lengths = {len(item) for item, is_list in zip(arguments, lists, strict=True) if is_list}
    if len(lengths) > 1:
        raise EvaluationError("the lists have different lengths")
    made = []
    for place in range(lengths.pop() if lengths else 1):
        row = [item[place] if is_list else item for item, is_list in zip(arguments, lists, strict=True)]
        known = all(map(is_known, row))
        made.append(formatted(context, format_, row) if known else unknown_of(*row, type_=STRING))
    return List(made, STRING)
