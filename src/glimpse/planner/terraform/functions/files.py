"""Functions on files and paths. Source of every entry: Terraform's documentation, "Filesystem Functions"."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import lru_cache

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.hashes import digest
from glimpse.planner.terraform.functions.table import Context, Table, function, not_computed
from glimpse.planner.terraform.functions.texts import base64_of, normalised
from glimpse.planner.terraform.types import ANY, BOOL, STRING, set_of
from glimpse.planner.terraform.values import Set, Unknown, Value

FILES: Table = {}

IDENTIFIER = r"[^\W\d_][\w-]*"


def _cleaned(path: str) -> str:
    """Go's filepath.Clean: as Python's normpath, but two slashes at the beginning are one."""
    return posixpath.normpath(re.sub("^/+", "/", path))


def _at_home(path: str) -> bool:
    """Whether a path begins with the home directory, which depends on the machine."""
    if path.startswith("~") and path[1:2] not in ("", "/", "\\"):
        raise EvaluationError("cannot expand the home directory of another user")
    return path.startswith("~")


@function(FILES, "abspath", STRING, returns=STRING)
def _abspath(_path: str) -> Unknown:
    """Unknown: it depends on the machine."""
    return not_computed("abspath")


@function(
    FILES,
    "basename",
    STRING,
    returns=STRING,
    examples=[
        'basename("foo/bar/baz.txt") == "baz.txt"',
        'basename("a/") == "a"',
        'basename("") == "."',
        'basename("//") == "/"',
    ],
)
def _basename(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@function(
    FILES,
    "dirname",
    STRING,
    returns=STRING,
    examples=[
        'dirname("foo/../bar/baz.txt") == "bar"',
        'dirname("a/") == "a"',
        'dirname("a") == "."',
        'dirname("/a") == "/"',
    ],
)
def _dirname(path: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return _cleaned(folder + slash)


@function(
    FILES,
    "pathexpand",
    STRING,
    returns=STRING,
    examples=[
        'pathexpand("/a/../b") == "/a/../b"',
        'pathexpand("a/~") == "a/~"',
        'can(pathexpand("~other/a")) == false',
    ],
)
def _pathexpand(path: str) -> Value:
    return not_computed("pathexpand") if _at_home(path) else path


@function(
    FILES,
    "fileexists",
    STRING,
    returns=BOOL,
    with_context=True,
    examples=['fileexists("no-such-file") == false'],
)
def _fileexists(context: Context, path: str) -> bool:
    return context.exists(path)


def _reading(name: str, compute: Callable[[bytes], str]) -> None:
    """Enter a function of the bytes of a file."""

    @function(
        FILES, name, STRING, returns=STRING, with_context=True, examples=[f'can({name}("no-such-file")) == false']
    )
    def read(context: Context, path: str) -> Value:
        return compute(context.read(path))


def _text(content: bytes) -> str:
    try:
        return normalised(content.decode())
    except UnicodeDecodeError:
        raise EvaluationError("contents are not valid UTF-8") from None


_reading("file", _text)
_reading("filebase64", base64_of)
_reading("filemd5", lambda content: digest("md5", content).hex())
_reading("filesha1", lambda content: digest("sha1", content).hex())
_reading("filesha256", lambda content: digest("sha256", content).hex())
_reading("filesha512", lambda content: digest("sha512", content).hex())
_reading("filebase64sha256", lambda content: base64_of(digest("sha256", content)))
_reading("filebase64sha512", lambda content: base64_of(digest("sha512", content)))


@function(
    FILES,
    "templatefile",
    STRING,
    ANY,
    partly=True,
    with_context=True,
    examples=['can(templatefile("no-such-file", {})) == false'],
)
def _templatefile(context: Context, path: str, variables: Value) -> Value:
    return context.render(_text(context.read(path)), _variables(variables))


@function(
    FILES,
    "templatestring",
    STRING,
    ANY,
    returns=STRING,
    partly=True,
    with_context=True,
    examples=['can(templatestring("literal", {})) == false'],
)
def _templatestring(context: Context, template: str, variables: Value) -> Value:
    """Terraform takes the template only from a reference; that is for the caller to check."""
    return context.render(template, _variables(variables))


def _variables(variables: Value) -> dict[str, Value]:
    if not isinstance(variables, dict):
        raise EvaluationError("variables must be a map")
    if not all(re.fullmatch(IDENTIFIER, name) for name in variables):
        raise EvaluationError("invalid template variable name")
    return dict(variables)


@function(
    FILES,
    "fileset",
    STRING,
    STRING,
    returns=set_of(STRING),
    with_context=True,
    examples=['length(fileset("no-such-folder", "**")) == 0', 'length(fileset("no-such-folder", "{a,b}/[c-d]?")) == 0'],
)
def _fileset(context: Context, path: str, pattern: str) -> Set:
    """Files below a folder whose path matches. What the pattern says before its first wildcard is a folder."""
    base = _cleaned(path).split("/")
    parts = _cleaned(posixpath.join(path, pattern.lstrip("/"))).split("/")
    fixed = next((place for place, part in enumerate(parts) if set(part) & set("*?[{\\")), len(parts))
    folder = "/".join(parts[:fixed]) or ("/" if parts[0] == "" else ".")
    if fixed == len(parts):
        found = [folder] if context.exists(folder) else []
    else:
        found = [
            posixpath.join(folder, name)
            for name in context.names(folder)
            if _matches(tuple(parts[fixed:]), tuple(name.split("/")))
        ]
    return Set((_relative(name, base) for name in found), STRING)


def _relative(name: str, base: list[str]) -> str:
    parts, start = ([part for part in path if part != "."] for path in (name.split("/"), base))
    shared = len(posixpath.commonprefix((parts, start)))
    return "/".join([".."] * (len(start) - shared) + parts[shared:])


@lru_cache(maxsize=10_000)
def _matches(pattern: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether the parts of a path match; `**` stands for any number of folders, and at the end for what is in them."""
    if not pattern or not name:
        return pattern == name
    if pattern[0] != "**":
        return _part_matches(pattern[0], name[0]) and _matches(pattern[1:], name[1:])
    if len(pattern) == 1:
        return True
    return any(_matches(pattern[1:], name[start:]) for start in range(len(name)))


LETTER = r"(?:\\.|[^\\\]-])"
CLASS = rf"(?s)\[(\^?)((?:{LETTER}(?:-{LETTER})?)*)\]"
RANGE = rf"(?s)({LETTER})(?:-({LETTER}))?"
OPTIONS = r"(?s)\{((?:\\.|[^\\}])*)\}"


@lru_cache(maxsize=10_000)
def _part_matches(pattern: str, name: str) -> bool:
    """One part of a path (doublestar v1, matchComponent): a name that is used up matches only further `*`."""
    if not pattern or not name:
        return not name and not pattern.strip("*")
    kind, rest = pattern[0], pattern[1:]
    if kind == "*":
        return not rest or any(_part_matches(rest, name[start:]) for start in range(len(name)))
    if kind == "[":
        found = re.match(CLASS, pattern)
        if not found or found[0] == "[]":
            raise EvaluationError("syntax error in pattern")
        letters = [(low[-1], (high or low)[-1]) for low, high in re.findall(RANGE, found[2])]
        inside = any(low <= name[0] <= high for low, high in letters)
        return inside != bool(found[1]) and _part_matches(pattern[found.end() :], name[1:])
    if kind == "{":
        found = re.match(OPTIONS, pattern)
        if not found:
            raise EvaluationError("syntax error in pattern")
        options = re.split(r"(?<!\\),", found[1])
        return any(_part_matches(option + pattern[found.end() :], name) for option in options)
    if kind == "\\":
        if not rest:
            raise EvaluationError("syntax error in pattern")
        kind, rest = rest[0], rest[1:]
        return kind == name[0] and _part_matches(rest, name[1:])
    return kind in ("?", name[0]) and _part_matches(rest, name[1:])
