"""
The Terraform tree and its plans, as the tests of this folder read them.

A plan alone does not show that AWS accepts the values in it, and the provider used here may be one that knows only the
names and types of arguments. So the tests check on the plan itself what AWS would refuse, and what would cost money or
an outage without being refused.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

TREE = REPOSITORY / "infrastructure" / "terraform"
BOOTSTRAP = Path("bootstrap")
ENVIRONMENT = Path("environments") / "startup-prod"
POLICIES = Path("src") / "glimpse" / "operations" / "outside" / "aws"
"""What the bootstrap reads beside the tree."""

STAND_IN = REPOSITORY.parent / "shared" / "tools" / "terraform-offline" / "terraform-offline"
"""A terraform whose AWS provider needs no network, where there is one."""

DIGEST = "sha256:" + "0" * 64
DOMAIN = "chat.example.com"
REQUIRED = [f"-var=image_digest={DIGEST}", "-var=alarm_email=on-call@example.com"]
"""Variables of the environment that have no default."""

DESIGNS = {"before": [], "balanced": ["-var-file=balanced.tfvars"]}
BEST = ["-var-file=best.tfvars"]
PREPARED = {"prepared_before": [], "prepared_best": BEST}
"""The first of the two applies of a deploy, for two designs."""

MIGRATION = "module.ecs.terraform_data.migration"
SECOND = {"name": "a-second-environment", "domain_name": "second.example.com"}
"""Variables of another environment in the same account, with the longest name that is allowed."""

CHOICES = {
    "addresses_and_parameters": {"egress": "task_addresses", "secret_store": "parameter_store"},
    "gateway_and_serverless": {"egress": "nat_gateway", "bus": "cache_serverless"},
    "ipv6_and_cloudfront": {"egress": "ipv6_only", "ingress": "cloudfront"},
    "downloads_by_cloudfront": {"downloads": "cloudfront", "downloads_public_key": "-----BEGIN PUBLIC KEY-----"},
    "ipv6_and_postgresql": {"egress": "ipv6_only", "bus": "postgresql", "database_pool": "1"},
    "both_ways_in": {"ingress": "both"},
    "cloudfront_and_nights": {
        "ingress": "cloudfront",
        "environment": "development",
        "night_off": "true",
        "log_retention_days": "7",
    },
}
"""Variables of each choice away from the first design. Choices that do not affect each other share a plan."""

EDITS = {
    "second_environment": SECOND
    | {
        "cpu_architecture": "ARM64",
        "fargate_base": "0",
        "min_capacity": "1",
        "max_capacity": "8",
        "cache_engine": "valkey",
    },
    "on_demand_pair": {"fargate_base": "2"},
}
"""Variables that levers set beside those of the choices. Choices and edits together are every edit of every lever."""

TASK = {
    "name": "glimpse-test",
    "service_name": "glimpse-api",
    "region": "ap-northeast-2",
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "balancers": {"public": {"target_group_arn": "arn:aws:elasticloadbalancing:target", "security_group_id": "sg-1"}},
    "database_security_group_id": "sg-2",
    "cache_security_group_id": "sg-3",
    "execution_role_arn": "arn:aws:iam::123456789012:role/execution",
    "migrate_execution_role_arn": "arn:aws:iam::123456789012:role/migrate-execution",
    "task_role_arn": "arn:aws:iam::123456789012:role/task",
    "repository_url": "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/glimpse-api",
    "image_digest": DIGEST,
    "secrets": {"PGPASSWORD": "arn:aws:ssm:parameter/database-password"},
    "migrate_environment": {"GLIMPSE_DATABASE_URL": "postgresql://owner@database/glimpse"},
    "migrate_secrets": {
        "GLIMPSE_DATABASE_APP_PASSWORD": "arn:aws:ssm:parameter/database-password",
        "PGPASSWORD": "arn:aws:secretsmanager:secret:password::",
    },
    "task_cpu": 256,
    "task_memory": 512,
    "uploads": "presigned",
    "keep_alive_seconds": 65,
    "database_pool": 1,
    "fargate_base": 1,
    "fargate_weight": 10,
    "fargate_spot_weight": 90,
    "desired_count": 2,
    "min_capacity": 2,
    "max_capacity": 20,
}
"""Variables of the module `ecs` on its own. A plan shows a task's containers only when it knows all of these."""

NAT = re.compile(r"^module\.networking\.[^.]+\.nat(_image)?\[\d\]$")
NAT_ALARM = "module.monitoring.aws_cloudwatch_metric_alarm.nat_instance[0]"
SECRETS = re.compile(r"^module\.secrets\.")
BEHIND = [choice for choice, variables in CHOICES.items() if variables.get("ingress") == "cloudfront"]
"""Choices with which clients come in by CloudFront."""

HANGS_SECONDS = 900
"""A terraform that takes longer than this hangs: a minute is usual, and several minutes on a busy machine."""

Values = dict[str, Any]


@dataclass(frozen=True)
class Terraform:
    """A terraform command and the copy of the tree that it works on."""

    command: str
    tree: Path

    def start(self, directory: Path, *arguments: str) -> subprocess.Popen[str]:
        quiet = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
        return subprocess.Popen(
            [self.command, f"-chdir={self.tree / directory}", *arguments],
            env={**os.environ, **quiet},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def run(self, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(directory, *arguments)
        output, errors = process.communicate(timeout=HANGS_SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def init(self, directory: Path) -> None:
        """A root whose state is in a bucket gets a local one."""
        folder = self.tree / directory
        if any('backend "s3"' in file.read_text() for file in folder.glob("*.tf")):
            (folder / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
        done = self.run(directory, "init", "-no-color")
        unreachable = re.search(r"Failed to (query available|install) provider.*", done.stderr)
        if done.returncode and unreachable and Path(self.command) != STAND_IN:
            pytest.skip("NOT RUN: terraform could not fetch its AWS provider")
        assert done.returncode == 0, done.stderr

    def plan(self, name: str, directory: Path, *arguments: str) -> Values:
        """The document that `terraform show -json` writes of a plan."""
        options = ["-no-color", "-lock=false", "-refresh=false", f"-out={name}.tfplan"]
        done = self.run(directory, "plan", *options, *arguments)
        if done.returncode and re.search(r"No valid credential|Invalid AWS Region", done.stderr):
            pytest.skip("NOT RUN: a plan with the real AWS provider needs credentials")
        assert done.returncode == 0, done.stderr
        shown = self.run(directory, "show", "-json", f"{name}.tfplan")
        assert shown.returncode == 0, shown.stderr
        return dict(json.loads(shown.stdout))


@dataclass(frozen=True)
class Plan:
    """What `terraform show -json` says of a plan."""

    document: Values

    @cached_property
    def resources(self) -> dict[str, Values]:
        """Planned values by address."""

        def walk(module: Values) -> Iterator[tuple[str, Values]]:
            for resource in module.get("resources", []):
                if resource["mode"] == "managed":
                    yield resource["address"], resource.get("values", {})
            for child in module.get("child_modules", []):
                yield from walk(child)

        return dict(walk(self.document["planned_values"]["root_module"]))

    @cached_property
    def written(self) -> dict[str, Values]:
        """Arguments as written in the configuration, by address."""

        def walk(module: Values, prefix: str) -> Iterator[tuple[str, Values]]:
            for resource in module.get("resources", []):
                yield prefix + resource["address"], resource.get("expressions", {})
            for name, call in module.get("module_calls", {}).items():
                yield from walk(call["module"], f"{prefix}module.{name}.")

        return dict(walk(self.document["configuration"]["root_module"], ""))

    def of_type(self, kind: str) -> list[Values]:
        pattern = re.compile(rf"(^|\.){kind}\.[^.]+$")
        return [values for address, values in self.resources.items() if pattern.search(address)]

    def one(self, kind: str) -> Values:
        (values,) = self.of_type(kind)
        return values

    @property
    def task(self) -> Values:
        """The definition of the service's tasks. That of a migration stands beside it."""
        (values,) = (
            values for address, values in self.resources.items() if address.endswith("aws_ecs_task_definition.this")
        )
        return values

    def check(self, name: str) -> str:
        """Status of a check block."""
        (check,) = (each for each in self.document["checks"] if each["address"]["to_display"] == f"check.{name}")
        return str(check["status"])


def written_address(address: str) -> str:
    """Address of a resource as written, without the keys of its instances: module.a[0].b.c["d"] is module.a.b.c."""
    return re.sub(r"\[[^]]*\]", "", address)


@dataclass(frozen=True)
class Order:
    """What each resource waits for, by their addresses as written: what `terraform graph` prints."""

    waits_for: dict[str, set[str]]

    @classmethod
    def of(cls, graph: str) -> "Order":
        waits_for: dict[str, set[str]] = {}
        for later, earlier in re.findall(r'"([^"]+)" -> "([^"]+)"', graph):
            waits_for.setdefault(later, set()).add(earlier)
        return cls(waits_for)

    def before(self, address: str) -> set[str]:
        """All that is there before a resource is made."""
        found: set[str] = set()
        waiting = [address]
        while waiting:
            new = self.waits_for.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found


def block(values: Values, name: str) -> Values:
    """The only nested block of a name."""
    (only,) = values[name]
    return dict(only)


def strategy(plan: Plan) -> dict[str, tuple[int, int]]:
    """Base and weight of each capacity provider."""
    parts = plan.one("aws_ecs_service")["capacity_provider_strategy"]
    return {part["capacity_provider"]: (part["base"], part["weight"]) for part in parts}


def source(*parts: str) -> str:
    """
    Text of a file of the tree. The tests read it where a plan shows too little: `lifecycle`, which branch of a
    condition gave an unknown value, the text of policies, and what stands in several files.
    """
    return TREE.joinpath(*parts).read_text(encoding="utf-8")


def sources() -> dict[str, str]:
    """Text of every Terraform file, by its path in the tree."""
    return {
        str(file.relative_to(TREE)): file.read_text(encoding="utf-8")
        for file in sorted(TREE.rglob("*.tf"))
        if ".terraform" not in file.parts
    }


def written_blocks(text: str, opening: str) -> dict[str, str]:
    """Top-level blocks of a kind in formatted text, by label."""
    pattern = rf'^{opening} "([^"]+)"(?: "[^"]+")? \{{\n(.*?)^\}}'
    return dict(re.findall(pattern, text, re.MULTILINE | re.DOTALL))


def difference(plans: dict[str, Plan], choice: str) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """From the first design to a choice: addresses that go, addresses that come, and arguments that change."""
    before, after = plans["before"].resources, plans[choice].resources
    changed = {
        (address, name)
        for address in before.keys() & after.keys()
        for name in before[address].keys() | after[address].keys()
        if before[address].get(name) != after[address].get(name)
    }
    return before.keys() - after.keys(), after.keys() - before.keys(), changed


def record_types(plan: Plan) -> list[str]:
    """Types of the records that the name of the service has."""
    records = plan.of_type("aws_route53_record")
    return sorted(record["type"] for record in records if record.get("name") == DOMAIN)
