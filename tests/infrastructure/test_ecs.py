"""The module `ecs`: what a task is, and how many run on which capacity."""

import json
import re

from glimpse.chat.outside.postgres.app_role import APP_ROLE
from glimpse.chat.settings import MIGRATION_SETTINGS, SETTINGS
from tests.infrastructure.terraform_plans import (
    BOOTSTRAP,
    ENVIRONMENT,
    TREE,
    Plan,
    Values,
    block,
    source,
    strategy,
    written_address,
)

# How many tasks run, on which capacity


def test_the_first_design_has_one_task_on_demand_and_30_to_70(
    plans: dict[str, Plan],
) -> None:
    assert strategy(plans["before"]) == {"FARGATE": (1, 30), "FARGATE_SPOT": (0, 70)}


def test_the_balanced_design_has_one_task_on_demand_and_10_to_90(
    plans: dict[str, Plan],
) -> None:
    assert strategy(plans["balanced"]) == {"FARGATE": (1, 10), "FARGATE_SPOT": (0, 90)}


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


def test_a_deploy_starts_new_tasks_first_and_returns_by_itself(plan: Plan) -> None:
    service = plan.one("aws_ecs_service")
    assert service["deployment_minimum_healthy_percent"] == 100
    assert service["deployment_maximum_percent"] == 200
    assert block(service, "deployment_circuit_breaker") == {"enable": True, "rollback": True}


def test_an_apply_fails_where_ecs_went_back_before_what_the_old_tasks_use_is_deleted(plan: Plan) -> None:
    service = plan.one("aws_ecs_service")
    assert service["wait_for_steady_state"] is True
    assert (service["timeouts"]["create"], service["timeouts"]["update"]) == ("30m", "30m")
    assert "module.ecs.aws_ecs_service.this" in {check["address"]["to_display"] for check in plan.document["checks"]}
    condition = re.search(r"postcondition \{\s*condition += (.*)", source("modules", "ecs", "main.tf"))
    assert condition
    assert condition[1] == "self.task_definition == aws_ecs_task_definition.this.arn"


def test_the_definition_that_the_service_was_to_run_is_told_also_where_the_service_fails() -> None:
    output = re.search(r'^output "service" .*?^\}', source("modules", "ecs", "outputs.tf"), re.M | re.S)
    assert output
    assert "aws_ecs_service" not in output[0]


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


# What a task is


def test_fargate_sells_a_task_of_this_size(plan: Plan) -> None:
    task = plan.task
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
        "glimpse:uploads": "presigned",
        "glimpse:keep-alive-seconds": settings["GLIMPSE_KEEP_ALIVE_SECONDS"],
        "glimpse:database-pool": settings["GLIMPSE_DATABASE_POOL"],
    }


def test_what_makes_it_cheaper_is_a_tag_for_the_cost_plan(plans: dict[str, Plan]) -> None:
    before = plans["before"].one("aws_ecs_service")["tags"]
    assert before.keys() == {"glimpse:uploads", "glimpse:keep-alive-seconds", "glimpse:database-pool"}
    plan = plans["cloudfront_and_nights"]
    assert plan.one("aws_ecs_service")["tags"] == before | {"glimpse:environment": "development"}
    assert plan.one("aws_cloudwatch_log_group")["retention_in_days"] == 7


def test_a_task_writes_nowhere_but_to_its_own_tmp(container: Values, plan: Plan) -> None:
    assert container["readonlyRootFilesystem"] is True
    (mount,) = container["mountPoints"]
    (volume,) = plan.task["volume"]
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


def test_logs_never_hold_up_the_service(container: Values, plans: dict[str, Plan]) -> None:
    logging = container["logConfiguration"]
    assert logging["logDriver"] == "awslogs"
    assert logging["options"]["mode"] == "non-blocking"
    group = plans["service"].one("aws_cloudwatch_log_group")
    assert group["name"] == logging["options"]["awslogs-group"] == "/ecs/glimpse-test"
    assert group["retention_in_days"] == 30


def test_a_deployment_that_fails_finds_the_definition_that_it_goes_back_to(plan: Plan) -> None:
    definitions = plan.of_type("aws_ecs_task_definition")
    assert {each["family"] for each in definitions} == {"glimpse-prod-api", "glimpse-prod-migrate"}
    assert all(each["skip_destroy"] is True for each in definitions)


def test_costs_can_be_told_apart_by_environment(plan: Plan) -> None:
    service = plan.one("aws_ecs_service")
    assert service["propagate_tags"] == "SERVICE", "a task has no tag of its service by itself"
    assert service["enable_ecs_managed_tags"] is True
    for root in (ENVIRONMENT, BOOTSTRAP):
        tags = "".join(file.read_text() for file in sorted((TREE / root).glob("*.tf")))
        assert re.search(r"^ +Environment = var\.name$", tags, re.MULTILINE), root


# What a migration is


def test_a_migration_runs_the_same_image_as_another_user_of_the_database(
    container: Values, plans: dict[str, Plan]
) -> None:
    plan = plans["service"]
    task = plan.resources["aws_ecs_task_definition.migrate"]
    (migration,) = json.loads(task["container_definitions"])
    assert container["command"] == ["glimpse", "serve"]
    assert migration["command"] == ["glimpse", "migrate"]
    for name in ("image", "readonlyRootFilesystem", "mountPoints", "stopTimeout"):
        assert migration[name] == container[name], name
    assert (task["cpu"], task["memory"]) == (plan.task["cpu"], plan.task["memory"])
    assert "healthCheck" not in migration, "ECS would stop a migration that takes long"
    assert "portMappings" not in migration
    assert [each["name"] for each in migration["secrets"]] == ["GLIMPSE_DATABASE_APP_PASSWORD", "PGPASSWORD"]
    assert task["execution_role_arn"] != plan.task["execution_role_arn"]
    assert not task.get("task_role_arn"), "it calls nothing of AWS"


def test_the_service_cannot_log_in_as_the_owner_of_the_database() -> None:
    text = source(str(ENVIRONMENT), "main.tf")
    assert f'"postgresql://{APP_ROLE}@${{local.database}}"' in text
    assert '"postgresql://${module.rds.owner}@${local.database}"' in text
    assert "sslmode=verify-full&sslrootcert=" in text
    readers = re.findall(r"^ +(\w+) += .*module\.rds\.owner_secret_arn", text, re.MULTILINE)
    assert readers == ["owner_secret_arn", "PGPASSWORD"]
    (migrate,) = re.findall(r"^  migrate_secrets = \{\n(.*?)^  \}", text, re.MULTILINE | re.DOTALL)
    assert "owner_secret_arn" in migrate
    roles = source("modules", "roles", "main.tf")
    (reads,) = re.findall(
        r'^resource "([^"]+" "[^"]+)" \{(?:(?!^\}).)*owner_secret_arn', roles, re.MULTILINE | re.DOTALL
    )
    assert reads == 'aws_iam_role_policy" "migrate_execution'


def test_a_task_is_told_only_what_the_service_reads() -> None:
    told = source(str(ENVIRONMENT), "main.tf") + source("modules", "ecs", "tasks.tf")
    names = set(re.findall(r"\bGLIMPSE_\w+", told))
    assert len(names) > 10
    assert names <= {setting.variable for setting in (*SETTINGS, *MIGRATION_SETTINGS)}


# Who reaches a task, and whom it reaches


def test_tasks_with_addresses_still_answer_the_balancer_alone(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        rules = {
            address: rule
            for address, rule in plan.resources.items()
            if re.search(r"(^|\.ecs\.)aws_vpc_security_group_ingress_rule\.tasks_", address)
        }
        for address, rule in rules.items():
            assert written_address(address).endswith(".tasks_from_balancer")
            assert not any(rule.get(name) for name in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id"))
            assert (rule["from_port"], rule["to_port"]) == (3001, 3001)


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
