"""
What `glimpse watch` and `glimpse workload from-cloudwatch` call, and with which rights.

The answers are those of `watched_account`, in the shapes of botocore's service models; moto answers for SNS and for
CloudWatch's alarms. What only an account proves: whether Cost Explorer's units and record types are named as here.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import moto
import pytest
from policy_sentry.querying.actions import get_actions_for_service

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Database, Deployment
from glimpse.operations.outside import watching
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.aws.workload_metrics import MetricReader
from glimpse.operations.outside.notifications import publish
from glimpse.operations.outside.watching import check_credentials, watch_stack
from tests.conftest import REPOSITORY
from tests.operations.aws_stack import REGION, aws_session
from tests.operations.test_watch_spending import BEST, DEPLOYMENT
from tests.operations.watched_account import ACCOUNT, NAME, NOW, TOPIC, Account, Refusal, read_bill_once

POLICY = REPOSITORY / "src/glimpse/operations/outside/aws/watch-policy.json"
STACK = Deployment(
    region=REGION,
    tasks=DEPLOYMENT.tasks,
    domain="chat.example.com",
    database=Database(identifier=NAME, version="17", standard_support_ends="2030-02-28"),
)
NEEDS_NO_RIGHT = {"sts:GetCallerIdentity"}
"""STS API reference, GetCallerIdentity: no permissions are required."""


@pytest.fixture(autouse=True)
def bills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "read_bill", read_bill_once)


def statements() -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(POLICY.read_text())["Statement"]
    return found


def many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def resource_of(action: str, asked: Mapping[str, Any]) -> str:
    """The resource that IAM checks (service authorization reference), where an action has one."""
    match action:
        case "ecs:DescribeServices":
            return f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/{asked['cluster']}/{asked['services'][0]}"
        case "ecs:DescribeTasks":
            return str(asked["tasks"][0])
        case "rds:DescribeDBInstances":
            return f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{asked['DBInstanceIdentifier']}"
        case "rds:DescribeDBParameters":
            return f"arn:aws:rds:{REGION}:{ACCOUNT}:pg:{asked['DBParameterGroupName']}"
        case "budgets:ViewBudget":
            return f"arn:aws:budgets::{ACCOUNT}:budget/{asked['BudgetName']}"
        case "acm:DescribeCertificate":
            return str(asked["CertificateArn"])
        case "sns:Publish":
            return str(asked["TopicArn"])
    return "*"


def allows(action: str, resource: str, cluster: str) -> bool:
    return any(
        action in many(statement["Action"])
        and any(fnmatchcase(resource, pattern) for pattern in many(statement["Resource"]))
        and fnmatchcase(cluster, statement.get("Condition", {}).get("ArnLike", {}).get("ecs:cluster", "*"))
        for statement in statements()
    )


def cluster_arn(name: object) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{name}"


def everything(account: Account) -> Any:
    """A report that is sent, and a workload; what was watched."""
    session = account.session()
    calls = Calls(session, REGION)
    asyncio.run(check_credentials(calls))
    watched = asyncio.run(watch_stack(calls, STACK, BEST, 7, NOW))
    MetricReader(calls, session, STACK, NOW, 30).read()
    publish(calls, TOPIC, "subject", "text")
    return watched


def test_the_policy_allows_exactly_what_is_called() -> None:
    account = Account()
    everything(account)
    called = {action for action, _ in account.made}
    allowed = {action for statement in statements() for action in many(statement["Action"])}
    assert called - NEEDS_NO_RIGHT == allowed
    for action, asked in account.made:
        if action not in NEEDS_NO_RIGHT:
            assert allows(action, resource_of(action, asked), cluster_arn(asked.get("cluster"))), action


def test_the_policy_ends_at_this_environment() -> None:
    others: list[tuple[str, Mapping[str, Any]]] = [
        ("ecs:DescribeServices", {"cluster": "other", "services": ["glimpse-api"]}),
        ("ecs:DescribeTasks", {"tasks": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/other/1"]}),
        ("ecs:ListTasks", {}),
        ("rds:DescribeDBInstances", {"DBInstanceIdentifier": "other"}),
        ("budgets:ViewBudget", {"BudgetName": "other-monthly"}),
        ("sns:Publish", {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:other-alarms"}),
    ]
    for action, asked in others:
        assert not allows(action, resource_of(action, asked), cluster_arn("other")), action
    assert all("*" not in action for statement in statements() for action in many(statement["Action"]))


def test_every_action_of_the_policy_exists() -> None:
    for statement in statements():
        for action in many(statement["Action"]):
            assert action in get_actions_for_service(action.partition(":")[0]), action


# ---- What cannot be read is unknown, and the rest stands


@pytest.mark.parametrize(
    ("action", "unknown"),
    [
        ("cloudwatch:DescribeAlarms", {"alarms"}),
        ("cloudwatch:GetMetricData", {"answers", "connections", "cpu_credits", "storage"}),
        ("ecs:DescribeServices", {"tasks", "answers", "certificate"}),
        ("rds:DescribeDBInstances", {"connections", "storage", "engine"}),
        ("budgets:ViewBudget", {"budget"}),
        ("acm:DescribeCertificate", {"certificate"}),
    ],
)
def test_a_refused_call_makes_only_what_it_tells_unknown(action: str, unknown: set[str]) -> None:
    before = asyncio.run(watch_stack(Calls(Account().session(), REGION), STACK, BEST, 7, NOW))
    account = Account()
    account[action] = Refusal("AccessDeniedException")
    after = asyncio.run(watch_stack(Calls(account.session(), REGION), STACK, BEST, 7, NOW))

    def unknown_of(health: Any) -> set[str]:
        return {item.name for item in health if item.state == "unknown"}

    assert unknown_of(after.health) - unknown_of(before.health) == unknown
    assert {item.why.values.get("action") for item in after.health if item.name in unknown} == {action}
    assert after.spending


def test_without_cost_explorer_the_health_is_still_told() -> None:
    account = Account()
    account["ce:GetCostAndUsage"] = Refusal("DataUnavailableException")
    watched = asyncio.run(watch_stack(Calls(account.session(), REGION), STACK, BEST, 7, NOW))
    assert watched.spending is None
    assert watched.why_no_spending
    assert watched.why_no_spending.code == "aws_no_data"
    assert watched.health


def test_another_currency_is_not_compared_with_dollars() -> None:
    account = Account()
    whole = account["ce:GetCostAndUsage"]

    def in_won(asked: Mapping[str, Any]) -> Any:
        return json.loads(json.dumps(whole(asked)).replace('"USD"', '"KRW"'))

    account["ce:GetCostAndUsage"] = in_won
    watched = asyncio.run(watch_stack(Calls(account.session(), REGION), STACK, BEST, 7, NOW))
    assert watched.why_no_spending
    assert watched.why_no_spending.code == "aws_other_currency"


def test_a_plan_that_cannot_be_read_leaves_the_health() -> None:
    calls = Calls(Account().session(), REGION)
    watched = asyncio.run(watch_stack(calls, STACK, ["/does/not/exist"], 7, NOW))
    assert watched.spending is None
    assert watched.health


def test_credentials_that_aws_refuses_end_the_command() -> None:
    account = Account()
    account["sts:GetCallerIdentity"] = Refusal("ExpiredToken")
    with pytest.raises(Failure) as raised:
        asyncio.run(check_credentials(Calls(account.session(), REGION)))
    assert raised.value.code == "aws_credentials_refused"


@pytest.mark.parametrize("command", [("watch",), ("workload", "from-cloudwatch")])
def test_without_credentials_one_sentence_says_so(command: tuple[str, ...], tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-m", "glimpse", *command, *BEST, "--lang", "en"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert "No AWS credentials were found" in ran.stderr


# ---- In moto


def test_states_of_alarms_are_those_that_cloudwatch_has() -> None:
    with moto.mock_aws():
        session = aws_session()
        # moto has no list of cost allocation tags, and no database, no tasks and no budget were made in it.
        refused = SimpleNamespace(status_code=400), {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
        session.events.register("before-call.cost-explorer.ListCostAllocationTags", lambda **_: refused)
        cloudwatch = session.client("cloudwatch")
        for name in (f"{NAME}-cpu", f"{NAME}-5xx", "other-cpu"):
            cloudwatch.put_metric_alarm(
                AlarmName=name, Namespace="AWS/ECS", MetricName="CPUUtilization", Statistic="Average", Period=60,
                EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", Threshold=85,
            )  # fmt: skip
        cloudwatch.set_alarm_state(AlarmName=f"{NAME}-cpu", StateValue="ALARM", StateReason="hot")
        watched = asyncio.run(watch_stack(Calls(session, REGION), STACK, BEST, 7))
    assert [each.values["name"] for each in watched.attention] == [f"{NAME}-cpu"]
    assert watched.exit_code == 1
    # moto has no costs, as an account has none on the day on which Cost Explorer is enabled.
    assert watched.why_no_spending
    assert watched.why_no_spending.code == "watch_no_costs"
