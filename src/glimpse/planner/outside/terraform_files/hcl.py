"""HCL as text: which blocks a file holds, where, and what must be changed before anyone evaluates it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser, Query, QueryCursor

LANGUAGE = Language(tree_sitter_hcl.language())
CALLS = Query(LANGUAGE, "(function_call (identifier) @name) @call")

# Every function that reads the file system (Terraform language reference, "Filesystem Functions"), less those
# that only work on paths.
FILE_FUNCTIONS = frozenset(
    "file fileexists fileset filebase64 templatefile filemd5 filesha1 filesha256 filesha512"
    " filebase64sha256 filebase64sha512".split()
)


DEFAULT_PROVIDER = re.compile(r"\baws\s*=\s*aws\.(\w+)")


class Broken(ValueError):
    """The text is not HCL; `line` is where it first goes wrong."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class FileBlock:
    """
    A top-level block as it stands in a file. `many` is the text of its count or for_each; `provider` the alias of
    the AWS provider that a module is handed as its default.
    """

    kind: str
    labels: tuple[str, ...]
    line: int
    span: tuple[int, int]
    source: str | None = None
    source_is_literal: bool = True
    many: str | None = None
    many_word: str = ""
    many_span: tuple[int, int] = (0, 0)
    provider: str | None = None

    @property
    def name(self) -> str:
        return ".".join(self.labels)


@dataclass(frozen=True)
class FileCall:
    """A call of a function that reads files. `literal` is its path where that can be told from the text."""

    function: str
    text: str
    literal: str | None
    line: int
    span: tuple[int, int]


@dataclass
class Edit:
    """Replace bytes by other text while every following line keeps its number."""

    span: tuple[int, int]
    text: bytes = b""


def parse(source: bytes) -> Node:
    """Raises Broken: a file that is not understood whole is not evaluated at all."""
    root = Parser(LANGUAGE).parse(source).root_node
    if root.has_error:
        raise Broken(_first_error(root))
    return root


def _first_error(node: Node) -> int:
    while True:
        wrong = next((child for child in node.children if child.has_error or child.is_error or child.is_missing), None)
        if wrong is None or wrong.is_error or wrong.is_missing:
            return (wrong or node).start_point[0] + 1
        node = wrong


def blocks(root: Node) -> list[FileBlock]:
    return [_block(node) for body in _named(root, "body") for node in _named(body, "block")]


def _block(node: Node) -> FileBlock:
    kind = _text(node.children[0])
    labels = tuple(_text(child).strip('"') for child in node.children[1:] if child.type in ("string_lit", "identifier"))
    source: str | None = None
    literal = True
    many: str | None = None
    many_word = ""
    many_span = (0, 0)
    provider: str | None = None
    for body in _named(node, "body"):
        for attribute in _named(body, "attribute"):
            name, value = _text(attribute.children[0]), attribute.children[-1]
            if kind == "module" and name == "source":
                source, literal = _text(value), _literal(value) is not None
                source = _literal(value) or source
            elif kind == "module" and name == "providers" and (handed := DEFAULT_PROVIDER.search(_text(value))):
                provider = handed[1]
            elif name in ("count", "for_each"):
                many, many_word, many_span = _text(value), name, (value.start_byte, value.end_byte)
    return FileBlock(
        kind,
        labels,
        node.start_point[0] + 1,
        (node.start_byte, node.end_byte),
        source,
        literal,
        many,
        many_word,
        many_span,
        provider,
    )


def file_calls(root: Node) -> list[FileCall]:
    """Every call of a file function, outermost first where one stands inside another."""
    found = []
    for _, captures in QueryCursor(CALLS).matches(root):
        name, call = captures["name"][0], captures["call"][0]
        if _text(name) in FILE_FUNCTIONS and name.parent == call:
            arguments = [child for part in _named(call, "function_arguments") for child in _named(part, "expression")]
            literal = _path_literal(arguments[0]) if len(arguments) == 1 else None
            span = (call.start_byte, call.end_byte)
            found.append(FileCall(_text(name), _text(call), literal, call.start_point[0] + 1, span))
    return sorted(found, key=lambda call: (call.span[0], -call.span[1]))


def edited(source: bytes, edits: list[Edit]) -> bytes:
    """Apply edits; one that lies inside another is already covered by it."""
    parts = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.span[0], -edit.span[1])):
        start, end = edit.span
        if start < at:
            continue
        parts += [source[at:start], edit.text, b"\n" * source[start:end].count(b"\n")]
        at = end
    return b"".join([*parts, source[at:]])


def null_instead(call: FileCall) -> Edit:
    return Edit(call.span, b"null")


def at_most(block: FileBlock, limit: int) -> Edit | None:
    """Bound a count without knowing it; one that stands on several lines is left as it is."""
    if block.many_word != "count" or block.many is None or "\n" in block.many:
        return None
    return Edit(block.many_span, f"({block.many}) > {limit} ? {limit} : ({block.many})".encode())


def _named(node: Node, kind: str) -> list[Node]:
    return [child for child in node.children if child.type == kind]


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _literal(expression: Node) -> str | None:
    """The value of a plain quoted string, or None."""
    text = _text(expression)
    plain = len(text) >= 2 and text[0] == text[-1] == '"' and not set(text[1:-1]) & set('"\\')
    return text[1:-1] if plain and "${" not in text and "%{" not in text else None


def _path_literal(expression: Node) -> str | None:
    """A literal path, `${path.module}/…` and `${path.root}/…` included: those two are known without evaluating."""
    text = _text(expression)
    for prefix in ("${path.module}", "${path.root}"):
        if text.startswith(f'"{prefix}'):
            rest = text[len(prefix) + 1 : -1]
            plain = text.endswith('"') and not set(rest) & set('"\\') and "${" not in rest and "%{" not in rest
            return prefix + rest if plain else None
    return _literal(expression)
