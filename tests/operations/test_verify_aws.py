"""
What `glimpse verify --on aws` sees of a deployed stack.

ministack, a server process, answers for ECS, ELBv2, RDS and CloudWatch, and moto for Application Auto Scaling and Cost
Explorer. Neither checks policies, throttles, or places tasks on capacity providers, and neither knows
DescribeDBMajorEngineVersions; there the tests put the answer into botocore, in the shape of its service model. What is
left to a real account: whether IAM reads the policies as `allows` does, and how late CloudWatch and Cost Explorer are.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import moto
import pytest
import requests
from botocore.config import Config
from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.checks.observations import BalancerSettings, Engine, NotObservable, Storage
from glimpse.operations.deployment import Alarm, Balancer, Database, Deployment, Tasks
from glimpse.operations.outside.aws.calls import POLICY_PREFIXES, Calls
from glimpse.operations.outside.aws.metrics import slope_a_day
from glimpse.operations.outside.aws.observations import AwsObservations, observe
from glimpse.operations.state import FARGATE, FARGATE_SPOT
from glimpse.words import LANGUAGES, Words
from tests.conftest import OWN, REPOSITORY
from tests.operations.aws_stack import GIB, REGION, aws_session, make_alarms, running_ministack

POLICIES = REPOSITORY / "src/glimpse/operations/outside/aws"
DEPLOYMENT = Deployment(
    region=REGION,
    tasks=Tasks(desired=2, fewest=2, most=7, cluster="glimpse-prod", service="glimpse-api"),
    balancer=Balancer(name="glimpse-prod"),
    database=Database(
        identifier="glimpse-prod", version="17.6", instance_class="db.t4g.micro", connections=79,
        standard_support_ends="2030-02-28",
    ),
    alarms=[Alarm(address="module.monitoring.aws_cloudwatch_metric_alarm.errors", name="glimpse-prod-5xx")],
)  # fmt: skip
MAJOR_VERSIONS = [
    {
        "MajorEngineVersion": major,
        "SupportedEngineLifecycles": [
            {"LifecycleSupportName": f"open-source-rds-{kind}-support", "LifecycleSupportEndDate": end}
            for kind, end in (("standard", datetime(year, 2, 28, tzinfo=UTC)), ("extended", datetime(2033, 2, 28)))
        ],
    }
    for major, year in (("1", 2001), ("16", 2029), ("17", 2031))
]

OBSERVATIONS: Mapping[str, Callable[[AwsObservations], Any]] = {
    "running_tasks": AwsObservations.running_tasks,
    "task_settings": AwsObservations.task_settings,
    "balancer_settings": AwsObservations.balancer_settings,
    "balancer_errors": AwsObservations.balancer_errors,
    "database_connections": AwsObservations.database_connections,
    "engine": AwsObservations.engine,
    "storage": AwsObservations.storage,
    "alarms": AwsObservations.alarms,
    "spending": AwsObservations.spending,
    "chat_url": AwsObservations.chat_url,
    "is_recovered": lambda seen: seen.is_recovered("none"),
}
NEEDED = {
    "running_tasks": {"ecs:DescribeServices", "ecs:ListTasks", "ecs:DescribeTasks",
                      "application-autoscaling:DescribeScalableTargets"},
    "task_settings": {"ecs:DescribeServices", "ecs:ListTasks", "ecs:DescribeTasks", "ecs:DescribeTaskDefinition"},
    "balancer_settings": {"ecs:DescribeServices", "elasticloadbalancing:DescribeTargetGroups",
                          "elasticloadbalancing:DescribeLoadBalancerAttributes",
                          "elasticloadbalancing:DescribeTargetGroupAttributes",
                          "elasticloadbalancing:DescribeListeners"},
    "balancer_errors": {"ecs:DescribeServices", "elasticloadbalancing:DescribeTargetGroups",
                        "cloudwatch:GetMetricData"},
    "database_connections": {"rds:DescribeDBInstances", "rds:DescribeDBParameters", "cloudwatch:GetMetricData"},
    "engine": {"rds:DescribeDBInstances", "rds:DescribeDBMajorEngineVersions"},
    "storage": {"rds:DescribeDBInstances", "cloudwatch:GetMetricData"},
    "alarms": {"cloudwatch:DescribeAlarms"},
    "spending": {"ce:GetCostAndUsage"},
    "chat_url": {"ecs:DescribeServices", "elasticloadbalancing:DescribeTargetGroups",
                 "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeListeners"},
    "is_recovered": {"ecs:DescribeServices", "ecs:ListTasks", "ecs:DescribeTasks"},
}  # fmt: skip
"""The actions of each observation."""


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


# ---- Answers that neither server has, refusals, and what was asked


class Refusal(Struct, frozen=True):
    code: str = "AccessDenied"


class Answers(dict[str, Any]):
    """What botocore takes for the answer to an action, or to "*", in place of asking: a document, or a Refusal."""

    def __call__(self, model: Any, **_: Any) -> Any:
        given = self.get("*", self.get(action_of(model)))
        if isinstance(given, Refusal):
            return SimpleNamespace(status_code=400), {"Error": {"Code": given.code, "Message": "no"}}
        return None if given is None else (SimpleNamespace(status_code=200), given)


def action_of(model: Any) -> str:
    prefix = model.service_model.signing_name
    return f"{POLICY_PREFIXES.get(prefix, prefix)}:{model.name}"


@pytest.fixture
def answers() -> Answers:
    targets = [{"MinCapacity": 2, "MaxCapacity": 7}]
    return Answers(
        {
            "rds:DescribeDBMajorEngineVersions": {"DBMajorEngineVersions": MAJOR_VERSIONS},
            "application-autoscaling:DescribeScalableTargets": {"ScalableTargets": targets},
            "ce:GetCostAndUsage": {"ResultsByTime": costs_of_days(7)},
        }
    )


@pytest.fixture
def session(ministack: str, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """One that asks ministack what `answers` lacks. One of the two tasks is on Spot."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", ministack)
    session = aws_session()

    def place(parsed: Any, **_: Any) -> None:
        tasks = sorted(parsed.get("tasks", ()), key=lambda task: str(task["taskArn"]))
        for task, provider in zip(tasks, (FARGATE, FARGATE_SPOT), strict=False):
            task["capacityProviderName"] = provider

    session.events.register("after-call.ecs.DescribeTasks", place)
    session.events.register("before-call", answers)
    return session


@pytest.fixture
def seen(session: boto3.Session) -> AwsObservations:
    return AwsObservations(session, DEPLOYMENT)


def costs_of_days(days: int, unit: str = "USD") -> list[Any]:
    first = datetime.now(UTC).date() - timedelta(days=8)

    def group(name: str, amount: str) -> Mapping[str, Any]:
        return {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": unit}}}

    return [
        {
            "TimePeriod": {"Start": str(first + timedelta(days=day)), "End": str(first + timedelta(days=day + 1))},
            "Groups": [group("AWS Cost Explorer", "0"), group("Amazon ECS", "0.105"), group("Amazon RDS", "0.7004")],
        }
        for day in range(days)
    ]


async def why_not_observable(observation: Any) -> NotObservable:
    with pytest.raises(NotObservable) as raised:
        await observation
    for language in LANGUAGES:
        # A sentence that lacks a value would not be rendered.
        assert Words(language)(raised.value.code, **raised.value.values)
    return raised.value


# ---- Each observation tells the truth


def test_running_tasks_are_counted_by_capacity_provider_within_the_bounds_of_autoscaling(seen: AwsObservations) -> None:
    tasks = asyncio.run(seen.running_tasks())
    assert (tasks.running, tasks.wanted, tasks.on_demand, tasks.spot) == (2, 2, 1, 1)
    assert (tasks.fewest, tasks.most) == (2, 7)


def test_task_settings_are_those_of_the_container_that_the_balancer_speaks_to(seen: AwsObservations) -> None:
    settings = asyncio.run(seen.task_settings())
    assert (settings.keep_alive_seconds, settings.database_pool, settings.drain_seconds) == (65, 4, 25)
    assert settings.stop_timeout_seconds == 120


def test_balancer_settings_are_those_in_force(seen: AwsObservations) -> None:
    assert asyncio.run(seen.balancer_settings()) == BalancerSettings(55, 30, True, True)


def test_errors_of_balancer_and_tasks_of_the_last_hour_are_added(seen: AwsObservations) -> None:
    errors = asyncio.run(seen.balancer_errors())
    assert (errors.count, errors.minutes) == (7, 60)


def test_connections_are_the_most_of_a_day_against_the_number_in_the_parameter_group(seen: AwsObservations) -> None:
    connections = asyncio.run(seen.database_connections())
    assert (connections.open, connections.limit) == (38, 100)


@pytest.mark.parametrize(("instance_class", "limit"), [("db.t4g.micro", 79), ("db.t4g.small", None)])
def test_where_the_group_has_a_formula_the_limit_is_what_the_class_was_seen_to_offer(
    session: boto3.Session, answers: Answers, instance_class: str, limit: int | None
) -> None:
    formula = {"ParameterName": "max_connections", "ParameterValue": "LEAST({DBInstanceClassMemory/9531392},5000)"}
    answers["rds:DescribeDBParameters"] = {"Parameters": [formula]}
    database = Database(identifier="glimpse-prod", instance_class=instance_class, connections=79)
    seen = AwsObservations(session, Deployment(region=REGION, tasks=DEPLOYMENT.tasks, database=database))
    assert asyncio.run(seen.database_connections()).limit == limit


def test_the_end_of_standard_support_is_that_of_the_running_major_version(seen: AwsObservations) -> None:
    assert asyncio.run(seen.engine()) == Engine("17.6", "2031-02-28")


def test_where_rds_does_not_tell_the_end_of_support_the_plan_does(seen: AwsObservations, answers: Answers) -> None:
    for nothing in ({"DBMajorEngineVersions": []}, Refusal("InvalidAction")):
        answers["rds:DescribeDBMajorEngineVersions"] = nothing
        assert asyncio.run(seen.engine()) == Engine("17.6", "2030-02-28")


def test_the_disk_is_as_full_and_grows_as_fast_as_cloudwatch_says(seen: AwsObservations) -> None:
    storage = asyncio.run(seen.storage())
    assert storage == Storage(10 * GIB, 20 * GIB, 100 * GIB, storage.growth_bytes_a_day)
    assert storage.growth_bytes_a_day == pytest.approx(0.25 * GIB, rel=0.01)


def test_a_disk_that_was_enlarged_once_does_not_shrink_every_day() -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    free = [5.0, 4.0, 3.0, 2.0, 11.0, 10.0, 9.0]
    assert slope_a_day([(start + timedelta(days=day), value) for day, value in enumerate(free)]) == -1.0
    assert slope_a_day([(start, 5.0)]) is None


def test_alarms_are_those_of_this_stack_by_whomever_they_were_made(seen: AwsObservations) -> None:
    alarms = {alarm.name: alarm for alarm in asyncio.run(seen.alarms())}
    # ministack does not keep the metrics of an alarm on an expression; moto does, below.
    assert set(alarms) == {"glimpse-prod-cpu", "by-hand"}
    assert alarms["glimpse-prod-cpu"] == Alarm(
        "", "glimpse-prod-cpu", ["AWS/ECS/CPUUtilization"], "Average", "GreaterThanThreshold", "85", 60, 10
    )
    assert alarms["by-hand"].threshold == "59.5"


def test_spending_is_of_seven_full_days_and_names_its_services(seen: AwsObservations) -> None:
    spending = asyncio.run(seen.spending())
    assert (spending.usd, spending.days, spending.services) == ("5.64", 7, "Amazon RDS, Amazon ECS")


def test_the_address_is_the_domain_or_else_the_name_of_the_balancer(session: boto3.Session) -> None:
    assert asyncio.run(AwsObservations(session, DEPLOYMENT).chat_url()).startswith("https://glimpse-prod-")
    named = Deployment(region=REGION, tasks=DEPLOYMENT.tasks, domain="chat.example.com")
    assert asyncio.run(AwsObservations(session, named).chat_url()) == "https://chat.example.com"


def test_a_spot_task_is_taken_away_and_the_service_is_recovered_when_as_many_run_again(
    seen: AwsObservations, ministack: str
) -> None:
    ecs = aws_session().client("ecs", endpoint_url=ministack)
    where = {"cluster": "glimpse-prod"}
    running = sorted(ecs.list_tasks(**where, serviceName="glimpse-api")["taskArns"])

    async def drill() -> None:
        taken = await seen.reclaim_spot_task()
        assert running[1].endswith(f"/{taken}")
        assert not await seen.is_recovered(taken)
        # ministack starts a replacement only when the service is updated.
        ecs.update_service(**where, service="glimpse-api", desiredCount=2)
        assert await seen.is_recovered(taken)

    asyncio.run(drill())


# ---- In moto


def test_an_alarm_on_an_expression_has_all_metrics_that_it_reads() -> None:
    with moto.mock_aws():
        session = aws_session()
        of_balancer = [{"Name": "LoadBalancer", "Value": "app/glimpse-prod/1"}]
        make_alarms(session.client("cloudwatch"), of_balancer, [{"Name": "DBInstanceIdentifier", "Value": "none"}])
        alarms = {alarm.name: alarm for alarm in asyncio.run(AwsObservations(session, DEPLOYMENT).alarms())}
    assert set(alarms) == {"glimpse-prod-cpu", "glimpse-prod-5xx"}
    errors = alarms["glimpse-prod-5xx"]
    assert errors.address == "module.monitoring.aws_cloudwatch_metric_alarm.errors"
    names = ("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count")
    assert list(errors.metrics) == [f"AWS/ApplicationELB/{name}" for name in names]
    assert (errors.statistic, errors.period_seconds, errors.threshold) == ("Sum", 300, "10")


def test_the_bounds_of_autoscaling_are_those_that_application_autoscaling_has() -> None:
    with moto.mock_aws():
        session = aws_session()
        ecs = session.client("ecs")
        ecs.create_cluster(clusterName="glimpse-prod")
        ecs.register_task_definition(
            family="glimpse-api", containerDefinitions=[{"name": "api", "image": "glimpse", "memory": 512}]
        )
        ecs.create_service(
            cluster="glimpse-prod", serviceName="glimpse-api", taskDefinition="glimpse-api", desiredCount=2
        )
        seen = AwsObservations(session, DEPLOYMENT)
        assert asyncio.run(seen.running_tasks()).fewest is None
        session.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs", ScalableDimension="ecs:service:DesiredCount",
            ResourceId="service/glimpse-prod/glimpse-api", MinCapacity=1, MaxCapacity=9,
        )  # fmt: skip
        tasks = asyncio.run(seen.running_tasks())
    assert (tasks.fewest, tasks.most, tasks.running, tasks.wanted) == (1, 9, 0, 2)


def test_cost_explorer_is_asked_for_the_seven_days_before_yesterday() -> None:
    asked: list[Any] = []
    with moto.mock_aws():
        session = aws_session()
        session.events.register("provide-client-params.cost-explorer", lambda params, **_: asked.append(params))
        seen = AwsObservations(session, DEPLOYMENT)
        assert asyncio.run(why_not_observable(seen.spending())).code == "aws_too_few_days"
        results = {"results": [{"ResultsByTime": costs_of_days(7)}]}
        requests.post("http://motoapi.amazonaws.com/moto-api/static/ce/cost-and-usage-results", json=results, timeout=9)
        assert asyncio.run(seen.spending()).usd == "5.64"
    today = datetime.now(UTC).date()
    assert asked[0]["TimePeriod"] == {"Start": str(today - timedelta(days=8)), "End": str(today - timedelta(days=1))}
    assert asked[0]["Filter"]["And"][0]["Dimensions"]["Values"] == [REGION, "global", "NoRegion"]


# ---- What cannot be seen is said


@pytest.mark.parametrize("name", NEEDED)
def test_where_an_action_is_denied_the_observation_is_unseen_and_names_it(
    seen: AwsObservations, answers: Answers, name: str
) -> None:
    for action in NEEDED[name]:
        before = answers.get(action)
        answers[action] = Refusal()
        unseen = asyncio.run(why_not_observable(OBSERVATIONS[name](seen)))
        assert (unseen.code, unseen.values) == ("aws_denied", {"action": action, "policy": "verify-policy.json"})
        answers[action] = before


def test_where_stop_task_is_denied_no_task_is_taken_away(seen: AwsObservations, answers: Answers) -> None:
    answers["ecs:StopTask"] = Refusal("AccessDeniedException")
    unseen = asyncio.run(why_not_observable(seen.reclaim_spot_task()))
    assert (unseen.code, unseen.values) == (
        "aws_denied",
        {"action": "ecs:StopTask", "policy": "verify-drill-policy.json"},
    )
    assert asyncio.run(seen.running_tasks()).spot == 1


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("ThrottlingException", "aws_throttled"),
        ("RequestLimitExceeded", "aws_throttled"),
        ("ExpiredTokenException", "aws_credentials_refused"),
        ("InvalidClientTokenId", "aws_credentials_refused"),
        ("DBInstanceNotFoundFault", "aws_not_found"),
        ("InternalFailure", "aws_call_failed"),
    ],
)
@pytest.mark.parametrize("name", ["engine", "alarms"])
def test_a_refusal_is_unseen_with_its_reason(
    seen: AwsObservations, answers: Answers, name: str, code: str, says: str
) -> None:
    answers["*"] = Refusal(code)
    assert asyncio.run(why_not_observable(OBSERVATIONS[name](seen))).code == says


def test_in_another_region_the_stack_is_not_found(session: boto3.Session) -> None:
    seen = AwsObservations(session, DEPLOYMENT, "us-west-2")
    for name in set(OBSERVATIONS) - {"alarms", "spending"}:
        unseen = asyncio.run(why_not_observable(OBSERVATIONS[name](seen)))
        assert (unseen.code, unseen.values["region"]) == ("aws_not_found", "us-west-2"), name


def test_an_endpoint_that_nobody_answers_at_is_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glimpse.operations.outside.aws.calls.CONFIG", Config(retries={"total_max_attempts": 1}))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed.getsockname()[1]}")
        seen = AwsObservations(aws_session(), DEPLOYMENT)
        for name, observation in OBSERVATIONS.items():
            unseen = asyncio.run(why_not_observable(observation(seen)))
            assert (unseen.code, unseen.values["region"]) == ("aws_unreachable", REGION), name


def test_where_nothing_answers_once_no_other_check_waits_again() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"

        class Session:
            made = 0

            def client(self, service: str, **options: Any) -> Any:
                Session.made += 1
                return boto3.Session("a", "b", region_name=REGION).client(service, endpoint_url=endpoint, **options)

        calls = Calls(Session(), REGION)
        for _ in range(2):
            with pytest.raises(NotObservable) as seen:
                # Nothing listens: a bound socket refuses.
                calls.call("rds", "describe_db_instances")
            assert seen.value.code == "aws_unreachable"
            calls._clients.clear()
    assert Session.made == 1


def test_a_region_that_is_none_is_unseen(session: boto3.Session) -> None:
    unseen = asyncio.run(why_not_observable(AwsObservations(session, DEPLOYMENT, "seoul!").engine()))
    assert (unseen.code, unseen.values["region"]) == ("aws_call_failed", "seoul!")


def test_names_that_the_terraform_does_not_tell_are_not_guessed(session: boto3.Session) -> None:
    nameless = AwsObservations(session, Deployment(region=REGION, tasks=Tasks(2, 2, 7)))
    for name in sorted(set(OBSERVATIONS) - {"alarms", "spending"}):
        assert asyncio.run(why_not_observable(OBSERVATIONS[name](nameless))).code == "aws_name_unknown"
    assert list(asyncio.run(nameless.alarms())) == []


def test_metrics_without_a_datapoint_are_unseen_but_errors_that_nobody_counted_are_none(
    seen: AwsObservations, answers: Answers
) -> None:
    empty = {"MetricDataResults": [{"Id": "points", "Timestamps": [], "Values": []}]}
    answers["cloudwatch:GetMetricData"] = empty
    assert asyncio.run(why_not_observable(seen.database_connections())).values == {"name": "DatabaseConnections"}
    assert asyncio.run(why_not_observable(seen.storage())).values == {"name": "FreeStorageSpace"}
    assert asyncio.run(seen.balancer_errors()).count == 0


def test_during_a_deployment_no_settings_are_those_of_the_tasks(seen: AwsObservations, session: boto3.Session) -> None:
    def two_releases(parsed: Any, **_: Any) -> None:
        parsed["tasks"][0]["taskDefinitionArn"] += "0"

    session.events.register("after-call.ecs.DescribeTasks", two_releases)
    assert asyncio.run(why_not_observable(seen.task_settings())).code == "aws_deployment_under_way"


def test_without_a_running_task_there_are_no_settings_and_nothing_to_take_away(
    seen: AwsObservations, answers: Answers
) -> None:
    answers["ecs:ListTasks"] = {"taskArns": []}
    assert asyncio.run(why_not_observable(seen.task_settings())).code == "aws_no_running_task"
    assert asyncio.run(why_not_observable(seen.reclaim_spot_task())).code == "aws_no_spot_task"


def test_a_service_without_a_balancer_and_a_balancer_inside_the_vpc_are_said(
    seen: AwsObservations, session: boto3.Session, answers: Answers
) -> None:
    def inside(parsed: Any, **_: Any) -> None:
        parsed["LoadBalancers"][0]["Scheme"] = "internal"

    session.events.register("after-call.elastic-load-balancing-v2.DescribeLoadBalancers", inside)
    assert asyncio.run(why_not_observable(seen.chat_url())).code == "aws_internal_balancer"
    answers["ecs:DescribeServices"] = {"services": [{"status": "ACTIVE", "desiredCount": 2}]}
    assert asyncio.run(why_not_observable(seen.balancer_settings())).code == "aws_no_balancer"


def test_costs_of_too_few_days_or_in_another_currency_are_unseen(seen: AwsObservations, answers: Answers) -> None:
    answers["ce:GetCostAndUsage"] = {"ResultsByTime": costs_of_days(3)}
    assert asyncio.run(why_not_observable(seen.spending())).values == {"days": 3, "wanted": 7}
    answers["ce:GetCostAndUsage"] = {"ResultsByTime": costs_of_days(7, "KRW")}
    assert asyncio.run(why_not_observable(seen.spending())).code == "aws_other_currency"


# ---- Credentials


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


@pytest.mark.usefixtures("no_credentials")
def test_without_credentials_nothing_is_observed() -> None:
    with pytest.raises(Failure) as raised:
        asyncio.run(observe(DEPLOYMENT))
    assert raised.value.code == "aws_no_credentials"
    seen = AwsObservations(boto3.Session(), DEPLOYMENT)
    assert asyncio.run(why_not_observable(seen.alarms())).code == "aws_credentials_refused"


@pytest.mark.usefixtures("no_credentials")
def test_a_profile_that_does_not_exist_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(Failure) as raised:
        asyncio.run(observe(DEPLOYMENT))
    assert raised.value.code == "aws_credentials_broken"
    assert "nobody" in str(raised.value.values["detail"])


@pytest.mark.usefixtures("no_credentials")
def test_the_standard_chain_and_the_region_of_the_deployment_or_the_option_are_used(
    ministack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", ministack)

    async def settings() -> BalancerSettings:
        return await (await observe(DEPLOYMENT)).balancer_settings()

    assert asyncio.run(settings()).idle_timeout_seconds == 55
    assert asyncio.run(observe(DEPLOYMENT, "us-west-2")).calls.region == "us-west-2"


# ---- The policies


def policy(name: str) -> list[Mapping[str, Any]]:
    statements: list[Mapping[str, Any]] = json.loads((POLICIES / name).read_text())["Statement"]
    return statements


def many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def allows(statements: list[Mapping[str, Any]], action: str, resource: str, cluster: str) -> bool:
    """As IAM does for what these policies use: exact actions, resources with `*`, one condition on the cluster."""
    return any(
        action in many(statement["Action"])
        and any(fnmatchcase(resource, pattern) for pattern in many(statement["Resource"]))
        and fnmatchcase(cluster, statement.get("Condition", {}).get("ArnLike", {}).get("ecs:cluster", "*"))
        for statement in statements
    )


def resource_of(action: str, parameters: Mapping[str, Any]) -> str:
    """The resource that IAM checks (service authorization reference), where an action has one."""
    account = f"{REGION}:123456789012"
    match action:
        case "ecs:DescribeServices":
            return f"arn:aws:ecs:{account}:service/{parameters['cluster']}/{parameters['services'][0]}"
        case "ecs:DescribeTasks":
            return str(parameters["tasks"][0])
        case "ecs:StopTask":
            return str(parameters["task"])
        case "rds:DescribeDBInstances":
            return f"arn:aws:rds:{account}:db:{parameters['DBInstanceIdentifier']}"
        case "rds:DescribeDBParameters":
            return f"arn:aws:rds:{account}:pg:{parameters['DBParameterGroupName']}"
    return "*"


def test_the_policies_allow_exactly_what_is_called(
    seen: AwsObservations, session: boto3.Session, ministack: str
) -> None:
    made: list[tuple[str, Mapping[str, Any]]] = []

    def note(params: Any, model: Any, **_: Any) -> None:
        made.append((action_of(model), params))

    session.events.register("provide-client-params", note)
    needed: dict[str, set[str]] = {}
    for name, observation in OBSERVATIONS.items():
        made.clear()
        asyncio.run(observation(seen))
        needed[name] = {action for action, _ in made}
        for action, parameters in made:
            cluster = f"arn:aws:ecs:{REGION}:123456789012:cluster/{parameters.get('cluster')}"
            assert allows(policy("verify-policy.json"), action, resource_of(action, parameters), cluster)
    assert needed == NEEDED
    allowed = {action for statement in policy("verify-policy.json") for action in many(statement["Action"])}
    assert allowed == set().union(*NEEDED.values())

    made.clear()
    asyncio.run(seen.reclaim_spot_task())
    stops = [(action, parameters) for action, parameters in made if action not in allowed]
    assert [action for action, _ in stops] == ["ecs:StopTask"]
    assert allows(policy("verify-drill-policy.json"), "ecs:StopTask", resource_of(*stops[0]), "*")
    assert [many(statement["Action"]) for statement in policy("verify-drill-policy.json")] == [["ecs:StopTask"]]
    aws_session().client("ecs", endpoint_url=ministack).update_service(
        cluster="glimpse-prod", service="glimpse-api", desiredCount=2
    )


@pytest.mark.parametrize("file", ["verify-policy.json", "verify-drill-policy.json"])
def test_the_policies_end_at_the_cluster_and_the_database_of_our_terraform(file: str) -> None:
    assert '  default     = "glimpse-prod"\n' in (OWN / "variables.tf").read_text()
    assert '  service_name = "glimpse-api"\n' in (OWN / "main.tf").read_text()
    account = f"{REGION}:123456789012"
    others = [
        ("ecs:DescribeServices", f"arn:aws:ecs:{account}:service/other/glimpse-api"),
        ("ecs:DescribeTasks", f"arn:aws:ecs:{account}:task/other/1"),
        ("ecs:StopTask", f"arn:aws:ecs:{account}:task/other/1"),
        ("ecs:ListTasks", "*"),
        ("rds:DescribeDBInstances", f"arn:aws:rds:{account}:db:other"),
        ("rds:DescribeDBParameters", f"arn:aws:rds:{account}:pg:other"),
    ]
    for action, resource in others:
        assert not allows(policy(file), action, resource, f"arn:aws:ecs:{account}:cluster/other"), action
    assert all("*" not in action for statement in policy(file) for action in many(statement["Action"]))
