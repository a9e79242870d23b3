"""What `benchmarks/fuzzing/terraform.py` found, reduced: each tree is read to its end, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from glimpse.planner.finding import InputError
from glimpse.planner.outside.file_trees import Disk
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.volume import Volume
from glimpse.planner.stack import Stack
from tests.conftest import estimator_for, read_stack

Write = Callable[..., Path]
VOLUME = 'resource "aws_ebs_volume" "v" {{\n  size = {size}\n  type = "gp3"\n}}\n'
LETTERS = 'locals {\n  letters = join("", [for n in range(1000): "%s"])\n}\n' % ("x" * 300)
TURNS = 'split("", format("%050000d", 0))'


def size(stack: Stack) -> int | None:
    [volume] = stack.of(Volume)
    return volume.disk.gib


def wrong(stack: Stack) -> list[str]:
    return [found.what.code for found in stack.unresolved]


@pytest.mark.parametrize("text", ["1e3", "1E3", "1e+3", "1.0e3", "10e2", "sum([1e3])", 'tonumber("${1e3}")'])
def test_an_exponent_needs_no_sign_and_no_point(write_stack: Write, text: str) -> None:
    assert size(read_stack(write_stack(VOLUME.format(size=text)))) == 1000


@pytest.mark.parametrize("code", [r"\U00110000", r"\UFFFFFFFF", r"\ud800"])
def test_what_is_no_character_becomes_the_one_that_says_so(write_stack: Write, code: str) -> None:
    stack = read_stack(write_stack(f'resource "aws_eip" "e" {{\n  for_each = toset(["{code}"])\n}}\n'))
    assert [resource.origin.address for resource in stack.resources] == ['aws_eip.e["�"]']


def test_in_json_it_becomes_the_same(write_stack: Write) -> None:
    json = r'{"resource": {"aws_eip": {"e": {"for_each": "${toset([\"\ud800${1}\", \"\ud83d\ude00\"])}"}}}}'
    stack = read_stack(write_stack(files={"more.tf.json": json}))
    assert sorted(resource.origin.address for resource in stack.resources) == ['aws_eip.e["�1"]', 'aws_eip.e["😀"]']


@pytest.mark.parametrize("number", ["1e4000", "-1e4000", "1e-4000", 'parseint(format("%04000d", 1), 62)', "1e3999 * 9"])
def test_a_number_of_thousands_of_digits_can_be_written(write_stack: Write, number: str) -> None:
    stack = read_stack(write_stack(VOLUME.format(size=f'length("${{{number}}}") > 9 ? 8 : 9')))
    assert len(stack.of(Volume)) == 1


@pytest.mark.parametrize(
    "number", ["1e4001", "1e4000 * 1e4000", 'parseint(format("9%03999d", 9), 62)', "a.b." + "9" * 5000]
)
def test_a_number_of_too_many_digits_is_an_error(write_stack: Write, number: str) -> None:
    assert wrong(read_stack(write_stack(VOLUME.format(size=f'length("${{{number}}}")')))) in (
        ["expression_error"],
        ["file_broken"],
    )


def test_a_set_of_objects_with_numbers_beyond_floats_is_sorted(write_stack: Write) -> None:
    variable = 'variable "v" {\n  type = set(object({ n = number }))\n  default = [{ n = 1e400 }, { n = 1 }]\n}\n'
    assert size(read_stack(write_stack(variable + VOLUME.format(size="length(var.v)")))) == 2


def test_a_key_of_thousands_of_digits_is_sorted(write_stack: Write) -> None:
    keys = 'toset([format("%05000d", 7), "10", "9", "x"])'
    stack = read_stack(write_stack(f'resource "aws_eip" "e" {{\n  for_each = {keys}\n}}\n'))
    assert [resource.origin.address[-5:] for resource in stack.resources] == ['007"]', '["9"]', '"10"]', '["x"]']
    assert len(stack.resources) == 4


def test_the_type_of_a_resource_in_json_is_a_text(write_stack: Write) -> None:
    json = '{"resource": {"aws_ebs_volume": {"v": {"size": 8, "type": "io2", "iops": 100}}}}'
    [volume] = read_stack(write_stack(files={"more.tf.json": json})).of(Volume)
    assert volume.disk.kind == "io2"


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "9" * 3000 + "e3000", "[" * 5000])
def test_what_json_does_not_know_is_refused(write_stack: Write, value: str) -> None:
    json = f'{{"locals": {{"n": {value}}}}}'
    stack = read_stack(write_stack(VOLUME.format(size="1"), {"more.tf.json": json}))
    assert wrong(stack) == ["file_broken"]


@pytest.mark.parametrize("text", ["${}", "a${}b", "%{if}x%{endif}"])
def test_an_interpolation_of_nothing_is_named(write_stack: Write, text: str) -> None:
    json = f'{{"resource": {{"aws_ebs_volume": {{"v": {{"size": "{text}"}}}}}}}}'
    stack = read_stack(write_stack(files={"more.tf.json": json}))
    assert wrong(stack)


def test_a_version_of_thousands_of_digits_is_unknown(write_stack: Write) -> None:
    text = 'resource "aws_db_instance" "d" {\n  engine = "postgres"\n  engine_version = "%s"\n}\n' % ("9" * 5000)
    stack = read_stack(write_stack(text))
    [database] = stack.of(Database)
    assert (database.version, database.version_known) == (None, False)
    assert estimator_for().bill(stack).at_least


@pytest.mark.parametrize("value", ["9" * 1001, "9" * 3000, '"${join("", [for n in range(1000): "gp"])}"'])
def test_no_value_that_decides_a_cost_is_so_long(write_stack: Write, value: str) -> None:
    text = VOLUME.format(size="1").replace('"gp3"', value)
    assert [entry.why.code for entry in read_stack(write_stack(text)).unpriced] == ["argument_unknown"]


def test_a_target_that_no_computer_can_hold_is_as_good_as_none(write_stack: Write) -> None:
    text = """
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
      max_capacity = 2
    }
    resource "aws_appautoscaling_policy" "p" {
      resource_id = aws_appautoscaling_target.t.resource_id
      target_tracking_scaling_policy_configuration {
        target_value = "1e999999999"
        predefined_metric_specification {
          predefined_metric_type = "ECSServiceAverageCPUUtilization"
        }
      }
    }
    """
    assert read_stack(write_stack(text)).resources


def test_a_value_of_the_environment_that_is_no_text_is_read(write_stack: Write) -> None:
    variable = 'variable "v" {\n  type = list(string)\n}\n'
    environment: Mapping[str, str] = {"TF_VAR_v": '["\udcff"]'}
    assert size(read_stack(write_stack(variable + VOLUME.format(size="length(var.v)")), environment=environment)) == 1


def test_a_folder_that_nobody_may_read_is_named(write_stack: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = write_stack()

    def refuse(disk: Disk, folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Disk, "names_in", refuse)
    with pytest.raises(InputError) as caught:
        read_stack(stack)
    assert caught.value.why.code == "path_unreadable"


@pytest.mark.parametrize(
    "expression",
    [
        f"length([for x in {TURNS} : upper(local.letters)])",
        f"length([for x in {TURNS} : sha256(local.letters)])",
        f'length([for x in {TURNS} : local.letters == "${{x}}y"])',
        f"length([for x in {TURNS} : contains({TURNS}, 1)])",
        f"length([for x in {TURNS} : can(local.letters)])",
        f"length([for x in {TURNS} : [for y in {TURNS} : 1 if false]])",
        f"length({{ for x in {TURNS} : x => x... }}) * length([for x in {TURNS} : {TURNS} == [x]])",
    ],
)
def test_what_takes_long_without_many_expressions_is_bounded(write_stack: Write, expression: str) -> None:
    with pytest.raises(InputError) as caught:
        read_stack(write_stack(LETTERS + VOLUME.format(size=expression)))
    assert caught.value.why.code in ("too_large_steps", "too_large_size")


def test_nested_blocks_of_many_instances_are_bounded(write_stack: Write) -> None:
    text = """
    resource "aws_instance" "i" {
      count         = 2000
      instance_type = "t3.micro"
      dynamic "ebs_block_device" {
        for_each = range(500)
        content {
          volume_size = 1
        }
      }
    }
    """
    with pytest.raises(InputError) as caught:
        read_stack(write_stack(text))
    assert caught.value.why.code == "too_large_size"


def test_a_file_of_nothing_but_white_space_is_not_parsed(write_stack: Write) -> None:
    """Each space would become a token of 240 bytes."""
    stack = read_stack(write_stack(VOLUME.format(size="1"), {"more.tf": "\n" * 300_000}))
    assert wrong(stack) == ["file_too_slow"]
