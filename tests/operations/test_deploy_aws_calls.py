"""
The calls that each real port of `glimpse deploy` makes, on every way through it, are those that its steps declare: no
right is missing, and none is asked for in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from glimpse.operations.outside.deploy.account import AwsAccount, Needs
from glimpse.operations.outside.deploy.calls import record_calls
from glimpse.operations.outside.deploy.certificates import AcmCertificates
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.outside.deploy.ecs import EcsContainers
from glimpse.operations.outside.deploy.images import EcrImages
from glimpse.operations.outside.deploy.secrets import AwsSecrets
from glimpse.operations.releases.calls import CALLS, REGISTRY, VERIFY
from glimpse.operations.releases.names import Names
from glimpse.operations.releases.values import MigrationTask, Secret
from tests.operations.aws_stack import REGION
from tests.operations.deploy_calls import Refused, StubbedAws

NAMES = Names("glimpse-prod", "111122223333", REGION)
USER = {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/deployer"}
DEFINITION, TASK = "arn:aws:ecs:r:1:task-definition/glimpse-prod-migrate:1", "arn:aws:ecs:r:1:task/glimpse-prod/0f"
LOG = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/x", "awslogs-stream-prefix": "migrate"}}
CONTAINER = {"name": "migrate", "image": "r@sha256:1", "logConfiguration": LOG}
STOPPED = {
    "taskArn": TASK, "taskDefinitionArn": DEFINITION, "lastStatus": "STOPPED",
    "containers": [{"name": "migrate", "exitCode": 0}],
}  # fmt: skip
DEPLOYMENT = {
    "id": "1", "status": "PRIMARY", "taskDefinition": DEFINITION,
    "desiredCount": 1, "runningCount": 1, "pendingCount": 0,
}  # fmt: skip
SERVICE = {"status": "ACTIVE", "desiredCount": 1, "runningCount": 1, "deployments": [DEPLOYMENT]}
PARAMETER, SECRET = Secret("/n/jwt", "parameter_store", "random"), Secret("n/jwt", "secrets_manager", "random")


def preflight(aws: StubbedAws) -> None:
    account = AwsAccount(aws.calls, aws.calls, Needs(1.0, 1.0, ("ap-northeast-2a",)))
    account.names("glimpse-prod")
    account.missing(needs_vpc_origins=True)


def secrets(aws: StubbedAws) -> None:
    port = AwsSecrets(aws.calls)
    for secret in (PARAMETER, SECRET):
        port.has_value(secret)
        port.put(secret, "value")


def verify(aws: StubbedAws) -> None:
    port = AwsSecrets(aws.calls)
    port.read_plain("/n/image-digest")
    port.put_plain("/n/image-digest", "sha256:1")


def migrate(aws: StubbedAws) -> None:
    port = EcsContainers(aws.calls, FakeClock())
    task = MigrationTask("glimpse-prod", DEFINITION, ("subnet-1",), ("sg-1",), assign_public_ip=True)
    port.task_result("glimpse-prod", port.run_task(task, ("migrate",)))


def rollout(aws: StubbedAws) -> None:
    EcsContainers(aws.calls, FakeClock()).service("glimpse-prod", "glimpse-api")
    AwsSecrets(aws.calls).read_plain("/n/image-digest")


def image(aws: StubbedAws) -> None:
    class NoBuilder:
        def build(self, dockerfile: Path, context: Path, platform: str, image: str) -> None: ...

        def push(self, image: str, login: object, folder: Path) -> None: ...

    images = EcrImages(aws.calls, Path(), NoBuilder)
    images.find("glimpse-prod-api", "t")
    images.digest_exists("glimpse-prod-api", "sha256:1")
    images.build_and_push("registry/glimpse-prod-api", "t", "X86_64")


def bootstrap(aws: StubbedAws) -> None:
    AwsAccount(aws.calls, aws.calls, Needs()).bootstrap_state(NAMES)


def delegation(aws: StubbedAws) -> None:
    AcmCertificates(aws.session).pending([f"arn:aws:acm:{REGION}:1:certificate/1"])


WAYS: Mapping[str, tuple[Callable[[StubbedAws], None], Mapping[str, Any]]] = {
    "preflight": (
        preflight,
        {
            "GetCallerIdentity": USER,
            "DescribeRegions": {"Regions": [{"RegionName": REGION}]},
            "GetServiceQuota": Refused("NoSuchResourceException"),
            "GetAWSDefaultServiceQuota": {"Quota": {"Value": 0.0}},
            "DescribeVpcs": {"Vpcs": []},
            "DescribeAvailabilityZones": {"AvailabilityZones": []},
            "GetRole": Refused("NoSuchEntity"),
            "SimulatePrincipalPolicy": {"EvaluationResults": []},
        },
    ),
    "bootstrap": (bootstrap, {"HeadBucket": {}, "HeadObject": {}}),
    "delegation": (
        delegation, {"DescribeCertificate": {"Certificate": {"DomainName": "d", "Status": "ISSUED"}}},
    ),
    "image": (
        image,
        {
            "DescribeImages": {"imageDetails": [{"registryId": "1", "imageDigest": "sha256:1"}]},
            "GetAuthorizationToken": {"authorizationData": [{"authorizationToken": "QVdTOng="}]},
        },
    ),
    "secrets": (
        secrets,
        {
            "GetParameter": {"Parameter": {"Value": "v"}},
            "PutParameter": {},
            "DescribeSecret": [
                {"VersionIdsToStages": {"1": ["AWSCURRENT"]}, "DeletedDate": 1},
                {"VersionIdsToStages": {"1": ["AWSCURRENT"]}},
            ],
            "RestoreSecret": {},
            "DeleteSecret": {},
            "GetSecretValue": {"SecretString": "v"},
            "PutSecretValue": {},
        },
    ),
    "migrate": (
        migrate,
        {
            "ListTasks": {"taskArns": []},
            "DescribeTaskDefinition": {"taskDefinition": {"containerDefinitions": [CONTAINER]}},
            "RunTask": {"tasks": [{"taskArn": TASK}]},
            "DescribeTasks": {"tasks": [STOPPED]},
            "GetLogEvents": {"events": []},
        },
    ),
    "rollout": (
        rollout,
        {
            "DescribeServices": {"services": [SERVICE]},
            "DescribeTaskDefinition": {"taskDefinition": {"containerDefinitions": [CONTAINER]}},
            "GetParameter": Refused("ParameterNotFound"),
        },
    ),
    "verify": (verify, {"GetParameter": {"Parameter": {"Value": "v"}}, "PutParameter": {}}),
}  # fmt: skip
"""By step: what it does with the ports, and AWS's answers, chosen so that every call is reached."""

BY_OTHERS = {"iam:PassRole", "ecs:TagResource"}
"""Rights that ECS asks for on behalf of RunTask. The registry's protocol and `verify` have tests of their own."""


@pytest.mark.parametrize("step", [step for step, calls in CALLS.items() if calls])
def test_a_step_makes_the_calls_that_it_declares_and_no_others(step: str) -> None:
    carry_out, answers = WAYS[{"migrate_after": "migrate", "apply": "rollout"}.get(step, step)]
    aws, made = StubbedAws(answers), set[str]()
    record_calls(aws.session, made.add)
    carry_out(aws)
    others = set(VERIFY) if step == "verify" else set()
    declared = {call.right for call in CALLS[step] if call.service != REGISTRY and call not in others}
    assert made == declared - BY_OTHERS


def test_a_call_that_nobody_answered_would_be_noticed() -> None:
    with pytest.raises(KeyError):
        bootstrap(StubbedAws({}))
