"""Values reach a stack from where Terraform takes them, and what nobody gave is named, or priced for each case."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from glimpse.planner.estimate import least
from glimpse.planner.finding import Finding, InputError
from glimpse.planner.outside.terraform_files.reading import read_stack as read
from glimpse.planner.resources.address import PublicAddress
from glimpse.planner.resources.volume import Volume
from glimpse.planner.stack import Stack
from tests.conftest import SEOUL, estimator_for, read_stack

Write = Callable[..., Path]

ADDRESSES = """
variable "n" {
  type    = number
  default = 1
}
resource "aws_eip" "a" {
  count = var.n
}
"""


def addresses(stack: Stack) -> int:
    return len(stack.of(PublicAddress))


def warned(stack: Stack) -> list[str]:
    return [found.what.code for found in stack.warnings]


# ---- Where values come from


def test_later_sources_win_in_terraforms_order(write_stack: Write) -> None:
    environment = {"TF_VAR_n": "2"}
    folder = write_stack(ADDRESSES)
    assert addresses(read(folder, environment=environment)) == 2
    (folder / "terraform.tfvars").write_text("n = 3\n")
    assert addresses(read(folder, environment=environment)) == 3
    (folder / "terraform.tfvars.json").write_text('{"n": 4}')
    assert addresses(read(folder, environment=environment)) == 4
    (folder / "b.auto.tfvars").write_text("n = 6\n")
    (folder / "a.auto.tfvars.json").write_text('{"n": 5}')
    assert addresses(read(folder, environment=environment)) == 6


def test_options_and_files_of_the_command_win_in_the_order_in_which_they_stand(
    write_stack: Write, tmp_path: Path
) -> None:
    folder, file = write_stack(ADDRESSES), tmp_path / "given.tfvars"
    file.write_text("n = 4\n")
    assert addresses(read(folder, given=[("file", str(file)), ("option", "n=5")])) == 5
    assert addresses(read(folder, given=[("option", "n=5"), ("file", str(file))])) == 4


def test_the_environment_counts_only_where_it_is_handed_in(write_stack: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_n", "7")
    assert addresses(read_stack(write_stack(ADDRESSES))) == 1


def test_text_and_untyped_variables_take_an_option_as_it_is_and_others_as_hcl(write_stack: Write) -> None:
    main = """
    variable "zone" {}
    variable "sizes" { type = list(number) }
    resource "aws_ebs_volume" "a" {
      for_each = { for size in var.sizes : "${var.zone}-${size}" => size }
      size     = each.value
    }
    """
    stack = read(write_stack(main), given=[("option", "zone=[a]"), ("option", "sizes=[1, 20]")])
    assert {volume.origin.address for volume in stack.of(Volume)} == {
        'aws_ebs_volume.a["[a]-1"]',
        'aws_ebs_volume.a["[a]-20"]',
    }


def test_a_variable_that_may_be_anything_takes_an_option_as_hcl(write_stack: Write) -> None:
    main = 'variable "n" { type = any }\nresource "aws_eip" "a" {\n  count = var.n == 2 ? 2 : 1\n}\n'
    assert addresses(read(write_stack(main), given=[("option", "n=2")])) == 2


def test_a_value_for_an_undeclared_variable_is_a_warning_from_a_file_and_nothing_from_the_environment(
    write_stack: Write,
) -> None:
    folder = write_stack(ADDRESSES, {"terraform.tfvars": "other = 1\n"})
    stack = read(folder, environment={"TF_VAR_another": "1"})
    assert [(found.what.code, found.what.params, found.file, found.line) for found in stack.warnings] == [
        ("value_undeclared", {"name": "other"}, "terraform.tfvars", 1)
    ]


def test_a_value_that_its_variable_refuses_ends_the_reading(write_stack: Write) -> None:
    with pytest.raises(InputError) as wrong:
        read(write_stack(ADDRESSES), given=[("option", "n=many")])
    assert (wrong.value.why.code, wrong.value.why.params["name"]) == ("variable_refused", "n")
    assert "many" not in str(wrong.value.why)


def test_a_value_that_a_validation_does_not_allow_ends_the_reading(write_stack: Write) -> None:
    rule = '  validation {\n    condition     = var.n < 3\n    error_message = "few"\n  }\n}\n'
    folder = write_stack('variable "n" {\n  type = number\n' + rule + 'resource "aws_eip" "a" {\n  count = var.n\n}\n')
    assert addresses(read(folder, given=[("option", "n=2")])) == 2
    with pytest.raises(InputError) as wrong:
        read(folder, given=[("option", "n=5")])
    assert (wrong.value.why.code, wrong.value.file, wrong.value.line) == ("variable_refused", "main.tf", 6)


@pytest.mark.parametrize("text", ["n = = 1\n", "resource {\n}\n", "n = 1 m = 2\n"])
def test_a_broken_variable_file_is_one_sentence_with_its_line(write_stack: Write, text: str) -> None:
    with pytest.raises(InputError) as wrong:
        read(write_stack(ADDRESSES, {"terraform.tfvars": text}))
    assert (wrong.value.why.code, wrong.value.file, wrong.value.line) == ("variable_file_broken", "terraform.tfvars", 1)


def test_what_the_environment_and_sensitive_variables_hold_is_never_shown(write_stack: Write) -> None:
    main = """
    variable "tenants" { type = map(number) }
    variable "password" {
      default   = "hunter2-and-more"
      sensitive = true
    }
    resource "aws_ebs_volume" "a" {
      for_each = { for name, size in var.tenants : "${name}-disk" => size }
      size     = each.value
    }
    resource "aws_eip" "b" {
      for_each = toset(["x-${var.password}"])
      tags     = { wrong = var.password + 1 }
      domain   = tonumber(var.password)
    }
    """
    stack = read(write_stack(main), environment={"TF_VAR_tenants": '{"secret-customer" = 7}'})
    assert [(volume.origin.address, volume.disk.gib) for volume in stack.of(Volume)] == [
        ('aws_ebs_volume.a["(hidden 1)"]', 7)
    ]
    assert "secret-customer" not in repr(stack)
    assert "hunter2" not in repr(stack)


# ---- The workspace

BY_WORKSPACE = """
locals {
  counts = { default = 1, prod = 3 }
}
resource "aws_eip" "a" {
  count = local.counts[terraform.workspace]
}
"""


def test_the_selected_workspace_is_terraforms(write_stack: Write) -> None:
    folder = write_stack(BY_WORKSPACE, {".terraform/environment": "prod\n"})
    assert addresses(read(folder)) == 3
    assert addresses(read(folder, environment={"TF_WORKSPACE": "default"})) == 1
    assert warned(read(folder)) == []


def test_a_workspace_that_nobody_selected_and_that_decides_is_said(write_stack: Write) -> None:
    assert warned(read(write_stack(BY_WORKSPACE))) == ["workspace_assumed"]
    assert warned(read(write_stack(ADDRESSES))) == []


# ---- Other files, and the project


def test_opentofus_files_beside_terraforms_are_said_not_to_be_read(write_stack: Write) -> None:
    stack = read(write_stack(ADDRESSES, {"main.tofu": ADDRESSES.replace("a", "b"), "alone.tofu": ""}))
    assert [(found.what.code, found.file) for found in stack.warnings] == [("tofu_file", "main.tofu")]


def test_a_module_outside_the_project_is_read_once_the_project_is_given(tmp_path: Path) -> None:
    for folder in ("envs/prod", "modules/m"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "modules/m/main.tf").write_text('resource "aws_eip" "a" {}\n')
    stack = tmp_path / "envs/prod"
    (stack / "main.tf").write_text('module "m" {\n  source = "../../modules/m"\n}\n')
    assert [found.what.code for found in read(stack, SEOUL).unresolved] == ["module_outside"]
    assert addresses(read(stack, SEOUL, project=tmp_path)) == 1


@pytest.mark.parametrize(("project", "code"), [("/", "project_too_wide"), ("nowhere", "project_missing")])
def test_a_project_that_cannot_bound_a_reading_is_refused(write_stack: Write, project: str, code: str) -> None:
    with pytest.raises(InputError) as wrong:
        read(write_stack(ADDRESSES), project=Path(project))
    assert wrong.value.why.code == code


# ---- What nobody gave


def worlds(stack: Stack) -> dict[str, str]:
    """Each world of a stack's choice with what it costs."""
    choice = least(stack, estimator_for()).choice
    assert choice is not None
    return {
        ", ".join(text or "otherwise" for _, text in world.when): f"{float(world.monthly):.2f}"
        for world in choice.worlds
    }


def test_a_bool_without_a_value_makes_two_worlds(write_stack: Write) -> None:
    stack = read_stack(
        write_stack('variable "spare" { type = bool }\nresource "aws_eip" "a" {\n  count = var.spare ? 2 : 1\n}\n')
    )
    assert worlds(stack) == {"true": "7.30", "false": "3.65"}


def test_a_bool_that_is_only_compared_with_true_may_be_false_too(write_stack: Write) -> None:
    main = 'variable "spare" { type = bool }\nresource "aws_eip" "a" {\n  count = var.spare == true ? 2 : 1\n}\n'
    assert worlds(read_stack(write_stack(main))) == {"true": "7.30", "false": "3.65"}


def test_a_number_that_chooses_by_the_key_of_a_map_is_the_same_number_elsewhere(write_stack: Write) -> None:
    main = (
        'variable "n" { type = number }\nresource "aws_eip" "a" {\n  count = { "0" = 1, "1" = 2 }[var.n]\n}\n'
        'resource "aws_eip" "b" {\n  count = var.n == 1 ? 3 : 0\n}\n'
    )
    assert worlds(read_stack(write_stack(main))) == {"0": "3.65", "1": "18.25"}


@pytest.mark.parametrize(
    ("main", "module"),
    [
        ('resource "aws_eip" "a" {\n  for_each = { for i in [1, 5] : i => i if var.n > i ? true : false }\n}\n', ""),
        (
            'module "a" {\n  source = "./m"\n  size = var.n\n}\nmodule "b" {\n  source = "./m"\n  size = 9 - var.n\n}\n',
            'variable "size" {}\nresource "aws_eip" "a" {\n  count = var.size > 3 ? 2 : 1\n}\n',
        ),
    ],
)
def test_one_text_that_is_several_conditions_makes_no_worlds(write_stack: Write, main: str, module: str) -> None:
    stack = read_stack(write_stack(f'variable "n" {{ type = number }}\n{main}', {"m/main.tf": module}))
    assert stack.choice is None
    assert {row.what.code for row in stack.unresolved} <= {"count_unknown", "for_each_unknown"}
    assert stack.unresolved


def test_a_bool_without_a_value_makes_two_worlds_also_where_nothing_compares_it(write_stack: Write) -> None:
    main = 'variable "inside" { type = bool }\nresource "aws_lb" "a" {\n  subnets  = ["a", "b"]\n  internal = var.inside\n}\n'
    assert set(worlds(read_stack(write_stack(main)))) == {"true", "false"}


def test_a_value_that_a_validation_forbids_is_no_world(write_stack: Write) -> None:
    main = """
    variable "size" {
      type = string
      validation {
        condition     = contains(["small", "large"], var.size)
        error_message = "small or large"
      }
    }
    resource "aws_ebs_volume" "a" {
      size = var.size == "large" ? 200 : var.size == "huge" ? 10000 : 100
      type = "gp3"
    }
    """
    assert worlds(read_stack(write_stack(main))) == {"large": "18.24", "otherwise": "9.12"}


def test_a_value_that_no_map_holds_is_no_world(write_stack: Write) -> None:
    main = """
    variable "size" {}
    locals {
      gib = { small = 100, large = 200 }
    }
    resource "aws_ebs_volume" "a" {
      size = local.gib[var.size]
      type = "gp3"
    }
    """
    assert worlds(read_stack(write_stack(main))) == {"small": "9.12", "large": "18.24"}


def test_one_condition_of_another_kind_holds_or_does_not(write_stack: Write) -> None:
    main = 'variable "people" { type = number }\nresource "aws_eip" "a" {\n  count = var.people > 1000 ? 2 : 1\n}\n'
    assert worlds(read_stack(write_stack(main))) == {
        "var.people > 1000: true": "7.30",
        "var.people > 1000: false": "3.65",
    }


def test_two_conditions_about_one_number_are_not_told_apart(write_stack: Write) -> None:
    """They are not independent: more than 1,000 and fewer than 10 is nobody."""
    main = (
        'variable "people" { type = number }\nresource "aws_eip" "a" {\n  count = var.people > 1000 ? 2 : 1\n}\n'
        'resource "aws_eip" "b" {\n  count = var.people < 10 ? 0 : 1\n}\n'
    )
    stack = read_stack(write_stack(main))
    assert stack.choice is None
    assert {found.what.code for found in stack.unresolved} == {"count_unknown"}


def test_more_than_eight_worlds_are_unknown(write_stack: Write) -> None:
    main = "".join(
        f'variable "v{n}" {{}}\nresource "aws_eip" "a{n}" {{\n  count = var.v{n} == "x" ? 2 : var.v{n} == "y" ? 3 : 1\n}}\n'
        for n in range(3)
    )
    stack = read_stack(write_stack(main))
    assert stack.choice is not None
    assert 1 < len(stack.choice.worlds) <= 8
    assert least(stack, estimator_for()).unresolved


def test_a_variable_that_changes_no_figure_makes_no_worlds(write_stack: Write) -> None:
    main = (
        'variable "name" {}\nresource "aws_eip" "a" {\n  tags = { Name = var.name == "x" ? "a" : "b" }\n}\n'
        'resource "aws_subnet" "s" {\n  count = var.name == "y" ? 2 : 1\n}\n'
    )
    stack = read_stack(write_stack(main))
    assert (stack.choice, stack.unresolved, stack.unpriced) == (None, (), ())
    assert [(row.name, row.decides) for row in stack.missing] == [("name", False)]


def test_worlds_that_cost_the_same_are_one(write_stack: Write) -> None:
    main = 'variable "zone" {}\nresource "aws_ebs_volume" "a" {\n  size = var.zone == "a" ? 10 : 5 + 5\n}\n'
    stack = least(read_stack(write_stack(main)), estimator_for())
    assert stack.choice is None
    assert [volume.disk.gib for volume in stack.of(Volume)] == [10]
    assert [(row.name, row.decides) for row in stack.missing] == [("zone", False)]


def test_worlds_that_differ_only_at_the_most_tasks_are_two(write_stack: Write) -> None:
    main = """
    variable "big" { type = bool }
    resource "aws_ecs_task_definition" "t" {
      family = "t"
      cpu    = 256
      memory = 512
    }
    resource "aws_ecs_service" "s" {
      name            = "s"
      launch_type     = "FARGATE"
      task_definition = aws_ecs_task_definition.t.arn
    }
    resource "aws_appautoscaling_target" "t" {
      resource_id  = "service/c/${aws_ecs_service.s.name}"
      min_capacity = 1
      max_capacity = var.big ? 20 : 4
    }
    """
    assert least(read_stack(write_stack(main)), estimator_for()).choice is not None


def test_a_variable_of_a_module_follows_the_roots(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            'variable "environment" {}\nmodule "m" {\n  source = "./m"\n  env = lower(var.environment) == "x" ? "x" : var.environment\n}\n'
            'module "n" {\n  source = "./m"\n  env = var.environment\n}\n',
            {
                "m/main.tf": 'variable "env" { type = string }\nresource "aws_eip" "a" {\n  count = var.env == "prod" ? 2 : 1\n}\n'
            },
        )
    )
    assert set(worlds(stack)) == {"prod", "otherwise"}


def test_a_choice_is_not_accepted_without_a_reason(write_stack: Write) -> None:
    main = 'variable "spare" { type = bool }\nresource "aws_eip" "a" {\n  count = var.spare ? 2 : 1\n}\n'
    estimator = estimator_for()
    bill = estimator.bill(least(read_stack(write_stack(main)), estimator))
    assert [entry.what.code for entry in bill.not_accepted() if isinstance(entry, Finding)] == ["choice_open"]


def test_choices_and_missing_variables_are_in_the_json(write_stack: Write) -> None:
    from glimpse.planner.report.bill_json import bill_as_json
    from glimpse.words import Words

    stack = read_stack(
        write_stack('variable "spare" { type = bool }\nresource "aws_eip" "a" {\n  count = var.spare ? 2 : 1\n}\n')
    )
    estimator = estimator_for()
    bill = estimator.bill(least(stack, estimator))
    shown = json.loads(json.dumps(bill_as_json(bill, bill.monthly, Words("en"))))
    assert shown["choices"][0]["worlds"] == [
        {"when": "spare = true", "monthly_usd": "7.30", "at_least": False},
        {"when": "spare = false", "monthly_usd": "3.65", "at_least": False},
    ]
    assert shown["missing_variables"] == [{"name": "spare", "file": "main.tf", "line": 4, "decides": True}]
    assert (shown["monthly_usd"], shown["at_least"]) == ("3.65", True)
