"""A directory and Terraform's own plan of it give the same bill."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.estimate import least
from glimpse.planner.finding import InputError
from glimpse.planner.outside import workload_files
from tests.conftest import estimator_for, read_stack
from tests.planner.terraform.plans import IS_HERE, NOT_RUN, Planner, Refused, completed, part_of, region_of
from tests.planner.terraform.whole_trees import KNOWN, NO_SHARED_CASES, STRANGE, Tree

TREES = {**KNOWN, **STRANGE}
GIVEN = {
    "startup-prod": ("image_digest=sha256:" + "0" * 64, "alarm_email=on-call@example.com"),
    "a_variable_decides": ("environment=production",),
    "broker": ("broker_type=mq.m5.large",),
    "cache": ("redis_version=7.1",),
    "parameter": ("document={}",),
    "search": ("nodes=2",),
    "08-condition-on-a-variable-without-value": ("environment=production",),
    "10-neither-branch": ("env=dev",),
}
"""Values for variables that have none: Terraform plans nothing without them."""

OF_THEIR_OWN = {*GIVEN, "overridden", "12-selected-workspace", "14-strategy-inside-the-cluster"}
ALONE = {name for name, tree in TREES.items() if name in OF_THEIR_OWN or not region_of(tree)}
"""What has values, a workspace or providers of its own, or arguments that this provider no longer has."""

DIFFERENT = {
    "unknown_counts": "the stand-in makes values up for data sources",
    "web_acl": "the stand-in's schema leaves out what nests in itself, as a rule's statements do",
}

pytestmark = [pytest.mark.xdist_group("terraform"), pytest.mark.skipif(not IS_HERE, reason=NOT_RUN)]


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Planner:
    return Planner(tmp_path_factory.mktemp("planner"), list(TREES.values()))


@pytest.fixture(scope="module")
def together(planner: Planner) -> Mapping[str, Mapping[str, Any] | Refused]:
    return planner.plans({name: tree for name, tree in TREES.items() if name not in {*ALONE, *DIFFERENT}})


def bill_of(tree: Tree, path: Path, variables: tuple[str, ...] = (), region: str | None = None) -> Bill:
    stack = read_stack(path, variables=variables, region=region)
    estimator = estimator_for(stack.region, workload_files.workload_beside(tree.folder, None))
    return estimator.bill(least(stack, estimator))


def lines(bill: Bill) -> dict[str, Fraction]:
    return {line.id: line.monthly for line in bill.lines}


def unpriced(bill: Bill) -> set[str]:
    return {entry.origin.address for entry in bill.unpriced}


@pytest.mark.parametrize(
    "name", [*TREES, *([] if STRANGE else [pytest.param("", marks=pytest.mark.skip(reason=NO_SHARED_CASES))])]
)
def test_a_plan_of_a_tree_costs_what_its_files_cost(
    name: str, planner: Planner, together: Mapping[str, Mapping[str, Any] | Refused], tmp_path: Path
) -> None:
    if name in DIFFERENT:
        pytest.skip(f"NOT COMPARED: {DIFFERENT[name]}")
    tree, variables = TREES[name], GIVEN.get(name, ())
    try:
        plan = planner.plan(tree, variables) if name in ALONE else together[name]
    except Refused as refused:
        plan = refused
    if isinstance(plan, Refused):
        pytest.skip(f"NOT COMPARED: Terraform refuses it: {plan}")
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    from_files = bill_of(tree, tree.folder, variables)
    try:
        from_plan = bill_of(tree, path)
    except InputError as refused:
        # A plan does not always tell the region: then the reader asks for it.
        assert refused.why.code in ("region_unknown", "region_undecided")
        from_plan = bill_of(tree, path, region=from_files.stack.region)
    assert from_plan.stack.region == from_files.stack.region
    assert lines(from_plan) == lines(from_files)
    assert unpriced(from_plan) == unpriced(from_files)


def test_every_tree_of_ours_is_compared(together: Mapping[str, Mapping[str, Any] | Refused]) -> None:
    refused = {name: str(plan) for name, plan in together.items() if isinstance(plan, Refused) and name in KNOWN}
    assert not refused


def test_the_part_of_a_plan_is_the_plan_of_that_part(planner: Planner, together: Mapping[str, Any]) -> None:
    """Planned alone and planned as a module a tree is the same to whoever reads it."""
    alone = planner.plan(Tree(KNOWN["composed"].top))
    for part in ("planned_values", "resource_changes"):
        assert _addresses(alone[part]) == _addresses(together["composed"][part])
    modules = [plan["configuration"]["root_module"]["module_calls"] for plan in (alone, together["composed"])]
    assert json.dumps(modules[0], sort_keys=True) == json.dumps(modules[1], sort_keys=True)


def _addresses(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["address"]] if isinstance(part.get("address"), str) and "type" in part else []
        return sorted([*own, *(address for value in part.values() for address in _addresses(value))])
    return sorted(address for value in part for address in _addresses(value)) if isinstance(part, list) else []


def test_a_part_of_a_plan_holds_nothing_of_another() -> None:
    whole = {
        "planned_values": {"root_module": {"child_modules": [{"address": "module.m1"}, {"address": "module.m11"}]}},
        "resource_changes": [{"address": "module.m1.aws_eip.a"}, {"address": "module.m11.aws_eip.b"}],
        "configuration": {
            "root_module": {"module_calls": {"m1": {"module": {"resources": [{"address": "aws_eip.a"}]}}}}
        },
    }
    part = part_of(whole, "m1", "eu-west-1")
    assert part["planned_values"]["root_module"] == {"address": "module.m1"}
    assert part["resource_changes"] == [{"address": "aws_eip.a"}]
    assert part["configuration"]["root_module"] == {"resources": [{"address": "aws_eip.a"}]}


def test_what_is_required_is_written_into_the_block_of_its_name() -> None:
    text = b'resource "a" "b" {\n  x {\n    n = 1\n  }\n  x {\n    n = 2\n  }\n}\n'
    required = b'resource "a" "b" {\n  m = 3\n  x {}\n  x {\n    k = 4\n  }\n  y {}\n}\n'
    found = b" ".join(completed(text, required).split())
    assert b"x { n = 1 } x { k = 4 n = 2 }" in found
    assert b"m = 3" in found
    assert b"y {}" in found
