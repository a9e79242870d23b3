"""
A tree that is less known than another: some of its literals stand behind variables without a value.

Every literal of every argument can be hidden, less those that Terraform itself takes no variable for. In a module the
variable is handed down from the root by every call on the way, so that nothing but its value is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

WITHOUT_VALUES = frozenset(("terraform", "variable", "moved", "import", "removed", "lifecycle"))
"""Blocks in which Terraform takes no variable, or which are variables themselves."""

CONSTANT = frozenset(("alias", "depends_on", "provider", "providers", "source", "version", "sensitive", "ephemeral"))
"""Arguments that Terraform reads before it knows any value."""

FILE = "hidden_values.tf"
PARSER = Parser(Language(tree_sitter_hcl.language()))


def parsed(text: bytes) -> Node:
    root = PARSER.parse(text).root_node
    assert not root.has_error, text.decode()
    return root


def text_of(node: Node) -> str:
    return (node.text or b"").decode()


def blocks_of(node: Node) -> Iterator[tuple[Sequence[str], Node]]:
    """The blocks that stand directly in a file or in another block: their words (type and labels), and their nodes."""
    for body in node.children:
        if body.type == "body":
            for child in body.children:
                if child.type == "block":
                    words = [word for word in child.children if word.type in ("identifier", "string_lit")]
                    yield [text_of(word).strip('"') for word in words], child


@dataclass(frozen=True)
class Literal:
    """A literal as written: its file, its bytes there, its kind, its value as text, and how a variable stands there."""

    file: str
    line: int
    begin: int
    end: int
    kind: str
    value: str
    form: str

    @property
    def sentence(self) -> str:
        return f"{self.file}:{self.line} {self.value!r}"

    def overlaps(self, other: Literal) -> bool:
        return self.file == other.file and self.begin < other.end and other.begin < self.end


def literals(files: Mapping[str, bytes]) -> list[Literal]:
    """Every literal of a tree that a variable could stand for."""
    return [found for file, text in files.items() for found in _literals(file, parsed(text))]


def _literals(file: str, node: Node) -> Iterator[Literal]:
    if node.type == "block":
        if text_of(node.children[0]) in WITHOUT_VALUES:
            return
        for child in node.children:
            if child.type == "body":
                yield from _literals(file, child)
    elif node.type == "attribute" and text_of(node.children[0]) in CONSTANT:
        return
    elif node.type == "literal_value":
        [kind] = [child.type for child in node.children]
        if kind != "null_lit":
            yield _literal(file, node, kind, "var.{}")
    elif node.type == "object_elem":
        [key, value] = [child for child in node.children if child.type == "expression"]
        if text_of(key).startswith('"'):
            yield _literal(file, key, "string_lit", "(var.{})")
        yield from _literals(file, value)
    elif node.type == "template_literal" and node.parent and node.parent.type == "quoted_template":
        yield _literal(file, node, "string_lit", "${{var.{}}}")
    else:
        for child in node.children:
            yield from _literals(file, child)


TYPES = {"string_lit": "string", "numeric_lit": "number", "bool_lit": "bool"}


def _literal(file: str, node: Node, kind: str, form: str) -> Literal:
    value = text_of(node).strip('"')
    return Literal(file, node.start_point[0] + 1, node.start_byte, node.end_byte, TYPES[kind], value, form)


def without(
    files: Mapping[str, bytes], hidden: Sequence[Literal], root: str = ".", typed: bool = False
) -> dict[str, bytes]:
    """The files of a tree with these literals hidden: the first behind `var.hidden_0`, and so on."""
    changed = dict(files)
    for place, literal in sorted(enumerate(hidden), key=lambda pair: -pair[1].begin):
        text = changed[literal.file]
        stands = literal.form.format(f"hidden_{place}").encode()
        changed[literal.file] = text[: literal.begin] + stands + text[literal.end :]
    declared = "".join(
        f'variable "hidden_{place}" {{{f" type = {literal.kind} " if typed else ""}}}\n'
        for place, literal in enumerate(hidden)
    ).encode()
    folders = {_folder(literal.file) for literal in hidden} | {root}
    if folders != {root}:
        handed = "".join(f"\n  hidden_{place} = var.hidden_{place}" for place in range(len(hidden))) + "\n"
        changed = {file: _handing_down(text, handed.encode()) for file, text in changed.items()}
        folders |= {_folder(file) for file in files}
    return {**changed, **{str(PurePosixPath(folder, FILE)): declared for folder in folders}}


def _folder(file: str) -> str:
    return str(PurePosixPath(file).parent)


def _handing_down(text: bytes, handed: bytes) -> bytes:
    """A file in which every call of a local module hands the variables on."""
    calls = [node for words, node in blocks_of(parsed(text)) if words[0] == "module"]
    local = [node for node in calls if re.search(rb'source\s*=\s*"\.', node.text or b"")]
    for node in reversed(local):
        begins = next(child.end_byte for child in node.children if child.type == "block_start")
        text = text[:begins] + handed + text[begins:]
    return text
