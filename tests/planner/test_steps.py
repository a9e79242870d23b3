"""The steps of a recommendation for any stack: each lever in its own words, where it applies, and a last test."""

from __future__ import annotations

import re
from dataclasses import replace

from glimpse.planner.levers import LEVERS
from glimpse.planner.meter import Origin
from glimpse.planner.money import usd_text
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack, Unpriced
from glimpse.planner.steps import BY_HAND, CODE, EDIT, PURCHASES, TEST, steps_of
from glimpse.planner.workload import Commitment
from glimpse.words import Words
from tests.conftest import REPOSITORY, TODAY, estimator_for, read_stack

FOREIGN = REPOSITORY / "tests/trees/counts_across_modules"
PLACE = Origin("aws_db_instance.main", "main.tf", 12)


def test_each_lever_is_one_step_with_the_places_where_it_applies() -> None:
    stack = read_stack(FOREIGN)
    bill = estimator_for().bill(stack)
    steps = steps_of([(LEVERS["log_retention"], (PLACE,)), (LEVERS["arm"], ())], bill)
    assert [(step.phase, step.lever, step.what.code, step.places) for step in steps[:-1]] == [
        (EDIT, "log_retention", "how_log_retention", (PLACE,)),
        (EDIT, "arm", "how_arm", ()),
    ]
    assert (steps[-1].phase, steps[-1].lever) == (TEST, None)
    assert usd_text(bill.monthly) in Words("en").render(steps[-1].what)


def test_a_total_that_is_only_at_least_is_said_to_be_so() -> None:
    whole = estimator_for().bill(Stack("empty", "ap-northeast-2"))
    gap = Unpriced(PLACE, "Hours", say("no_price_held"))
    open_ended = replace(whole, unpriced=(gap,))
    lever = [(LEVERS["arm"], ())]
    assert [steps_of(lever, bill)[-1].what.code for bill in (whole, open_ended)] == [
        "step_run_again", "step_run_again_least",
    ]  # fmt: skip


def test_what_is_bought_comes_first_with_its_address_and_its_term() -> None:
    bought = Commitment("aws_db_instance.main", "reserved_1yr_no_upfront", TODAY)
    stack = replace(read_stack(FOREIGN), commitments=(bought,))
    levers = [(LEVERS["log_retention"], ()), (LEVERS["reserved_database"], (PLACE,))]
    steps = steps_of(levers, estimator_for().bill(stack))
    assert [step.phase for step in steps] == [PURCHASES, PURCHASES, EDIT, TEST]
    assert steps[1].what.params == {"address": bought.address, "term": bought.term}


def test_nothing_is_to_be_done_where_no_lever_is_recommended() -> None:
    assert steps_of([], estimator_for().bill(read_stack(FOREIGN))) == ()


def test_no_stack_is_told_a_command_or_a_variable_of_our_own_tree() -> None:
    bill = estimator_for().bill(read_stack(FOREIGN))
    steps = steps_of([(lever, ()) for lever in LEVERS.values()], bill)
    assert {step.phase for step in steps} == {PURCHASES, CODE, BY_HAND, EDIT, TEST}
    for language in ("en", "ko"):
        for step in steps:
            said = Words(language).render(step.what)
            assert not re.search(r"-target|module\.|startup-prod|tfvars|this repository|이 저장소", said), said
