"""
HCL's syntax: bytes → Body.

tree-sitter-hcl parses. What its grammar leaves out, or does differently from HCL, is corrected here:
white space beside interpolations, chains of conditionals, what follows a legacy splat, exponents, and items that share
a line.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from glimpse.planner.terraform.numbers import parsed
from glimpse.planner.terraform.syntax import (
    EACH,
    Argument,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    DottedKey,
    Expression,
    For,
    GetAttribute,
    Index,
    Literal,
    ObjectOf,
    Reference,
    Splat,
    SyntaxProblem,
    Template,
    TemplateFor,
    TupleOf,
    Unary,
)
from glimpse.planner.terraform.values import NULL

LANGUAGE = Language(tree_sitter_hcl.language())
EXPONENT = re.compile(rb"(?<=[0-9])[eE][+-]?[0-9]+")
ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|(\$\$|%%)(?=\{)')
ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
CHUNK = 65_536
"""Bytes handed to the parser at a time: it looks at the clock only where it has to ask for more."""

MAX_LINES = 250_000
"""Of one file: tree-sitter keeps 240 bytes for each, an empty one included."""

MAX_DEPTH = 150
"""Blocks in blocks, and expressions in expressions."""

Stop = Callable[[], bool]
"""Says whether parsing has taken too long: tree-sitter needs seconds for a megabyte of garbage."""


def read_hcl(source: bytes, file: str, stop: Stop) -> Body:
    """The body of a file. Raises SyntaxProblem."""
    root = _parse(source, stop)
    if root.has_error and EXPONENT.search(source):
        # The grammar knows neither `1e3` nor `1e-3`. Positions stay, and all text is read from the source as it was.
        del root  # two trees would take twice the memory
        root = _parse(EXPONENT.sub(lambda found: b"0" * len(found[0]), source), stop)
    if root.has_error:
        raise SyntaxProblem("file_broken", _first_error(root))
    reader = _Reader(source, file)
    bodies = [child for child in root.children if child.type == "body"]
    return reader.body(bodies[0] if bodies else None, None, None)


def read_template(source: bytes, file: str, stop: Stop) -> Expression:
    """The template that a file or a string of JSON holds. Raises SyntaxProblem."""
    # A heredoc takes everything as it stands; no line of the template may end it.
    mark = b"EOT"
    while mark in source:
        mark += b"_"
    root = _parse(b"x = <<" + mark + b"\n" + source + b"\n" + mark + b"\n", stop)
    if root.has_error:
        raise SyntaxProblem("template_broken", max(1, _first_error(root) - 1))
    reader = _Reader(b"x = <<" + mark + b"\n" + source + b"\n" + mark + b"\n", file)
    body = reader.body(next(child for child in root.children if child.type == "body"), None, None)
    made = body.arguments["x"].expression
    return _without_last_newline(made)


def _without_last_newline(template: Expression) -> Expression:
    """The newline before the end marker belongs to the heredoc, not to the template inside."""
    if isinstance(template, Literal):
        return Literal(template.line, template.value[:-1])
    if isinstance(template, Template) and isinstance(last := template.parts[-1], str):
        parts = (*template.parts[:-1], last[:-1]) if last != "\n" else template.parts[:-1]
        if len(parts) == 1 and not isinstance(parts[0], str):
            return parts[0]
        return Template(template.line, parts)
    return template


def _parse(source: bytes, stop: Stop) -> Node:
    if source.count(b"\n") > MAX_LINES:
        raise SyntaxProblem("file_too_slow", 1)
    try:
        tree = Parser(LANGUAGE).parse(lambda at, _: source[at : at + CHUNK], progress_callback=lambda *_: stop())
    except ValueError:
        raise SyntaxProblem("file_too_slow", 1) from None
    return tree.root_node


def _first_error(node: Node) -> int:
    while True:
        wrong = next((child for child in node.children if child.has_error or child.is_error or child.is_missing), None)
        if wrong is None or wrong.is_error or wrong.is_missing:
            return (wrong or node).start_point[0] + 1
        node = wrong


def quoted(text: str) -> str:
    """The meaning of what stands between quotes."""

    def meant(found: re.Match[str]) -> str:
        if found[4]:
            return found[4][0]
        return ESCAPED[found[1]] if found[1] else _character(int(found[2] or found[3], 16))

    return unicodedata.normalize("NFC", ESCAPE.sub(meant, text)) if "\\" in text or "{" in text else _normal(text)


def _character(code: int) -> str:
    """A code that is no character (half of a surrogate pair, or beyond Unicode) becomes U+FFFD, as in Go."""
    return chr(code) if code < 0xD800 or 0xE000 <= code <= sys.maxunicode else REPLACEMENT


def _normal(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


class _Reader:
    """Turns the nodes of one file into syntax."""

    def __init__(self, source: bytes, file: str) -> None:
        self.source = source
        self.file = file
        self.depth = 0

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    # ---- Bodies

    def body(self, node: Node | None, opened: int | None, closed: int | None) -> Body:
        """A body between its brackets, whose lines are given; a file has none."""
        items = [child for child in node.children if child.type in ("attribute", "block")] if node else []
        _check_lines(items, opened, closed)
        arguments: dict[str, Argument] = {}
        blocks = []
        for item in items:
            if item.type == "block":
                blocks.append(self.block(item))
                continue
            name, line = self.text(item.children[0]), item.start_point[0] + 1
            if name in arguments:
                raise SyntaxProblem("argument_twice", line)
            arguments[name] = self.argument(name, line, item.children[-1])
        return Body(arguments, tuple(blocks))

    def argument(self, name: str, line: int, node: Node) -> Argument:
        return Argument(name, line, lambda: self.expression(node), lambda: self.text(node))

    def block(self, node: Node) -> Block:
        with self.deeper(node):
            return self._block(node)

    def _block(self, node: Node) -> Block:
        children = node.children
        labels = []
        body = opened = closed = None
        for child in children[1:]:
            kind = child.type
            if kind == "string_lit":
                labels.append(quoted(self.text(child)[1:-1]))
            elif kind == "identifier":
                labels.append(self.text(child))
            elif kind == "block_start":
                opened = child.start_point[0]
            elif kind == "block_end":
                closed = child.start_point[0]
            elif kind == "body":
                body = child
        made = self.body(body, opened, closed)
        return Block(self.text(children[0]), tuple(labels), made, node.start_point[0] + 1, self.file)

    # ---- Expressions

    @contextmanager
    def deeper(self, node: Node) -> Iterator[None]:
        """One level further inside. Raises SyntaxProblem where that is too deep."""
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                raise SyntaxProblem("nested_too_deep", node.start_point[0] + 1, self.file)
            yield
        finally:
            self.depth -= 1

    def expression(self, node: Node) -> Expression:
        # What `deeper` does, spelled out: this is called for every node of an expression.
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                raise SyntaxProblem("nested_too_deep", node.start_point[0] + 1, self.file)
            return self.operand([child for child in node.children if child.type != "comment"])
        finally:
            self.depth -= 1

    def operand(self, nodes: list[Node]) -> Expression:
        """A primary expression with what follows it: attributes, indexes, splats."""
        if nodes[0].type == "(":
            made, rest = self.expression(nodes[1]), nodes[3:]
        else:
            made, rest = self.primary(nodes[0]), nodes[1:]
        if isinstance(made, Reference):
            # All attributes that follow a name at once.
            attributes = list(takewhile(lambda node: node.type == "get_attr", rest))
            made = Reference(made.line, (*made.names, *(self.text(node.children[-1]) for node in attributes)))
            rest = rest[len(attributes) :]
        if len(rest) > MAX_DEPTH:
            raise SyntaxProblem("nested_too_deep", nodes[0].start_point[0] + 1, self.file)
        return self.followed(made, rest)

    def followed(self, made: Expression, nodes: list[Node]) -> Expression:
        """An expression with what is looked up in it. Everything after `[*]` is looked up in each element."""
        for place, node in enumerate(nodes):
            splat = node.children[0] if node.type == "splat" else None
            if splat and splat.type == "full_splat":
                line = node.start_point[0] + 1
                inside = [child for child in splat.children[1:] if child.type != "comment"]
                return Splat(line, made, self.followed(Reference(line, (EACH,)), inside + nodes[place + 1 :]))
            made = self.legacy_splat(made, splat) if splat else self.step(made, node)
        return made

    def step(self, source: Expression, node: Node) -> Expression:
        line = node.start_point[0] + 1
        if node.type == "get_attr":
            return GetAttribute(line, source, self.text(node.children[-1]))
        inner = node.children[0]
        if inner.type == "legacy_index":
            return Index(line, source, self.number(self.text(inner)[1:], line))
        return Index(line, source, self.expression(_expression_in(inner)))

    def legacy_splat(self, source: Expression, node: Node) -> Expression:
        """`.*`: an index in brackets, and what comes after it, is looked up in the result."""
        line = node.start_point[0] + 1
        rest = [child for child in node.children[1:] if child.type != "comment"]
        inside = list(takewhile(lambda child: child.children[0].type != "new_index", rest))
        each = self.followed(Reference(line, (EACH,)), inside)
        return self.followed(Splat(line, source, each), rest[len(inside) :])

    def primary(self, node: Node) -> Expression:
        line = node.start_point[0] + 1
        kind = node.type
        if kind == "variable_expr":
            return Reference(line, (self.text(node),))
        if kind == "literal_value":
            return self.literal(node.children[0])
        if kind == "template_expr":
            return self.template_expression(node.children[0])
        if kind == "collection_value":
            return self.collection(node.children[0])
        if kind == "function_call":
            return self.call(node)
        if kind == "operation":
            return self.operation(node.children[0])
        if kind == "conditional":
            return self.conditional(node)
        if kind == "for_expr":
            return self.for_expression(node.children[0])
        if kind == "expression":
            return self.expression(node)
        raise SyntaxProblem("file_broken", line)

    def literal(self, node: Node) -> Expression:
        line = node.start_point[0] + 1
        if node.type == "numeric_lit":
            return self.number(self.text(node), line)
        if node.type == "bool_lit":
            return Literal(line, self.text(node) == "true")
        if node.type == "null_lit":
            return Literal(line, NULL)
        return Literal(line, quoted(self.text(node)[1:-1]))

    def number(self, text: str, line: int) -> Expression:
        try:
            return Literal(line, parsed(text))
        except ValueError:
            raise SyntaxProblem("file_broken", line) from None

    def collection(self, node: Node) -> Expression:
        line = node.start_point[0] + 1
        if node.type == "tuple":
            return TupleOf(line, tuple(self.expression(child) for child in node.children if child.type == "expression"))
        entries = []
        ended: int | None = None
        for child in node.children:
            if child.type == ",":
                ended = None
            elif child.type == "object_elem":
                if ended == child.start_point[0]:
                    raise SyntaxProblem("entries_share_line", child.start_point[0] + 1)
                ended = child.end_point[0]
                key, value = (part for part in child.children if part.type == "expression")
                entries.append((self.object_key(key), self.expression(value)))
        return ObjectOf(line, tuple(entries))

    def object_key(self, node: Node) -> Expression:
        """A bare name is a text; a name in parentheses or in a template is looked up."""
        made = self.expression(node)
        if node.children[0].type not in ("variable_expr", "literal_value"):
            return made
        if isinstance(made, Reference):
            return DottedKey(made.line, made.names) if len(made.names) > 1 else Literal(made.line, made.names[0])
        return Literal(made.line, "null") if isinstance(made, Literal) and made.value is NULL else made

    def call(self, node: Node) -> Expression:
        arguments: list[Expression] = []
        expands = False
        for child in node.children:
            if child.type == "function_arguments":
                arguments = [self.expression(part) for part in child.children if part.type == "expression"]
                expands = any(part.type == "ellipsis" for part in child.children)
        name = self.text(node.children[0]).removeprefix("core::")
        return Call(node.start_point[0] + 1, name, tuple(arguments), expands)

    def operation(self, node: Node) -> Expression:
        line = node.start_point[0] + 1
        children = [child for child in node.children if child.type != "comment"]
        if node.type == "unary_operation":
            return Unary(line, children[0].type, self.operand(children[1:]))
        at = next(place for place, child in enumerate(children) if child.type in OPERATORS)
        with self.deeper(node):
            return Binary(line, children[at].type, self.operand(children[:at]), self.operand(children[at + 1 :]))

    def conditional(self, node: Node) -> Expression:
        """
        `a ? b : c ? d : e` is `a ? b : (c ? d : e)`. The grammar has `(a ? b : c) ? d : e`, so a conditional that
        stands as a condition without parentheses is rotated.
        """
        condition, yes, no = (child for child in node.children if child.type == "expression")
        return self._rotated(condition, self.expression(yes), self.expression(no), node.start_point[0] + 1)

    def _rotated(self, condition: Node, yes: Expression, no: Expression, line: int) -> Expression:
        inner = condition.children[0]
        if inner.type == "conditional":
            first, second, third = (child for child in inner.children if child.type == "expression")
            with self.deeper(condition):
                last = self._rotated(third, yes, no, third.start_point[0] + 1)
                return self._rotated(first, self.expression(second), last, line)
        return Conditional(line, self.expression(condition), yes, no, " ".join(self.text(condition).split()))

    def for_expression(self, node: Node) -> Expression:
        children = [child for child in node.children if child.type != "comment"]
        key, value, collection = self.intro(children[1])
        results = [self.expression(child) for child in children if child.type == "expression"]
        tests = [child for child in children if child.type == "for_cond"]
        condition = self.expression(_expression_in(tests[0])) if tests else None
        grouped = any(child.type == "ellipsis" for child in children)
        result_key = results[0] if node.type == "for_object_expr" else None
        return For(node.start_point[0] + 1, key, value, collection, result_key, results[-1], condition, grouped)

    def intro(self, node: Node) -> tuple[str | None, str, Expression]:
        """`for key, value in collection`, with or without the key."""
        names = [self.text(child) for child in node.children if child.type == "identifier"]
        return names[0] if len(names) > 1 else None, names[-1], self.expression(_expression_in(node))

    # ---- Templates

    def template_expression(self, node: Node) -> Expression:
        quoted_template = node.type == "quoted_template"
        if quoted_template:
            tokens = self.tokens(node, node.start_byte + 1, node.end_byte - 1, lambda text: [quoted(text)])
        else:
            # It begins after its first line and ends where the line of the end marker begins.
            start = self.source.index(b"\n", node.start_byte) + 1
            end = max(start, self.source.rindex(b"\n", 0, node.end_byte) + 1)
            tokens = self.tokens(node, start, end, _heredoc_lines)
        _strip(tokens)
        if self.text(node).startswith("<<-"):
            _unindent(tokens)
        return _template(node.start_point[0] + 1, tokens)

    def tokens(self, node: Node, start: int, end: int, texts: Callable[[str], list[str]]) -> list[_Token]:
        """
        A template as a flat list of texts and markers.

        Texts are the bytes between the markers: the grammar's own literals leave out white space at their ends.
        """
        found: list[_Token] = []
        at = start
        for marker in _markers(node):
            if self.source[marker.start_byte - 1] == self.source[marker.start_byte]:
                # `$$${` is a text and an escape, which the grammar takes for a text and an interpolation.
                continue
            if marker.start_byte > at:
                found += [_Token("text", text=text) for text in texts(self.raw(at, marker.start_byte))]
            found.append(self.token(marker))
            at = marker.end_byte
        if at < end:
            found += [_Token("text", text=text) for text in texts(self.raw(at, end))]
        return found

    def raw(self, start: int, end: int) -> str:
        return self.source[start:end].decode("utf-8", "replace")

    def token(self, node: Node) -> _Token:
        children = node.children
        token = _Token(MARKERS[node.type], line=node.start_point[0] + 1)
        token.strips_before = children[1].type == "strip_marker"
        token.strips_after = children[-2].type == "strip_marker"
        if token.kind == "for":
            token.key, token.value, token.expression = self.intro(node)
        elif token.kind in ("value", "if"):
            inner = _expression_in(node)
            token.expression, token.text = self.expression(inner), " ".join(self.text(inner).split())
        return token


MARKERS = {
    "template_interpolation": "value",
    "template_if_intro": "if",
    "template_else_intro": "else",
    "template_if_end": "endif",
    "template_for_start": "for",
    "template_for_end": "endfor",
}


@dataclass
class _Token:
    """A piece of a template: `kind` is text, value, if, else, endif, for or endfor."""

    kind: str
    text: str = ""
    line: int = 0
    expression: Expression | None = None
    key: str | None = None
    value: str = ""
    strips_before: bool = False
    strips_after: bool = False


def _markers(node: Node) -> Iterator[Node]:
    """Interpolations and the parts of directives, in order, at any depth of directives."""
    for child in node.children:
        if child.type in MARKERS:
            yield child
        elif child.type in ("template_directive", "template_if", "template_for"):
            yield from _markers(child)


def _heredoc_lines(text: str) -> list[str]:
    meant = text.replace("$${", "${").replace("%%{", "%{") if "{" in text else text
    return [_normal(line) for line in re.findall(r"[^\n]*\n|[^\n]+", meant)]


def _strip(tokens: list[_Token]) -> None:
    """`~` takes away the white space beside it: in a heredoc as far as the line goes, its end included."""
    for place, token in enumerate(tokens):
        if token.strips_before and place and tokens[place - 1].kind == "text":
            tokens[place - 1].text = tokens[place - 1].text.rstrip()
        if token.strips_after and place + 1 < len(tokens) and tokens[place + 1].kind == "text":
            tokens[place + 1].text = tokens[place + 1].text.lstrip()


def _unindent(tokens: list[_Token]) -> None:
    """Take away the white space that all lines of a `<<-` heredoc begin with; lines of nothing else do not count."""
    widths = []
    lines = []
    begins = True
    for token in tokens:
        if begins:
            blank = token.kind == "text" and not token.text.strip() and token.text.endswith("\n")
            if not blank:
                widths.append(len(token.text) - len(token.text.lstrip()) if token.kind == "text" else 0)
                lines.append(token)
        begins = token.kind == "text" and token.text.endswith("\n")
    width = min(widths, default=0)
    for token in lines:
        if token.kind == "text":
            token.text = token.text[width:]


def _template(line: int, tokens: list[_Token]) -> Expression:
    """One interpolation alone keeps the type of its value; texts alone are a literal."""
    if len(tokens) == 1 and tokens[0].kind == "value" and tokens[0].expression:
        return tokens[0].expression
    if all(token.kind == "text" for token in tokens):
        return Literal(line, "".join(token.text for token in tokens))
    return _parts(line, iter(tokens))[0]


def _parts(line: int, tokens: Iterator[_Token]) -> tuple[Template, str]:
    """The template up to the marker that ends it, and the kind of that marker."""
    parts: list[str | Expression] = []
    for token in tokens:
        if token.kind in ("else", "endif", "endfor"):
            return Template(line, tuple(parts)), token.kind
        if token.kind == "text":
            if token.text:
                parts.append(token.text)
        elif token.expression and token.kind == "value":
            parts.append(token.expression)
        elif token.expression and token.kind == "for":
            body, _ = _parts(token.line, tokens)
            parts.append(TemplateFor(token.line, token.key, token.value, token.expression, body))
        elif token.expression:
            yes, ended = _parts(token.line, tokens)
            no: Expression = _parts(token.line, tokens)[0] if ended == "else" else Literal(token.line, "")
            parts.append(Conditional(token.line, token.expression, yes, no, token.text))
    return Template(line, tuple(parts)), ""


OPERATORS = frozenset(("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"))


def _expression_in(node: Node) -> Node:
    """Raises SyntaxProblem where there is none: to the grammar `${}` is no error."""
    found = next((child for child in node.children if child.type == "expression"), None)
    if found is None:
        raise SyntaxProblem("file_broken", node.start_point[0] + 1)
    return found


def _check_lines(items: list[Node], opened: int | None, closed: int | None) -> None:
    """
    HCL wants each item on lines of its own, except a single argument in a block on one line. The grammar does not mind.
    """
    before = opened
    for item in items:
        start, end = item.start_point[0], item.end_point[0]
        if start == before:
            single = start == opened and len(items) == 1 and item.type == "attribute" and closed == end
            if not single:
                code = "block_on_one_line" if start == opened else "items_share_line"
                raise SyntaxProblem(code, start + 1)
            return
        before = end
    if items and closed is not None and before == closed:
        raise SyntaxProblem("items_share_line", closed + 1)
