"""What the plan document claims about its own stack, judged by what the stack comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import applied
from glimpse.planner.money import usd_text
from glimpse.planner.plan_document import DOCUMENTS, read_document
from glimpse.planner.plan_document.claims import Claim
from glimpse.planner.plan_document.original import ORIGINAL, with_original
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload
from tests.conftest import OWN, REPOSITORY, SEOUL, estimator_for, read_stack


def bills_of(stack: Stack, workload: Workload, region: str = SEOUL) -> dict[str, Bill]:
    """Today's and those of the scenarios that our own `glimpse.toml` names."""
    estimator = estimator_for(region, workload)
    stated = replace(stack, runs=workload.runs, environment=workload.environment)
    scenarios = {name: [LEVERS[lever] for lever in levers] for name, levers in workload.scenarios.items()}
    bills = {name: estimator.bill(applied(stated, levers)) for name, levers in scenarios.items()}
    return {"today": estimator.bill(stated), **bills}


def claims_in(stack: Stack, workload: Workload, region: str = SEOUL) -> Mapping[str, Claim]:
    bills = bills_of(stack, workload, region)
    [name] = DOCUMENTS
    stacks = {name: bill.stack for name, bill in bills.items()}
    document = read_document(name, bills["today"], stacks, estimator_for(region, workload))
    claims = {claim.id: claim for claim in document.claims}
    assert len(claims) == len(document.claims)
    return claims


@pytest.fixture(scope="module")
def claims(own_stack: Stack, own_workload: Workload) -> Mapping[str, Claim]:
    return claims_in(own_stack, own_workload)


def test_a_document_that_nobody_wrote_is_not_read(own_stack: Stack, own_workload: Workload) -> None:
    today = estimator_for(workload=own_workload).bill(own_stack)
    with pytest.raises(ValueError, match="phase9"):
        read_document("phase9", today, {}, estimator_for(workload=own_workload))


def test_every_quote_stands_in_the_document_at_its_line(claims: Mapping[str, Claim]) -> None:
    lines = (REPOSITORY / "docs/plan-document.ko.md").read_text().splitlines()
    for claim in claims.values():
        assert claim.quote in " ".join(lines[claim.source_line - 1].replace("*", "").split()), claim.id


def test_the_claims_are_judged_against_what_was_computed(claims: Mapping[str, Claim]) -> None:
    verdicts = {name: claim.verdict for name, claim in claims.items()}
    assert {name for name, verdict in verdicts.items() if verdict == "confirmed"} == {
        "lcu_per_gb", "inbound_free", "reserved_saving",
    }  # fmt: skip
    assert {name for name, verdict in verdicts.items() if verdict == "unknown"} == {
        "interruption", "connections", "serverless_cost",
    }  # fmt: skip


def test_the_claims_are_about_the_service_that_ran_when_the_document_was_written(
    claims: Mapping[str, Claim], own_stack: Stack, own_workload: Workload
) -> None:
    assert own_workload.runs != ORIGINAL
    before = with_original(estimator_for(workload=own_workload)).bill(replace(own_stack, runs=None))
    computed = claims["total_before"].computed
    assert computed is not None
    assert computed.low == computed.high == before.monthly
    assert before.monthly > estimator_for(workload=own_workload).bill(own_stack).monthly  # its logs


def test_a_scenario_is_refuted_by_its_price_and_unknown_where_too_little_of_it_has_one(
    claims: Mapping[str, Claim],
) -> None:
    extreme, serverless = claims["extreme_cost"], claims["serverless_cost"]
    assert extreme.verdict == "refuted"
    assert extreme.computed is not None
    assert extreme.computed.low > 46
    assert (serverless.verdict, serverless.computed, serverless.why.code) == ("unknown", None, "claim_scenario_least")


def test_the_figures_beside_the_claims_are_the_ones_worked_out_by_hand(claims: Mapping[str, Claim]) -> None:
    def ends(name: str) -> tuple[str, str]:
        amount = claims[name].computed
        assert amount is not None
        return usd_text(amount.low), usd_text(amount.high)

    assert ends("ecs_before") == ("9.33", "31.09")  # all Spot, all on demand: 3 × 3.11 and 3 × 10.36
    assert ends("ecs_after") == ("6.22", "13.48")
    assert ends("sum_before") == ("93.00", "93.00")
    assert ends("sum_after") == ("71.00", "71.00")
    assert ends("saving_tasks") == ("0.00", "3.11")
    assert ends("reserved_saving") == ("3.80", "3.80")
    recovery = claims["recovery"].computed
    assert recovery is not None
    # 25 + 5, and 90 + 15 + one interval of 10
    assert (recovery.low, recovery.high) == (30, 115)


def test_claims_move_with_the_stack_and_the_workload(
    claims: Mapping[str, Claim], own_stack: Stack, own_workload: Workload
) -> None:
    more = replace(own_workload, numbers={**own_workload.numbers, "users": Fraction(50_000)})
    busy = claims_in(own_stack, more)
    for name in (
        "total_before", "total_after", "balancer", "rest_before", "rest_after", "balanced_cost", "saving_keep_alive"
    ):  # fmt: skip
        assert busy[name].computed != claims[name].computed, name
    there = claims_in(read_stack(OWN, region="us-east-1"), own_workload, "us-east-1")
    for name in ("ecs_before", "ecs_after", "database", "cache", "nat", "saving_tasks"):
        assert there[name].computed != claims[name].computed, name


def test_a_total_that_is_only_at_least_judges_no_claim_about_totals(own_workload: Workload) -> None:
    claims = claims_in(read_stack(OWN, region="eu-west-1"), own_workload, "eu-west-1")
    assert claims["total_before"].verdict == "unknown"
    assert claims["balancer"].verdict == "unknown"


def test_a_stack_without_tasks_is_judged_by_no_claim(own_workload: Workload) -> None:
    assert claims_in(Stack("empty", SEOUL), own_workload) == {}
