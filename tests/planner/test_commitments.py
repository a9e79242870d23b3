"""A commitment that changes no line of the bill is named, with what is wrong about it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from glimpse.planner.commitments import idle_commitments
from glimpse.planner.workload import Commitment
from tests.conftest import PEOPLE, TODAY, estimator_for, read_stack

DATABASE = """
resource "aws_db_instance" "main" {
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
}
resource "aws_eip" "ip" {}
"""


@pytest.mark.parametrize(
    ("address", "bought_on", "codes"),
    [
        ("aws_db_instance.main", TODAY, []),
        ("aws_db_instance.mian", TODAY, ["commitment_address_unknown_near"]),
        ("module.gone.aws_elasticache_cluster.c", TODAY, ["commitment_address_unknown"]),
        ("aws_db_instance.main", TODAY - datetime.timedelta(days=400), ["commitment_ended"]),
        ("aws_db_instance.main", TODAY + datetime.timedelta(days=40), ["commitment_not_begun"]),
        ("aws_eip.ip", TODAY, ["commitment_of_nothing"]),
    ],
)
def test_a_commitment_that_prices_nothing_is_named(
    write_stack: Callable[..., Path], address: str, bought_on: datetime.date, codes: list[str]
) -> None:
    workload = replace(PEOPLE, commitments=(Commitment(address, "reserved_1yr_no_upfront", bought_on),))
    stack = read_stack(write_stack(DATABASE))
    meters = estimator_for(workload=workload).usage(stack).meters
    assert [found.what.code for found in idle_commitments(workload, stack.addresses(), meters, TODAY)] == codes
