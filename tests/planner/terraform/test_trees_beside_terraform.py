"""Of a tree that Terraform plans the product sees the same instances, and no argument that Terraform would not give."""

from pathlib import Path

import pytest

from glimpse.planner.terraform.types import STRING
from glimpse.planner.terraform.values import Unknown
from tests.planner.terraform.beside_terraform import UNKNOWN_VALUE, Number
from tests.planner.terraform.generated_trees import (
    NOT_RUN,
    TERRAFORM,
    PlannedValues,
    Refused,
    Tree,
    Workshop,
    faults,
    ours,
    trees,
    uncounted,
)

SEED = 20261128
JOINED, ALONE = 27, 3

pytestmark = pytest.mark.xdist_group("terraform")


def chosen() -> dict[str, Tree]:
    """Few have files of values: each of those takes a plan of its own."""
    every = trees(SEED, 120)
    joined = [tree for tree in every if not tree.alone][:JOINED]
    return {f"t{place}": tree for place, tree in enumerate([*joined, *[tree for tree in every if tree.alone][:ALONE]])}


@pytest.mark.skipif(not TERRAFORM, reason=NOT_RUN)
def test_generated_trees_have_terraforms_instances_and_values(tmp_path: Path) -> None:
    given = chosen()
    read = Workshop(tmp_path / "terraform").read(given)
    found = []
    for name, plan in read.items():
        if isinstance(plan, Refused):
            continue
        folder = tmp_path / "product" / name
        given[name].write(folder)
        found += [f"{name}: {fault}" for fault in faults(plan, ours(folder), uncounted(folder))]
    assert not found, "\n".join(found)
    accepted = [plan for plan in read.values() if isinstance(plan, PlannedValues)]
    assert len(accepted) >= 25, "Terraform refuses too many of them"
    assert sum(len(plan.instances) for plan in accepted) > 100


def test_the_same_seed_makes_the_same_trees() -> None:
    assert trees(3, 5) == trees(3, 5)
    assert trees(3, 5) != trees(4, 5)


@pytest.mark.parametrize(
    ("planned", "ours"),
    [
        ({}, {"aws_eip.a": {}}),
        ({"aws_eip.a": {}}, {}),
        ({"aws_eip.a": {"domain": "vpc"}}, {"aws_eip.a": {"domain": "standard"}}),
        ({"aws_eip.a": {"domain": "vpc"}}, {"aws_eip.a": {"domain": None}}),
        ({"aws_eip.a": {"domain": "vpc"}}, {"aws_eip.a": {}}),
        ({"aws_eip.a": {"domain": UNKNOWN_VALUE}}, {"aws_eip.a": {"domain": "vpc"}}),
        ({"aws_instance.a": {"root_block_device": []}}, {"aws_instance.a": {"root_block_device": [{}]}}),
    ],
)
def test_another_instance_or_value_is_a_fault(planned: dict, ours: dict) -> None:
    assert list(faults(PlannedValues(planned), ours))


def test_instances_that_the_product_says_it_cannot_count_are_no_fault() -> None:
    plan = PlannedValues({'module.a["x"].aws_eip.b[0]': {}, 'module.a["y\\"]"].aws_eip.b[1]': {}})
    assert not list(faults(plan, {}, {"module.a.aws_eip.b"}))
    assert list(faults(plan, {}, {"module.a.aws_eip.c"}))


@pytest.mark.parametrize(
    ("planned", "ours"),
    [
        ({"aws_eip.a": {"domain": "vpc"}}, {"aws_eip.a": {"domain": Unknown(STRING)}}),
        ({"aws_eip.a": {"domain": UNKNOWN_VALUE}}, {"aws_eip.a": {}}),
        ({"aws_eip.a": {"domain": UNKNOWN_VALUE}}, {"aws_eip.a": {"domain": None}}),
        ({"aws_ebs_volume.a": {"size": Number("20")}}, {"aws_ebs_volume.a": {"size": "20"}}),
        ({"aws_ebs_volume.a": {"encrypted": True}}, {"aws_ebs_volume.a": {"encrypted": "true"}}),
    ],
)
def test_the_same_values_and_what_is_not_known_are_no_fault(planned: dict, ours: dict) -> None:
    assert not list(faults(PlannedValues(planned), ours))
