#!/usr/bin/env python3
"""
Measure how long `glimpse plan` takes as a new process, and how much memory its largest process needs.

Run:      .venv/bin/python benchmarks/planner_speed/measure.py [RUNS]
Compare:  run it before and after a change on the same machine and compare the ratios to the floor, not the
          seconds: the subjects take turns, so that noise affects all alike.

Subjects: `glimpse plan` (its short report, and the HTML page) and `glimpse bill` on the repository's own stack, and
`glimpse diff` of its last two commits; `glimpse plan` on a plan JSON of 1,000 resources, and on HCL of 1,000 resources
of old generations; `glimpse bill` on 2,000 resources of all priced types. The floor is a new Python process in which
tfparse evaluates the own stack, without prices, comparison or report.

Then, in this process after all imports: reading alone beside tfparse on the same files (the own stack, and generated
trees of 1,000 and 10,000 resources); and the search alone beside its rival, which makes a whole bill for each
combination (timed on some of them, and multiplied).
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from many_types import plan_of_many_types

from glimpse.planner.estimate import Estimator
from glimpse.planner.outside import clock, price_files, workload_files
from glimpse.planner.outside.terraform_files.reading import read_stack
from glimpse.planner.scenarios import survey_of

REPOSITORY = Path(__file__).resolve().parents[2]
OWN_STACK = REPOSITORY / "infrastructure/terraform/environments/startup-prod"
RESOURCES = 1000
RESOURCES_OF_ALL_TYPES = 2000
SLOW_SECONDS = 20
"""Where tfparse takes longer than this, it is timed only once."""


OLD_RESOURCES = """
resource "aws_instance" "web{n}" {{
  ami           = "ami-1"
  instance_type = "m4.large"
  monitoring    = true
  root_block_device {{
    volume_type = "gp2"
    volume_size = 50
  }}
}}
resource "aws_ebs_volume" "data{n}" {{
  availability_zone = "ap-northeast-2a"
  size              = 100
  type              = "gp2"
}}
resource "aws_cloudwatch_log_group" "app{n}" {{
  name = "app{n}"
}}
resource "aws_db_instance" "main{n}" {{
  engine            = "postgres"
  engine_version    = "13.4"
  instance_class    = "db.m4.large"
  allocated_storage = 100
  storage_type      = "gp2"
  multi_az          = true
}}
resource "aws_lambda_function" "job{n}" {{
  function_name = "job{n}"
  role          = "role"
  memory_size   = 512
}}
"""


def old_stack() -> str:
    """1,000 resources with old generations, engines and disks, so that several levers apply to each."""
    provider = 'provider "aws" {\n  region = "ap-northeast-2"\n}\n'
    return provider + "".join(OLD_RESOURCES.format(n=number) for number in range(RESOURCES // 5))


def large_plan() -> dict[str, Any]:
    """A plan JSON of 1,000 resources in 50 modules: instances, volumes, services, alarms, and many free ones."""
    types: list[tuple[str, dict[str, Any]]] = [
        ("aws_instance", {"instance_type": "t4g.micro", "associate_public_ip_address": True,
                          "root_block_device": [{"volume_type": "gp3", "volume_size": 20}]}),
        ("aws_ebs_volume", {"type": "gp3", "size": 50}),
        ("aws_ecs_service", {"name": "s", "desired_count": 2, "launch_type": "FARGATE"}),
        ("aws_ecs_task_definition", {"cpu": "256", "memory": "512"}),
        ("aws_cloudwatch_metric_alarm", {"period": 60}),
        ("aws_cloudwatch_log_group", {"name": "l"}),
        ("aws_security_group", {"name": "g"}),
        ("aws_iam_role", {"name": "r"}),
        ("aws_s3_bucket", {"bucket": "b"}),
        ("aws_sqs_queue", {"name": "q"}),
    ]  # fmt: skip
    modules: list[dict[str, Any]] = []
    calls: dict[str, Any] = {}
    for number in range(RESOURCES // 20):
        name = f"part{number}"
        rows, configs = [], []
        for copy in range(2):
            for resource_type, values in types:
                label = f"n{copy}"
                address = f"module.{name}.{resource_type}.{label}"
                rows.append(
                    {"address": address, "mode": "managed", "type": resource_type, "name": label, "values": values}
                )
                expressions = {}
                if resource_type == "aws_ecs_service":
                    expressions = {"task_definition": {"references": [f"aws_ecs_task_definition.{label}.arn"]}}
                configs.append({"type": resource_type, "name": label, "expressions": expressions})
        modules.append({"address": f"module.{name}", "resources": rows})
        calls[name] = {"module": {"resources": configs}}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"child_modules": modules}},
        "configuration": {
            "provider_config": {"aws": {"expressions": {"region": {"constant_value": "ap-northeast-2"}}}},
            "root_module": {"module_calls": calls},
        },
    }


TEN_INSTANCES = """
locals {
  name_N = "${var.project}-part-N"
  tags_N = merge(var.tags, { part = "N", size = tostring(var.sizes["small"]) })
}
resource "aws_security_group" "N" {
  name = local.name_N
  tags = local.tags_N
}
resource "aws_iam_role" "N" {
  name               = format("%s-role", local.name_N)
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:*" }] })
}
resource "aws_instance" "N" {
  count                       = var.production ? 4 : 1
  instance_type               = lookup({ small = "t4g.micro", large = "t4g.large" }, "small", "t4g.nano")
  associate_public_ip_address = count.index == 0
  vpc_security_group_ids      = [aws_security_group.N.id]
  tags                        = merge(local.tags_N, { Name = "${local.name_N}-${count.index}" })
  dynamic "ebs_block_device" {
    for_each = { for name, size in var.sizes : name => size if size > 10 }
    content {
      device_name = "/dev/${ebs_block_device.key}"
      volume_size = ebs_block_device.value
      volume_type = "gp3"
    }
  }
  root_block_device {
    volume_size = 20
    volume_type = "gp3"
  }
}
resource "aws_ebs_volume" "N" {
  for_each          = toset(["a", "b"])
  availability_zone = "ap-northeast-2${each.key}"
  size              = var.sizes["large"] * 2
  type              = "gp3"
}
resource "aws_cloudwatch_log_group" "N" {
  name              = "/app/${local.name_N}"
  retention_in_days = try(var.retention.days, 30)
}
resource "aws_cloudwatch_metric_alarm" "N" {
  alarm_name = join("-", [local.name_N, "cpu"])
  period     = 60
}
"""
"""HCL of ten resource instances; N stands for a number."""

PROVIDER_AND_VARIABLES = """
provider "aws" {
  region = "ap-northeast-2"
}
variable "project" {
  default = "made-up"
}
variable "production" {
  type    = bool
  default = true
}
variable "sizes" {
  type    = map(number)
  default = { small = 10, large = 50 }
}
variable "tags" {
  type    = map(string)
  default = { team = "a" }
}
variable "retention" {
  default = {}
}
"""


def large_tree(folder: Path, resources: int) -> Path:
    """Write a tree with this many resource instances, ten per file."""
    folder.mkdir()
    (folder / "main.tf").write_text(PROVIDER_AND_VARIABLES)
    for number in range(resources // 10):
        (folder / f"part{number}.tf").write_text(re.sub(r"\bN\b|(?<=_)N\b", f"n{number}", TEN_INSTANCES))
    return folder


def reading_times(runs: int) -> None:
    """Time reading alone, without prices, in turns with tfparse's evaluation of the same files."""
    import tfparse

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # tfparse logs what it does not know
    with tempfile.TemporaryDirectory() as folder:
        trees = {"own stack": OWN_STACK} | {
            f"{count:,} resources": large_tree(Path(folder) / str(count), count)
            for count in (RESOURCES, 10 * RESOURCES)
        }
        print(f"{'reading':<24}{'median s':>10}{'min':>8}{'max':>8}{'tfparse':>9}{'×':>8}")
        for name, tree in trees.items():
            ours: list[float] = []
            theirs: list[float] = []
            for _ in range(runs if tree == OWN_STACK else max(3, runs // 5)):
                began = time.perf_counter()
                read_stack(tree)
                ours.append(time.perf_counter() - began)
                if theirs and theirs[0] > SLOW_SECONDS:
                    continue
                began = time.perf_counter()
                tfparse.load_from_path(str(tree))
                theirs.append(time.perf_counter() - began)
            middle, floor = statistics.median(ours), statistics.median(theirs)
            print(f"{name:<24}{middle:>10.3f}{min(ours):>8.3f}{max(ours):>8.3f}{floor:>9.3f}{middle / floor:>8.2f}")


def timed(command: list[str]) -> tuple[float, float]:
    """Wall-clock seconds of a command, and the peak memory in MB of the largest process among it and its children."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=REPOSITORY)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def search_times(runs: int) -> None:
    """Time all combinations of the levers on the own stack: by the search, and by one whole bill after another."""
    workload = workload_files.workload_beside(OWN_STACK, None)
    stack = read_stack(OWN_STACK)
    prices, capacities = price_files.catalogue(stack.region), workload_files.capacities_of(workload)
    estimator = Estimator(prices, workload, capacities, clock.today())
    levers = survey_of(stack, estimator).candidates.levers
    search_seconds, bill_seconds, looked_at = [], [], 0
    for _ in range(runs):
        began = time.perf_counter()
        found = survey_of(stack, estimator, levers).combinations.search(planned=True)
        search_seconds.append(time.perf_counter() - began)
        looked_at = found.looked_at if found else 0
        began = time.perf_counter()
        for lever in levers:
            estimator.bill(lever.change(stack))
        bill_seconds.append((time.perf_counter() - began) / len(levers))
    middle, one = statistics.median(search_seconds), statistics.median(bill_seconds)
    spread = f"{min(search_seconds):.3f} to {max(search_seconds):.3f}"
    print(f"search, {looked_at:,} combinations: {middle:.3f} s ({spread})")
    slower = one * looked_at
    print(f"rival, one whole bill: {one * 1000:.2f} ms, so {slower:,.0f} s for as many, × {slower / middle:,.0f}")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.json"
        plan.write_text(json.dumps(large_plan()))
        many = Path(folder) / "many.json"
        many.write_text(json.dumps(plan_of_many_types(RESOURCES_OF_ALL_TYPES)))
        old = Path(folder) / "old"
        old.mkdir()
        (old / "main.tf").write_text(old_stack())
        floor = f"import tfparse; tfparse.load_from_path({str(OWN_STACK)!r})"
        subjects = {
            "plan, own stack": [sys.executable, "-m", "glimpse", "plan"],
            "plan as HTML, own stack": [sys.executable, "-m", "glimpse", "plan", "--format", "html", "--output", "-"],
            "bill, own stack": [sys.executable, "-m", "glimpse", "bill"],
            "diff of two revisions": [sys.executable, "-m", "glimpse", "diff", "HEAD~1", "HEAD"],
            f"plan, {RESOURCES} resources": [sys.executable, "-m", "glimpse", "plan", str(plan)],
            f"plan, {RESOURCES} old ones": [sys.executable, "-m", "glimpse", "plan", str(old)],
            f"bill, {RESOURCES_OF_ALL_TYPES} of all types": [sys.executable, "-m", "glimpse", "bill", str(many)],
            "floor: tfparse alone": [sys.executable, "-c", floor],
        }
        for command in subjects.values():
            timed(command)  # warm the page cache
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in subjects}
        for _ in range(runs):
            for name, command in subjects.items():
                found[name].append(timed(command))
    base = statistics.median(seconds for seconds, _ in found["floor: tfparse alone"])
    git = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, commit {git.stdout.strip()}, {runs} runs in turn")
    print(f"{'subject':<24}{'median s':>10}{'min':>8}{'max':>8}{'× floor':>9}{'max MB':>8}")
    for name, pairs in found.items():
        seconds = [pair[0] for pair in pairs]
        middle = statistics.median(seconds)
        largest = max(pair[1] for pair in pairs)
        print(f"{name:<24}{middle:>10.3f}{min(seconds):>8.3f}{max(seconds):>8.3f}{middle / base:>9.1f}{largest:>8.0f}")
    reading_times(runs)
    search_times(runs)


if __name__ == "__main__":
    main()
