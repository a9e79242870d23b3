"""The module `monitoring`: the alarms and the budget."""

import json
import re
from decimal import Decimal

import pytest

from glimpse.cli import main
from tests.infrastructure.terraform_plans import ENVIRONMENT, TREE, Plan, block, source, written_blocks


def test_cloudwatch_accepts_the_alarms_and_somebody_hears_each(plan: Plan) -> None:
    alarms = plan.of_type("aws_cloudwatch_metric_alarm")
    assert len({alarm["alarm_name"] for alarm in alarms}) == len(alarms) == 10
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


def test_the_alarms_beyond_the_documents_watch_what_stops_the_service_or_costs_money(plan: Plan) -> None:
    alarms = {
        each["alarm_name"].removeprefix("glimpse-prod-"): each for each in plan.of_type("aws_cloudwatch_metric_alarm")
    }
    watched = {
        name: (each["namespace"], each["metric_name"], each["threshold"])
        for name, each in alarms.items()
        if name in BEYOND
    }
    fewest = plan.one("aws_appautoscaling_target")["min_capacity"]
    gib = plan.one("aws_db_instance")["allocated_storage"]
    assert watched == {
        "healthy-tasks": ("AWS/ApplicationELB", "HealthyHostCount", fewest),
        # RDS enlarges a disk of which less than a tenth is free.
        "database-storage": ("AWS/RDS", "FreeStorageSpace", gib * 1024**3 // 20),
        # A db.t4g.micro earns 12 credits an hour.
        "database-credits": ("AWS/RDS", "CPUCreditBalance", 12),
        "database-surplus": ("AWS/RDS", "CPUSurplusCreditsCharged", 0),
        "nat": ("AWS/AutoScaling", "GroupInServiceInstances", 1),
    }
    for name in BEYOND - {"database-surplus"}:
        assert alarms[name]["comparison_operator"] == "LessThanThreshold", name
    assert plan.one("aws_autoscaling_group")["enabled_metrics"] == ["GroupInServiceInstances"], "or there is no metric"
    credits = alarms["database-credits"]
    assert credits["period"] * credits["evaluation_periods"] == 3 * 3600, "a new database has none for an hour or two"


BEYOND = {"healthy-tasks", "database-storage", "database-credits", "database-surplus", "nat"}


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("both_ways_in", {"glimpse-prod-healthy-tasks", "glimpse-prod-int-healthy-tasks"}),
        ("cloudfront_and_nights", {"glimpse-prod-int-healthy-tasks"}),
    ],
)
def test_each_way_in_has_its_alarm(plans: dict[str, Plan], choice: str, names: set[str]) -> None:
    alarms = {each["alarm_name"]: each for each in plans[choice].of_type("aws_cloudwatch_metric_alarm")}
    assert {name for name in alarms if name.endswith("-healthy-tasks")} == names
    missing = "notBreaching" if choice == "cloudfront_and_nights" else "breaching"
    assert {alarms[name]["treat_missing_data"] for name in names} == {missing}, "no task at night is no reason"


def test_no_alarm_fires_on_a_normal_scale_out(plan: Plan) -> None:
    targets = {
        block(tracking, "predefined_metric_specification")["predefined_metric_type"]: tracking
        for policy in plan.of_type("aws_appautoscaling_policy")
        for tracking in policy["target_tracking_scaling_policy_configuration"]
    }
    compared = set()
    for alarm in plan.of_type("aws_cloudwatch_metric_alarm"):
        tracking = targets.get(f"ECSServiceAverage{alarm.get('metric_name')}")
        if tracking and alarm["statistic"] == "Average":
            assert alarm["threshold"] > tracking["target_value"]
            compared.add(alarm["metric_name"])
    assert compared == {"CPUUtilization", "MemoryUtilization"}


def test_running_tasks_are_counted_without_container_insights(plan: Plan) -> None:
    setting = block(plan.one("aws_ecs_cluster"), "setting")
    assert setting == {"name": "containerInsights", "value": "disabled"}


def test_the_budget_speaks_up_at_80_and_at_100_percent(plan: Plan) -> None:
    budget = plan.one("aws_budgets_budget")
    assert (budget["budget_type"], budget["time_unit"]) == ("COST", "MONTHLY")
    assert budget["limit_unit"] == "USD"
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


def test_the_address_that_is_given_is_subscribed(plan: Plan) -> None:
    assert plan.one("aws_sns_topic_subscription")["protocol"] == "email"
    assert re.search(r"^  alarm_email += var\.alarm_email$", source(str(ENVIRONMENT), "main.tf"), re.MULTILINE)


@pytest.mark.parametrize("design", ["", "balanced", "best"])
def test_the_budget_is_what_the_plan_says_and_up_to_a_quarter_more(
    design: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = str(TREE / ENVIRONMENT)
    given = ("--var-file", f"{tree}/{design}.tfvars") if design else ()
    with pytest.raises(SystemExit):
        main(["bill", tree, *given, "--format", "json"])
    monthly = Decimal(json.loads(capsys.readouterr().out)["monthly_usd"])
    values = source(str(ENVIRONMENT), f"{design}.tfvars") if design else ""
    default = written_blocks(source(str(ENVIRONMENT), "variables.tf"), "variable")["monthly_budget_usd"]
    (budget,) = re.findall(r"^monthly_budget_usd += (\d+)", values, re.M) or re.findall(
        r"^  default += (\d+)", default, re.M
    )
    assert monthly <= int(budget) <= monthly * Decimal("1.25")
