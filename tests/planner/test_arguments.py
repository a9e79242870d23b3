"""
Nothing that decides cost is passed over in silence: every argument that the provider's schema gives a priced type is
one that its family reads, or one of which the family's case folder says that it costs nothing.
"""

from __future__ import annotations

import ast
import gzip
import inspect
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from glimpse.planner.outside.terraform_files.families import file_of, readers
from tests.conftest import REPOSITORY

SCHEMA = REPOSITORY.parent / "shared/tools/terraform-offline/aws-schema-6.62.0.json.gz"

NAMES = re.compile(
    r"(^|_)(arns?|ids?|names?|name_prefix|tags|tags_all|description|region|timeouts|policy|status|state|kms_key_\w+"
    r"|security_groups?|owner|endpoint|port|iam_role|role|created_\w+|creation_\w+|last_\w+|apply_immediately"
    r"|skip_destroy|deletion_protection|force_\w+)$"
)
"""Names, identities and states: an argument called so costs nothing in any family, whatever it is set to."""


@cache
def schema() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(gzip.decompress(SCHEMA.read_bytes()))["resources"]
    return found


@cache
def without_cost() -> Mapping[str, frozenset[str]]:
    listed: dict[str, frozenset[str]] = {}
    for path in sorted((REPOSITORY / "tests/cases").glob("*/arguments.toml")):
        for name, entry in tomllib.loads(path.read_text()).items():
            assert name not in listed, f"{name} is listed twice"
            listed[name] = frozenset(entry["without_cost"].split())
    return listed


def arguments(block: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Every argument, nested ones as `block.argument`."""
    yield from (prefix + name for name in block["a"])
    for name, nested in block["b"].items():
        yield from arguments(nested["s"], f"{prefix}{name}.")


@cache
def texts(module: str) -> frozenset[str]:
    """Every text in the source of a family's reader, and of what it imports from other families."""
    source = inspect.getsource(sys.modules[module])
    found = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    words = {part for text in found if isinstance(text, str) for part in re.split(r"[ .]", text)}
    imported = re.findall(r"^from (glimpse\.planner\.outside\.terraform_files\.families\.\w+) import", source, re.M)
    return frozenset(words).union(*(texts(name) for name in imported if not name.endswith(".found")))


@pytest.mark.skipif(not SCHEMA.exists(), reason="the provider's schema stands beside the repository")
@pytest.mark.parametrize("type_", sorted(readers()))
def test_every_argument_of_a_priced_type_is_read_or_costs_nothing(type_: str) -> None:
    if type_ not in schema():
        pytest.skip("an older provider's type")
    read = texts(file_of(type_))
    free = without_cost().get(type_, frozenset())
    passed = [
        name
        for name in arguments(schema()[type_])
        if not NAMES.search(name.rpartition(".")[2])
        and name.rpartition(".")[2] not in read
        and not any(name == entry or name.startswith(f"{entry}.") for entry in free)
        and not name.startswith("timeouts.")
    ]
    assert passed == []


@pytest.mark.skipif(not SCHEMA.exists(), reason="the provider's schema stands beside the repository")
def test_what_is_listed_as_costing_nothing_exists() -> None:
    for type_, names in without_cost().items():
        parts = [name.split(".") for name in arguments(schema()[type_])]
        known = {".".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1)}
        assert names <= known, (type_, sorted(names - known))
