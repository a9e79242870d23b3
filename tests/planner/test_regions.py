"""A stack may stand in several regions, and can be priced in others."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from glimpse.planner.outside import price_files
from glimpse.planner.regions import compare_regions
from glimpse.planner.workload import unstated
from tests.conftest import SEOUL, estimator_for, read_stack

Write = Callable[..., Path]

TWO_REGIONS = """
provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}
resource "aws_nat_gateway" "home" {
  subnet_id         = "subnet-1"
  connectivity_type = "private"
}
resource "aws_nat_gateway" "away" {
  provider          = aws.virginia
  subnet_id         = "subnet-1"
  connectivity_type = "private"
}
"""


def test_a_stack_over_two_regions_is_one_bill(write_stack: Write) -> None:
    bill = estimator_for(workload=unstated()).bill(read_stack(write_stack(TWO_REGIONS)))
    hours = {line.meter.origin.address: line.price and line.price.tiers[0].usd for line in bill.lines if line.quantity}
    assert hours == {"aws_nat_gateway.home": Fraction("0.059"), "aws_nat_gateway.away": Fraction("0.045")}
    assert bill.monthly == Fraction("43.07") + Fraction("32.85")


def test_what_stands_where_no_price_is_held_is_named(write_stack: Write) -> None:
    stack = read_stack(write_stack(TWO_REGIONS.replace('region = "us-east-1"', 'region = "xx-nowhere-9"')))
    bill = estimator_for(workload=unstated()).bill(stack)
    assert [(entry.origin.address, entry.why.code) for entry in bill.unpriced] == [
        ("aws_nat_gateway.away", "region_without_prices")
    ]


def test_the_same_stack_elsewhere_moves_what_stands_at_home_alone(write_stack: Write) -> None:
    estimator = estimator_for(workload=unstated())
    home = estimator.bill(read_stack(write_stack(TWO_REGIONS)))
    [there] = compare_regions(home, estimator, [price_files.catalogue("us-east-1")])
    assert there.bill.monthly == 2 * Fraction("32.85")
    assert there.difference == Fraction("32.85") - Fraction("43.07")


def test_what_is_not_held_there_is_named_and_no_difference_is_told(write_stack: Write) -> None:
    stack = read_stack(write_stack(TWO_REGIONS))
    estimator = estimator_for(workload=unstated())
    home = estimator.bill(stack)
    hours = next(line.price for line in home.lines if line.meter.origin.address == "aws_nat_gateway.home")
    assert hours
    without = price_files.catalogue(SEOUL).without(hours)
    [there] = compare_regions(home, estimator, [without])
    assert [entry.origin.address for entry in there.missing] == ["aws_nat_gateway.home"]
    assert there.difference is None


def test_with_an_option_the_whole_stack_is_moved(write_stack: Write) -> None:
    stack = read_stack(write_stack(TWO_REGIONS), region="eu-west-1")
    assert {resource.origin.region for resource in stack.resources} == {None, "us-east-1"}
    assert stack.region == "eu-west-1"
