"""
The one import rule: inside never imports `outside`; `planner` and `chat` never import each other.

They meet in `capacity/`. Only `cli.py` and `app.py` know both sides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SOURCE = REPOSITORY / "src"
FILES = sorted((SOURCE / "glimpse").rglob("*.py"))
WIRING = {"glimpse.cli", "glimpse.__main__", "glimpse.chat.app", "glimpse.planner.app"}


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
    if module in WIRING or others[0] != "glimpse" or len(others) < 2:
        return False
    halves = {"planner", "chat"}
    crosses = parts[1] in halves and others[1] in halves and parts[1] != others[1]
    reaches_out = "outside" in others and "outside" not in parts
    return crosses or reaches_out or imported.startswith("glimpse.cli")


@pytest.mark.parametrize("path", FILES, ids=lambda path: module_of(path))
def test_the_import_rule_holds(path: Path) -> None:
    module = module_of(path)
    assert [name for name in imports_of(path) if broken(module, name)] == []


def test_the_rule_would_notice() -> None:
    assert broken("glimpse.planner.bill", "glimpse.planner.outside.clock")
    assert broken("glimpse.chat.service", "glimpse.planner.money")
    assert not broken("glimpse.planner.outside.price_files", "glimpse.planner.catalogue.Price")
    assert not broken("glimpse.cli", "glimpse.planner.outside.clock")


def test_the_inside_touches_no_file_clock_process_or_network() -> None:
    worldly = {"os", "pathlib", "subprocess", "socket", "time", "urllib", "tempfile", "shutil", "gzip"}
    for path in FILES:
        module = module_of(path)
        if "outside" in module.split(".") or module in WIRING:
            continue
        assert {name.split(".")[0] for name in imports_of(path)} & worldly == set(), module
