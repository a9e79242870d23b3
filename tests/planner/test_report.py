"""The report fits a terminal in both languages, answers first, and keeps what scripts rely on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest
from rich.cells import cell_len

from glimpse.planner.money import usd_text
from glimpse.planner.report.documents import bill_document, plan_document
from glimpse.planner.report.markdown import bill_markdown, plan_markdown
from glimpse.planner.report.terminal import text_of
from glimpse.planner.scenarios import Plan, plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.words import LANGUAGES, Words
from glimpse.planner.workload import Workload
from tests.conftest import estimator_for, read_stack

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def plan(own_stack: Stack, own_workload: Workload) -> Plan:
    return plan_of(own_stack, estimator_for(workload=own_workload))


def text(plan: Plan, language: str) -> str:
    granted = estimator_for(workload=plan.today.bill.workload).bill(plan.today.bill.stack, free_tier=True)
    return text_of(Words(language), "plan", plan, granted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_80_columns(plan: Plan, language: str) -> None:
    wide = [line for line in text(plan, language).splitlines() if cell_len(line) > 80]
    # A path given by the caller may be longer than a line; here it is this machine's.
    assert [line for line in wide if "glimpse.toml" not in line] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_five_lines_answer_cost_action_saving_risk_and_doubt(plan: Plan, language: str) -> None:
    words = Words(language)
    first = text(plan, language).splitlines()[:5]
    for line, label in zip(first, ("ui_now", "ui_do", "ui_saves", "ui_risks", "ui_not_known"), strict=True):
        assert line.startswith(words(label))
    assert "88.41" in first[0]
    assert "$32.91" in first[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_lines_add_up_to_the_printed_total(plan: Plan, language: str) -> None:
    body = text(plan, language).split(Words(language)("ui_assumed"))[0]
    rows = re.findall(r"^  \S.* (\d+\.\d\d)(?: [a-z]+)?(?: \d+)*$", body, re.MULTILINE)
    [total] = re.findall(rf"^{Words(language)('ui_total')} +(\d+\.\d\d)$", body, re.MULTILINE)
    assert len(rows) == len(plan.today.bill.lines)
    assert sum(Fraction(row) for row in rows) == Fraction(total)


def test_both_languages_show_the_same_figures(plan: Plan) -> None:
    money = [re.findall(r"\d+\.\d\d", text(plan, language)) for language in LANGUAGES]
    assert sorted(money[0]) == sorted(money[1])


def test_names_from_files_cannot_style_or_move_what_a_terminal_shows(write_stack: Write) -> None:
    hostile = "\\u001b[31m[bold]\\u202e"
    stack = read_stack(
        write_stack(
            f'resource "aws_eip" "a" {{\n  for_each = toset(["{hostile}"])\n}}\nmodule "m" {{\n  source = "./{hostile}"\n}}\n'
        )
    )
    plan = plan_of(stack, estimator_for())
    for language in LANGUAGES:
        shown = text(plan, language)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "[bold]" in shown
    granted = estimator_for().bill(stack, free_tier=True)
    document = json.dumps(bill_document(plan.today.bill, granted, Words("en")), ensure_ascii=False)
    assert "\u202e" not in document


def test_the_bill_document_keeps_its_promises(plan: Plan) -> None:
    granted = estimator_for(workload=plan.today.bill.workload).bill(plan.today.bill.stack, free_tier=True)
    document = bill_document(plan.today.bill, granted, Words("en"))
    assert document["schema"] == "glimpse.bill/1"
    assert document["monthly_usd"] == str(document["monthly_usd"]) == "88.41"
    assert Fraction(document["monthly_usd"]) == sum(Fraction(line["monthly_usd"]) for line in document["lines"])
    assert sum(Fraction(amount) for amount in document["by_service"].values()) == Fraction("88.41")
    assert Fraction(document["monthly_usd_free_tier"]) < Fraction(document["monthly_usd"])
    [spot] = [line for line in document["lines"] if line["id"] == "module.ecs.aws_ecs_service.this/fargate-spot-vcpu"]
    assert spot["service"] == "AmazonECS"
    assert (spot["component"], spot["term"], spot["unit"]) == ("Fargate Spot vCPU", "spot", "vCPU-hour")
    assert (spot["quantity"], spot["unit_usd"], spot["monthly_usd"]) == ("182.5", "0.013968", "2.55")
    assert spot["as_of"] == "2026-09-29"
    assert spot["confidence"] == "medium"
    assert {"code", "params", "text"} <= set(spot["assumes"][0])
    assert spot["file"] == "modules/ecs/main.tf"
    assert "unpriced" not in document  # empty fields are left out


def test_the_plan_document_keeps_its_promises(plan: Plan) -> None:
    estimator = estimator_for(workload=plan.today.bill.workload)
    granted = {scenario.name: estimator.bill(scenario.bill.stack, free_tier=True) for scenario in plan.scenarios}
    document = plan_document(plan, granted, Words("ko"))
    assert document["schema"] == "glimpse.plan/1"
    assert document["recommended"] == "best"
    assert [scenario["name"] for scenario in document["scenarios"]] == [
        "today", "extreme", "balanced", "serverless", "phase6", "best", "best_with_planned",
    ]  # fmt: skip
    assert document["search"]["best"] == {
        "levers": [
            *("bus_postgresql", "parameters", "ipv6_only", "cloudfront_ingress", "log_retention", "presigned_uploads")
        ],
        "monthly_usd": "55.50",
    }
    assert [row["promise"] for row in document["scenarios"][4]["verdicts"] if row["verdict"] == "broken"] == [
        "no_commitment"
    ]
    assert document["scenarios"][4]["commitments"] == [
        {"address": "module.rds.aws_db_instance.this", "term": "reserved_1yr_no_upfront"}
    ]
    extreme = document["scenarios"][1]
    assert (extreme["rank"], extreme["monthly_usd"], extreme["at_least"]) == (3, "66.80", False)
    assert extreme["document"]["monthly_usd"] == {"min": "40", "max": "46"}
    balanced = document["scenarios"][2]
    assert (balanced["saving_usd"], balanced["saving_percent"]) == ("0.00", "0")
    assert {lever["implemented"] for lever in balanced["levers"]} == {"terraform", "both"}
    assert {row["verdict"] for row in balanced["verdicts"]} == {"kept"}
    assert balanced["websocket"] == "yes"
    claim = next(row for row in document["claims"] if row["id"] == "interruption")
    assert claim["verdict"] == "unknown"
    assert "computed" not in claim
    assert claim["claimed"] == {"min": "3", "max": "5", "unit": "percent"}


def test_codes_do_not_depend_on_the_language(plan: Plan) -> None:
    estimator = estimator_for(workload=plan.today.bill.workload)
    granted = {scenario.name: estimator.bill(scenario.bill.stack, free_tier=True) for scenario in plan.scenarios}

    def stripped(value: object) -> object:
        if isinstance(value, dict):
            return {key: stripped(item) for key, item in value.items() if key != "text"}
        return [stripped(item) for item in value] if isinstance(value, list) else value

    assert stripped(plan_document(plan, granted, Words("en"))) == stripped(plan_document(plan, granted, Words("ko")))


# ---- Markdown


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_the_markdown_has_as_many_cells_in_every_row(plan: Plan, language: str) -> None:
    page = plan_markdown(plan, plan.today.bill, Words(language))
    tables = [
        list(rows) for is_row, rows in groupby(page.splitlines(), key=lambda line: line.startswith("|")) if is_row
    ]
    assert len(tables) >= 6
    for table in tables:
        assert {cells(row) for row in table} == {cells(table[0])}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_markdown_shows_the_figures_of_the_terminal(plan: Plan, language: str) -> None:
    page = plan_markdown(plan, plan.today.bill, Words(language))
    for scenario in plan.scenarios:
        assert usd_text(scenario.bill.monthly) in page
    assert page.count("<details>") == page.count("</details>") >= 5
    assert page.count("- [ ] ") == len(plan.steps) + len(plan.checks)


def test_a_name_from_a_file_cannot_link_mention_style_or_break_a_table(write_stack: Write) -> None:
    hostile = "x|[a](http://evil.example)<b>@someone#1`*_y_* www.evil.example"
    folder = write_stack(
        f'resource "aws_eip" "a" {{\n  for_each = toset(["{hostile}"])\n}}\nmodule "m" {{\n  source = "./{hostile}"\n}}\n'
    )
    plan = plan_of(read_stack(folder), estimator_for())
    page = plan_markdown(plan, plan.today.bill, Words("en"))
    for live in ("[a]", "<b>", "http://", "www.evil", "@someone", "someone#1", "*_y", "x|"):
        assert live not in page, live
    assert "evil.example" in page


def test_a_bill_has_its_markdown_too(plan: Plan) -> None:
    page = bill_markdown(plan.today.bill, plan.today.bill, Words("en"))
    assert "**Total: 88.41.**" in page
    assert "<code>module.rds.aws_db_instance.this</code>" in page
