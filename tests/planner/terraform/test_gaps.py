"""
Nothing that the files declare is lost.

What a tree declares is found here by a walk of the syntax alone: every resource of every module that is called. Each of
them is priced, free, named as unpriced, or covered by what is named as not seen whole; or it stands no time at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from glimpse.planner.outside import workload_files
from glimpse.planner.stack import Stack
from tests.conftest import estimator_for, read_stack
from tests.planner.terraform.hiding import blocks_of, parsed, text_of
from tests.planner.terraform.whole_trees import KNOWN, NO_SHARED_CASES, STRANGE, Tree

INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]')
LOCAL = re.compile(r'^\s*source\s*=\s*"(\.[^"]*)"', re.MULTILINE)

STANDING_NOWHERE = {
    "composed": {"module.spare.aws_db_instance.this"},
    "containers": set(),
    "servers": set(),
    "data": set(),
    "edge": set(),
    "flows": set(),
    "a_variable_decides": set(),
    "blocks_after_a_dynamic": set(),
    "counts_across_modules": {"aws_nat_gateway.standby", "module.database.aws_nat_gateway.this"},
}
"""Of trees whose counts are known: what stands no time, in any world."""


@dataclass(frozen=True)
class Declared:
    """A resource as the files declare it; `repeated` where it, or a module around it, has a count or a for_each."""

    address: str
    repeated: bool


def declared(folder: Path, path: str = "", repeated: bool = False) -> Iterator[Declared]:
    """Every resource of a module and of the local modules that it calls."""
    for file in sorted(folder.glob("*.tf")):
        for words, node in blocks_of(parsed(file.read_bytes())):
            [body] = [child for child in node.children if child.type == "body"] or [None]
            names = {text_of(child.children[0]) for child in body.children if child.children} if body else set()
            counted = repeated or bool(names & {"count", "for_each"})
            if words[0] == "resource":
                yield Declared(f"{path}{words[1]}.{words[2]}", counted)
            elif words[0] == "module" and (source := LOCAL.search(text_of(node))):
                yield from declared(folder / source[1], f"{path}module.{words[1]}.", counted)


def shown(tree: Tree, stack: Stack) -> tuple[set[str], set[str]]:
    """The addresses that a bill shows in any way, without keys, and those of what is named as not seen whole."""
    bill = estimator_for(stack.region, workload_files.workload_beside(tree.folder, None)).bill(stack)
    addresses = {line.meter.origin.address for line in bill.lines} | {entry.origin.address for entry in bill.unpriced}
    addresses |= {origin.address for origin in stack.free}
    unseen = {str(found.what.params.get("address", "")) for found in stack.unresolved} - {""}
    return {INDEX.sub("", address) for address in addresses}, {INDEX.sub("", address) for address in unseen}


def is_covered(address: str, unseen: set[str]) -> bool:
    """Whether a resource, or a module around it, is among what is named as not seen whole."""
    return any(f"{address}.".startswith(f"{name}.") for name in unseen)


def lost(tree: Tree, stack: Stack) -> tuple[set[str], set[str]]:
    """What is declared and not shown: without any reason, and because it may stand no time."""
    addresses, unseen = shown(tree, stack)
    missing = [
        found
        for found in declared(tree.folder)
        if found.address not in addresses and not is_covered(found.address, unseen)
    ]
    return (
        {found.address for found in missing if not found.repeated},
        {found.address for found in missing if found.repeated},
    )


def worlds(stack: Stack) -> list[Stack]:
    return [world.stack for world in stack.choice.worlds] if stack.choice else [stack]


@pytest.mark.parametrize("name", KNOWN)
def test_every_resource_of_a_tree_is_in_its_bill_or_named(name: str) -> None:
    for stack in worlds(read_stack(KNOWN[name].folder)):
        without_reason, _ = lost(KNOWN[name], stack)
        assert not without_reason


@pytest.mark.parametrize("name", STANDING_NOWHERE)
def test_only_what_stands_no_time_is_missing_from_a_bill(name: str) -> None:
    missing = [set.union(*lost(KNOWN[name], stack)) for stack in worlds(read_stack(KNOWN[name].folder))]
    assert set.intersection(*missing) == STANDING_NOWHERE[name]


@pytest.mark.parametrize("name", [*STRANGE] or [pytest.param("", marks=pytest.mark.skip(reason=NO_SHARED_CASES))])
def test_every_resource_of_a_strangers_tree_is_in_its_bill_or_named(name: str) -> None:
    for stack in worlds(read_stack(STRANGE[name].folder)):
        without_reason, _ = lost(STRANGE[name], stack)
        assert not without_reason


def test_the_walk_of_the_syntax_finds_what_the_trees_declare() -> None:
    found = {name: {each.address for each in declared(tree.folder)} for name, tree in KNOWN.items()}
    assert "module.service.aws_ecs_service.this" in found["composed"]
    assert {"aws_subnet.public", "aws_lb.public", "aws_lb_listener_rule.path"} <= found["balancer"]
    assert sum(map(len, found.values())) > 250


def test_a_resource_that_a_stack_lost_is_found() -> None:
    tree = KNOWN["volume"]
    stack = read_stack(tree.folder)
    less = type(stack)(stack.name, stack.region, stack.resources[1:], stack.free)
    assert lost(tree, less)[0] == {stack.resources[0].origin.address}
