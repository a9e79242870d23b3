"""The stack of the plan document: its printed figures, and its scenario in files."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.levers import LEVERS
from glimpse.planner.money import usd_text
from glimpse.planner.plan import Plan
from glimpse.planner.quantities import CostCases
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.scenarios import plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload
from tests.conftest import OWN, REPOSITORY, TODAY, estimator_for, read_stack


@pytest.fixture(scope="module")
def plan(own_stack: Stack, own_workload: Workload) -> Plan:
    return plan_of(own_stack, estimator_for(workload=own_workload))


def printed(bill: Bill, address: str) -> dict[str, str]:
    return {
        line.meter.component: usd_text(line.monthly)
        for line in bill.lines
        if line.meter.origin.address.endswith(address)
    }


def test_the_lines_are_those_that_seoul_list_prices_give(plan: Plan) -> None:
    bill = plan.today.bill
    # one 0.25 vCPU / 0.5 GB task: 10.37 on demand, 3.11 on Spot
    assert printed(bill, "aws_ecs_service.this") == {
        "Fargate vCPU": "8.50", "Fargate memory": "1.87", "Fargate Spot vCPU": "2.55", "Fargate Spot memory": "0.56",
    }  # fmt: skip
    balancer = printed(bill, "aws_lb.this")
    # 23.73 before capacity units
    assert (balancer["Application Load Balancer"], balancer["Public IPv4 address"]) == ("16.43", "7.30")
    database = printed(bill, "aws_db_instance.this")
    # 20.87
    assert (database["db.t4g.micro PostgreSQL"], database["Database storage gp3"]) == ("18.25", "2.62")
    # 8.18
    assert printed(bill, "aws_autoscaling_group.nat[0]") == {
        "t4g.nano instance": "3.80", "EBS gp3 storage": "0.73", "Public IPv4 address": "3.65",
    }  # fmt: skip
    assert printed(bill, "aws_elasticache_replication_group.this[0]") == {"cache.t4g.micro Redis": "17.52"}


def test_the_documents_shape_costs_about_88_dollars_and_its_changes_save_nothing(plan: Plan) -> None:
    balanced = next(scenario for scenario in plan.scenarios if scenario.name == "balanced")
    assert 86 <= plan.today.bill.monthly <= 90
    assert not plan.today.bill.at_least
    assert balanced.saving.certain_usd == 0
    assert [effect.alone.certain_usd for effect in balanced.effects] == [0] * 5


def test_every_lever_shows_what_it_saves_alone_and_beside_the_best(plan: Plan) -> None:
    effects = {effect.lever.name: effect for effect in plan.effects}
    assert {*effects, *(lever.name for lever in plan.idle)} == set(LEVERS)
    assert plan.measure.name == "best"
    assert effects["min_capacity"].alone.certain_usd == Fraction("3.11")
    assert effects["bus_postgresql"].alone.certain_usd == Fraction("17.52")
    assert effects["bus_postgresql"].here.certain_usd == Fraction("17.52")  # taken out of the best: the node again
    assert effects["valkey_serverless"].here.certain_usd == Fraction("-7.37")  # a serverless cache instead of no cache
    assert effects["reserved_database"].alone.certain_usd == Fraction("3.80")
    assert effects["ipv6_only"].alone.certain_usd == Fraction("8.28")  # the NAT, and its alarm
    assert effects["arm"].alone.certain_usd is None  # no price for ARM Spot in Seoul


def test_nights_off_are_refused_in_production_and_priced_in_development(
    own_stack: Stack, own_workload: Workload
) -> None:
    estimator = estimator_for(workload=own_workload)
    lever = LEVERS["night_off"]
    assert lever.change(own_stack) == own_stack
    development = read_stack(OWN, variables=("environment=development",))
    asleep = lever.change(development)
    # 9 of 24 hours of one task on demand and one on Spot, 13.48 × 9/24, as printed lines
    assert usd_text(estimator.bill(development).monthly - estimator.bill(asleep).monthly) == "5.06"
    [service] = asleep.of(FargateService)
    assert service.fewest == 0


def test_a_scenario_with_planned_levers_is_never_recommended(own_stack: Stack, own_workload: Workload) -> None:
    rewritten = {"rewritten": ("api_gateway_websocket", "min_capacity")}
    workload = replace(own_workload, scenarios=rewritten, document=None)
    plan = plan_of(own_stack, estimator_for(workload=workload))
    assert plan.scenario("rewritten").planned
    assert plan.recommended is plan.scenario("best")
    assert plan.recommended.planned == ()


def test_what_is_recommended_leaves_no_risk_that_a_free_lever_mends(plan: Plan, own_workload: Workload) -> None:
    """Also when the edited files are read anew."""
    assert {risk.mended_by for risk in plan.today.risks} >= {"keep_alive", "pool_size"}
    edited = read_stack(OWN, var_files=(OWN / "best.tfvars",))
    [scenario, *_] = plan_of(edited, estimator_for(workload=own_workload)).scenarios
    assert scenario.name == "today"
    assert [risk for risk in scenario.risks if risk.mended_by] == []


# ---- Law 2: the bill of the edited files is the bill that was promised


Charge = tuple[str, str, CostCases, str | None]


def charges(bill: Bill, known: Bill) -> tuple[dict[str, CostCases], Counter[Charge]]:
    """
    Every line: by its id where the other bill has its address too; what a lever adds has none yet, so what stands at
    new addresses is compared by what is bought.
    """
    addresses = {line.meter.origin.address for line in known.lines}
    same = {line.id: line.exact for line in bill.lines if line.meter.origin.address in addresses}
    added = Counter(
        (line.meter.component, line.meter.unit, line.exact, line.price and line.price.id)
        for line in bill.lines
        if line.meter.origin.address not in addresses
    )
    return same, added


def assert_promise_kept(promised: Bill, edited: Bill) -> None:
    assert edited.monthly == promised.monthly
    assert charges(edited, promised) == charges(promised, edited)
    assert not edited.unpriced
    assert not edited.stack.unresolved


@pytest.mark.parametrize("name", ["balanced", "best"])
def test_the_bill_of_the_edited_files_is_the_bill_that_the_scenario_promised(
    plan: Plan, own_workload: Workload, name: str
) -> None:
    edited = read_stack(OWN, var_files=(OWN / f"{name}.tfvars",))
    assert_promise_kept(plan.scenario(name).bill, estimator_for(workload=own_workload).bill(edited))


@pytest.mark.parametrize("name", [name for name, lever in LEVERS.items() if lever.edit and name != "night_off"])
def test_the_edit_of_each_lever_makes_the_bill_that_the_lever_promises(
    own_stack: Stack, own_workload: Workload, tmp_path: Path, name: str
) -> None:
    lever = LEVERS[name]
    virginia = estimator_for("us-east-1", own_workload)  # where ARM has its prices too
    before = own_stack
    if name == "storage_autoscaling":  # the disk of our own database grows already
        fixed = tmp_path / "fixed.tfvars"
        fixed.write_text("database_max_storage_gb = null\n")
        before = read_stack(OWN, var_files=(fixed,))
    changed = lever.change(before)
    edit = lever.edit_in(changed)
    edited = read_stack(OWN, variables=tuple(f"{variable}={value}" for variable, value in edit.items()))
    assert edited.resources != before.resources
    assert_promise_kept(virginia.bill(changed), virginia.bill(edited))


def test_the_edit_for_nights_off_makes_the_bill_that_the_lever_promises(own_workload: Workload) -> None:
    development = read_stack(OWN, variables=("environment=development",))
    edited = read_stack(OWN, variables=("environment=development", "night_off=true"))
    assert edited.resources == LEVERS["night_off"].change(development).resources
    estimator = estimator_for(workload=own_workload)
    assert_promise_kept(estimator.bill(LEVERS["night_off"].change(development)), estimator.bill(edited))


@pytest.mark.parametrize("name", ["reserved_database"])
def test_a_reservation_written_into_the_workload_makes_the_bill_that_the_lever_promises(
    own_stack: Stack, own_workload: Workload, name: str
) -> None:
    proposed = LEVERS[name].change(own_stack)
    bought = tuple(replace(row, bought_on=TODAY) for row in proposed.commitments)
    promised = estimator_for(workload=own_workload).bill(proposed)
    kept = estimator_for(workload=replace(own_workload, commitments=bought)).bill(own_stack)
    assert [(line.id, line.exact) for line in kept.lines] == [(line.id, line.exact) for line in promised.lines]
    assert kept.monthly < estimator_for(workload=own_workload).bill(own_stack).monthly


@pytest.mark.parametrize("name", ["balanced", "best"])
def test_a_variables_file_holds_the_edits_of_its_scenario_and_no_others(plan: Plan, name: str) -> None:
    text = (OWN / f"{name}.tfvars").read_text()
    written = dict(re.findall(r"^(\w+)\s*=\s*\"?([^\"#\n]+?)\"?\s*(?:#.*)?$", text, re.MULTILINE))
    scenario = plan.scenario(name)
    wanted = {key: str(value) for effect in scenario.effects for key, value in effect.edit.items()}
    assert {key: value for key, value in written.items() if key != "monthly_budget_usd"} == wanted


def test_every_lever_is_safe_to_apply_twice_and_leaves_foreign_stacks_alone(own_stack: Stack) -> None:
    empty = Stack("empty", "ap-northeast-2")
    for lever in LEVERS.values():
        once = lever.change(own_stack)
        assert lever.change(once) == once
        assert lever.change(empty) == empty


# ---- Terraform's own plan of it


@pytest.mark.parametrize("name", [None, "best"])
def test_a_plan_of_the_stack_costs_what_its_files_cost(
    own_workload: Workload, tmp_path: Path, name: str | None
) -> None:
    tool = REPOSITORY.parent / "shared/tools/terraform-offline/terraform-offline"
    if not (shutil.which("terraform") and tool.exists()):
        pytest.skip("NOT RUN: terraform or its offline provider is not here")
    tree = tmp_path / "terraform"
    shutil.copytree(REPOSITORY / "infrastructure/terraform", tree)
    root = tree / "environments/startup-prod"
    (root / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    options = [
        "-input=false",
        "-out=plan.bin",
        "-var",
        "image_digest=sha256:" + "0" * 64,
        "-var",
        "alarm_email=a@b.example",
    ]
    options += [f"-var-file={name}.tfvars"] if name else []
    for command in (["init"], ["plan", *options]):
        subprocess.run([str(tool), f"-chdir={root}", *command], check=True, capture_output=True)
    shown = subprocess.run([str(tool), f"-chdir={root}", "show", "-json", "plan.bin"], check=True, capture_output=True)
    path = tmp_path / "plan.json"
    path.write_bytes(shown.stdout)
    estimator = estimator_for(workload=own_workload)
    files = read_stack(OWN, var_files=(OWN / f"{name}.tfvars",) if name else ())
    from_plan, from_files = estimator.bill(read_stack(path)), estimator.bill(files)
    assert {line.id: line.monthly for line in from_plan.lines} == {line.id: line.monthly for line in from_files.lines}
    assert from_plan.coverage() == from_files.coverage()
