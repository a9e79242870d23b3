"""The laws of a bill: nothing dropped, no missing price counted as zero, totals that are sums of printed lines."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill, bill_of
from glimpse.planner.catalogue import Catalogue
from glimpse.planner.given_usage import given_usage_from
from glimpse.planner.levers import LEVERS
from glimpse.planner.money import cents
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.saving import costs_of, saving
from glimpse.planner.sizing import Scaling
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Acceptance, Workload
from tests.conftest import PEOPLE, TODAY, estimator_for, read_stack

Write = Callable[..., Path]


def saved(before: Bill, after: Bill) -> Fraction | None:
    """USD a month that the second bill is certainly lower by."""
    return saving(costs_of(before), costs_of(after)).certain_usd


@pytest.fixture
def bill(own_stack: Stack, own_workload: Workload) -> Bill:
    return estimator_for(workload=own_workload).bill(own_stack)


def test_the_total_is_the_sum_of_the_printed_lines(bill: Bill) -> None:
    assert bill.monthly == sum(cents(line.exact.expected) for line in bill.lines)
    assert bill.monthly == sum(bill.by_service().values())
    assert abs(bill.monthly - bill.exact) <= Fraction(1, 200) * len(bill.lines)


def test_every_line_knows_its_source_date_and_confidence(bill: Bill) -> None:
    assert all(line.price and line.price.source and line.price.as_of and line.price.confidence for line in bill.lines)


def test_every_line_has_an_id_of_its_own(bill: Bill) -> None:
    ids = [line.id for line in bill.lines]
    assert len(ids) == len(set(ids))


def test_every_address_of_the_stack_is_in_the_bill(bill: Bill, own_stack: Stack) -> None:
    shown = {line.meter.origin.address for line in bill.lines} | {origin.address for origin in bill.free}
    assert set(own_stack.addresses()) <= shown | {entry.origin.address for entry in bill.unpriced}


@pytest.mark.parametrize("seed", range(12))
def test_a_missing_price_is_never_zero_and_never_a_saving(
    own_stack: Stack, own_workload: Workload, seoul: Catalogue, seed: int
) -> None:
    """
    Prices are forgotten at random: totals fall only by what was forgotten, they are marked, and no lever gains by it.
    """
    whole = estimator_for(workload=own_workload)
    used = [line.price for line in whole.bill(own_stack).lines if line.price and line.exact.expected]
    forgotten = random.Random(seed).sample(used, 3)
    gappy = seoul
    for price in forgotten:
        gappy = gappy.without(price)
    estimator = replace(whole, catalogue=gappy)
    bill = estimator.bill(own_stack)
    assert bill.at_least
    assert bill.monthly < whole.bill(own_stack).monthly
    for lever in LEVERS.values():
        told = saved(bill, estimator.bill(lever.change(own_stack)))
        true = saved(whole.bill(own_stack), whole.bill(lever.change(own_stack)))
        assert told is None or true is None or told <= true or told == true


def test_an_unpriced_thing_that_both_sides_share_cancels_in_the_saving(
    own_stack: Stack, own_workload: Workload, seoul: Catalogue
) -> None:
    whole = estimator_for(workload=own_workload)
    cache_line = next(line for line in whole.bill(own_stack).lines if "elasticache" in line.id)
    assert cache_line.price is not None
    estimator = replace(whole, catalogue=seoul.without(cache_line.price))
    fewer = LEVERS["min_capacity"].change(own_stack)
    assert saved(estimator.bill(own_stack), estimator.bill(fewer)) == Fraction("3.11")


def test_a_lever_on_something_unreadable_has_no_saving_to_tell(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    unreadable = own_stack.changed(service, replace(service, size=None, scaling=None, desired=5))
    estimator = estimator_for()
    for name in ("task_count", "spot_weights"):
        changed = LEVERS[name].change(unreadable)
        assert saved(estimator.bill(unreadable), estimator.bill(changed)) is None


def test_large_gp3_storage_includes_twelve_thousand_iops(own_stack: Stack) -> None:
    [database] = own_stack.of(Database)
    for gib, iops, extra in ((399, 4000, 1000), (400, 12_000, 0), (400, 13_000, 1000)):
        changed = own_stack.changed(database, replace(database, storage_gib=gib, iops=iops))
        found = [line.quantity.expected for line in estimator_for().bill(changed).lines if "iops" in line.id]
        assert found == ([extra] if extra else [])


def test_a_service_without_tasks_is_a_line_of_zero(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    bill = estimator_for().bill(own_stack.changed(service, replace(service, scaling=None, desired=0)))
    lines = [line for line in bill.lines if line.meter.origin == service.origin]
    assert lines
    assert all(line.monthly == 0 for line in lines)


def test_arm_spot_has_no_price_in_seoul_so_its_saving_is_withheld(own_stack: Stack) -> None:
    estimator = estimator_for()
    [service] = own_stack.of(FargateService)
    assert service.size is not None
    arm = own_stack.changed(service, replace(service, size=replace(service.size, arch="arm64")))
    assert estimator.bill(arm).at_least
    assert saved(estimator.bill(own_stack), estimator.bill(arm)) is None


def test_tasks_follow_the_load_within_the_bounds_of_scaling(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    many = replace(PEOPLE, numbers={**PEOPLE.numbers, "users": Fraction(50_000)})
    traffic = estimator_for(workload=many).bill(own_stack).usage.traffic
    by_hour = service.tasks_by_hour(traffic)
    assert by_hour is not None
    # 25,000 sockets at the peak × 26,100 bytes = 622 MiB; a task has 0.8 × 512 - 173 = 236 MiB for them
    assert max(by_hour) == 3
    assert min(by_hour) == 2


def test_without_a_scaling_target_the_desired_count_is_billed(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    fixed = own_stack.changed(service, replace(service, scaling=None, desired=3))
    spent = {
        line.meter.component: line.quantity.expected for line in estimator_for().bill(fixed).lines if line.quantity
    }
    # base 1, then 2 by 30:70: one more on demand by largest remainder
    assert spent["Fargate vCPU"] == 2 * 730 * Fraction(1, 4)
    assert spent["Fargate Spot vCPU"] == 730 * Fraction(1, 4)


def test_the_range_goes_from_the_fewest_tasks_to_the_most(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    estimator = estimator_for()
    bill = estimator.bill(own_stack)
    fewest, most = (
        estimator.bill(own_stack.changed(service, replace(service, scaling=None, desired=n))).monthly for n in (2, 20)
    )
    assert bill.range.low == fewest
    assert bill.range.high >= most


def test_a_service_whose_count_is_unknown_is_unpriced_not_free(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    unknown = own_stack.changed(service, replace(service, scaling=None, desired=None))
    bill = estimator_for().bill(unknown)
    assert {entry.why.code for entry in bill.unpriced} == {"needs_task_count"}
    assert bill.at_least


def test_an_old_engine_is_charged_for_extended_support_from_the_day_it_begins(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            'resource "aws_db_instance" "d" {\n  engine = "postgres"\n  engine_version = "13.9"\n'
            '  instance_class = "db.t4g.micro"\n  allocated_storage = 20\n  storage_type = "gp3"\n}\n'
        )
    )
    before = estimator_for(today=datetime.date(2026, 2, 28)).bill(stack)
    after = estimator_for(today=TODAY).bill(stack)
    # 2 vCPU × 730 h × 0.12
    assert after.monthly - before.monthly == Fraction("175.20")


@pytest.mark.parametrize(
    ("engine", "version", "named"),
    [("postgres", "10.4", True), ("postgres", "18", False), ("postgres", None, False), ("mysql", "5.6", True),
     ("mysql", None, False), ("mariadb", "10.6", False)],
)  # fmt: skip
def test_support_that_may_be_charged_and_is_not_known_makes_the_total_at_least(
    write_stack: Write, engine: str, version: str | None, named: bool
) -> None:
    line = f'  engine_version = "{version}"\n' if version else ""
    body = f'resource "aws_db_instance" "d" {{\n  engine = "{engine}"\n{line}  instance_class = "db.t4g.micro"\n}}\n'
    bill = estimator_for().bill(read_stack(write_stack(body)))
    assert ("Extended support" in {entry.component for entry in bill.unpriced}) is named


def test_what_aws_grants_every_account_is_off_unless_asked_for(own_stack: Stack, own_workload: Workload) -> None:
    listed = estimator_for(workload=own_workload).bill(own_stack)
    granted = estimator_for(workload=own_workload, free_tier=True).bill(own_stack)
    spent = {line.id: line.monthly for line in granted.lines}
    assert spent["flow.internet_out/data-transfer-out-internet"] == 0
    assert listed.monthly - granted.monthly == Fraction("0.63") + Fraction("1.00")


def test_above_the_tiers_that_are_held_there_is_no_price(write_stack: Write) -> None:
    stream = """
resource "aws_kinesis_firehose_delivery_stream" "s" {
  name        = "s"
  destination = "extended_s3"
}
"""
    stack = read_stack(write_stack(stream), region="us-east-1")
    for gigabytes, codes in ((512_000, []), (512_001, ["price_ends"])):
        usage, _ = given_usage_from(
            {"aws_kinesis_firehose_delivery_stream.s": {"monthly_data_ingested_gb": gigabytes}}, "x"
        )
        bill = estimator_for("us-east-1", replace(PEOPLE, usage=usage)).bill(stack)
        assert [entry.why.code for entry in bill.unpriced] == codes


def test_strict_accepts_only_what_the_workload_gives_a_reason_for(write_stack: Write) -> None:
    stack = read_stack(write_stack('resource "aws_workspaces_pool" "jobs" {}\nmodule "m" {\n  source = "./gone"\n}\n'))
    estimator = estimator_for()
    assert len(estimator.bill(stack).not_accepted()) == 2
    known = replace(
        PEOPLE, accepted=(Acceptance("aws_workspaces_*", "paid elsewhere"), Acceptance("module.m", "removed next week"))
    )
    assert estimator_for(workload=known).bill(stack).not_accepted() == ()


def test_coverage_counts_every_resource_once(bill: Bill, own_stack: Stack) -> None:
    coverage = bill.coverage()
    assert coverage["resources"] == len(set(own_stack.addresses()))
    assert coverage["priced"] + coverage["free"] == coverage["resources"]
    assert (coverage["unpriced"], coverage["unresolved"]) == (0, 0)


def test_memory_that_can_never_meet_its_target_asks_for_every_task(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    tight = replace(service, scaling=Scaling(2, 20, None, Fraction(30)))  # 30 % of 512 MiB is below the base of 173
    traffic = estimator_for().bill(own_stack).usage.traffic
    assert tight.tasks_by_hour(traffic) == (20,) * 24


def test_pricing_is_a_function_of_its_arguments(own_stack: Stack, seoul: Catalogue) -> None:
    usage = estimator_for().bill(own_stack).usage
    assert bill_of(own_stack, usage, seoul).lines == bill_of(own_stack, usage, seoul).lines
