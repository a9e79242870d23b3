"""`glimpse init` writes a glimpse.toml with the keys that a stack can use, and states nothing until a # is removed."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from glimpse.planner.commitments import idle_commitments
from glimpse.planner.estimate import Estimator
from glimpse.planner.given_usage import unused
from glimpse.planner.initial_workload import InitialWorkload
from glimpse.planner.outside import questions, workload_files
from glimpse.planner.scenarios import plan_of
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack
from glimpse.planner.usage import asked_keys
from glimpse.planner.workload import Workload, unstated
from glimpse.planner.workload_checks import WorkloadError, workload_from
from glimpse.planner.workload_questions import Question
from glimpse.words import Words
from tests.conftest import OWN, SEOUL, TODAY, catalogue_of, read_stack

SHOP = """
resource "aws_lb" "front" {
  internal = false
  subnets  = ["subnet-a", "subnet-b"]
}
resource "aws_db_instance" "orders" {
  engine            = "mysql"
  engine_version    = "8.4"
  instance_class    = "db.t4g.medium"
  allocated_storage = 50
  multi_az          = true
}
resource "aws_nat_gateway" "zone" {
  count     = 2
  subnet_id = "subnet-${count.index}"
}
resource "aws_lambda_function" "thumbnail" {
  function_name = "thumbnail"
  memory_size   = 256
}
resource "aws_workspaces_workspace" "desk" {
  directory_id = "d-1"
  bundle_id    = "b-1"
  user_name    = "someone"
}
"""
DATABASE = """
resource "aws_db_instance" "orders" {
  engine            = "postgres"
  engine_version    = "17"
  instance_class    = "db.t4g.medium"
  allocated_storage = 50
}
"""
WriteStack = Callable[..., Path]


def estimator(workload: Workload | None = None) -> Estimator:
    return Estimator(catalogue_of(SEOUL), workload or unstated(), workload_files.capacities(), TODAY)


def initial(stack: Stack) -> InitialWorkload:
    return InitialWorkload(estimator().bill(stack), TODAY, workload_files.capacities())


def text_for(stack: Stack, answers: Mapping[tuple[str, str], int | str] | None = None, language: str = "en") -> str:
    return initial(stack).text(Words(language), answers or {})


@pytest.fixture
def shop(write_stack: WriteStack) -> Stack:
    return read_stack(write_stack(SHOP))


def stated(text: str) -> Workload:
    return workload_from(tomllib.loads(text), "glimpse.toml")


def without_comment_mark(text: str) -> list[str]:
    """The file with one key stated, for each key that it has in a comment."""
    lines = text.split("\n")
    return [
        "\n".join([*lines[:number], line[1:], *lines[number + 1 :]])
        for number, line in enumerate(lines)
        if (line.startswith("#") and not line.startswith("# ")) or line.startswith("#  {")
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_file_unedited_leaves_bill_and_plan_as_they_are_without_one(shop: Stack, language: str) -> None:
    written = stated(text_for(shop, language=language))
    assert (written.numbers, written.has_people) == (unstated().numbers, False)
    before, after = (plan_of(shop, estimator(workload)) for workload in (unstated(), written))
    assert [scenario.name for scenario in after.scenarios] == [scenario.name for scenario in before.scenarios]
    for one, other in zip(before.scenarios, after.scenarios, strict=True):
        assert one.bill.lines == other.bill.lines
        assert one.bill.not_accepted() == other.bill.not_accepted()
        assert one.verdicts == other.verdicts


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_commented_line_is_accepted_once_its_comment_mark_is_removed(shop: Stack, language: str) -> None:
    own = read_stack(OWN)
    for stack in (shop, own):
        files = without_comment_mark(text_for(stack, language=language))
        assert len(files) > 15
        for file in files:
            workload = stated(file)
            usage = estimator(workload).usage(stack)
            # A key that nothing asks for would be answered with a warning.
            assert unused(workload.usage, asked_keys(stack, usage)) == ()
            assert not list(idle_commitments(workload, stack.addresses(), usage.meters, TODAY))


def test_every_line_of_the_shop_that_nobody_gave_can_be_stated(shop: Stack) -> None:
    text = text_for(shop)
    for line in estimator().bill(shop).lines:
        if line.quantity is None:
            assert any(f"#{key} = 0" in text for key in line.meter.usage_keys), line.id


def test_two_resources_of_one_name_are_stated_together(shop: Stack) -> None:
    assert '[usage."aws_nat_gateway.zone[*]"]\n#monthly_data_processed_gb = 0 #' in text_for(shop)


def test_the_dearest_unit_comes_first(shop: Stack) -> None:
    text = text_for(shop)
    # In Seoul a GB through a NAT gateway costs more than an LCU-hour of a balancer, and that more than a request.
    order = [text.index(f'[usage."{name}') for name in ("aws_nat_gateway", "aws_lb", "aws_lambda_function")]
    assert order == sorted(order)


def test_people_are_asked_for_only_where_something_follows_from_them(write_stack: WriteStack, shop: Stack) -> None:
    alone = read_stack(write_stack(DATABASE))
    assert "[people]" not in text_for(alone)
    assert [question.name for question in initial(alone).questions()] == ["environment"]
    names = {key.name for key in initial(shop).relevant.keys}
    assert {"users", "requests", "fetched_gb_a_month"} <= names
    assert not names & {"image_gb", "stored_mb_per_user"}  # no registry, no bucket


def test_our_own_stack_can_use_every_key_but_those_of_functions_and_of_the_bootstraps_registry() -> None:
    names = {key.name for key in initial(read_stack(OWN)).relevant.keys}
    assert {"users", "connects", "messages", "uploads", "downloads", "stored_mb_per_user"} <= names
    assert not names & {"function_ms", "image_gb"}


def test_the_promises_shown_are_what_the_stack_has(shop: Stack) -> None:
    text = text_for(shop)
    assert '#database = "mysql"' in text
    assert "#no_commitment = true" in text
    [names] = re.findall(r"#may_give_up = .*by name: (.*)", text)
    # What the stack has, and what a change of it would give up.
    assert {"database", "multi_az", "no_commitment"} <= set(names.split(", "))
    assert "nat_zones" not in names
    assert "#min_tasks" not in text


def test_reservations_are_shown_only_where_something_can_be_reserved(shop: Stack, write_stack: WriteStack) -> None:
    assert '#  { address = "aws_db_instance.orders", term = "reserved_1yr' in text_for(shop)
    assert f"bought_on = {TODAY.isoformat()}" in text_for(shop)
    assert "commitments" not in text_for(read_stack(write_stack('resource "aws_eip" "a" {}\n')))


def test_what_has_no_price_is_listed_with_its_address_and_accepted_with_a_reason(shop: Stack) -> None:
    row = next(line for line in text_for(shop).split("\n") if "aws_workspaces_workspace.desk" in line)
    workload = stated(text_for(shop).replace(row, row[1:].replace("why this may stay without a price", "paid by IT")))
    assert [accepted.reason for accepted in workload.accepted] == ["paid by IT"]
    before, after = (len(estimator(each).bill(shop).not_accepted()) for each in (unstated(), workload))
    assert after < before


def test_what_was_answered_is_stated_and_nothing_else() -> None:
    own = read_stack(OWN)
    answers = {("people", "users"): 1200, ("service", "runs"): "glimpse", ("stack", "environment"): "production"}
    workload = stated(text_for(own, answers))
    assert (workload.has_people, workload["users"], workload.runs) == (True, 1200, "glimpse")
    assert workload.environment == "production"
    assert workload.promises == unstated().promises


@pytest.mark.parametrize(
    ("name", "answer", "value"),
    [("users", "1,200", 1200), ("users", "5_000", 5000), ("environment", "yes", "production"),
     ("environment", "아니요", "development"), ("environment", "qa", "qa")],
)  # fmt: skip
def test_an_answer_is_read_as_people_write_it(name: str, answer: str, value: object) -> None:
    section = {"users": "people", "environment": "stack"}[name]
    assert Question(section, name, say("init_ask_users")).value(answer) == value


@pytest.mark.parametrize("answer", ["many", "-5", "1.5", "9" * 30])
def test_an_answer_that_the_key_cannot_hold_is_explained(answer: str) -> None:
    with pytest.raises(WorkloadError) as wrong:
        Question("people", "users", say("init_ask_users")).value(answer)
    assert Words("en").render(wrong.value.problems[0]).startswith("people.users must be a whole number")


def test_a_person_is_asked_again_after_a_wrong_answer_and_may_leave_keys_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["lots", "800", "rails", "", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    answers = questions.answers_to(initial(read_stack(OWN)).questions(), Words("en"))
    assert answers == {("people", "users"): 800}
    out = capsys.readouterr().out
    assert "people.users must be a whole number" in out
    assert "This must be one of glimpse, nestjs-original." in out


def test_the_end_of_the_input_leaves_out_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def ends(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", ends)
    assert questions.answers_to(initial(read_stack(OWN)).questions(), Words("ko")) == {}


def test_an_address_with_quotes_is_written_as_toml_reads_it(write_stack: WriteStack) -> None:
    stack = read_stack(write_stack('resource "aws_nat_gateway" "z" {\n  for_each  = { a = 1 }\n  subnet_id = "s"\n}\n'))
    usage = tomllib.loads(text_for(stack))["usage"]
    assert 'aws_nat_gateway.z["a"]' in usage


def test_the_purchase_shown_was_made_on_the_day_that_is_handed_in(shop: Stack) -> None:
    day = datetime.date(2027, 3, 1)
    assert "bought_on = 2027-03-01" in replace(initial(shop), today=day).text(Words("en"), {})
