"""The statements of `queries.sql`, by name, with the fragments that several of them share filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files

_BLOCK = re.compile(
    r"^-- (name|fragment): (\w+)(?:\(([\w, ]+)\))?\n(?:--[^\n]*\n)+(.*?)(?=^--|\Z)", re.MULTILINE | re.DOTALL
)
_USE = re.compile(r"\{(\w+)\(([^)]*)\)\}")


def parse_queries(text: str) -> Mapping[str, str]:
    """
    The statements by name, without the comment above each. Raises KeyError for a fragment that is not defined above.

        -- fragment: user(t)
        -- The columns of values.User.
        t.id, t.handle

        -- name: users
        -- Users by their ids.
        select {user(u)} from users u where u.id = any($1);
    """
    fragments: dict[str, tuple[list[str], str]] = {}
    statements: dict[str, str] = {}

    def filled(use: re.Match[str]) -> str:
        parameters, fragment = fragments[use[1]]
        arguments = dict(zip(parameters, use[2].split(", "), strict=True))
        return re.sub(r"\b\w+\b", lambda word: arguments.get(word[0], word[0]), fragment)

    for kind, name, parameters, sql in _BLOCK.findall(text):
        complete = _USE.sub(filled, sql.strip().rstrip(";"))
        if kind == "fragment":
            fragments[name] = (parameters.split(", "), complete)
        else:
            statements[name] = complete
    return statements


QUERIES = parse_queries((files("glimpse.chat.outside.postgres") / "queries.sql").read_text(encoding="utf-8"))
