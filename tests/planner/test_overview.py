"""What a reader of a plan sees first adds up, begins with the largest, and leaves nothing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.costs import CostCache
from glimpse.planner.levers.lever import SAME_FOR_LESS, TERRAFORM, Lever, each
from glimpse.planner.outside import workload_files
from glimpse.planner.plan import Effect, Plan, Scenario
from glimpse.planner.report.gaps import gaps_of, terraform_type
from glimpse.planner.report.overview import Bar, Overview, bars_of, largest, overview_of
from glimpse.planner.resources.instance import Instances
from glimpse.planner.scenarios import plan_of
from glimpse.planner.waterfall import waterfall_of
from glimpse.planner.workload import unstated
from tests.conftest import OWN, REPOSITORY, estimator_for, read_stack

Write = Callable[..., Path]
STACKS = [OWN, *sorted(path.parent for path in (REPOSITORY / "examples").glob("*/main.tf"))]


@cache
def plan_at(folder: Path) -> Plan:
    stack = read_stack(folder)
    return plan_of(stack, estimator_for(stack.region, workload_files.workload_beside(folder, None)))


def bill_of(folder: Path) -> Bill:
    stack = read_stack(folder)
    return estimator_for(stack.region, unstated()).bill(stack)


@pytest.fixture(params=STACKS, ids=lambda path: path.name)
def overview(request: pytest.FixtureRequest) -> Overview:
    return overview_of(plan_at(request.param))


# ---- The waterfall


def test_the_steps_lead_from_today_to_the_recommendation(overview: Overview) -> None:
    chosen = overview.plan.recommended
    assert chosen is not None
    assert overview.changes
    assert overview.changes[0].before == overview.plan.today.monthly
    assert overview.changes[-1].after == chosen.monthly
    assert all(step.after == later.before for step, later in zip(overview.changes, overview.changes[1:], strict=False))
    assert sum(step.usd for step in overview.changes) == chosen.saving.usd == overview.saved
    assert {step.lever for step in overview.changes} == set(chosen.changing)


def test_the_step_that_saves_most_of_the_whole_comes_first(overview: Overview) -> None:
    saved = [step.effect.here.usd or Fraction(0) for step in overview.changes]
    assert saved == sorted(saved, reverse=True)


def test_the_steps_add_up_where_a_change_works_only_after_another(write_stack: Write) -> None:
    """By itself the first costs more and the second does nothing; together they save."""
    main = 'resource "aws_instance" "a" {\n  ami = "ami-1"\n  instance_type = "m5.large"\n}\n'
    stack = read_stack(write_stack(main))
    estimator = estimator_for(workload=unstated())
    levers = tuple(
        Lever(name, name, SAME_FOR_LESS, each(Instances, change), TERRAFORM, "variable")
        for name, change in (("larger", _sized("m5.large", "m5.xlarge")), ("smaller", _sized("m5.xlarge", "c5.large")))
    )
    cache = CostCache(stack, estimator)
    whole = cache.of(levers)
    effects = tuple(
        Effect(
            lever,
            cache.saving(cache.today, cache.of((lever,))),
            cache.saving(cache.of(tuple(other for other in levers if other is not lever)), whole),
            (stack.of(Instances)[0].origin,),
        )
        for lever in levers
    )
    assert [(effect.alone.usd or 0) > 0 for effect in effects] == [False, False]
    scenario = Scenario("best", levers, whole, estimator, effects, (), cache.saving(cache.today, whole))
    steps = waterfall_of(scenario, cache)
    assert [step.lever.name for step in steps] == ["smaller", "larger"]
    assert sum(step.usd for step in steps) == cache.today.monthly - whole.monthly > 0


def _sized(old: str, new: str) -> Callable[[Instances], Instances]:
    return lambda row: replace(row, instance_type=new) if row.instance_type == old else row


# ---- The bars


def test_the_bars_are_the_whole_bill_and_the_largest_comes_first(overview: Overview) -> None:
    bill = overview.plan.today.bill
    assert sum(bar.monthly for bar in overview.bars) == bill.monthly
    amounts = [bar.monthly for bar in overview.bars]
    assert amounts == sorted(amounts, reverse=True)
    assert all(amounts)
    for shown in (1, 3, 6):
        assert sum(bar.monthly for bar in largest(overview.bars, shown)) == bill.monthly


def test_the_numbered_lines_of_one_component_are_one_bar(write_stack: Write) -> None:
    disk = '  ebs_block_device {\n    device_name = "/dev/sd%s"\n    volume_type = "gp3"\n    volume_size = 100\n  }\n'
    main = 'resource "aws_instance" "a" {\n  ami = "ami-1"\n  instance_type = "t3.micro"\n'
    bill = bill_of(write_stack(main + disk % "f" + disk % "g" + "}\n"))
    assert any(line.meter.component == "EBS gp3 storage (2)" for line in bill.lines)
    [bar] = [bar for bar in bars_of(bill) if "EBS gp3 storage" in bar.component]
    assert bar.component == "EBS gp3 storage"
    assert bar.count > 1


def test_a_single_other_bar_is_shown_and_several_are_one() -> None:
    bars = [Bar(name, Fraction(amount), 1) for name, amount in (("a", 5), ("b", 3), ("c", 2), ("d", 1))]
    assert largest(bars, 3) == tuple(bars)
    assert largest(bars, 2) == (*bars[:2], Bar("", Fraction(3), 2))


# ---- The gaps

GAPS = """
resource "aws_instance" "spot" {
  count         = 2
  ami           = "ami-1"
  instance_type = "t3.small"
  instance_market_options {
    market_type = "spot"
  }
}
resource "aws_mystery_thing" "a" {}
resource "aws_mystery_thing" "b" {}
resource "aws_mystery_thing" "c" {}
module "m" {
  source = "./gone"
}
"""


def test_gaps_are_grouped_by_type_and_reason_the_likely_largest_first(write_stack: Write) -> None:
    bill = bill_of(write_stack(GAPS))
    groups = gaps_of(bill)
    assert sum(group.count for group in groups) == len(bill.unpriced) + len(bill.stack.unresolved)
    assert [(group.type, group.code, group.count, group.is_unpriced) for group in groups] == [
        # Two Spot instances cost no more than two on demand; what the others cost is unknown, so the count decides.
        ("aws_instance", "no_price_in_term", 2, True),
        ("aws_mystery_thing", "family_unknown", 3, True),
        ("", "module_missing", 1, False),
    ]
    assert groups[0].bound == 2 * 730 * Fraction("0.026")
    assert groups[0].components == ("t3.small Spot instance",)
    assert [group.bound for group in groups[1:]] == [None, None]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("aws_eip.a", "aws_eip"),
        ('module.x["a.b"].aws_db_instance.this["production"]', "aws_db_instance"),
        ("module.my_part", ""),
        ("flow.internet_out", ""),
        ("", ""),
    ],
)
def test_the_type_of_an_address_is_terraforms(address: str, kind: str) -> None:
    assert terraform_type(address) == kind


# ---- The prices


def test_the_sources_count_each_price_once_and_know_the_oldest_and_the_newest(overview: Overview) -> None:
    prices = {line.price.id: line.price.as_of for line in overview.plan.today.bill.lines if line.price}
    assert overview.sources is not None
    assert (overview.sources.count, overview.sources.oldest, overview.sources.newest) == (
        len(prices), min(prices.values()), max(prices.values()),
    )  # fmt: skip
