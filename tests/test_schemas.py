"""Every JSON document that a command prints is one that the shipped schema describes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from glimpse.cli import main
from tests.conftest import REPOSITORY

SCHEMA = json.loads((files("glimpse.planner.report") / "schemas/glimpse.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
DESIGNS = sorted((REPOSITORY / "examples").glob("*/main.tf"))


def printed(*arguments: str) -> Any:
    command = [sys.executable, "-m", "glimpse", *arguments, "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    return json.loads(ran.stdout)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("plan", "--lang", "ko", "--free-tier", "always"),
        ("bill",),
        ("bill", "--region", "eu-west-1"),
        ("plan", "tests/trees/a_variable_decides"),
        *(("plan", str(path.parent.relative_to(REPOSITORY))) for path in DESIGNS),
        ("plan", "/does/not/exist"),
        ("prices", "show"),
        ("prices", "show", "--region", "ap-northeast-2"),
        ("prices", "update", "--from", "/does/not/exist"),
        ("diff", "examples/web_site", "examples/fargate_shop", "--max-usd", "9", "--max-increase", "9"),
        ("diff", "HEAD", "HEAD"),
    ],
)
def test_what_a_command_prints_is_described(arguments: tuple[str, ...]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(printed(*arguments))] == []


@pytest.mark.parametrize(
    "case", sorted(path.parent for path in (REPOSITORY / "tests/cases").glob("*/main.tf")), ids=lambda case: case.name
)
def test_the_bill_of_every_case_is_described(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["bill", str(case), "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    # An error is described too.
    assert "monthly_usd" in document
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_an_incomplete_stack_is_described(write_stack: Callable[..., Path]) -> None:
    folder = write_stack('module "m" {\n  source = "./gone"\n}\nresource "aws_sqs_queue" "q" {}\n')
    assert [error.message for error in VALIDATOR.iter_errors(printed("plan", str(folder)))] == []


def test_a_plan_in_which_all_may_be_given_up_is_described(write_stack: Callable[..., Path]) -> None:
    allowed = {"glimpse.toml": '[promises]\nmay_give_up = ["no_commitment", "on_demand_share"]\n'}
    assert [error.message for error in VALIDATOR.iter_errors(printed("plan", str(write_stack("", allowed))))] == []


def test_the_schema_would_notice_a_field_of_a_plan_that_nobody_described() -> None:
    document = printed("plan", "examples/web_site")
    assert not list(VALIDATOR.iter_errors(document))
    for part in (document["levers"][0], document["risks"][0], document["levers"][0]["saves_alone"]):
        part["news"] = "yes"
        assert list(VALIDATOR.iter_errors(document))
        del part["news"]


def test_the_schema_would_notice() -> None:
    document = printed("bill")
    document["lines"][0]["monthly_usd"] = 16.43
    assert list(VALIDATOR.iter_errors(document))
    del document["monthly_usd"]
    assert list(VALIDATOR.iter_errors(document))
