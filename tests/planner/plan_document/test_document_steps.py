"""The steps in this repository's own tree: its variables, its commands, and the document's lines."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import applied
from glimpse.planner.money import usd_text
from glimpse.planner.plan_document.checks import CHECKS
from glimpse.planner.plan_document.rows import ROWS
from glimpse.planner.plan_document.steps import DOCUMENT_LINES, STEPS, steps_of, steps_of_lever
from glimpse.planner.stack import Stack
from glimpse.planner.steps import DEPLOY, EDIT, PHASES, PREPARE, PURCHASES, TEST
from glimpse.planner.workload import Workload
from glimpse.words import codes
from tests.conftest import REPOSITORY, estimator_for


def test_every_step_has_its_sentence_and_belongs_to_a_lever() -> None:
    wanted = {f"step_{phase}_{lever}" for lever, phases in STEPS.items() for phase in phases}
    held = {code for code in codes() if code.startswith(tuple(f"step_{phase}_" for phase in PHASES))}
    assert held == wanted
    assert set(STEPS) <= set(LEVERS)


def test_the_lines_that_rows_checks_and_steps_name_stand_in_the_document() -> None:
    lines = (REPOSITORY / "docs/plan-document.ko.md").read_text().splitlines()
    for check in CHECKS:
        assert check.quote in lines[check.line - 1]
    for row in ROWS.values():
        assert f"${row.monthly_usd[0]}" in lines[row.line - 1].replace("→ ", "")
    assert all(lines[line - 1].strip() for line in DOCUMENT_LINES.values())


def test_a_scenario_is_done_phase_by_phase_and_ends_with_its_total(own_stack: Stack, own_workload: Workload) -> None:
    levers = [LEVERS[name] for name in own_workload.scenarios["phase6"]]
    bill = estimator_for(workload=own_workload).bill(
        applied(replace(own_stack, runs=own_workload.runs, environment=own_workload.environment), levers)
    )
    steps = steps_of("phase6", levers, bill)
    assert [step.phase for step in steps] == sorted((step.phase for step in steps), key=PHASES.index)
    assert {PURCHASES, EDIT, DEPLOY, TEST} <= {step.phase for step in steps}
    assert "step_commitment" in {step.what.code for step in steps if step.phase == PURCHASES}
    assert steps[-1].what.code == "step_verify"
    assert steps[-1].what.params == {"monthly": usd_text(bill.monthly)}
    assert steps_of("today", [], bill) == ()


def test_a_step_with_an_apply_of_its_own_comes_before_what_else_is_prepared(
    own_stack: Stack, own_workload: Workload
) -> None:
    levers = [LEVERS["ipv6_only"], LEVERS["cloudfront_ingress"]]
    bill = estimator_for(workload=own_workload).bill(applied(own_stack, levers))
    prepared = [step.lever for step in steps_of("best", levers, bill) if step.phase == PREPARE]
    assert prepared[:2] == ["cloudfront_ingress", "ipv6_only"]


def test_a_lever_that_this_tree_has_no_variable_for_is_said_in_its_own_words(
    own_stack: Stack, own_workload: Workload
) -> None:
    bill = estimator_for(workload=own_workload).bill(own_stack)
    general = [lever for lever in LEVERS.values() if not lever.edit and lever.name not in STEPS]
    assert general
    for lever in general:
        assert f"how_{lever.name}" in {step.what.code for step in steps_of("best", [lever], bill)}


def test_where_a_stack_has_not_our_variables_its_files_are_changed_by_hand(own_stack: Stack) -> None:
    for stack, code in ((own_stack, "step_edit"), (replace(own_stack, variables=frozenset()), "step_edit_by_hand")):
        [edit] = [step for step in steps_of_lever(LEVERS["ipv6_only"], stack) if step.phase == EDIT]
        assert edit.what.code == code
