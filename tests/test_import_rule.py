"""
The one import rule: inside never imports `outside`; `planner` and `chat` never import each other, and `operations`,
which runs the chat, knows the planner only by its JSON. All of them may import `words`, which imports none of them.

The halves meet in `capacity/`. Only the wiring knows both sides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SOURCE = REPOSITORY / "src"
FILES = sorted((SOURCE / "glimpse").rglob("*.py"))
WIRING = {
    "glimpse.cli", "glimpse.commands", "glimpse.__main__", "glimpse.chat.app", "glimpse.planner.app",
    "glimpse.operations.options", "glimpse.operations.up", "glimpse.operations.drill", "glimpse.operations.verify",
    "glimpse.operations.deploy", "glimpse.operations.watch", "glimpse.operations.workload",
    "glimpse.planner.prices_update", "glimpse.planner.diff",
}  # fmt: skip
MAY_IMPORT = {"planner": {"words"}, "chat": {"words"}, "operations": {"chat", "words"}, "words": set[str]()}
"""Which other rooms each room may import."""


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def broken(module: str, imported: str) -> bool:
    parts, others = module.split("."), imported.split(".")
    if others[0] != "glimpse" or len(others) < 2:
        return False
    room, other = parts[1] if len(parts) > 1 else "", others[1]
    if room in MAY_IMPORT and other in MAY_IMPORT and other != room and other not in MAY_IMPORT[room]:
        return True
    reaches_out = "outside" in others and "outside" not in parts
    return module not in WIRING and (reaches_out or imported.startswith("glimpse.cli"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: module_of(path))
def test_the_import_rule_holds(path: Path) -> None:
    module = module_of(path)
    assert [name for name in imports_of(path) if broken(module, name)] == []


def test_the_rule_would_notice() -> None:
    assert broken("glimpse.planner.bill", "glimpse.planner.outside.clock")
    assert broken("glimpse.chat.service", "glimpse.planner.money")
    assert broken("glimpse.chat.app", "glimpse.operations.state.StackState")
    assert broken("glimpse.operations.up", "glimpse.planner.bill.Bill")
    assert not broken("glimpse.operations.outside.tasks", "glimpse.chat.tokens.Tokens")
    assert not broken("glimpse.planner.outside.price_files", "glimpse.planner.catalogue.Price")
    assert not broken("glimpse.cli", "glimpse.planner.outside.clock")
    assert not broken("glimpse.chat.settings", "glimpse.words.Words")
    assert broken("glimpse.words", "glimpse.planner.sentence.Sentence")


def test_the_inside_touches_no_file_clock_process_or_network() -> None:
    worldly = {"os", "pathlib", "subprocess", "socket", "time", "urllib", "tempfile", "shutil", "gzip"}
    for path in FILES:
        module = module_of(path)
        # `words` reads the messages that the package ships, which are the same wherever it runs.
        if "outside" in module.split(".") or module in WIRING or module == "glimpse.words":
            continue
        # Of urllib, only the parsing of addresses touches nothing.
        names = {name for name in imports_of(path) if not name.startswith("urllib.parse.")}
        assert {name.split(".")[0] for name in names} & worldly == set(), module
