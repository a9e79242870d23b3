"""
Risks: a stack that has one is warned with its figures and its place; mended, or with the deciding value unknown, it is
not.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.risks import Risk, risks_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import unstated
from glimpse.words import Words
from glimpse.words import codes as all_codes
from tests.conftest import REPOSITORY, TODAY, estimator_for, read_stack

Write = Callable[..., Path]
UNKNOWN_VARIABLE = 'variable "unknown" {}\n'


def bill_of(folder: Path, today: datetime.date = TODAY, region: str = "ap-northeast-2") -> Bill:
    return estimator_for(region, unstated(), today=today).bill(read_stack(folder))


def risks_in(folder: Path, today: datetime.date = TODAY) -> dict[str, Risk]:
    return {risk.what.code: risk for risk in risks_of(bill_of(folder, today))}


def told(folder: Path, code: str, today: datetime.date = TODAY) -> Mapping[str, str | int]:
    """The facts of a risk that a stack has."""
    return risks_in(folder, today)[code].what.params


# ---- Extended support


def postgres(version: str, more: str = "") -> str:
    return f"""
resource "aws_db_instance" "db" {{
  engine                = "postgres"
  engine_version        = {version}
  instance_class        = "db.m6g.large"
  allocated_storage     = 20
  max_allocated_storage = 100
  {more}
}}
"""


def test_extended_support_is_told_with_what_the_bill_charges_for_it(write_stack: Write) -> None:
    # Two vCPUs × 730 hours × $0.12, as the line of the bill.
    folder = write_stack(postgres('"13.4"'))
    lines = [line for line in bill_of(folder).lines if line.meter.component.startswith("Extended support")]
    facts = told(folder, "extended_support_charged")
    assert facts["usd"] == f"{float(sum(line.monthly for line in lines)):.2f}" != "0.00"
    assert (facts["engine"], facts["version"], facts["since"]) == ("PostgreSQL", "13", "2026-03-01")
    assert facts["supported"] == "15"  # 14 has less than a year left
    origin = risks_in(folder)["extended_support_charged"].origin
    assert (origin.address, origin.file, origin.line) == ("aws_db_instance.db", "main.tf", 5)


@pytest.mark.parametrize(
    "main",
    [
        postgres('"17.4"'),
        postgres('"13.4"', 'engine_lifecycle_support = "open-source-rds-extended-support-disabled"'),
        UNKNOWN_VARIABLE + postgres("var.unknown"),
    ],
    ids=["a newer version", "support refused", "an unknown version"],
)
def test_other_versions_are_not_told_of(write_stack: Write, main: str) -> None:
    assert not [code for code in risks_in(write_stack(main)) if code.startswith("extended_support")]


def test_extended_support_that_begins_within_a_year_is_told_with_what_it_will_cost(write_stack: Write) -> None:
    folder = write_stack(postgres('"14.9"'))
    facts = told(folder, "extended_support_soon")
    assert facts["since"] == "2027-03-01"
    then = bill_of(folder, datetime.date(2027, 3, 1))
    [line] = [line for line in then.lines if line.meter.component.startswith("Extended support")]
    assert facts["usd"] == f"{float(line.monthly):.2f}"
    assert "extended_support_soon" not in risks_in(folder, datetime.date(2026, 2, 28))


def test_a_cluster_of_kubernetes_and_a_cache_have_calendars_too(write_stack: Write) -> None:
    main = """
resource "aws_eks_cluster" "k" {
  name    = "k"
  version = "1.32"
}
"""
    facts = told(write_stack(main), "extended_support_charged")
    assert (facts["engine"], facts["since"], facts["usd"]) == ("Kubernetes", "2026-03-23", "365.00")
    newer = main.replace("1.32", "1.34")
    assert told(write_stack(newer), "extended_support_soon")["since"] == "2026-12-02"
    leaving = main.replace('"1.32"', '"1.32"\n  upgrade_policy { support_type = "STANDARD" }')
    assert "extended_support_charged" not in risks_in(write_stack(leaving))
    cache = 'resource "aws_elasticache_cluster" "c" {\n engine = "redis"\n engine_version = "5.0.6"\n'
    cache += ' node_type = "cache.t4g.micro"\n num_cache_nodes = 1\n}'
    facts = told(write_stack(cache), "extended_support_charged")
    assert (facts["version"], facts["supported"]) == ("5", "7")


# ---- Databases


@pytest.mark.parametrize(
    ("value", "is_told"), [("true", True), ("false", False), ("var.unknown", False)], ids=["yes", "no", "unknown"]
)
def test_a_publicly_accessible_database_is_told_of(write_stack: Write, value: str, is_told: bool) -> None:
    folder = write_stack(UNKNOWN_VARIABLE + postgres('"17.4"', f"publicly_accessible = {value}"))
    assert ("public_database" in risks_in(folder)) == is_told


def test_the_address_of_a_public_database_is_told_with_its_price(write_stack: Write) -> None:
    facts = told(write_stack(postgres('"17.4"', "publicly_accessible = true")), "public_database")
    assert facts == {"engine": "PostgreSQL", "usd": "3.65"}


@pytest.mark.parametrize(
    ("line", "is_told"),
    [("", True), ("max_allocated_storage = 100", False), ("max_allocated_storage = var.unknown", False)],
    ids=["without", "with", "unknown"],
)
def test_storage_that_autoscaling_does_not_enlarge_is_told_of(write_stack: Write, line: str, is_told: bool) -> None:
    main = postgres('"17.4"').replace("max_allocated_storage = 100", line)
    assert ("storage_cannot_grow" in risks_in(write_stack(UNKNOWN_VARIABLE + main))) == is_told


@pytest.mark.parametrize(("iops", "lever"), [("3000", "storage_autoscaling"), ("1000", None)])
def test_storage_autoscaling_mends_it_where_rds_takes_a_larger_limit(
    write_stack: Write, iops: str, lever: str | None
) -> None:
    """Provisioned IOPS have to be in proportion to the limit: 1,000 for 1,000 GiB leave no room."""
    main = postgres('"17.4"', f'storage_type = "io1"\n  iops = {iops}').replace("max_allocated_storage = 100", "")
    folder = write_stack(main.replace("allocated_storage     = 20", "allocated_storage = 1000"))
    assert risks_in(folder)["storage_cannot_grow"].mended_by == lever


# ---- Tasks


def service(strategy: str = "FARGATE_SPOT", container: str = "", group: str = "", more: str = "") -> str:
    return f"""
resource "aws_ecs_cluster" "c" {{
  name = "c"
}}
resource "aws_ecr_repository" "r" {{
  name = "web"
}}
resource "aws_lb_target_group" "web" {{
  port     = 80
  protocol = "HTTP"
  {group}
}}
resource "aws_ecs_task_definition" "web" {{
  family                   = "web"
  cpu                      = 256
  memory                   = 512
  requires_compatibilities = ["FARGATE"]
  container_definitions = jsonencode([
    {{ name = "proxy", image = "envoy", stopTimeout = 120 }},
    {{ name = "web", image = "${{aws_ecr_repository.r.repository_url}}:1", {container} }},
  ])
}}
resource "aws_ecs_service" "web" {{
  name            = "web"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 2
  capacity_provider_strategy {{
    capacity_provider = "{strategy}"
    weight            = 1
  }}
  load_balancer {{
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "web"
    container_port   = 80
  }}
}}
{more}
"""


def test_a_spot_task_that_is_killed_before_it_is_drained_is_told_of(write_stack: Write) -> None:
    folder = write_stack(service())
    assert told(folder, "killed_before_drained") == {"stop": 30, "drain": 300}
    assert risks_in(folder)["killed_before_drained"].origin.address == "aws_ecs_service.web"


@pytest.mark.parametrize(
    "main",
    [
        service(container="stopTimeout = 120", group="deregistration_delay = 60"),
        service(strategy="FARGATE"),
        service(container="stopTimeout = var.unknown"),
        service(group="deregistration_delay = var.unknown"),
    ],
    ids=["mended", "on demand", "stop unknown", "drain unknown"],
)
def test_a_task_that_has_the_time_or_may_have_it_is_not(write_stack: Write, main: str) -> None:
    assert "killed_before_drained" not in risks_in(write_stack(UNKNOWN_VARIABLE + main))


@pytest.mark.parametrize(
    ("interval", "is_told"), [("60", True), ("10", False), ("var.unknown", False)], ids=["slow", "fast", "unknown"]
)
def test_health_checks_of_more_than_two_minutes_are_told_of(write_stack: Write, interval: str, is_told: bool) -> None:
    main = service(group=f"health_check {{\n interval = {interval}\n unhealthy_threshold = 3\n }}")
    found = risks_in(write_stack(UNKNOWN_VARIABLE + main))
    assert ("health_check_slow" in found) == is_told
    if is_told:
        risk = found["health_check_slow"]
        assert risk.what.params == {"interval": 60, "failures": 3, "seconds": 180}
        assert risk.origin.address == "aws_lb_target_group.web"


def scaled(least: str, most: str, with_policy: bool = True) -> str:
    target = f"""
resource "aws_appautoscaling_target" "t" {{
  min_capacity       = {least}
  max_capacity       = {most}
  resource_id        = "service/c/web"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}}
"""
    policy = """
resource "aws_appautoscaling_policy" "p" {
  name               = "p"
  policy_type        = "StepScaling"
  resource_id        = aws_appautoscaling_target.t.resource_id
  scalable_dimension = aws_appautoscaling_target.t.scalable_dimension
  service_namespace  = aws_appautoscaling_target.t.service_namespace
}
"""
    return service(more=target + (policy if with_policy else ""))


def test_autoscaling_of_tasks_without_room_is_told_of(write_stack: Write) -> None:
    assert told(write_stack(scaled("2", "2")), "scaling_without_room") == {"count": 2}
    assert told(write_stack(scaled("1", "2")), "scaling_at_its_most") == {"count": 2}


@pytest.mark.parametrize(
    "main",
    [scaled("2", "6"), scaled("2", "2", with_policy=False), scaled("2", "var.unknown")],
    ids=["with room", "without a policy", "unknown"],
)
def test_autoscaling_that_may_have_room_is_not(write_stack: Write, main: str) -> None:
    assert not {"scaling_without_room", "scaling_at_its_most"} & risks_in(write_stack(UNKNOWN_VARIABLE + main)).keys()


def test_pools_and_keep_alive_of_our_own_stack_are_told_of_until_they_are_mended(own_stack: Stack) -> None:
    found = {risk.what.code: risk for risk in risks_of(estimator_for().bill(own_stack))}
    # 100 connections × 20 tasks × 2 during a deploy; the lowest limit seen is 79, less 5 reserved and 3 for people
    pool = found["pool_does_not_fit"].what.params
    assert (pool["connections"], pool["usable"]) == (4000, 71)
    assert found["keep_alive_too_short"].what.params == {"seconds": 5, "idle": 60}
    [task] = own_stack.of(FargateService)
    for change in ({"database_pool": 1, "keep_alive_seconds": 65}, {"database_pool": None, "keep_alive_seconds": None}):
        changed = own_stack.changed(task, replace(task, **change))  # type: ignore[arg-type]
        left = {risk.what.code for risk in risks_of(estimator_for().bill(changed))}
        assert not left & {"pool_does_not_fit", "keep_alive_too_short"}


def test_the_levers_that_mend_for_nothing_are_named_where_our_service_runs(own_stack: Stack) -> None:
    def mended(stack: Stack) -> dict[str, str | None]:
        return {risk.what.code: risk.mended_by for risk in risks_of(estimator_for().bill(stack))}

    ours = mended(replace(own_stack, runs="glimpse"))
    assert (ours["keep_alive_too_short"], ours["pool_does_not_fit"]) == ("keep_alive", "pool_size")
    assert mended(replace(own_stack, runs=None))["keep_alive_too_short"] is None


# ---- Network


def routed(zones: tuple[str, ...], through: str = "nat_gateway_id = aws_nat_gateway.n.id") -> str:
    main = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "public" {
  vpc_id            = aws_vpc.v.id
  availability_zone = "ap-northeast-2a"
}
resource "aws_nat_gateway" "n" {
  subnet_id = aws_subnet.public.id
}
resource "aws_instance" "n" {
  ami               = "ami-1"
  instance_type     = "m6g.medium"
  subnet_id         = aws_subnet.public.id
  source_dest_check = false
}
"""
    for number, zone in enumerate(zones):
        main += f"""
resource "aws_subnet" "s{number}" {{
  vpc_id            = aws_vpc.v.id
  availability_zone = {zone}
}}
resource "aws_route_table" "s{number}" {{
  vpc_id = aws_vpc.v.id
}}
resource "aws_route" "s{number}" {{
  route_table_id         = aws_route_table.s{number}.id
  destination_cidr_block = "0.0.0.0/0"
  {through}
}}
resource "aws_route_table_association" "s{number}" {{
  subnet_id      = aws_subnet.s{number}.id
  route_table_id = aws_route_table.s{number}.id
}}
"""
    return main


A, C, HIDDEN = '"ap-northeast-2a"', '"ap-northeast-2c"', "var.unknown"


def test_one_nat_gateway_for_subnets_of_several_zones_is_told_of(write_stack: Write) -> None:
    found = risks_in(write_stack(routed((A, C))))
    assert found["nat_gateway_alone"].what.params == {"zones": 2}
    assert found["nat_gateway_alone"].origin.address == "aws_nat_gateway.n"


@pytest.mark.parametrize("zones", [(A, A), (A, HIDDEN), ()], ids=["one zone", "an unknown zone", "no route"])
def test_a_nat_gateway_for_what_may_be_one_zone_is_not(write_stack: Write, zones: tuple[str, ...]) -> None:
    assert "nat_gateway_alone" not in risks_in(write_stack(UNKNOWN_VARIABLE + routed(zones)))


def test_a_route_written_in_its_table_counts_too(write_stack: Write) -> None:
    main = routed(()) + "".join(
        f"""
resource "aws_subnet" "{name}" {{
  vpc_id            = aws_vpc.v.id
  availability_zone = {zone}
}}
resource "aws_route_table_association" "{name}" {{
  subnet_id      = aws_subnet.{name}.id
  route_table_id = aws_route_table.all.id
}}
"""
        for name, zone in (("a", A), ("c", C))
    )
    main += """
resource "aws_route_table" "all" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n.id
  }
}
"""
    assert told(write_stack(main), "nat_gateway_alone") == {"zones": 2}


def test_a_nat_instance_is_told_of_likewise(write_stack: Write) -> None:
    through = "network_interface_id = aws_instance.n.primary_network_interface_id"
    assert told(write_stack(routed((A, C), through)), "nat_instance_alone") == {"zones": 2}
    assert "nat_instance_alone" not in risks_in(write_stack(routed((A, A), through)))


# ---- Monitoring


def alarm(actions: str, more: str = "") -> str:
    return f"""
resource "aws_sns_topic" "t" {{
  name = "t"
}}
resource "aws_cloudwatch_metric_alarm" "a" {{
  alarm_name          = "a"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  {actions}
}}
{more}
"""


TOLD = "alarm_actions = [aws_sns_topic.t.arn]"
SUBSCRIBED = """
resource "aws_sns_topic_subscription" "s" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "email"
  endpoint  = "ops@example.com"
}
"""
SUBSCRIBED_PERHAPS = SUBSCRIBED.replace("{\n", "{\n  count = var.unknown\n", 1)
SUBSCRIBED_TO_ANY = SUBSCRIBED.replace("aws_sns_topic.t.arn", "var.unknown")
COMPOSITE = """
resource "aws_cloudwatch_composite_alarm" "all" {
  alarm_name = "all"
  alarm_rule = "ALARM(a)"
}
"""


def test_an_alarm_without_any_action_is_told_of(write_stack: Write) -> None:
    assert told(write_stack(alarm("")), "alarms_without_actions") == {"count": 1}


@pytest.mark.parametrize(
    "main",
    [
        alarm(TOLD),
        alarm("ok_actions = [aws_sns_topic.t.arn]"),
        alarm("alarm_actions = var.unknown"),
        alarm("", COMPOSITE),
    ],
    ids=["told", "told of the end", "unknown", "watched by another"],
)
def test_an_alarm_that_may_tell_somebody_is_not(write_stack: Write, main: str) -> None:
    assert "alarms_without_actions" not in risks_in(write_stack(UNKNOWN_VARIABLE + main))


def test_a_topic_of_alarms_that_nobody_subscribes_to_is_told_of(write_stack: Write) -> None:
    found = risks_in(write_stack(alarm(TOLD)))["topic_without_subscription"]
    assert (found.what.params, found.origin.address) == ({"count": 1}, "aws_sns_topic.t")


@pytest.mark.parametrize(
    "main",
    [
        alarm(TOLD, SUBSCRIBED),
        alarm(TOLD, SUBSCRIBED_PERHAPS),
        alarm(TOLD, SUBSCRIBED_TO_ANY),
        alarm("alarm_actions = [var.unknown]"),
        alarm("alarm_actions = [aws_sns_topic.t.arn, var.unknown]"),
        alarm(TOLD, 'module "more" {\n  source = "example.com/more/aws"\n}'),
    ],
    ids=["subscribed", "perhaps subscribed", "any topic", "an unknown topic", "an unknown topic beside", "a module"],
)
def test_a_topic_that_may_have_a_subscription_is_not(write_stack: Write, main: str) -> None:
    assert "topic_without_subscription" not in risks_in(write_stack(UNKNOWN_VARIABLE + main))


# ---- Instances


def group(least: str, most: str, desired: str = "2", policy: str = "aws_autoscaling_group.g.name") -> str:
    return f"""
resource "aws_launch_template" "t" {{
  image_id      = "ami-1"
  instance_type = "m6g.large"
}}
resource "aws_autoscaling_group" "g" {{
  min_size         = {least}
  max_size         = {most}
  desired_capacity = {desired}
  launch_template {{
    id = aws_launch_template.t.id
  }}
}}
resource "aws_autoscaling_policy" "p" {{
  name                   = "p"
  autoscaling_group_name = {policy}
}}
"""


def test_autoscaling_of_instances_without_room_is_told_of(write_stack: Write) -> None:
    assert told(write_stack(group("2", "2")), "group_without_room") == {"count": 2}
    assert told(write_stack(group("1", "2")), "group_at_its_most") == {"count": 2}


@pytest.mark.parametrize(
    "main",
    [group("1", "4"), group("2", "2", policy="var.unknown"), group("2", "2", policy='"another"'), group(HIDDEN, "2")],
    ids=["with room", "an unknown group", "another group", "an unknown size"],
)
def test_a_group_that_may_have_room_or_no_policy_is_not(write_stack: Write, main: str) -> None:
    found = risks_in(write_stack(UNKNOWN_VARIABLE + main)).keys()
    assert "group_without_room" not in found


def burstable(credits: str) -> str:
    return f"""
resource "aws_instance" "web" {{
  count         = 2
  ami           = "ami-1"
  instance_type = "t3.small"
  credit_specification {{
    cpu_credits = {credits}
  }}
}}
"""


@pytest.mark.parametrize(
    ("credits", "is_told"),
    [('"unlimited"', True), ('"standard"', False), ("var.unknown", False)],
    ids=["unlimited", "standard", "unknown"],
)
def test_credits_without_a_limit_are_told_of_once(write_stack: Write, credits: str, is_told: bool) -> None:
    risks = risks_of(bill_of(write_stack(UNKNOWN_VARIABLE + burstable(credits))))
    found = [risk for risk in risks if risk.what.code.startswith("burstable_credits")]
    assert [risk.what.params["count"] for risk in found] == ([2] if is_told else [])
    assert found == [] or risks[-1] is found[0]


# ---- All of them


def test_every_risk_has_its_words_and_a_short_form() -> None:
    text = "".join(path.read_text() for path in (REPOSITORY / "src/glimpse/planner/risks").glob("*.py"))
    codes = set(re.findall(r'\bsay\(\s*"(\w+)"', text))
    codes |= {code for code in all_codes() if code.startswith("extended_support_")}
    assert len(codes) >= 20
    for code in codes:
        assert len(Words("en")(f"short_{code}").split()) <= 6, code


def test_a_value_that_only_a_risk_depends_on_makes_no_bill_less_sure(write_stack: Write) -> None:
    """
    An error or an unknown in an argument that costs nothing makes nothing unpriced, and is no variable that decides.
    """
    main = UNKNOWN_VARIABLE + service(
        container="stopTimeout = var.unknown", group="deregistration_delay = no.such.thing"
    )
    bill = bill_of(write_stack(main + alarm("alarm_actions = var.unknown")))
    assert not bill.stack.unresolved
    assert [row.decides for row in bill.stack.missing] == [False]


# ---- Logs


@pytest.mark.parametrize(
    ("retention", "is_told"),
    [("", True), ("retention_in_days = 0", True), ("retention_in_days = 30", False),
     ("retention_in_days = var.unknown", False)],
)  # fmt: skip
def test_logs_that_are_never_deleted_are_told(write_stack: Write, retention: str, is_told: bool) -> None:
    folder = write_stack(
        f'{UNKNOWN_VARIABLE}resource "aws_cloudwatch_log_group" "app" {{\n  name = "app"\n  {retention}\n}}\n'
    )
    assert ("logs_for_ever" in risks_in(folder)) == is_told
