"""The Terraform tree: that it plans, and that the plan keeps what the product promises.

A plan alone does not show that AWS accepts the values in it, and the provider used here may be one
that knows only the names and types of arguments. So what AWS would refuse, and what would cost money
or an outage without being refused, is checked below on the plan itself.
"""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.planner.levers import LEVERS
from glimpse.planner.stack import Stack

REPOSITORY = Path(__file__).resolve().parents[2]
TREE = REPOSITORY / "infrastructure" / "terraform"
ENVIRONMENT = Path("environments") / "startup-prod"
STAND_IN = REPOSITORY.parent / "shared" / "tools" / "terraform-offline" / "terraform-offline"

# One worker makes the plans, once for all tests.
pytestmark = pytest.mark.xdist_group("terraform")

DIGEST = "sha256:" + "0" * 64
DESIGNS = {"before": [], "balanced": ["-var-file=balanced.tfvars"]}

# Away from the first design. Choices that have nothing to do with each other share a plan.
CHOICES = {
    "addresses_and_parameters": {"egress": "task_addresses", "secret_store": "parameter_store"},
    "gateway_and_serverless": {"egress": "nat_gateway", "bus": "cache_serverless"},
    "ipv6_and_cloudfront": {"egress": "ipv6_only", "ingress": "cloudfront"},
    "downloads_by_cloudfront": {"downloads": "cloudfront", "downloads_public_key": "-----BEGIN PUBLIC KEY-----"},
    "ipv6_and_postgresql": {"egress": "ipv6_only", "bus": "postgresql", "database_pool": "1"},
    "cloudfront_and_nights": {
        "ingress": "cloudfront",
        "environment": "development",
        "night_off": "true",
        "log_retention_days": "7",
    },
}

# What the levers set beside those, as far as it can stand in one plan. Together they are every edit of every lever.
EDITS = {
    "small_values": {
        "cpu_architecture": "ARM64",
        "fargate_base": "0",
        "min_capacity": "1",
        "max_capacity": "8",
        "cache_engine": "valkey",
        "database_max_storage_gb": "100",
    },
    "on_demand_pair": {"fargate_base": "2"},
}
DOMAIN = "chat.example.com"
WORLD = {"0.0.0.0/0", "::/0"}
SECRETS = re.compile(r"^module\.secrets\.")

Values = dict[str, Any]


@dataclass(frozen=True)
class Terraform:
    """A command that works on a copy of the tree."""

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
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def init(self, directory: Path) -> None:
        done = self.run(directory, "init", "-backend=false", "-no-color")
        unreachable = re.search(r"Failed to (query available|install) provider.*", done.stderr)
        if done.returncode and unreachable and Path(self.command) != STAND_IN:
            pytest.skip("NOT RUN: terraform could not fetch its AWS provider")
        assert done.returncode == 0, done.stderr

    def plan(self, name: str, directory: Path, *arguments: str) -> "Plan":
        options = ["-no-color", "-lock=false", "-refresh=false", f"-out={name}.tfplan"]
        done = self.run(directory, "plan", *options, *arguments)
        if done.returncode and re.search(r"No valid credential|Invalid AWS Region", done.stderr):
            pytest.skip("NOT RUN: a plan with the real AWS provider needs credentials")
        assert done.returncode == 0, done.stderr
        shown = self.run(directory, "show", "-json", f"{name}.tfplan")
        assert shown.returncode == 0, shown.stderr
        return Plan(json.loads(shown.stdout))


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

    def check(self, name: str) -> str:
        """Status of a check block."""
        (check,) = (each for each in self.document["checks"] if each["address"]["to_display"] == f"check.{name}")
        return str(check["status"])


def block(values: Values, name: str) -> Values:
    (only,) = values[name]
    return dict(only)


def strategy(plan: Plan) -> dict[str, tuple[int, int]]:
    """Base and weight of each capacity provider."""
    parts = plan.one("aws_ecs_service")["capacity_provider_strategy"]
    return {part["capacity_provider"]: (part["base"], part["weight"]) for part in parts}


def source(*parts: str) -> str:
    return TREE.joinpath(*parts).read_text(encoding="utf-8")


def sources() -> dict[str, str]:
    return {
        str(file.relative_to(TREE)): file.read_text(encoding="utf-8")
        for file in sorted(TREE.rglob("*.tf"))
        if ".terraform" not in file.parts
    }


def written_blocks(text: str, opening: str) -> dict[str, str]:
    """Top-level blocks of a kind in formatted text, by label."""
    pattern = rf'^{opening} "([^"]+)"(?: "[^"]+")? \{{\n(.*?)^\}}'
    return dict(re.findall(pattern, text, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    command = os.environ.get("GLIMPSE_TERRAFORM") or shutil.which("terraform")
    if not command:
        pytest.skip("NOT RUN: terraform is not installed")
    if "GLIMPSE_TERRAFORM" not in os.environ and STAND_IN.exists():
        command = str(STAND_IN)
    tree = tmp_path_factory.mktemp("terraform") / "terraform"
    shutil.copytree(TREE, tree, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    terraform = Terraform(command, tree)
    terraform.init(ENVIRONMENT)
    return terraform


# What one task is made of. A plan shows the container only when none of these is still to be known.
TASK = {
    "name": "glimpse-test",
    "service_name": "glimpse-api",
    "region": "ap-northeast-2",
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "target_group_arn": "arn:aws:elasticloadbalancing:target",
    "balancer_security_group_id": "sg-1",
    "database_security_group_id": "sg-2",
    "cache_security_group_id": "sg-3",
    "execution_role_arn": "arn:aws:iam::123456789012:role/execution",
    "task_role_arn": "arn:aws:iam::123456789012:role/task",
    "repository_url": "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/glimpse-api",
    "image_digest": DIGEST,
    "secrets": {"PGPASSWORD": "arn:aws:secretsmanager:secret:password::"},
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


@pytest.fixture(scope="session")
def opinions(terraform: Terraform) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Terraform's own validation and tests. They take longest, so they run while the plans are made."""
    files = sorted((TREE / ENVIRONMENT / "tests").glob("*.tftest.hcl"))
    running = {
        file.name: terraform.start(ENVIRONMENT, "test", "-no-color", f"-filter=tests/{file.name}") for file in files
    }
    running["validate"] = terraform.start(ENVIRONMENT, "validate", "-no-color")
    yield running
    for process in running.values():
        with process:
            if process.poll() is None:  # nobody asked for it; its providers go with it
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def plans(terraform: Terraform, opinions: dict[str, subprocess.Popen[str]]) -> dict[str, Plan]:
    """The plans of both designs, of each choice, and of a service alone."""
    service = Path("modules") / "ecs"
    (terraform.tree / service / "terraform.tfvars.json").write_text(json.dumps(TASK))
    terraform.init(service)
    chosen = {
        choice: [f"-var={name}={value}" for name, value in variables.items()]
        for choice, variables in {**CHOICES, **EDITS}.items()
    }
    with ThreadPoolExecutor() as pool:
        jobs = {
            design: pool.submit(terraform.plan, design, ENVIRONMENT, f"-var=image_digest={DIGEST}", *arguments)
            for design, arguments in {**DESIGNS, **chosen}.items()
        }
        jobs["service"] = pool.submit(terraform.plan, "service", service)
        return {name: job.result() for name, job in jobs.items()}


@pytest.fixture(params=DESIGNS)
def plan(request: pytest.FixtureRequest, plans: dict[str, Plan]) -> Plan:
    """The plan of each design in turn."""
    return plans[request.param]


@pytest.fixture
def container(plans: dict[str, Plan]) -> Values:
    """The container of a task of the balanced design."""
    task = plans["service"].one("aws_ecs_task_definition")
    (only,) = json.loads(task["container_definitions"])
    return dict(only)


# Terraform's own opinion


def test_the_files_are_formatted(terraform: Terraform) -> None:
    done = terraform.run(Path(), "fmt", "-check", "-recursive", "-list=true")
    assert done.returncode == 0, f"run terraform fmt on: {done.stdout}{done.stderr}"


def test_the_configuration_is_valid_and_every_terraform_test_passes(
    opinions: dict[str, subprocess.Popen[str]], plans: dict[str, Plan]
) -> None:
    assert len(opinions) > 1, "there are no tests"
    for name, process in opinions.items():
        output, errors = process.communicate(timeout=300)
        assert process.returncode == 0, output + errors
        assert name == "validate" or re.search(r"Success! [1-9]\d* passed, 0 failed\.", output), output


# What a reader and a static evaluator rely on


def test_every_variable_and_output_says_what_it_is() -> None:
    for name, text in sources().items():
        for label, body in written_blocks(text, "variable").items():
            assert re.search(r"^  type +=", body, re.MULTILINE), f"{name}: {label} has no type"
            assert re.search(r"^  description +=", body, re.MULTILINE), f"{name}: {label}"
        for label, body in written_blocks(text, "output").items():
            assert re.search(r"^  description +=", body, re.MULTILINE), f"{name}: {label}"


def test_the_number_of_resources_follows_from_the_variables_alone() -> None:
    written = [
        (name, line)
        for name, text in sources().items()
        for line in re.findall(r"^ *(?:count|for_each) += .*$", text, re.MULTILINE)
    ]
    assert written
    for name, line in written:
        assert "var." in line, f"{name}: {line}"
        assert not re.search(r"\b(data|module|aws_\w+)\.", line), f"{name}: {line}"


def test_no_lock_state_or_plan_file_lies_in_the_tree() -> None:
    stray = [
        file
        for pattern in (".terraform", ".terraform.lock.hcl", "*.tfstate*", "*.tfplan")
        for file in TREE.rglob(pattern)
    ]
    assert not stray


# What the levers of the planner set


def test_every_edit_of_every_lever_has_been_planned_by_terraform(own_stack: Stack) -> None:
    planned = {(name, value) for variables in (*CHOICES.values(), *EDITS.values()) for name, value in variables.items()}
    for design in DESIGNS:
        if design != "before":
            text = source(str(ENVIRONMENT), f"{design}.tfvars")
            planned |= set(re.findall(r'^(\w+)\s*=\s*"?([^"#\n]+?)"?\s*(?:#.*)?$', text, re.MULTILINE))
    edits = {
        (name, str(value))
        for lever in LEVERS.values()
        if lever.edit
        for name, value in lever.edit_in(lever.change(own_stack)).items()
    }
    assert edits <= planned


def test_the_small_values_of_the_levers_arrive_where_they_count(plans: dict[str, Plan]) -> None:
    small = plans["small_values"]
    assert strategy(small) == {"FARGATE": (0, 30), "FARGATE_SPOT": (0, 70)}
    assert small.one("aws_appautoscaling_target")["min_capacity"] == 1
    assert block(small.one("aws_ecs_task_definition"), "runtime_platform")["cpu_architecture"] == "ARM64"
    assert small.one("aws_appautoscaling_target")["max_capacity"] == 8
    assert small.one("aws_elasticache_replication_group")["engine"] == "valkey"
    assert small.one("aws_db_instance")["max_allocated_storage"] == 100
    assert strategy(plans["on_demand_pair"]) == {"FARGATE": (2, 30), "FARGATE_SPOT": (0, 70)}


# What each choice changes, and what it leaves alone

NAT = re.compile(r"^module\.networking\.aws_.*\.nat\[\d\]$")


def difference(plans: dict[str, Plan], choice: str) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """What goes, what comes, and which arguments change, from the first design to a choice."""
    before, after = plans["before"].resources, plans[choice].resources
    changed = {
        (address, name)
        for address in before.keys() & after.keys()
        for name in before[address].keys() | after[address].keys()
        if before[address].get(name) != after[address].get(name)
    }
    return before.keys() - after.keys(), after.keys() - before.keys(), changed


def test_without_a_nat_instance_nothing_of_it_is_left(plans: dict[str, Plan]) -> None:
    nat = {address for address in plans["before"].resources if NAT.search(address)}
    assert {address.split(".")[2] for address in nat} == {
        "aws_autoscaling_group",
        "aws_iam_instance_profile",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_launch_template",
        "aws_security_group",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
    }
    for choice, variables in CHOICES.items():
        gone, _, _ = difference(plans, choice)
        assert {address for address in gone if ".networking." in address} == (nat if "egress" in variables else set())
        assert bool(plans[choice].of_type("aws_autoscaling_group")) == ("egress" not in variables)


def test_with_addresses_of_their_own_only_the_tasks_move(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "addresses_and_parameters")
    assert all(SECRETS.match(address) or NAT.search(address) for address in gone)
    assert all(SECRETS.match(address) for address in new)
    # The subnets are still unknown in a plan, so that the tasks move to public ones shows in the text alone.
    assert changed == {("module.ecs.aws_ecs_service.this", "network_configuration")}
    network = block(plans["addresses_and_parameters"].one("aws_ecs_service"), "network_configuration")
    assert network["assign_public_ip"] is True
    assert task_subnets() == [
        'var.egress == "task_addresses" ? module.networking.public_subnet_ids :',
        'var.egress == "ipv6_only" ? module.networking.ipv6_subnet_ids :',
        "module.networking.private_subnet_ids",
    ]


def test_by_cloudfront_files_are_read_through_it_and_nothing_else_changes(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "downloads_by_cloudfront")
    assert not gone
    assert {re.sub(r"^module\.(\w+)(\[0\])?\.", r"\1 ", address) for address in new} == {
        "downloads aws_acm_certificate.this",
        "downloads aws_acm_certificate_validation.this",
        "downloads aws_cloudfront_cache_policy.this",
        "downloads aws_cloudfront_distribution.this",
        "downloads aws_cloudfront_key_group.this",
        "downloads aws_cloudfront_origin_access_control.this",
        "downloads aws_cloudfront_public_key.this",
        "downloads aws_cloudfront_response_headers_policy.this",
        "downloads aws_route53_record.ipv6",
        "downloads aws_route53_record.this",
        "downloads aws_route53_record.validation",
        "secrets aws_ssm_parameter.downloads[0]",
    }
    assert {address for address, _ in changed} <= {
        "module.ecs.aws_ecs_task_definition.this",
        "module.roles.aws_iam_role_policy.execution",
        "module.s3.aws_s3_bucket_policy.this",
    }
    text = source(str(ENVIRONMENT), "main.tf")
    assert "GLIMPSE_CLOUDFRONT_PRIVATE_KEY = module.secrets.downloads_parameter_arn" in text


def task_subnets() -> list[str]:
    text = source(str(ENVIRONMENT), "main.tf")
    assert re.search(r"^  subnet_ids += local\.task_subnet_ids$", text, re.MULTILINE)
    (chosen,) = re.findall(r"^  task_subnet_ids = \(\n(.*?)^  \)", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for line in chosen.splitlines()]


def test_tasks_with_addresses_still_answer_the_balancer_alone(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        rules = {
            address: rule
            for address, rule in plan.resources.items()
            if re.search(r"(^|\.ecs\.)aws_vpc_security_group_ingress_rule\.tasks_", address)
        }
        ((address, rule),) = rules.items()
        assert address.endswith(".tasks_from_balancer")
        assert not any(rule.get(name) for name in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id"))
        assert (rule["from_port"], rule["to_port"]) == (3001, 3001)


def test_parameters_take_the_place_of_the_secrets_and_cost_nothing(plans: dict[str, Plan]) -> None:
    gone, new, _ = difference(plans, "addresses_and_parameters")
    assert {address for address in gone if SECRETS.match(address)} == {
        f"module.secrets.aws_secretsmanager_secret.{name}[0]" for name in ("jwt", "push")
    }
    assert new == {f"module.secrets.aws_ssm_parameter.{name}[0]" for name in ("jwt", "push")}
    for parameter in plans["addresses_and_parameters"].of_type("aws_ssm_parameter"):
        assert (parameter["type"], parameter["tier"]) == ("SecureString", "Standard")
        assert parameter["value"] == "to be set by an operator"
    assert plans["addresses_and_parameters"].one("aws_db_instance")["manage_master_user_password"] is True


def record_types(plan: Plan) -> list[str]:
    """What kinds of address the name of the service has."""
    records = plan.of_type("aws_route53_record")
    return sorted(record["type"] for record in records if record.get("name") == DOMAIN)


def test_without_a_choice_nothing_of_what_the_choices_bring_is_there(plan: Plan) -> None:
    for kind in (
        "aws_appautoscaling_scheduled_action",
        "aws_cloudfront_distribution",
        "aws_cloudfront_vpc_origin",
        "aws_egress_only_internet_gateway",
        "aws_eip",
        "aws_elasticache_serverless_cache",
        "aws_nat_gateway",
    ):
        assert not plan.of_type(kind), kind
    for address, values in plan.resources.items():
        for name in ("cidr_ipv6", "destination_ipv6_cidr_block", "ipv6_cidr_block", "ip_discovery", "network_type"):
            assert values.get(name) is None, f"{address}: {name}"
    assert plan.one("aws_vpc").get("assign_generated_ipv6_cidr_block") is None
    assert plan.one("aws_lb")["ip_address_type"] == "ipv4"
    assert plan.one("aws_lb_target_group").get("ip_address_type") is None
    assert plan.one("aws_lb_target_group")["name"] == "glimpse-prod-api"
    assert plan.one("aws_db_instance").get("apply_immediately") is None
    assert record_types(plan) == ["A"]


def test_a_nat_gateway_takes_the_place_of_the_nat_instance_and_a_serverless_cache_that_of_the_node(
    plans: dict[str, Plan],
) -> None:
    gone, new, changed = difference(plans, "gateway_and_serverless")
    assert {address for address in gone if not NAT.search(address)} == {
        "module.elasticache.aws_elasticache_replication_group.this[0]",
        "module.elasticache.aws_elasticache_subnet_group.this[0]",
    }
    assert new == {
        "module.elasticache.aws_elasticache_serverless_cache.this[0]",
        "module.networking.aws_eip.nat[0]",
        "module.networking.aws_nat_gateway.nat[0]",
        "module.networking.aws_route.nat[0]",
        "module.networking.aws_route.nat[1]",
    }
    assert not changed


def test_the_nat_gateway_is_public_itself_and_every_private_subnet_leaves_through_it(plans: dict[str, Plan]) -> None:
    plan = plans["gateway_and_serverless"]
    gateway = plan.written["module.networking.aws_nat_gateway.nat"]
    assert "aws_subnet.public[0]" in gateway["subnet_id"]["references"]
    assert "aws_eip.nat[0]" in gateway["allocation_id"]["references"]
    assert plan.one("aws_eip")["domain"] == "vpc"
    routes = [values for address, values in plan.resources.items() if ".aws_route.nat[" in address]
    assert [route["destination_cidr_block"] for route in routes] == ["0.0.0.0/0", "0.0.0.0/0"]
    written = plan.written["module.networking.aws_route.nat"]
    assert {"aws_route_table.private", "count.index"} <= set(written["route_table_id"]["references"])
    assert "aws_nat_gateway.nat[0]" in written["nat_gateway_id"]["references"]
    assert block(plan.one("aws_ecs_service"), "network_configuration")["assign_public_ip"] is False


def test_a_serverless_cache_keeps_nothing_and_cannot_run_up_a_bill(plans: dict[str, Plan]) -> None:
    cache = plans["gateway_and_serverless"].one("aws_elasticache_serverless_cache")
    assert (cache["engine"], cache["major_engine_version"]) == ("redis", "7")
    limits = block(cache, "cache_usage_limits")
    storage, work = block(limits, "data_storage"), block(limits, "ecpu_per_second")
    assert (storage["maximum"], storage["unit"], work["maximum"]) == (1, "GB", 1000)
    assert cache["snapshot_retention_limit"] == 0
    written = plans["gateway_and_serverless"].written["module.elasticache.aws_elasticache_serverless_cache.this"]
    assert "aws_security_group.this[0]" in written["security_group_ids"]["references"]
    assert written["subnet_ids"]["references"] == ["var.subnet_ids"]
    (written_limits,) = written["cache_usage_limits"]
    for limit in written_limits.values():
        assert "minimum" not in limit[0], "a minimum is billed whether it is used or not"


def test_with_the_database_as_the_bus_nothing_of_the_cache_is_left(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "ipv6_and_postgresql")
    assert {address for address in gone if not NAT.search(address)} == {
        "module.ecs.aws_vpc_security_group_egress_rule.tasks_to_cache[0]",
        "module.ecs.aws_vpc_security_group_ingress_rule.cache_from_tasks[0]",
        "module.elasticache.aws_elasticache_replication_group.this[0]",
        "module.elasticache.aws_elasticache_subnet_group.this[0]",
        "module.elasticache.aws_security_group.this[0]",
    }
    assert not [address for address in plans["ipv6_and_postgresql"].resources if "elasticache" in address]
    assert new == IPV6 | {
        "module.balancer.aws_vpc_security_group_ingress_rule.http_ipv6[0]",
        "module.balancer.aws_vpc_security_group_ingress_rule.https_ipv6[0]",
    }
    assert changed == IPV6_CHANGES | {("module.ecs.aws_ecs_service.this", "tags")}


def test_the_service_is_told_what_carries_its_events() -> None:
    assert re.search(r"GLIMPSE_BUS_URL += module\.elasticache\.url$", source(str(ENVIRONMENT), "main.tf"), re.MULTILINE)


def test_a_task_that_listens_to_the_database_takes_one_connection_more(plans: dict[str, Plan]) -> None:
    assert plans["balanced"].check("database_connections_fit") == "pass", "with the same pool"
    assert plans["ipv6_and_postgresql"].check("database_connections_fit") == "fail"


IPV6 = {
    "module.balancer.aws_route53_record.ipv6[0]",
    "module.ecs.aws_vpc_security_group_egress_rule.tasks_to_internet_ipv6[0]",
    "module.networking.aws_egress_only_internet_gateway.tasks[0]",
    "module.networking.aws_route.internet_ipv6[0]",
    "module.networking.aws_route.tasks[0]",
    "module.networking.aws_route_table.tasks[0]",
    "module.networking.aws_route_table_association.tasks[0]",
    "module.networking.aws_route_table_association.tasks[1]",
    "module.networking.aws_subnet.tasks[0]",
    "module.networking.aws_subnet.tasks[1]",
}
IPV6_CHANGES = {
    ("module.balancer.aws_lb.this", "ip_address_type"),
    ("module.balancer.aws_lb_target_group.this", "ip_address_type"),
    ("module.balancer.aws_lb_target_group.this", "name"),
    ("module.networking.aws_vpc.this", "assign_generated_ipv6_cidr_block"),
    ("module.rds.aws_db_instance.this", "apply_immediately"),
    ("module.rds.aws_db_instance.this", "network_type"),
}
CLOUDFRONT = {
    "module.cloudfront[0].aws_acm_certificate.this",
    "module.cloudfront[0].aws_acm_certificate_validation.this",
    "module.cloudfront[0].aws_cloudfront_distribution.this",
    "module.cloudfront[0].aws_cloudfront_vpc_origin.this",
}
CLOUDFRONT_GONE = {
    "module.balancer.aws_lb_listener.http[0]",
    "module.balancer.aws_vpc_security_group_ingress_rule.http[0]",
}
CLOUDFRONT_CHANGES = {
    ("module.balancer.aws_lb.this", "internal"),
    ("module.balancer.aws_vpc_security_group_ingress_rule.https", "cidr_ipv4"),
    ("module.balancer.aws_vpc_security_group_ingress_rule.https", "description"),
    ("module.balancer.aws_vpc_security_group_ingress_rule.https", "prefix_list_id"),
}


def test_with_ipv6_alone_everything_that_a_task_meets_learns_to_speak_it(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "ipv6_and_cloudfront")
    assert {address for address in gone if not NAT.search(address)} == CLOUDFRONT_GONE
    assert new == IPV6 | CLOUDFRONT
    cache = "module.elasticache.aws_elasticache_replication_group.this[0]"
    assert changed == IPV6_CHANGES | CLOUDFRONT_CHANGES | {(cache, "ip_discovery"), (cache, "network_type")}


@pytest.mark.parametrize("choice", ["ipv6_and_cloudfront", "ipv6_and_postgresql"])
def test_the_balancer_the_database_and_the_cache_answer_a_task_without_ipv4(
    plans: dict[str, Plan], choice: str
) -> None:
    plan = plans[choice]
    assert plan.one("aws_lb")["ip_address_type"] == "dualstack"
    assert plan.one("aws_lb_target_group")["ip_address_type"] == "ipv6"
    assert plan.one("aws_db_instance")["network_type"] == "DUAL"
    assert plan.one("aws_db_instance")["apply_immediately"] is True, "or it waits for the maintenance window"
    for cache in plan.of_type("aws_elasticache_replication_group"):
        assert (cache["network_type"], cache["ip_discovery"]) == ("dual_stack", "ipv6")
    for name in ("public", "private"):
        assert "aws_vpc.this" in plan.written[f"module.networking.aws_subnet.{name}"]["ipv6_cidr_block"]["references"]


def test_a_group_of_ipv6_targets_is_there_before_the_old_one_goes(plans: dict[str, Plan]) -> None:
    names = {plans[choice].one("aws_lb_target_group")["name"] for choice in ("before", "ipv6_and_cloudfront")}
    assert len(names) == 2, "two groups of one name cannot be"
    assert all(len(name) <= 32 for name in names)
    group = re.search(
        r'^resource "aws_lb_target_group" .*?^\}', source("modules", "balancer", "main.tf"), re.MULTILINE | re.DOTALL
    )
    assert group
    assert "create_before_destroy = true" in group[0]


def test_tasks_without_ipv4_have_subnets_of_their_own_that_nobody_enters(plans: dict[str, Plan]) -> None:
    plan = plans["ipv6_and_cloudfront"]
    subnets = [values for address, values in plan.resources.items() if ".aws_subnet.tasks[" in address]
    assert [subnet["availability_zone"] for subnet in subnets] == ["ap-northeast-2a", "ap-northeast-2c"]
    for subnet in subnets:
        assert subnet["ipv6_native"] is True
        assert subnet["assign_ipv6_address_on_creation"] is True
        assert subnet["enable_resource_name_dns_aaaa_record_on_launch"] is True
        assert subnet.get("cidr_block") is None
    assert "cidr_block" not in plan.written["module.networking.aws_subnet.tasks"]
    route = plan.resources["module.networking.aws_route.tasks[0]"]
    assert route["destination_ipv6_cidr_block"] == "::/0"
    written = plan.written["module.networking.aws_route.tasks"]
    assert "aws_egress_only_internet_gateway.tasks[0]" in written["egress_only_gateway_id"]["references"]
    assert "gateway_id" not in written
    (rule,) = [rule for address, rule in plan.resources.items() if address.endswith(".tasks_to_internet_ipv6[0]")]
    assert (rule["cidr_ipv6"], rule["from_port"], rule["to_port"]) == ("::/0", 443, 443)


def test_no_two_subnets_share_an_ipv6_block() -> None:
    text = source("modules", "networking", "main.tf") + source("modules", "networking", "ipv6.tf")
    offsets = re.findall(r"cidrsubnet\(aws_vpc\.this\.ipv6_cidr_block, 8, count\.index(?: \+ (\d+))?\)", text)
    assert [int(offset or 0) for offset in offsets] == [0, 8, 16], "there are up to eight zones"


def test_tasks_without_ipv4_fetch_their_image_and_keep_uploads_over_ipv6() -> None:
    text = source(str(ENVIRONMENT), "main.tf")
    only = 'var.egress == "ipv6_only" ?'
    assert f"{only} module.ecr.dual_stack_url : module.ecr.repository_url" in text
    # The service takes the address that has IPv6 by itself, as long as it is not told another one.
    assert "GLIMPSE_S3_ENDPOINT" not in text
    assert ".dualstack." in Bucket.of("", "ap-northeast-2", "files").url


def test_a_public_balancer_that_speaks_ipv6_is_open_and_known_over_it(plans: dict[str, Plan]) -> None:
    plan = plans["ipv6_and_postgresql"]
    rules = {
        (rule["cidr_ipv6"], rule["from_port"], rule["to_port"])
        for rule in plan.of_type("aws_vpc_security_group_ingress_rule")
        if rule.get("cidr_ipv6")
    }
    assert rules == {("::/0", 80, 80), ("::/0", 443, 443)}
    assert record_types(plan) == ["A", "AAAA"]


def test_with_ipv6_and_cloudfront_there_is_no_public_ipv4_anywhere(plans: dict[str, Plan]) -> None:
    plan = plans["ipv6_and_cloudfront"]
    for kind in ("aws_eip", "aws_nat_gateway", "aws_instance", "aws_launch_template", "aws_network_interface"):
        assert not plan.of_type(kind), kind
    assert plan.one("aws_lb")["internal"] is True
    assert block(plan.one("aws_ecs_service"), "network_configuration")["assign_public_ip"] is False
    assert plan.one("aws_db_instance")["publicly_accessible"] is False
    assert not any(subnet["map_public_ip_on_launch"] for subnet in plan.of_type("aws_subnet"))


# Behind CloudFront

BEHIND = [choice for choice, variables in CHOICES.items() if variables.get("ingress") == "cloudfront"]


def test_with_cloudfront_the_balancer_goes_inside_and_nothing_else_changes(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "cloudfront_and_nights")
    assert gone == CLOUDFRONT_GONE
    assert {address for address in new if ".ecs." not in address} == CLOUDFRONT | {
        "module.balancer.aws_route53_record.ipv6[0]"
    }
    assert {change for change in changed if ".balancer." in change[0]} == CLOUDFRONT_CHANGES
    text = source(str(ENVIRONMENT), "main.tf")
    assert re.search(r"^  subnet_ids += local\.balancer_subnet_ids$", text, re.MULTILINE)
    (subnets,) = re.findall(r"balancer_subnet_ids = (.*)", text)
    assert subnets == (
        'var.ingress == "cloudfront" ? module.networking.private_subnet_ids : module.networking.public_subnet_ids'
    )


@pytest.mark.parametrize("choice", BEHIND)
def test_an_inside_balancer_admits_nobody_but_cloudfront(plans: dict[str, Plan], choice: str) -> None:
    plan = plans[choice]
    assert plan.one("aws_lb")["internal"] is True
    assert [listener["port"] for listener in plan.of_type("aws_lb_listener")] == [443]
    kind = "module.balancer.aws_vpc_security_group_ingress_rule"
    ((address, rule),) = [each for each in plan.resources.items() if each[0].startswith(kind)]
    assert address == f"{kind}.https"
    assert (rule["from_port"], rule["to_port"]) == (443, 443)
    assert rule["prefix_list_id"]
    assert not any(rule.get(name) for name in ("cidr_ipv4", "cidr_ipv6", "referenced_security_group_id"))
    listed = plan.written["module.balancer.data.aws_ec2_managed_prefix_list.cloudfront"]
    assert listed["name"]["constant_value"] == "com.amazonaws.global.cloudfront.origin-facing"
    world = [
        address
        for address, rule in plan.resources.items()
        if "security_group_ingress_rule" in address and (rule.get("cidr_ipv4") or rule.get("cidr_ipv6")) in WORLD
    ]
    assert not world


@pytest.mark.parametrize("choice", BEHIND)
def test_cloudfront_speaks_tls_to_the_balancer_by_way_of_the_vpc(plans: dict[str, Plan], choice: str) -> None:
    plan = plans[choice]
    endpoint = block(plan.one("aws_cloudfront_vpc_origin"), "vpc_origin_endpoint_config")
    assert (endpoint["origin_protocol_policy"], endpoint["https_port"]) == ("https-only", 443)
    assert block(endpoint, "origin_ssl_protocols") == {"items": ["TLSv1.2"], "quantity": 1}
    origin = block(plan.one("aws_cloudfront_distribution"), "origin")
    assert not origin["custom_origin_config"]
    reach = block(origin, "vpc_origin_config")
    assert (reach["origin_read_timeout"], reach["origin_keepalive_timeout"]) == (60, 55)
    written = plan.written["module.cloudfront.aws_cloudfront_distribution.this"]
    assert "var.balancer_dns_name" in written["origin"][0]["domain_name"]["references"]


@pytest.mark.parametrize("choice", BEHIND)
def test_cloudfront_passes_everything_on_and_keeps_nothing(plans: dict[str, Plan], choice: str) -> None:
    plan = plans[choice]
    distribution = plan.one("aws_cloudfront_distribution")
    assert (distribution["enabled"], distribution["is_ipv6_enabled"]) == (True, True)
    assert (distribution["aliases"], distribution["http_version"]) == ([DOMAIN], "http2and3")
    assert distribution["price_class"] == "PriceClass_200", "the cheapest with edges in Korea"
    behaviour = block(distribution, "default_cache_behavior")
    assert behaviour["viewer_protocol_policy"] == "redirect-to-https"
    assert len(behaviour["allowed_methods"]) == 7
    assert behaviour["target_origin_id"] == block(distribution, "origin")["origin_id"]
    for name, policy in (("cache_policy.none", "CachingDisabled"), ("origin_request_policy.all", "AllViewer")):
        named = plan.written[f"module.cloudfront.data.aws_cloudfront_{name}"]
        assert named["name"]["constant_value"] == f"Managed-{policy}"
    assert block(block(distribution, "restrictions"), "geo_restriction")["restriction_type"] == "none"


@pytest.mark.parametrize("choice", BEHIND)
def test_cloudfronts_certificate_stands_where_cloudfront_looks_for_it(plans: dict[str, Plan], choice: str) -> None:
    plan = plans[choice]
    for kind in ("aws_acm_certificate", "aws_acm_certificate_validation"):
        assert plan.resources[f"module.cloudfront[0].{kind}.this"]["region"] == "us-east-1"
        assert not plan.resources[f"module.dns.{kind}.this"].get("region"), "the balancer's stays with the balancer"
    assert plan.resources["module.cloudfront[0].aws_acm_certificate.this"]["domain_name"] == DOMAIN
    shown = block(plan.one("aws_cloudfront_distribution"), "viewer_certificate")
    assert (shown["ssl_support_method"], shown["minimum_protocol_version"]) == ("sni-only", "TLSv1.2_2021")
    written = plan.written["module.cloudfront.aws_cloudfront_distribution.this"]["viewer_certificate"][0]
    valid = "aws_acm_certificate_validation.this.certificate_arn"
    assert valid in written["acm_certificate_arn"]["references"], "one that is not valid yet is refused"


@pytest.mark.parametrize("choice", BEHIND)
def test_clients_find_the_distribution_by_the_records_that_led_to_the_balancer(
    plans: dict[str, Plan], choice: str
) -> None:
    assert record_types(plans[choice]) == ["A", "AAAA"]
    (alias,) = re.findall(r"^  alias = (.*)", source("modules", "balancer", "main.tf"), re.MULTILINE)
    assert alias.startswith('var.ingress == "cloudfront" ? var.distribution : { domain_name = aws_lb.this.dns_name,')
    distribution = written_blocks(source("modules", "cloudfront", "outputs.tf"), "output")["distribution"]
    assert "aws_cloudfront_distribution.this.domain_name" in distribution
    assert "aws_cloudfront_distribution.this.hosted_zone_id" in distribution


# A development environment, and fewer logs


def test_a_development_environment_stands_still_at_night_and_says_so(plans: dict[str, Plan]) -> None:
    plan = plans["cloudfront_and_nights"]
    target = plan.one("aws_appautoscaling_target")
    actions = {action["schedule"]: action for action in plan.of_type("aws_appautoscaling_scheduled_action")}
    bounds = {
        schedule: {name: int(value) for name, value in block(action, "scalable_target_action").items()}
        for schedule, action in actions.items()
    }
    assert bounds == {
        "cron(0 22 * * ? *)": {"min_capacity": 0, "max_capacity": 0},
        "cron(0 7 * * ? *)": {name: target[name] for name in ("min_capacity", "max_capacity")},
    }
    for action in actions.values():
        assert action["timezone"] == "Asia/Seoul"
        assert action["resource_id"] == target["resource_id"]
        assert action["scalable_dimension"] == target["scalable_dimension"]
    tasks = plan.resources["module.monitoring.aws_cloudwatch_metric_alarm.running_tasks"]
    assert tasks["treat_missing_data"] == "notBreaching", "or the alarm is red all night"


def test_what_makes_it_cheaper_is_a_tag_for_the_cost_plan(plans: dict[str, Plan]) -> None:
    before = plans["before"].one("aws_ecs_service")["tags"]
    assert before.keys() == {"glimpse:uploads", "glimpse:keep-alive-seconds", "glimpse:database-pool"}
    plan = plans["cloudfront_and_nights"]
    assert plan.one("aws_ecs_service")["tags"] == before | {"glimpse:environment": "development"}
    assert plan.one("aws_cloudwatch_log_group")["retention_in_days"] == 7


def test_an_apply_does_not_undo_what_an_operator_put_into_a_parameter() -> None:
    text = source("modules", "secrets", "main.tf")
    parameters = re.findall(r'^resource "aws_ssm_parameter" .*?^\}', text, re.MULTILINE | re.DOTALL)
    assert len(parameters) == 3
    assert all("ignore_changes = [value]" in parameter for parameter in parameters)


def test_a_task_is_started_with_exactly_the_secrets_that_exist() -> None:
    text = source(str(ENVIRONMENT), "main.tf")
    assert "own_secret_arns = [module.secrets.jwt_secret_arn, module.secrets.push_secret_arn]" in text
    (secrets,) = re.findall(r"^  secret_arns += (.*)", text, re.MULTILINE)
    (parameters,) = re.findall(r"^  parameter_arns += (.*)", text, re.MULTILINE)
    own = 'var.secret_store == "{}" ? local.own_secret_arns : []'
    assert secrets == f"concat({own.format('secrets_manager')}, [module.rds.password_secret_arn])"
    assert parameters == f"concat({own.format('parameter_store')}, local.downloads_parameter_arns)"
    (downloads,) = re.findall(r"^  downloads_parameter_arns += (.*)", text, re.MULTILINE)
    assert downloads == 'var.downloads == "cloudfront" ? [module.secrets.downloads_parameter_arn] : []'


# How many tasks run, on which capacity


def test_the_first_design_has_one_task_on_demand_and_30_to_70(
    plans: dict[str, Plan],
) -> None:
    assert strategy(plans["before"]) == {"FARGATE": (1, 30), "FARGATE_SPOT": (0, 70)}


def test_the_balanced_design_has_one_task_on_demand_and_10_to_90(
    plans: dict[str, Plan],
) -> None:
    assert strategy(plans["balanced"]) == {"FARGATE": (1, 10), "FARGATE_SPOT": (0, 90)}


def test_the_balanced_design_changes_the_service_and_nothing_else(
    plans: dict[str, Plan],
) -> None:
    gone, new, changed = difference(plans, "balanced")
    assert not gone | new
    service = "module.ecs.aws_ecs_service.this"
    assert changed == {
        (service, "capacity_provider_strategy"),
        (service, "desired_count"),
        (service, "tags"),
    }


def test_the_strategy_is_one_that_ecs_accepts(plan: Plan) -> None:
    parts = strategy(plan)
    assert parts.keys() <= {"FARGATE", "FARGATE_SPOT"}
    assert sum(base > 0 for base, _ in parts.values()) <= 1, "only one provider may have a base"
    assert any(weight > 0 for _, weight in parts.values())
    assert all(0 <= base <= 100_000 and 0 <= weight <= 1000 for base, weight in parts.values())
    attached = plan.one("aws_ecs_cluster_capacity_providers")["capacity_providers"]
    assert parts.keys() <= set(attached)


def test_the_service_has_a_strategy_and_therefore_no_launch_type(plan: Plan) -> None:
    assert "launch_type" not in plan.written["module.ecs.aws_ecs_service.this"]
    assert not plan.one("aws_ecs_service").get("launch_type")


def test_a_new_strategy_reaches_the_running_tasks(plan: Plan) -> None:
    assert plan.one("aws_ecs_service")["force_new_deployment"] is True


def test_two_tasks_stay_through_the_quiet_hours(plan: Plan) -> None:
    target = plan.one("aws_appautoscaling_target")
    service = plan.one("aws_ecs_service")
    assert target["min_capacity"] == 2
    assert target["min_capacity"] <= service["desired_count"] <= target["max_capacity"]


def test_an_apply_does_not_undo_autoscaling() -> None:
    service = re.search(r'^resource "aws_ecs_service" .*?^\}', source("modules", "ecs", "main.tf"), re.M | re.S)
    assert service
    assert re.search(r"lifecycle \{\s*ignore_changes = \[desired_count\]", service[0])


def test_autoscaling_follows_cpu_and_memory_of_this_service(plan: Plan) -> None:
    target = plan.one("aws_appautoscaling_target")
    service, cluster = plan.one("aws_ecs_service"), plan.one("aws_ecs_cluster")
    assert target["resource_id"] == f"service/{cluster['name']}/{service['name']}"
    assert target["scalable_dimension"] == "ecs:service:DesiredCount"
    targets = {}
    for policy in plan.of_type("aws_appautoscaling_policy"):
        assert policy["policy_type"] == "TargetTrackingScaling"
        assert policy["resource_id"] == target["resource_id"]
        tracking = block(policy, "target_tracking_scaling_policy_configuration")
        metric = block(tracking, "predefined_metric_specification")["predefined_metric_type"]
        targets[metric] = tracking["target_value"]
    assert targets == {
        "ECSServiceAverageCPUUtilization": 70,
        "ECSServiceAverageMemoryUtilization": 80,
    }


# What a task is


def test_fargate_sells_a_task_of_this_size(plan: Plan) -> None:
    task = plan.one("aws_ecs_task_definition")
    cpu, memory = int(task["cpu"]), int(task["memory"])
    sold = {
        256: [512, 1024, 2048],
        512: range(1024, 4097, 1024),
        1024: range(2048, 8193, 1024),
        2048: range(4096, 16385, 1024),
        4096: range(8192, 30721, 1024),
        8192: range(16384, 61441, 4096),
        16384: range(32768, 122881, 8192),
    }
    assert memory in sold[cpu]
    assert task["network_mode"] == "awsvpc"
    assert task["requires_compatibilities"] == ["FARGATE"]
    assert block(task, "runtime_platform") == {
        "cpu_architecture": "X86_64",
        "operating_system_family": "LINUX",
    }


def test_the_image_is_given_by_digest(container: Values) -> None:
    assert re.fullmatch(r"[\w.-]+/glimpse-api@sha256:[0-9a-f]{64}", container["image"])


def test_a_leaving_task_drains_before_the_balancer_forgets_it_and_before_it_is_killed(
    container: Values, plan: Plan
) -> None:
    settings = {each["name"]: each["value"] for each in container["environment"]}
    drain = int(settings["GLIMPSE_DRAIN_SECONDS"])
    delay = int(plan.one("aws_lb_target_group")["deregistration_delay"])
    assert (drain, delay, container["stopTimeout"]) == (25, 30, 120)
    assert drain <= delay < container["stopTimeout"] <= 120


def test_the_tags_tell_what_the_task_is_told(container: Values, plans: dict[str, Plan]) -> None:
    settings = {each["name"]: each["value"] for each in container["environment"]}
    assert plans["balanced"].one("aws_ecs_service")["tags"] == {
        "glimpse:uploads": settings["GLIMPSE_UPLOADS"],
        "glimpse:keep-alive-seconds": settings["GLIMPSE_KEEP_ALIVE_SECONDS"],
        "glimpse:database-pool": settings["GLIMPSE_DATABASE_POOL"],
    }


def test_a_task_writes_nowhere_but_to_its_own_tmp(container: Values, plan: Plan) -> None:
    assert container["readonlyRootFilesystem"] is True
    (mount,) = container["mountPoints"]
    (volume,) = plan.one("aws_ecs_task_definition")["volume"]
    assert (mount["containerPath"], mount["sourceVolume"]) == ("/tmp", volume["name"])


def test_no_secret_is_an_environment_variable(container: Values) -> None:
    assert [each["name"] for each in container["secrets"]] == ["PGPASSWORD"]
    assert all(each["valueFrom"].startswith("arn:") for each in container["secrets"])
    named = {each["name"] for each in container["environment"]}
    assert not [name for name in named if re.search("PASSWORD|SECRET|KEY$|TOKEN", name)]


def test_the_probe_inside_the_container_is_python_and_asks_for_health(container: Values) -> None:
    check = container["healthCheck"]
    kind, program, *options, text = check["command"]
    assert (kind, program) == ("CMD", "python3")
    assert options[-1] == "-c"
    compile(text, "probe", "exec")
    assert '"/health"' in text
    assert str(container["portMappings"][0]["containerPort"]) in text
    assert 5 <= check["interval"] <= 300
    assert 2 <= check["timeout"] <= 60


def test_logs_never_hold_up_the_service(container: Values, plan: Plan) -> None:
    logging = container["logConfiguration"]
    assert logging["logDriver"] == "awslogs"
    assert logging["options"]["mode"] == "non-blocking"
    group = plan.one("aws_cloudwatch_log_group")
    assert group["name"] == logging["options"]["awslogs-group"]
    assert group["retention_in_days"] == 30


def test_a_deploy_starts_new_tasks_first_and_returns_by_itself(plan: Plan) -> None:
    service = plan.one("aws_ecs_service")
    assert service["deployment_minimum_healthy_percent"] == 100
    assert service["deployment_maximum_percent"] == 200
    assert block(service, "deployment_circuit_breaker") == {"enable": True, "rollback": True}


# The balancer


def test_the_balancer_speaks_to_tasks_by_address_and_sends_a_poller_back_to_its_task(
    plan: Plan,
) -> None:
    group = plan.one("aws_lb_target_group")
    assert group["target_type"] == "ip", "awsvpc tasks have no instance to register"
    assert (group["protocol"], group["port"]) == ("HTTP", 3001)
    stickiness = block(group, "stickiness")
    assert stickiness["enabled"] is True
    assert stickiness["type"] == "lb_cookie"
    assert stickiness["cookie_duration"] == 86400


def test_a_dead_task_is_noticed_in_twenty_seconds(plan: Plan) -> None:
    check = block(plan.one("aws_lb_target_group"), "health_check")
    assert check["path"] == "/health"
    assert check["interval"] * check["unhealthy_threshold"] <= 20
    assert check["timeout"] < check["interval"]
    assert 2 <= check["healthy_threshold"] <= 10
    assert 5 <= check["interval"] <= 300


def test_idle_connections_last_longer_than_a_ping_interval(plan: Plan) -> None:
    assert plan.one("aws_lb")["idle_timeout"] == 60


def test_clients_end_up_on_tls(plan: Plan) -> None:
    listeners = {each["port"]: each for each in plan.of_type("aws_lb_listener")}
    assert listeners.keys() == {80, 443}
    assert listeners[80]["protocol"] == "HTTP"
    action = block(listeners[80], "default_action")
    redirect = block(action, "redirect")
    assert (action["type"], redirect["protocol"]) == ("redirect", "HTTPS")
    assert redirect["status_code"] in {"HTTP_301", "HTTP_302"}
    assert listeners[443]["protocol"] == "HTTPS"
    assert listeners[443]["ssl_policy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    assert block(listeners[443], "default_action")["type"] == "forward"


def test_names_fit_the_limits_of_aws(plan: Plan) -> None:
    for kind in ("aws_lb", "aws_lb_target_group"):
        assert len(plan.one(kind)["name"]) <= 32
    assert len(plan.one("aws_s3_bucket")["bucket_prefix"]) <= 37
    assert len(plan.one("aws_elasticache_replication_group")["replication_group_id"]) <= 40


# The network


def test_one_public_address_exists_beside_the_balancers(plan: Plan) -> None:
    assert not plan.of_type("aws_eip")
    assert not plan.of_type("aws_nat_gateway")
    assert not plan.of_type("aws_network_interface")
    assert not plan.of_type("aws_instance")
    subnets = plan.of_type(r"aws_subnet")
    assert not any(subnet["map_public_ip_on_launch"] for subnet in subnets)
    (interface,) = plan.one("aws_launch_template")["network_interfaces"]
    assert interface["associate_public_ip_address"] == "true"
    group = plan.one("aws_autoscaling_group")
    assert (group["min_size"], group["desired_capacity"], group["max_size"]) == (1, 1, 1)
    roles = [tag for tag in group["tag"] if tag["key"] == "glimpse:role"]
    assert roles == [{"key": "glimpse:role", "value": "nat", "propagate_at_launch": False}], "the planner reads it"
    assert block(plan.one("aws_ecs_service"), "network_configuration")["assign_public_ip"] is False
    assert plan.one("aws_db_instance")["publicly_accessible"] is False


def test_each_zone_has_a_public_and_a_private_subnet_that_do_not_overlap(plan: Plan) -> None:
    subnets = plan.of_type("aws_subnet")
    assert sorted(subnet["availability_zone"] for subnet in subnets) == [
        "ap-northeast-2a",
        "ap-northeast-2a",
        "ap-northeast-2c",
        "ap-northeast-2c",
    ]
    assert len({subnet["cidr_block"] for subnet in subnets}) == 4
    assert len(plan.one("aws_lb")["subnets"]) == 2


def test_the_nat_instance_costs_what_it_costs(plan: Plan) -> None:
    template = plan.one("aws_launch_template")
    assert template["instance_type"] == "t4g.nano"
    assert block(template, "credit_specification")["cpu_credits"] == "standard"
    (disk,) = template["block_device_mappings"]
    (volume,) = disk["ebs"]
    assert (volume["volume_type"], volume["volume_size"], volume["encrypted"]) == ("gp3", 8, "true")


def test_the_nat_instance_boots_an_image_for_its_processor(plan: Plan) -> None:
    image = plan.written["module.networking.data.aws_ssm_parameter.nat_image"]
    assert image["name"]["constant_value"].endswith("-arm64")
    assert plan.one("aws_launch_template")["instance_type"].startswith("t4g.")
    assert block(plan.one("aws_launch_template"), "metadata_options")["http_tokens"] == "required"


def test_the_nat_instance_writes_the_default_route_and_terraform_does_not(plan: Plan) -> None:
    (route,) = plan.of_type("aws_route")
    assert "gateway_id" in plan.written["module.networking.aws_route.internet"]
    assert route["destination_cidr_block"] == "0.0.0.0/0"
    assert "route" not in plan.written["module.networking.aws_route_table.private"]
    script = source("modules", "networking", "nat.tf")
    for step in ("ip_forward", "masquerade", "--no-source-dest-check", "replace-route"):
        assert step in script


def test_the_start_script_of_the_nat_instance_is_a_script() -> None:
    text = source("modules", "networking", "nat.tf")
    found = re.search(r"<<-BASH\n(.*?)\n  BASH\n", text, re.DOTALL)
    assert found
    lines = [line.removeprefix("    ") for line in found[1].splitlines()]
    script = re.sub(r"\$\{[^}]*\}", "value", "\n".join(lines))
    assert script.startswith("#!/bin/bash\n")
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr


def test_image_layers_do_not_pass_the_nat_instance(plan: Plan) -> None:
    endpoint = plan.one("aws_vpc_endpoint")
    assert endpoint["vpc_endpoint_type"] == "Gateway", "an interface endpoint is billed by the hour"
    assert endpoint["service_name"] == "com.amazonaws.ap-northeast-2.s3"
    routes = plan.written["module.networking.aws_vpc_endpoint.s3"]["route_table_ids"]
    assert "aws_route_table.private" in routes["references"]


def test_only_the_balancer_is_open_to_the_world(plan: Plan) -> None:
    kind = "aws_vpc_security_group_ingress_rule"
    rules = {address: values for address, values in plan.resources.items() if f".{kind}." in address}
    world = {address for address, rule in rules.items() if rule.get("cidr_ipv4") == "0.0.0.0/0"}
    assert world == {f"module.balancer.{kind}.http[0]", f"module.balancer.{kind}.https"}
    for address, expressions in plan.written.items():
        if re.search(r"aws_(default_)?security_group\.", address):
            assert not {"ingress", "egress"} & expressions.keys(), address


def test_only_tasks_reach_the_database_and_the_cache(plan: Plan) -> None:
    kind = "module.ecs.aws_vpc_security_group_ingress_rule"
    for part, port in (("database", 5432), ("cache", 6379)):
        rules = [
            rule
            for rule in plan.of_type("aws_vpc_security_group_ingress_rule")
            if rule["from_port"] <= port <= rule["to_port"]
        ]
        assert len(rules) == 1
        written = plan.written[f"{kind}.{part}_from_tasks"]
        assert f"var.{part}_security_group_id" in written["security_group_id"]["references"]
        origin = written["referenced_security_group_id"]["references"]
        assert "aws_security_group.this" in origin


# Data


def test_the_database_is_one_that_rds_offers_in_standard_support(plan: Plan) -> None:
    database = plan.one("aws_db_instance")
    assert database["engine"] == "postgres"
    assert int(database["engine_version"].split(".")[0]) in {16, 17, 18}
    family = plan.one("aws_db_parameter_group")["family"]
    assert family == f"postgres{database['engine_version'].split('.')[0]}"
    assert database["engine_lifecycle_support"] == "open-source-rds-extended-support-disabled"
    assert re.fullmatch(r"db\.t4g\.(micro|small|medium|large)", database["instance_class"])
    assert (database["storage_type"], database["allocated_storage"]) == ("gp3", 20)
    assert not database.get("max_allocated_storage"), "it grows only where database_max_storage_gb lets it"


def test_the_database_is_kept_safe(plan: Plan) -> None:
    database = plan.one("aws_db_instance")
    for promise in (
        "storage_encrypted",
        "deletion_protection",
        "manage_master_user_password",
        "auto_minor_version_upgrade",
        "copy_tags_to_snapshot",
    ):
        assert database[promise] is True, promise
    assert database["skip_final_snapshot"] is False
    assert database["final_snapshot_identifier"]
    assert database["backup_retention_period"] == 7
    assert "password" not in plan.written["module.rds.aws_db_instance.this"]
    parameters = {each["name"]: each["value"] for each in plan.one("aws_db_parameter_group")["parameter"]}
    assert parameters["rds.force_ssl"] == "1"


def test_backups_and_maintenance_do_not_meet(plan: Plan) -> None:
    database = plan.one("aws_db_instance")
    _, backup_end = database["backup_window"].split("-")
    day, maintenance_start = database["maintenance_window"].split("-")[0].split(":", 1)
    assert day in {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    assert backup_end <= maintenance_start


def test_the_cache_is_one_that_elasticache_offers(plan: Plan) -> None:
    cache_group = plan.one("aws_elasticache_replication_group")
    versions = {"redis": {"6.2", "7.0", "7.1"}, "valkey": {"7.2", "8.0", "8.1"}}
    assert cache_group["engine_version"] in versions[cache_group["engine"]]
    assert re.fullmatch(r"cache\.t4g\.(micro|small|medium)", cache_group["node_type"])
    assert cache_group["num_cache_clusters"] == 1
    assert cache_group["automatic_failover_enabled"] is False, "failover needs a second node"
    assert cache_group["multi_az_enabled"] is False
    assert cache_group["transit_encryption_enabled"] is True
    assert cache_group["at_rest_encryption_enabled"] in {True, "true"}


def test_the_bucket_is_private(plan: Plan) -> None:
    block_public = plan.one("aws_s3_bucket_public_access_block")
    for way in (
        "block_public_acls",
        "block_public_policy",
        "ignore_public_acls",
        "restrict_public_buckets",
    ):
        assert block_public[way] is True, way
    ownership = block(plan.one("aws_s3_bucket_ownership_controls"), "rule")
    assert ownership["object_ownership"] == "BucketOwnerEnforced"
    rule = block(plan.one("aws_s3_bucket_server_side_encryption_configuration"), "rule")
    default = block(rule, "apply_server_side_encryption_by_default")
    assert default["sse_algorithm"] == "AES256"
    assert not plan.of_type("aws_s3_bucket_acl")


def test_a_page_may_upload_from_the_known_origins_only(plan: Plan) -> None:
    rule = block(plan.one("aws_s3_bucket_cors_configuration"), "cors_rule")
    assert set(rule["allowed_methods"]) == {"PUT", "GET"}
    assert rule["allowed_origins"] == ["https://chat.example.com"]
    assert set(rule["allowed_headers"]) == {"content-type", "x-amz-checksum-sha256"}, "what an upload is signed with"


def test_what_no_client_finished_is_gone_after_a_day(plan: Plan) -> None:
    rules = {rule["id"]: rule for rule in plan.one("aws_s3_bucket_lifecycle_configuration")["rule"]}
    assert all(rule["status"] == "Enabled" for rule in rules.values())
    aborted = block(rules["abort-incomplete-uploads"], "abort_incomplete_multipart_upload")
    assert aborted["days_after_initiation"] == 1
    expired = rules["expire-unconfirmed-uploads"]
    assert block(expired, "filter")["prefix"] == "pending/"
    assert block(expired, "expiration")["days"] == 1
    kept = [name for name, rule in rules.items() if not rule["expiration"]]
    assert kept == ["abort-incomplete-uploads"], "confirmed uploads never expire"


def test_images_are_never_overwritten_and_ten_are_kept(plan: Plan) -> None:
    repository = plan.one("aws_ecr_repository")
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert block(repository, "image_scanning_configuration")["scan_on_push"] is True
    (rule,) = json.loads(plan.one("aws_ecr_lifecycle_policy")["policy"])["rules"]
    assert rule["selection"]["countType"] == "imageCountMoreThan"
    assert rule["selection"]["countNumber"] == 10


# Permissions and secrets


def test_three_secrets_exist_and_none_has_its_value_here(plan: Plan) -> None:
    assert len(plan.of_type("aws_secretsmanager_secret")) == 2
    assert plan.one("aws_db_instance")["manage_master_user_password"] is True
    assert not plan.of_type("aws_secretsmanager_secret_version")


def test_no_role_may_do_everything() -> None:
    for name, text in sources().items():
        assert not re.search(r'Action += \[?"(\*|[\w-]+:\*)"', text) or name == "modules/s3/main.tf"
        assert "managed_policy_arns" not in text, name
        assert "aws_iam_role_policy_attachment" not in text, name
    anywhere = re.findall(r'Action += "([^"]+)"\s+Resource += "\*"', "\n".join(sources().values()))
    assert anywhere == ["ecr:GetAuthorizationToken"]
    assert "\n".join(sources().values()).count('Resource = "*"') <= 1


def test_the_service_may_touch_its_uploads_and_nothing_else() -> None:
    task = re.search(
        r'^resource "aws_iam_role_policy" "task".*?^\}',
        source("modules", "roles", "main.tf"),
        re.M | re.S,
    )
    assert task
    assert set(re.findall(r'"(\w+:\w+)"', task[0])) == {
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
    }
    # The last one is what makes S3 say that nothing is there, and is of the bucket; the others are of its objects.
    assert re.findall(r"Resource += (\S+)", task[0]) == ["var.object_arns", "var.bucket_arn"]


# Alarms and the budget


def test_there_are_five_alarms_and_cloudwatch_accepts_them(plan: Plan) -> None:
    alarms = plan.of_type("aws_cloudwatch_metric_alarm")
    assert len(alarms) == 5
    for alarm in alarms:
        name = alarm["alarm_name"]
        assert alarm["comparison_operator"] in {
            "GreaterThanThreshold",
            "GreaterThanOrEqualToThreshold",
            "LessThanThreshold",
            "LessThanOrEqualToThreshold",
        }, name
        assert alarm["treat_missing_data"] in {"missing", "ignore", "breaching", "notBreaching"}
        queries = alarm["metric_query"]
        assert bool(queries) != bool(alarm.get("metric_name")), name
        if queries:
            assert sum(bool(query.get("return_data")) for query in queries) == 1, name
            metrics = [block(query, "metric") for query in queries if query["metric"]]
            statistics = {metric["stat"] for metric in metrics}
            periods = {metric["period"] for metric in metrics}
            assert "statistic" not in alarm or alarm["statistic"] is None, name
        else:
            statistics, periods = {alarm["statistic"]}, {alarm["period"]}
        assert statistics <= {"SampleCount", "Average", "Sum", "Minimum", "Maximum"}, name
        for period in periods:
            assert period % 60 == 0, "a shorter period is billed as high resolution"
            assert period * alarm["evaluation_periods"] <= 86400, name


def test_each_alarm_watches_what_it_says(plan: Plan) -> None:
    alarms = {each["alarm_name"]: each for each in plan.of_type("aws_cloudwatch_metric_alarm")}
    service = {"ClusterName": "glimpse-prod", "ServiceName": "glimpse-api"}

    cpu, memory = alarms["glimpse-prod-cpu"], alarms["glimpse-prod-memory"]
    assert (cpu["metric_name"], cpu["threshold"]) == ("CPUUtilization", 85)
    assert (memory["metric_name"], memory["threshold"]) == ("MemoryUtilization", 90)
    for alarm in (cpu, memory):
        assert (alarm["namespace"], alarm["statistic"]) == ("AWS/ECS", "Average")
        assert alarm["dimensions"] == service
        assert alarm["period"] * alarm["evaluation_periods"] == 600

    tasks = alarms["glimpse-prod-running-tasks"]
    assert (tasks["namespace"], tasks["metric_name"]) == ("AWS/ECS", "CPUUtilization")
    assert (tasks["statistic"], tasks["period"]) == ("SampleCount", 60)
    assert tasks["dimensions"] == service
    assert tasks["comparison_operator"] == "LessThanThreshold"
    assert tasks["threshold"] == plan.one("aws_appautoscaling_target")["min_capacity"]
    assert tasks["treat_missing_data"] == "breaching"

    errors = alarms["glimpse-prod-5xx"]
    metrics = [block(query, "metric") for query in errors["metric_query"] if query["metric"]]
    assert {metric["metric_name"] for metric in metrics} == {
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
    }
    assert {metric["stat"] for metric in metrics} == {"Sum"}
    assert {metric["period"] for metric in metrics} == {300}
    assert errors["threshold"] == 10
    (sum_of_both,) = (each["expression"] for each in errors["metric_query"] if each.get("expression"))
    for query in errors["metric_query"]:
        if query["metric"]:
            assert f"FILL({query['id']}, 0)" in sum_of_both

    connections = alarms["glimpse-prod-database-connections"]
    assert (connections["namespace"], connections["metric_name"]) == (
        "AWS/RDS",
        "DatabaseConnections",
    )
    assert connections["dimensions"] == {"DBInstanceIdentifier": plan.one("aws_db_instance")["identifier"]}
    assert connections["threshold"] == (79 - 5) * 8 // 10


def test_no_alarm_fires_on_a_normal_scale_out(plan: Plan) -> None:
    targets = {
        block(tracking, "predefined_metric_specification")["predefined_metric_type"]: tracking
        for policy in plan.of_type("aws_appautoscaling_policy")
        for tracking in policy["target_tracking_scaling_policy_configuration"]
    }
    for alarm in plan.of_type("aws_cloudwatch_metric_alarm"):
        tracking = targets.get(f"ECSServiceAverage{alarm.get('metric_name')}")
        if tracking and alarm["statistic"] == "Average":
            assert alarm["threshold"] > tracking["target_value"]


def test_running_tasks_are_counted_without_container_insights(plan: Plan) -> None:
    setting = block(plan.one("aws_ecs_cluster"), "setting")
    assert setting == {"name": "containerInsights", "value": "disabled"}


def test_the_budget_speaks_up_at_80_and_at_100_percent(plan: Plan) -> None:
    budget = plan.one("aws_budgets_budget")
    assert (budget["budget_type"], budget["time_unit"]) == ("COST", "MONTHLY")
    assert (budget["limit_amount"], budget["limit_unit"]) == ("100", "USD")
    thresholds = set()
    for notification in budget["notification"]:
        assert notification["notification_type"] in {"ACTUAL", "FORECASTED"}
        assert notification["comparison_operator"] == "GREATER_THAN"
        assert notification["threshold_type"] == "PERCENTAGE"
        assert len(notification["subscriber_sns_topic_arns"]) == 1
        thresholds.add(notification["threshold"])
    assert thresholds == {80, 100}
    policy = source("modules", "monitoring", "main.tf")
    assert "budgets.amazonaws.com" in policy
    assert "cloudwatch.amazonaws.com" in policy


def test_nobody_is_subscribed_unless_an_address_is_given(plan: Plan) -> None:
    assert not [address for address in plan.resources if "aws_sns_topic_subscription" in address]


def test_the_first_design_is_warned_about_and_the_balanced_one_is_not(
    plans: dict[str, Plan],
) -> None:
    for name in ("keep_alive_outlasts_balancer", "database_connections_fit"):
        assert plans["before"].check(name) == "fail"
        assert plans["balanced"].check(name) == "pass"


# The policy checker


@pytest.mark.parametrize("choice", ["none", "ipv6_and_cloudfront"])
def test_the_policy_checker_has_nothing_to_say_beyond_the_reasoned_exceptions(choice: str, tmp_path: Path) -> None:
    checkov = os.environ.get("GLIMPSE_CHECKOV") or shutil.which("checkov")
    if not checkov:
        pytest.skip("NOT RUN: checkov is not installed")
    configuration = str(TREE / ".checkov.yaml")
    chosen = tmp_path / "chosen.tfvars"
    chosen.write_text("".join(f'{name} = "{value}"\n' for name, value in CHOICES.get(choice, {}).items()))
    options = ["--config-file", configuration, "--var-file", str(chosen), "--output", "json"]
    done = subprocess.run(
        [checkov, "--directory", str(TREE), *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(done.stdout)["summary"]
    assert summary["failed"] == 0
    assert summary["parsing_errors"] == 0
    assert summary["passed"] > 100, "the checker has read too little"


def test_every_exception_to_the_policy_has_a_reason() -> None:
    lines = source(".checkov.yaml").splitlines()
    skips = [line for line in lines if re.match(r" +- CKV", line)]
    assert skips
    for line in skips:
        assert re.fullmatch(r"  - CKV2?_AWS_\d+ # \S.*", line), line
    assert len(skips) == len(set(skips))


def test_the_policy_checker_is_pinned_by_hash_and_without_addresses() -> None:
    lock = source("checkov.lock")
    assert re.search(r"^checkov==\d", lock, re.MULTILINE)
    assert "://" not in lock
    pins = re.findall(r"^[\w.\[\]-]+==\S+.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)
