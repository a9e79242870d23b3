"""Expressions mean to the product what they mean to Terraform, or the product says that it does not know."""

import json
import subprocess
from pathlib import Path

import pytest

from glimpse.planner.terraform.types import STRING
from glimpse.planner.terraform.values import Null, Unknown
from tests.planner.terraform.beside_terraform import (
    TERRAFORM,
    UNKNOWN_VALUE,
    ExpressionResult,
    Number,
    Planned,
    compare,
    environment,
    kept,
    merged,
    results_of,
)
from tests.planner.terraform.generated_expressions import (
    IMPURE,
    NOT_GENERATED,
    Expression,
    expressions,
    functions_used,
)

SEED = 20261128
COUNT = 300

pytestmark = pytest.mark.xdist_group("terraform")
needs_terraform = pytest.mark.skipif(not TERRAFORM, reason="NOT RUN: terraform is not installed")


def faults(found: list[ExpressionResult]) -> str:
    return "\n\n".join(answer.sentence for answer in found if answer.verdict.startswith("FAULT"))


@needs_terraform
def test_generated_expressions_have_terraforms_values(tmp_path: Path) -> None:
    found = results_of(tmp_path, expressions(SEED, COUNT))
    assert not faults(found), faults(found)
    assert sum(answer.verdict == "agreed" for answer in found) > COUNT // 2, "the product knows too little"


@needs_terraform
def test_kept_expressions_have_terraforms_values(tmp_path: Path) -> None:
    found = results_of(tmp_path, kept(), together=1)
    assert not faults(found), faults(found)


@needs_terraform
def test_the_generator_calls_every_pure_function_of_this_terraform(tmp_path: Path) -> None:
    command = [str(TERRAFORM), "metadata", "functions", "-json"]
    shown = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=True).stdout
    names = {name for name in json.loads(shown)["function_signatures"] if "::" not in name}
    assert names - functions_used() <= IMPURE | NOT_GENERATED


def test_the_same_seed_makes_the_same_expressions() -> None:
    assert expressions(5, 40) == expressions(5, 40)
    assert expressions(5, 40) != expressions(6, 40)


def test_a_plan_tells_what_is_unknown_at_any_depth() -> None:
    after = {"v": {"known": Number("1"), "list": ["a", None]}}
    unknown = {"v": {"later": True, "list": [False, True]}}
    assert merged(after, unknown) == {"v": {"known": "1", "list": ["a", UNKNOWN_VALUE], "later": UNKNOWN_VALUE}}


@pytest.mark.parametrize(
    ("planned", "ours"),
    [
        (Number("0.1"), 1),
        (Number("1"), True),
        (Number("1"), "1"),
        ("1", 1),
        (True, 1),
        (None, ""),
        (["a"], ()),
        ([], {}),
        ({"a": None}, {}),
        (UNKNOWN_VALUE, "known"),
        ({"a": UNKNOWN_VALUE}, {"a": 1}),
        (UNKNOWN_VALUE, ("a",)),
    ],
)
def test_another_value_is_a_fault(planned: object, ours: object) -> None:
    assert compare(planned, ours)


@pytest.mark.parametrize(
    ("planned", "ours"),
    [
        (Number("12345678901234567890123"), 12345678901234567890123),
        (UNKNOWN_VALUE, Unknown()),
        (UNKNOWN_VALUE, Null()),
        ("known", Unknown(STRING)),
        ({"a": ["b", UNKNOWN_VALUE]}, {"a": ("b", Unknown())}),
        (None, Null(STRING)),
    ],
)
def test_the_same_value_or_one_that_is_not_known_is_none(planned: object, ours: object) -> None:
    assert compare(planned, ours) is None


def test_what_the_product_knows_of_an_unknown_must_hold_for_every_value_tried() -> None:
    expression = Expression("local.u_b && false", wrapped=False)
    short_circuit = ExpressionResult(expression, Planned(UNKNOWN_VALUE), {"v": False}, (Planned(False), Planned(False)))
    assert not short_circuit.verdict.startswith("FAULT")
    guessed = ExpressionResult(expression, Planned(UNKNOWN_VALUE), {"v": False}, (Planned(False), Planned(True)))
    assert guessed.verdict.startswith("FAULT")
