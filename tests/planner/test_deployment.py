"""What the plan's JSON tells of the running service: our own stack to the value, a stranger's, and what nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from glimpse.planner.deployment import deployment_as_json
from glimpse.planner.extended_support import AURORA_POSTGRESQL, MYSQL, POSTGRESQL, standard_support_ends
from glimpse.planner.outside.terraform_files import reading
from glimpse.planner.plan_document.checks import CHECKS, VERIFIED_BY
from tests.conftest import OWN, REPOSITORY
from tests.planner.terraform.plans import IS_HERE, NOT_RUN, Planner
from tests.planner.terraform.whole_trees import KNOWN

Write = Callable[..., Path]
ALARMS = "module.monitoring.aws_cloudwatch_metric_alarm."


def kept(value: Any) -> Any:
    """As the report prints it: without what is null or empty."""
    if isinstance(value, Mapping):
        found = {name: kept(item) for name, item in value.items()}
        return {name: item for name, item in found.items() if item not in (None, {}, [])}
    return [kept(item) for item in value] if isinstance(value, list | tuple) else value


def deployment_of(path: Path, *given: tuple[str, str]) -> Any:
    return kept(deployment_as_json(reading.read_stack(path, given=given, with_deployment=True)))


def alarm(label: str, *metrics: str, **more: Any) -> dict[str, Any]:
    return {"address": f"{ALARMS}{label}", "metrics": list(metrics), **more}


OWN_ALARMS = [
    alarm("cpu", "AWS/ECS/CPUUtilization", name="glimpse-prod-cpu", statistic="Average",
          comparison="GreaterThanThreshold", threshold="85", period_seconds=60, periods=10),
    alarm("database_connections", "AWS/RDS/DatabaseConnections", name="glimpse-prod-database-connections",
          statistic="Maximum", comparison="GreaterThanThreshold", threshold="59", period_seconds=60, periods=5),
    alarm("database_credits[0]", "AWS/RDS/CPUCreditBalance", name="glimpse-prod-database-credits",
          statistic="Maximum", comparison="LessThanThreshold", threshold="12", period_seconds=300, periods=36),
    alarm("database_storage", "AWS/RDS/FreeStorageSpace", name="glimpse-prod-database-storage",
          statistic="Minimum", comparison="LessThanThreshold", threshold=str(2**30), period_seconds=300, periods=3),
    alarm("database_surplus[0]", "AWS/RDS/CPUSurplusCreditsCharged", name="glimpse-prod-database-surplus",
          statistic="Maximum", comparison="GreaterThanThreshold", threshold="0", period_seconds=300, periods=1),
    alarm("errors", "AWS/ApplicationELB/HTTPCode_ELB_5XX_Count", "AWS/ApplicationELB/HTTPCode_Target_5XX_Count",
          name="glimpse-prod-5xx", statistic="Sum", comparison="GreaterThanThreshold", threshold="10",
          period_seconds=300, periods=1),
    alarm("healthy_tasks[0]", "AWS/ApplicationELB/HealthyHostCount", name="glimpse-prod-healthy-tasks",
          statistic="Minimum", comparison="LessThanThreshold", threshold="2", period_seconds=60, periods=5),
    alarm("memory", "AWS/ECS/MemoryUtilization", name="glimpse-prod-memory", statistic="Average",
          comparison="GreaterThanThreshold", threshold="90", period_seconds=60, periods=10),
    alarm("nat_instance[0]", "AWS/AutoScaling/GroupInServiceInstances", name="glimpse-prod-nat",
          statistic="Maximum", comparison="LessThanThreshold", threshold="1", period_seconds=60, periods=5),
    alarm("running_tasks", "AWS/ECS/CPUUtilization", name="glimpse-prod-running-tasks", statistic="SampleCount",
          comparison="LessThanThreshold", threshold="2", period_seconds=60, periods=5),
]  # fmt: skip
OWN_DEPLOYMENT = {
    "region": "ap-northeast-2",
    "tasks": {
        "service": "glimpse-api",
        "cluster": "glimpse-prod",
        "desired": 3,
        "fewest": 2,
        "most": 20,
        "vcpu": 0.25,
        "memory_mib": 512,
        "architecture": "X86_64",
        "on_demand": 2,
        "spot": 1,
        "stop_timeout_seconds": 120,
        "minimum_healthy_percent": 100,
        "maximum_percent": 200,
        "environment": {
            "GLIMPSE_ALLOWED_ORIGINS": "https://chat.example.com",
            "GLIMPSE_DATABASE_POOL": "100",
            "GLIMPSE_DRAIN_SECONDS": "25",
            "GLIMPSE_KEEP_ALIVE_SECONDS": "5",
            "GLIMPSE_PORT": "3001",
            "GLIMPSE_S3_REGION": "ap-northeast-2",
            "GLIMPSE_SIGNUP": "on",
            "GLIMPSE_TRUSTED_PROXIES": "1",
        },
    },
    "balancer": {
        "name": "glimpse-prod",
        "target_group": "glimpse-prod-api",
        "idle_timeout_seconds": 60,
        "deregistration_delay_seconds": 30,
        "is_sticky": True,
        "health_check": {
            "path": "/health",
            "interval_seconds": 10,
            "timeout_seconds": 5,
            "healthy": 2,
            "unhealthy": 2,
        },
    },
    "database": {
        "identifier": "glimpse-prod",
        "engine": "postgres",
        "version": "17",
        "instance_class": "db.t4g.micro",
        "storage_gb": 20,
        "max_storage_gb": 100,
        "connections": 79,
        "reserved": 5,
        "standard_support_ends": "2030-02-28",
    },
    "bus": "redis",
    "domain": "chat.example.com",
    "zones": ["apne2-az3", "apne2-az4"],
    "alarms": OWN_ALARMS,
}


def test_our_own_stack_is_told_to_the_value() -> None:
    assert deployment_of(OWN) == OWN_DEPLOYMENT


def test_the_recommended_values_change_what_they_say_and_nothing_else() -> None:
    found = deployment_of(OWN, ("file", str(OWN / "best.tfvars")))
    tasks = OWN_DEPLOYMENT["tasks"]
    settings = {
        **tasks["environment"],
        "GLIMPSE_BUS_URL": "postgresql:",
        "GLIMPSE_DATABASE_POOL": "4",
        "GLIMPSE_KEEP_ALIVE_SECONDS": "65",
        "GLIMPSE_TRUSTED_PROXIES": "2",
    }
    names = {"glimpse-prod-healthy-tasks": "glimpse-prod-int-healthy-tasks"}
    alarms = [
        {**each, "name": names.get(each["name"], each["name"])}
        for each in OWN_ALARMS
        if each["name"] != "glimpse-prod-nat"
    ]
    inside = {"name": "glimpse-prod-int", "target_group": "glimpse-prod-int-ip6", "has_vpc_origin": True}
    assert found == {
        **OWN_DEPLOYMENT,
        "tasks": {**tasks, "most": 7, "environment": settings},
        "balancer": {**OWN_DEPLOYMENT["balancer"], **inside},
        "bus": "postgresql",
        "alarms": alarms,
    }


@pytest.mark.xdist_group("terraform")
@pytest.mark.skipif(not IS_HERE, reason=NOT_RUN)
def test_a_plan_of_terraform_tells_the_same_but_what_its_new_containers_hide(tmp_path: Path) -> None:
    tree = KNOWN["startup-prod"]
    path = tmp_path / "plan.json"
    given = ("image_digest=sha256:" + "0" * 64, "alarm_email=on-call@example.com")
    document = Planner(tmp_path, [tree]).plan(tree, given)
    path.write_text(json.dumps(document))
    tasks = {name: value for name, value in OWN_DEPLOYMENT["tasks"].items() if name != "stop_timeout_seconds"}
    in_tags = ("GLIMPSE_DATABASE_POOL", "GLIMPSE_KEEP_ALIVE_SECONDS")
    tasks["environment"] = {name: tasks["environment"][name] for name in in_tags}
    assert deployment_of(path) == {**OWN_DEPLOYMENT, "tasks": tasks}


def test_a_strangers_shop_has_its_own_values_and_the_defaults_of_aws() -> None:
    found = deployment_of(REPOSITORY / "examples/fargate_shop")
    assert found == {
        "region": "ap-northeast-2",
        "tasks": {
            "service": "shop-production-catalogue",
            "cluster": "shop-production",
            "desired": 3,
            "fewest": 3,
            "most": 12,
            "vcpu": 0.5,
            "memory_mib": 1024,
            "architecture": "X86_64",
            "on_demand": 3,
            "spot": 0,
            "stop_timeout_seconds": 30,
            "minimum_healthy_percent": 100,
            "maximum_percent": 200,
        },
        "balancer": {
            "name": "shop-production-catalogue",
            "target_group": "shop-production-catalogue",
            "idle_timeout_seconds": 60,
            "deregistration_delay_seconds": 300,
            "is_sticky": False,
            "health_check": {"path": "/health", "interval_seconds": 30, "healthy": 3, "unhealthy": 3},
        },
        "database": {
            "identifier": "shop-production",
            "engine": "postgres",
            "version": "13.16",
            "instance_class": "db.m5.large",
            "storage_gb": 200,
            "max_storage_gb": 800,
            "standard_support_ends": "2026-02-28",
        },
        "bus": "redis",
        "zones": ["ap-northeast-2a", "ap-northeast-2c"],
    }


def service(more: str = "", environment: str = "[]", container: str = "") -> str:
    return f"""
variable "unknown" {{}}
resource "aws_ecs_service" "s" {{
  name            = "s"
  launch_type     = "FARGATE"
  task_definition = aws_ecs_task_definition.t.arn
  desired_count   = 2
  {more}
  load_balancer {{
    target_group_arn = aws_lb_target_group.g.arn
    container_name   = "a"
    container_port   = 80
  }}
}}
resource "aws_ecs_task_definition" "t" {{
  family                = "t"
  cpu                   = 256
  memory                = 512
  container_definitions = jsonencode([{{ name = "a", environment = {environment}, {container} }}])
}}
"""


GROUP = 'resource "aws_lb_target_group" "g" {\n  name = "g"\n}\n'
BALANCER = """
resource "aws_lb" "b" {
  name = "b"
}
resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.b.arn
  certificate_arn   = aws_acm_certificate.c.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.g.arn
  }
}
resource "aws_acm_certificate" "c" {
  domain_name = "by-certificate.example.com"
}
"""


def test_a_stack_without_a_service_behind_a_balancer_has_no_deployment(write_stack: Write) -> None:
    assert deployment_of(write_stack('resource "aws_sqs_queue" "q" {}\n')) is None


def test_of_two_balancers_the_one_that_a_domain_name_leads_to_counts(write_stack: Write) -> None:
    second = """
resource "aws_lb" "z" {
  name = "z"
}
resource "aws_lb_listener" "z" {
  load_balancer_arn = aws_lb.z.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.z.arn
  }
}
resource "aws_lb_target_group" "z" {
  name = "z"
}
resource "aws_route53_record" "z" {
  name = "chat.example.com"
  type = "A"
  alias {
    name = aws_lb.z.dns_name
  }
}
"""
    joins = """
  load_balancer {
    target_group_arn = aws_lb_target_group.z.arn
    container_name   = "a"
    container_port   = 80
  }
"""
    first = BALANCER.replace("  certificate_arn   = aws_acm_certificate.c.arn\n", "")
    found = deployment_of(write_stack(service(joins) + GROUP + first + second))
    assert found is not None
    assert (found["balancer"]["name"], found["domain"]) == ("z", "chat.example.com")


def test_it_is_only_looked_up_where_it_is_asked_for() -> None:
    assert deployment_as_json(reading.read_stack(OWN)) is None


def test_what_depends_on_a_variable_without_a_value_is_left_out(write_stack: Write) -> None:
    group = """
resource "aws_lb_target_group" "g" {
  name                 = var.unknown
  deregistration_delay = var.unknown
  health_check {
    path     = var.unknown
    interval = var.unknown
  }
  stickiness {
    type    = "lb_cookie"
    enabled = var.unknown
  }
}
resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name          = var.unknown
  namespace           = "AWS/ECS"
  metric_name         = var.unknown
  extended_statistic  = "p99"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = var.unknown
  threshold           = -0.5
  period              = 60
}
"""
    more = "cluster = var.unknown\n  deployment_minimum_healthy_percent = var.unknown"
    pairs = '[{ name = "GLIMPSE_PORT", value = var.unknown }, { name = "GLIMPSE_SIGNUP", value = "on" }]'
    folder = write_stack(service(more, pairs, "stopTimeout = var.unknown") + group)
    assert deployment_of(folder) == {
        "region": "ap-northeast-2",
        "tasks": {
            "service": "s",
            "desired": 2,
            "fewest": 2,
            "most": 2,
            "vcpu": 0.25,
            "memory_mib": 512,
            "architecture": "X86_64",
            "on_demand": 2,
            "spot": 0,
            "maximum_percent": 200,
            "environment": {"GLIMPSE_SIGNUP": "on"},
        },
        "balancer": {"health_check": {"healthy": 3, "unhealthy": 3}},
        "alarms": [
            {
                "address": "aws_cloudwatch_metric_alarm.a",
                "statistic": "p99",
                "comparison": "LessThanThreshold",
                "threshold": "-0.5",
                "period_seconds": 60,
            }
        ],
    }


def test_how_many_tasks_run_is_left_out_where_nobody_knows(write_stack: Write) -> None:
    folder = write_stack(service().replace("desired_count   = 2", "desired_count = var.unknown") + GROUP)
    assert {"desired", "fewest", "most", "on_demand", "spot"} & set(deployment_of(folder)["tasks"]) == set()


def test_an_alarm_that_terraform_would_refuse_changes_no_bill(write_stack: Write) -> None:
    wrong = 'resource "aws_cloudwatch_metric_alarm" "a" {\n  alarm_name = upper(1, 2)\n  threshold = "x" + 1\n}\n'
    folder = write_stack(service() + GROUP + wrong)
    looked_up = reading.read_stack(folder, with_deployment=True)
    assert looked_up.deployment
    assert looked_up == reading.read_stack(folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GLIMPSE_JWT_SECRETS", "0123456789"),
        ("GLIMPSE_PUSH_CREDENTIALS", "{}"),
        ("GLIMPSE_CLOUDFRONT_PRIVATE_KEY", "x"),
        ("GLIMPSE_DATABASE_URL", "postgresql://user:hidden@host/db"),
        ("GLIMPSE_BUS_URL", "postgresql://host/db?user=a&password=hid/den"),
        ("STRIPE_API_KEY", "sk_live"),
        ("GLIMPSE_ALLOWED_ORIGINS", "\\u001b[31m"),
    ],
)
def test_no_secret_and_no_setting_of_another_program_is_printed(write_stack: Write, name: str, value: str) -> None:
    pairs = f'[{{ name = "{name}", value = "{value}" }}, {{ name = "GLIMPSE_PORT", value = "3001" }}]'
    tasks = deployment_of(write_stack(service(environment=pairs) + GROUP))["tasks"]
    assert tasks["environment"] == {"GLIMPSE_PORT": "3001"}


RECORD = """
resource "aws_route53_zone" "z" {
  name = "example.com"
}
resource "aws_route53_record" "r" {
  zone_id = aws_route53_zone.z.zone_id
  name    = "chat"
  type    = "A"
  alias {
    name                   = TARGET
    zone_id                = "x"
    evaluate_target_health = false
  }
}
"""
DISTRIBUTION = """
resource "aws_cloudfront_distribution" "d" {
  enabled = true
  origin {
    origin_id   = "b"
    domain_name = aws_lb.b.dns_name
  }
}
"""


@pytest.mark.parametrize(
    ("more", "domain"),
    [
        ("", "by-certificate.example.com"),
        (RECORD.replace("TARGET", "aws_lb.b.dns_name"), "chat.example.com"),
        (RECORD.replace("TARGET", "aws_cloudfront_distribution.d.domain_name") + DISTRIBUTION, "chat.example.com"),
        (RECORD.replace("TARGET", '"elsewhere.example.net"'), "by-certificate.example.com"),
    ],
    ids=["certificate", "record", "cloudfront", "another record"],
)
def test_the_domain_is_that_of_the_record_that_leads_to_the_balancer(
    write_stack: Write, more: str, domain: str
) -> None:
    assert deployment_of(write_stack(service() + GROUP + BALANCER + more))["domain"] == domain


def state_row(address: str, **values: Any) -> dict[str, Any]:
    type_, name = address.split(".")
    return {"address": address, "mode": "managed", "type": type_, "name": name, "values": values}


def test_a_state_tells_what_the_containers_and_the_bucket_are(tmp_path: Path) -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:"
    group, balancer = f"{arn}targetgroup/g/1", f"{arn}loadbalancer/app/b/2"
    definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:7"
    container = {
        "name": "a",
        "stopTimeout": 90,
        "environment": [{"name": "GLIMPSE_S3_BUCKET", "value": "files-1"}],
    }
    rows = [
        state_row("aws_ecs_service.s", name="s", cluster="arn:aws:ecs:eu-west-1:123456789012:cluster/c",
                  launch_type="FARGATE", task_definition=definition, desired_count=1, tags={"glimpse:bus": "postgresql"},
                  load_balancer=[{"target_group_arn": group, "container_name": "a", "container_port": 80}]),
        state_row("aws_ecs_task_definition.t", arn=definition, family="t", cpu="512", memory="1024",
                  container_definitions=json.dumps([container, {"name": "other", "stopTimeout": 5}])),
        state_row("aws_lb_target_group.g", arn=group, name="g", deregistration_delay="20",
                  stickiness=[{"enabled": True, "type": "lb_cookie"}],
                  health_check=[{"path": "/up", "interval": 7, "timeout": 3, "healthy_threshold": 2,
                                 "unhealthy_threshold": 4}]),
        state_row("aws_lb.b", arn=balancer, name="b", load_balancer_type="application", idle_timeout=75),
        state_row("aws_lb_listener.l", arn="l", load_balancer_arn=balancer,
                  default_action=[{"type": "forward", "target_group_arn": group}]),
    ]  # fmt: skip
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": rows}}}))
    found = deployment_of(path)
    assert (found["region"], found["bus"], found["bucket"]) == ("eu-west-1", "postgresql", "files-1")
    assert (found["tasks"]["cluster"], found["tasks"]["stop_timeout_seconds"]) == ("c", 90)
    assert found["balancer"] == {
        "name": "b",
        "target_group": "g",
        "idle_timeout_seconds": 75,
        "deregistration_delay_seconds": 20,
        "is_sticky": True,
        "health_check": {"path": "/up", "interval_seconds": 7, "timeout_seconds": 3, "healthy": 2, "unhealthy": 4},
    }


def test_standard_support_ends_the_day_before_the_charges_begin_but_for_postgresql_11() -> None:
    assert standard_support_ends(POSTGRESQL, "12.22") == date(2025, 2, 28)
    assert standard_support_ends(POSTGRESQL, "11.22") == date(2024, 2, 29)
    assert standard_support_ends(MYSQL, "8.0.40") == date(2026, 7, 31)
    assert standard_support_ends(AURORA_POSTGRESQL, "99") is None
    assert standard_support_ends(POSTGRESQL, None) is None


def test_every_box_of_the_checklist_names_a_check_of_verify() -> None:
    assert {check.line for check in CHECKS} == set(VERIFIED_BY)
    assert all(check.verified_by for check in CHECKS)


def test_a_deploy_is_told_the_processor_the_zones_and_whether_cloudfront_reaches_inside() -> None:
    found = deployment_of(OWN, ("option", "ingress=cloudfront"), ("option", "cpu_architecture=ARM64"))
    assert (found["tasks"]["architecture"], found["balancer"]["has_vpc_origin"]) == ("ARM64", True)
    assert found["zones"] == ["apne2-az3", "apne2-az4"]
    assert "has_vpc_origin" not in deployment_of(OWN)["balancer"]
