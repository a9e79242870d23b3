"""
A tree of a few lines that would make millions of values ends in one sentence that names the expression, or is named as
unresolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glimpse.planner.finding import InputError
from glimpse.planner.terraform.budget import Budget
from glimpse.planner.terraform.errors import TooMuch
from tests.conftest import SEOUL, read_stack

Write = Callable[..., Path]

VOLUME = 'resource "aws_ebs_volume" "a" {{\n  size = {}\n}}\n'
"""Nothing is evaluated that nobody asks for; the bill asks for a size."""


def chain(first: str, link: str, count: int) -> str:
    """Locals that are each made of the one before; the last one is the size of a volume."""
    lines = [f"  a0 = {first}"] + [f"  a{n} = {link.format(f'local.a{n - 1}')}" for n in range(1, count + 1)]
    return "locals {\n" + "\n".join(lines) + "\n}\n" + VOLUME.format(f"length(jsonencode(local.a{count}))")


@pytest.mark.parametrize(
    ("main", "code"),
    [
        (chain('"xxxxxxxxxx"', '"' + "${{{0}}}" * 10 + '"', 10), "too_large_size"),
        (chain("[1]", "[for x in range(1000) : {0}]", 8), "too_large_size"),
        (chain("[1]", "[{0}, {0}]", 60), "too_large_size"),
        (chain("{ a = 1 }", "{{ a = {0}, b = {0} }}", 60), "too_large_size"),
        (chain("1", "{0} + 1", 5000), "too_large_depth"),
        (VOLUME.format("length(setproduct(range(1000), range(1000), range(1000)))"), "too_large_size"),
        (VOLUME.format('length(format("%1000000000d", 1))'), "too_large_size"),
        (VOLUME.format("length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]])"), "too_large_steps"),
    ],
    ids=["texts", "lists", "pairs", "objects", "names", "product", "width", "loops"],
)  # fmt: skip
def test_what_would_grow_without_end_ends_the_reading_and_names_the_expression(
    write_stack: Write, main: str, code: str
) -> None:
    with pytest.raises(InputError) as wrong:
        read_stack(write_stack(main))
    assert (wrong.value.why.code, wrong.value.file) == (code, "main.tf")
    assert wrong.value.line is not None


@pytest.mark.parametrize(
    ("main", "code"),
    [
        ('resource "aws_eip" "a" {\n  count = 10000000\n}\n', "count_too_large"),
        (VOLUME.format("length(range(0, 100000000))"), "expression_error"),
        (VOLUME.format("(" * 20_000 + "1" + ")" * 20_000), "nested_too_deep"),
        (VOLUME.format("[" * 20_000 + "]" * 20_000), "nested_too_deep"),
        (VOLUME.format("+".join(["1"] * 20_000)), "nested_too_deep"),
        (VOLUME.format("true ? 1 : " * 5_000 + "1"), "nested_too_deep"),
        ("a {\n" * 20_000 + "}\n" * 20_000, "nested_too_deep"),
        (chain("3.7", "{0} * {0}", 60), "expression_error"),
    ],
    ids=["count", "range", "brackets", "lists", "sums", "conditionals", "blocks", "powers"],
)
def test_what_is_only_one_expression_is_a_gap_with_its_place(write_stack: Write, main: str, code: str) -> None:
    stack = read_stack(write_stack(main), region=SEOUL)
    assert code in {found.what.code for found in stack.unresolved}
    assert all(found.file == "main.tf" and found.line for found in stack.unresolved)


def test_modules_that_call_modules_thousands_of_times_end_the_reading(write_stack: Write) -> None:
    inner = 'resource "aws_eip" "a" {}\n'
    folder = write_stack(
        'module "m" {\n  source = "./m"\n  count  = 100\n}\n',
        {"m/main.tf": 'module "n" {\n  source = "../n"\n  count  = 100\n}\n', "n/main.tf": inner},
    )
    with pytest.raises(InputError) as wrong:
        read_stack(folder)
    assert wrong.value.why.code == "too_large_modules"


def test_a_reading_that_takes_too_long_ends(clock: Iterator[float]) -> None:
    budget = Budget(lambda: next(clock), seconds=20)
    with pytest.raises(TooMuch) as bound:
        take(budget, 10_000)
    assert (bound.value.what, bound.value.limit) == ("seconds", 20)


def take(budget: Budget, steps: int) -> None:
    for _ in range(steps):
        budget.step()


@pytest.fixture
def clock() -> Iterator[float]:
    """Each look at it finds eight seconds passed."""
    return iter([0.0, 8.0, 16.0, 24.0])


def test_a_large_tree_may_take_what_a_small_one_may_not() -> None:
    small, large = Budget(lambda: 0.0), Budget(lambda: 0.0)
    large.allow(1_000_000)
    small.spend(small.max_size)
    large.spend(small.max_size + 1)
    with pytest.raises(TooMuch):
        small.spend(1)
