"""Capacity that scales: charged at its minimum, or at what people state, with a range up to its maximum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from glimpse.planner.bill import Bill
from glimpse.planner.given_usage import GivenUsage, UsageEntry
from tests.conftest import estimator_for, read_stack

STACK = """
resource "aws_dynamodb_table" "%(name)s" {
  name           = "%(table)s"
  hash_key       = "id"
  read_capacity  = 100
  write_capacity = 100

  global_secondary_index {
    name            = "by-owner"
    hash_key        = "owner"
    projection_type = "ALL"
    read_capacity   = 50
    write_capacity  = 50
  }
}
"""
TARGET = """
resource "aws_appautoscaling_target" "%(name)s" {
  service_namespace  = "dynamodb"
  resource_id        = "%(id)s"
  scalable_dimension = "dynamodb:%(what)s:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 20
}
"""


def bill_of(path: Path, *usage: UsageEntry) -> Bill:
    stack = read_stack(path)
    estimator = estimator_for(stack.region)
    workload = replace(estimator.workload, usage=GivenUsage(usage))
    return replace(estimator, workload=workload).bill(stack)


def units(bill: Bill, component: str) -> list[int]:
    """Units in the cheapest, the expected and the dearest case, of every line of that name."""
    found = [line.quantity for line in bill.lines if line.meter.component == component and line.quantity]
    return [int(case / 730) for row in found for case in (row.low, row.expected, row.high)]


def test_the_minimum_is_charged_and_not_what_the_table_states(write_stack: Callable[..., Path]) -> None:
    target = TARGET % {"name": "reads", "id": "table/${aws_dynamodb_table.a.name}", "what": "table"}
    bill = bill_of(write_stack(STACK % {"name": "a", "table": "a"} + target))
    assert units(bill, "Read capacity units") == [5, 5, 20]
    assert units(bill, "Write capacity units") == [100, 100, 100]
    assert units(bill, "Index RCU") == [50, 50, 50]


def test_an_index_scales_by_its_own_target(write_stack: Callable[..., Path]) -> None:
    target = TARGET % {"name": "reads", "id": "table/a/index/by-owner", "what": "index"}
    bill = bill_of(write_stack(STACK % {"name": "a", "table": "a"} + target))
    assert units(bill, "Index RCU") == [5, 5, 20]
    assert units(bill, "Read capacity units") == [100, 100, 100]


def test_what_people_state_at_the_target_is_charged(write_stack: Callable[..., Path]) -> None:
    target = TARGET % {"name": "reads", "id": "table/a", "what": "table"}
    stated = UsageEntry("aws_appautoscaling_target.reads", {"capacity": Fraction(12)}, "usage.yml")
    bill = bill_of(write_stack(STACK % {"name": "a", "table": "a"} + target), stated)
    assert units(bill, "Read capacity units") == [5, 12, 20]


def test_a_target_of_two_tables_of_one_name_is_nobodys(write_stack: Callable[..., Path]) -> None:
    target = TARGET % {"name": "reads", "id": "table/same", "what": "table"}
    tables = "".join(STACK % {"name": name, "table": "same"} for name in "ab")
    assert units(bill_of(write_stack(tables + target)), "Read capacity units") == [100] * 6


def test_a_target_of_two_tables_of_one_name_belongs_to_the_one_that_it_refers_to(
    write_stack: Callable[..., Path],
) -> None:
    """The attribute is known, and the same of both: the reference tells, as in a plan."""
    target = TARGET % {"name": "reads", "id": "table/${aws_dynamodb_table.b.name}", "what": "table"}
    tables = "".join(STACK % {"name": name, "table": "same"} for name in "ab")
    assert units(bill_of(write_stack(tables + target)), "Read capacity units") == [100] * 3 + [5, 5, 20]


def test_a_target_of_one_instance_belongs_to_that_one(write_stack: Callable[..., Path]) -> None:
    target = TARGET % {"name": "reads", "id": "table/${aws_dynamodb_table.a[1].name}", "what": "table"}
    tables = (STACK % {"name": "a", "table": "same"}).replace("{", "{\n  count = 2", 1)
    assert units(bill_of(write_stack(tables + target)), "Read capacity units") == [100] * 3 + [5, 5, 20]


def test_a_target_whose_name_only_begins_with_a_tables_is_not_that_tables(write_stack: Callable[..., Path]) -> None:
    target = TARGET % {"name": "reads", "id": "table/${aws_dynamodb_table.a.name}-archive", "what": "table"}
    assert units(bill_of(write_stack(STACK % {"name": "a", "table": "a"} + target)), "Read capacity units") == [100] * 3
