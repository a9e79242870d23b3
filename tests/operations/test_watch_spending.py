"""`glimpse watch`: what was paid beside what was planned, by our own stack's bill and Cost Explorer's shapes."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from glimpse.operations.deployment import Deployment, Tasks
from glimpse.operations.monitoring.costs import Costs, Usage, monthly, report_text
from glimpse.operations.monitoring.spending import Spending, SpendingLine, needs_attention
from glimpse.operations.monitoring.watch import Watched
from glimpse.operations.outside import watching
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.watching import watch_stack
from tests.conftest import OWN
from tests.operations.aws_stack import REGION
from tests.operations.watched_account import ECS, ELB, NAME, NOW, RDS, Account, Refusal, read_bill_once

BEST = (str(OWN), "--var-file", str(OWN / "best.tfvars"))
DEPLOYMENT = Deployment(region=REGION, tasks=Tasks(desired=2, fewest=2, most=6, cluster=NAME, service="glimpse-api"))
INSTANCE = "APN2-InstanceUsage:db.t4g.micro"
CENT = Decimal("0.01")


@pytest.fixture(autouse=True)
def bills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "read_bill", read_bill_once)


def watched(account: Account, days: int = 7) -> Watched:
    return asyncio.run(watch_stack(Calls(account.session(), REGION), DEPLOYMENT, BEST, days, NOW))


def spent(account: Account, days: int = 7) -> Spending:
    found = watched(account, days)
    assert found.spending, found.why_no_spending
    return found.spending


def line_of(spending: Spending, usage_type: str) -> SpendingLine:
    return next(line for line in spending.lines if usage_type in line.usage_types)


def change(account: Account, usage_type: str, usd: float, quantity: float) -> None:
    """What a day has of a usage type."""
    account.usage = [
        (service, name, usd, quantity, unit) if name == usage_type else (service, name, old, amount, unit)
        for service, name, old, amount, unit in account.usage
    ]


# ---- Each difference is explained


def twice_as_long(account: Account) -> None:
    change(account, INSTANCE, 1.2, 48)


def another_price(account: Account) -> None:
    change(account, INSTANCE, 0.9, 24)


def a_free_tier(account: Account) -> None:
    change(account, INSTANCE, 0, 24)


def credits_(account: Account) -> None:
    account.adjustments = [(INSTANCE, "Credit", -1.4)]


@pytest.mark.parametrize(
    ("happens", "part", "a_month"),
    [(twice_as_long, "usage", 18.25), (another_price, "price", 9.125), (a_free_tier, "free", -18.25),
     (credits_, "discount", -1.4 * 730 / 24 / 7)],
)  # fmt: skip
def test_a_difference_has_its_reason(happens: Callable[[Account], None], part: str, a_month: float) -> None:
    account = Account()
    before = line_of(spent(account), INSTANCE)
    assert (before.planned_usd, before.parts) == (Decimal("18.25"), {})
    happens(account)
    line = line_of(spent(account), INSTANCE)
    assert set(line.parts) == {part}
    assert float(line.parts[part]) == pytest.approx(a_month, abs=0.02)
    assert line.service == RDS


def test_where_use_decides_the_plan_stands_beside_what_was_used() -> None:
    line = line_of(spent(Account()), "APN2-LCUUsage")
    assert line.planned_quantity
    assert line.paid_quantity
    assert float(line.paid_quantity) == pytest.approx(3.9 * 730 / 24, rel=1e-6)
    assert line.planned_usd == Decimal("0.30")
    assert line.parts["usage"] == line.paid_usd - line.planned_usd


@pytest.mark.parametrize("happens", [twice_as_long, another_price, a_free_tier, credits_])
def test_the_parts_of_all_lines_add_up_to_the_whole_difference(happens: Callable[[Account], None]) -> None:
    account = Account()
    happens(account)
    spending = spent(account)
    for line in spending.lines:
        assert sum(line.parts.values()) == line.difference_usd, line.name
    paid = sum(line.paid_usd for line in spending.lines) + sum(row.paid_usd for row in spending.not_planned)
    assert sum(spending.explained.values()) == paid - spending.planned_month_usd
    by_service = sum(row.paid_usd - row.planned_usd for row in spending.services)
    assert by_service == sum(spending.explained.values())


def test_what_is_only_on_one_side_is_named() -> None:
    spending = spent(Account())
    extra = {row.usage_type: row for row in spending.not_planned}
    assert extra["APN2-PublicIPv4:InUseAddress"].paid_usd == Decimal("7.30")
    assert extra["APN2-EBS:VolumeUsage.gp3"].untagged_usd == extra["APN2-EBS:VolumeUsage.gp3"].paid_usd
    assert extra["APN2-EBS:VolumeUsage.gp3"].service == "EC2 - Other"
    missing = {row.name: row for row in spending.not_paid}
    assert missing["Secret kept by RDS"].planned_usd == Decimal("0.40")
    assert "Application Load Balancer" not in missing
    assert {row.service for row in spending.services} >= {ECS, ELB, RDS, "AWSSecretsManager"}


# ---- Days and months


def test_a_week_is_scaled_to_the_hours_of_a_bill_and_gb_months_to_the_calendar_month() -> None:
    def one(usage_type: str, unit: str, day: datetime.date) -> Decimal:
        return monthly(Usage(day, "", usage_type, Decimal(1), Decimal(1), unit), 7)

    november, february = datetime.date(2026, 11, 24), datetime.date(2027, 2, 3)
    assert one("LoadBalancerUsage", "Hrs", november) == one("LoadBalancerUsage", "Hrs", february)
    assert float(one("LoadBalancerUsage", "Hrs", november) * 7 * 24) == pytest.approx(730)
    assert one("RDS:GP3-Storage", "GB-Mo", november) == Decimal(30) / 7
    assert one("RDS:GP3-Storage", "GB-Month", february) == Decimal(28) / 7
    # A zone is charged once a month, whether a day or a week is looked at.
    assert one("HostedZone", "HostedZone", november) == 1


def test_a_day_that_cost_nothing_is_a_day_and_the_days_before_the_first_costs_are_none() -> None:
    def usage(day: int, usd: str) -> Usage:
        return Usage(datetime.date(2026, 11, day), ECS, "A", Decimal(usd), Decimal(0), "Hrs")

    def costs(*rows: Usage) -> Costs:
        start, end = datetime.date(2026, 11, 21), datetime.date(2026, 11, 28)
        return Costs(start, end, rows, (), (), None, 0)

    assert costs(usage(24, "1"), usage(27, "1")).days == 4
    assert costs(usage(24, "0")).days == 0
    assert costs().days == 0
    # The report for the planner has a month's worth of the four days.
    assert float(report_text(costs(usage(24, "1"))).splitlines()[1].split(",")[-1]) == pytest.approx(730 / 24 / 4)


def test_a_young_stack_is_compared_by_its_own_days_and_not_judged() -> None:
    account = Account()
    twice_as_long(account)
    account.first_day = datetime.date(2026, 11, 26)
    spending = spent(account)
    assert (spending.days, spending.wanted_days, spending.start) == (2, 7, datetime.date(2026, 11, 26))
    assert [day.day.day for day in spending.daily] == [26, 27]
    assert needs_attention(spending) is None
    # The rate of a month is the same as in a whole week.
    account.first_day = None
    assert abs(spent(account).paid_month_usd - spending.paid_month_usd) < CENT


def test_the_first_week_without_costs_says_so() -> None:
    account = Account()
    account.usage = []
    found = watched(account)
    assert found.spending is None
    assert found.why_no_spending
    assert found.why_no_spending.code == "watch_no_costs"
    assert found.exit_code == 0


@pytest.mark.parametrize(("percent", "is_too_much"), [(19, False), (21, True)])
def test_more_than_a_fifth_above_the_plan_needs_a_person(percent: int, is_too_much: bool) -> None:
    before = spent(Account())
    missing = before.planned_month_usd * (100 + percent) / 100 - before.paid_month_usd
    account = Account()
    change(account, INSTANCE, 0.6 + float(missing) / (730 / 24), 24)
    found = watched(account)
    assert [each.code for each in found.attention] == (["watch_paid_high"] if is_too_much else [])
    assert found.exit_code == int(is_too_much)


# ---- Tags, taxes, credits


def filters(account: Account) -> Sequence[Mapping[str, object]]:
    return [asked["Filter"] for action, asked in account.made if action == "ce:GetCostAndUsage"]


def test_with_the_tag_other_environments_are_told_and_not_counted() -> None:
    account = Account()
    account.tagged += [(INSTANCE, NAME, 4.2), (INSTANCE, "glimpse-staging", 3.5)]
    spending = spent(account)
    assert (spending.tag, spending.others_usd, spending.untagged_usd) == (NAME, Decimal("3.5"), Decimal("0.35"))
    own, adjustments, all_ = filters(account)
    assert {"Tags": {"Key": "Environment", "Values": [NAME]}} in own["And"][1]["Or"]  # type: ignore[index]
    assert "And" in adjustments
    assert "And" not in all_


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"CostAllocationTags": []}, "watch_tag_inactive"),
        ({"CostAllocationTags": [{"TagKey": "Environment", "Type": "UserDefined", "Status": "Inactive"}]},
         "watch_tag_inactive"),
        (Refusal("AccessDeniedException"), "aws_denied"),
    ],
)  # fmt: skip
def test_without_the_tag_everything_is_counted_and_the_reason_is_said(answer: object, code: str) -> None:
    account = Account()
    account["ce:ListCostAllocationTags"] = answer
    spending = spent(account)
    assert spending.tag is None
    assert spending.why_no_tag
    assert spending.why_no_tag.code == code
    assert all("Tags" not in str(each) for each in filters(account))
    assert len(filters(account)) == 2


def test_tax_is_told_apart_because_aws_records_it_once_a_month() -> None:
    account = Account()
    before = spent(account)
    account.adjustments = [("", "Tax", 5.5), ("", "Refund", -2)]
    spending = spent(account)
    assert (spending.tax_usd, spending.credits_usd) == (Decimal("5.5"), Decimal(-2))
    assert spending.paid_month_usd == before.paid_month_usd
    assert "tax" not in spending.explained
    assert not any("Tax" in row.usage_type for row in spending.not_planned)


def test_each_page_of_cost_explorer_is_counted_for_each_costs_a_cent() -> None:
    assert watched(Account()).requests == 4
    account = Account()
    whole, pages = account["ce:GetCostAndUsage"], iter(("more", None) * 3)

    def paged(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        token = next(pages)
        return {**whole(asked), **({"NextPageToken": token} if token else {"ResultsByTime": []})}

    account["ce:GetCostAndUsage"] = paged
    found = watched(account)
    assert found.requests == 7
    assert found.spending
