"""
The rights of a deploy: what it calls and what Terraform calls is declared, and the policies that are checked in allow
that and no more. policy-sentry knows each IAM action and what it may be narrowed to.

Left to an account: whether the AWS provider calls anything beside what is declared for a type of resource.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.session import get_session
from policy_sentry.querying.actions import get_action_data

from glimpse.operations.outside.aws.calls import POLICY_ACTIONS
from glimpse.operations.releases.calls import CALLS, REGISTRY, VERIFY, Call
from glimpse.operations.releases.rights import (
    BOOTSTRAP_POLICY,
    MAX_POLICY_CHARACTERS,
    OF_CI,
    bootstrap_actions,
    deploy_actions,
    grants_of,
    policies,
)
from glimpse.operations.releases.steps import STEPS
from glimpse.operations.releases.terraform_rights import (
    BOOTSTRAP_DATA,
    BOOTSTRAP_TYPES,
    DATA,
    ONLY_BOOTSTRAP,
    RESOURCES,
)
from tests.conftest import REPOSITORY

POLICIES = REPOSITORY / "src/glimpse/operations/outside/aws"
TREE = REPOSITORY / "infrastructure/terraform"
BOOTSTRAP, ENVIRONMENT = TREE / "bootstrap", TREE / "environments/startup-prod"
WITHOUT_ID = {"ec2", "cloudfront"}
"""Services that name what they make themselves: a right to make it cannot name it."""


@cache
def rows_of(action: str) -> Sequence[Mapping[str, Any]]:
    """What the Service Authorization Reference says of an action: a row for each kind of resource."""
    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    return found[service] if found else []


def arn_formats(action: str) -> set[str]:
    return {row["resource_arn_format"] for row in rows_of(action)} - {"*"}


def statements() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, policy in policies().items():
        for statement in policy["Statement"]:
            yield name, statement


# ---- Declared


def test_every_step_declares_each_of_its_calls_once() -> None:
    assert list(CALLS) == list(STEPS)
    assert all(len(calls) == len(set(calls)) for calls in CALLS.values())


def test_every_call_exists_and_needs_the_right_that_it_declares() -> None:
    loader: Loader = get_session().get_component("data_loader")
    for call in {call for calls in CALLS.values() for call in calls}:
        assert rows_of(call.right), call
        if call.service == REGISTRY:
            continue
        operations = loader.load_service_model(call.service, "service-2")["operations"]
        names = {
            re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower(): name for name in operations
        }
        name = names[call.operation]
        prefix = call.right.partition(":")[0]
        if (call.operation, call.right) not in {("run_task", "iam:PassRole"), ("run_task", "ecs:TagResource")}:
            assert call.right == POLICY_ACTIONS.get(f"{prefix}:{name}", f"{prefix}:{name}")


def test_the_calls_of_verify_are_those_of_its_own_policy() -> None:
    policy = json.loads((POLICIES / "verify-policy.json").read_text())
    allowed: set[str] = set()
    for statement in policy["Statement"]:
        actions = statement["Action"]
        allowed |= {actions} if isinstance(actions, str) else set(actions)
    assert {call.right for call in VERIFY} == allowed


def blocks(folder: Path, kind: str) -> set[str]:
    """The types of a root and of the modules that it calls, at any depth, whatever their number."""
    found: set[str] = set()
    seen: set[Path] = set()

    def walk(folder: Path) -> None:
        if folder in seen:
            return
        seen.add(folder)
        text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.tf")))
        found.update(re.findall(rf'^{kind} "(\w+)"', text, re.MULTILINE))
        for source in re.findall(r'^\s*source\s*=\s*"(\.[^"]*)"', text, re.MULTILINE):
            walk((folder / source).resolve())

    walk(folder)
    return found


def test_every_type_of_the_two_roots_has_its_rights_and_no_other_has() -> None:
    bootstrap, environment = blocks(BOOTSTRAP, "resource"), blocks(ENVIRONMENT, "resource")
    assert set(RESOURCES) == bootstrap | environment
    assert set(BOOTSTRAP_TYPES) == bootstrap
    assert set(ONLY_BOOTSTRAP) == bootstrap - environment
    assert set(DATA) == blocks(BOOTSTRAP, "data") | blocks(ENVIRONMENT, "data")
    assert set(BOOTSTRAP_DATA) == blocks(BOOTSTRAP, "data")


@pytest.mark.parametrize("actions", [deploy_actions(), bootstrap_actions()], ids=["deploy", "bootstrap"])
def test_every_action_exists(actions: set[str]) -> None:
    assert {action for action in actions if not rows_of(action)} == set()


# ---- The policies


@pytest.mark.parametrize("name", [*OF_CI, BOOTSTRAP_POLICY])
def test_a_policy_that_is_checked_in_holds_just_what_is_declared(name: str) -> None:
    file = POLICIES / f"{name}.json"
    made = json.dumps(policies()[name], indent=2) + "\n"
    assert file.read_text(encoding="utf-8") == made, f"write the declared rights into {file.name}"


def test_together_the_policies_of_ci_allow_every_action_of_a_deploy_and_no_other() -> None:
    allowed = {action for name, statement in statements() if name in OF_CI for action in statement["Action"]}
    assert allowed == deploy_actions()


def test_ci_may_not_change_the_bootstrap_nor_its_own_role() -> None:
    of_ci = [statement for name, statement in statements() if name in OF_CI]
    for statement in of_ci:
        for action in statement["Action"]:
            if action.startswith("iam:") and not re.match(r"iam:(Get|List|Simulate)", action):
                assert not any(
                    resource.endswith(("-deploy", "-watch", "-*", "*:role/*")) for resource in statement["Resource"]
                )
    allowed = {action for statement in of_ci for action in statement["Action"]}
    assert not allowed & {
        "s3:PutBucketVersioning", "route53:CreateHostedZone", "acm:RequestCertificate", "ecr:CreateRepository",
        "iam:CreateOpenIDConnectProvider",
    }  # fmt: skip


# ---- The boundary of the environment's roles


def boundary() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((POLICIES / "boundary-policy.json").read_text(encoding="utf-8"))
    return found


def actions_of(statement: Mapping[str, Any]) -> Sequence[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def test_the_boundary_holds_what_the_roles_of_the_environment_may_do_and_nothing_else() -> None:
    bounded = {action for statement in boundary()["Statement"] for action in actions_of(statement)}
    given: set[str] = set()
    for file in (*(TREE / "modules").rglob("*.tf"), *ENVIRONMENT.glob("*.tf")):
        text = file.read_text(encoding="utf-8")
        roles = re.findall(r'^resource "aws_iam_role" .*?^\}', text, re.MULTILINE | re.DOTALL)
        assert all("permissions_boundary = var.boundary_arn" in role for role in roles), file
        if roles:
            given |= set(re.findall(r'"([a-z0-9]+:[A-Z]\w+)"', text)) - {"aws:SourceAccount", "sts:AssumeRole"}
    assert bounded == given
    assert not {action.partition(":")[0] for action in bounded} & {"iam", "sts", "organizations"}
    everywhere = [statement for statement in boundary()["Statement"] if statement["Resource"] == "*"]
    assert [actions_of(statement) for statement in everywhere] == [["ecr:GetAuthorizationToken"]]


def test_ci_gives_no_right_to_a_role_without_the_boundary_and_leaves_the_boundary_alone() -> None:
    of_ci = [statement for name, statement in statements() if name in OF_CI]
    wanted = {"StringLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/glimpse-prod-boundary"}}
    giving = {"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"}
    for statement in of_ci:
        if giving & set(statement["Action"]):
            assert statement["Condition"] == wanted, statement["Action"]
    writes = {
        action for statement in of_ci for action in statement["Action"]
        if action.startswith("iam:") and not re.match(r"iam:(Get|List|Simulate)", action)
    }  # fmt: skip
    assert giving < writes
    assert not [
        action for action in writes if re.match(r"iam:(Attach|Create(Policy|User|Access)|DeleteRolePerm)", action)
    ]
    assert not [action for action in writes if re.search(r"Policy(Version)?$", action) and "Role" not in action]


def test_the_first_person_needs_nothing_but_what_the_bootstrap_makes() -> None:
    for name, statement in statements():
        if name != BOOTSTRAP_POLICY:
            continue
        for action in statement["Action"]:
            if action.startswith("s3:"):
                assert all("glimpse-prod-terraform-" in resource for resource in statement["Resource"]), action
            if re.match(r"iam:(Create|Delete|Put|Update|Tag|Untag)Role", action):
                assert all(resource.endswith(("-deploy", "-watch")) for resource in statement["Resource"]), action


def test_the_policies_fit_into_managed_policies_also_with_the_longest_name() -> None:
    for name, policy in {**policies(), "boundary-policy": boundary()}.items():
        text = json.dumps(policy, separators=(",", ":"))
        assert len(text.replace("glimpse-prod", "x" * 20)) <= MAX_POLICY_CHARACTERS, name


def test_every_resource_is_one_that_its_actions_know() -> None:
    for name, statement in statements():
        for resource in statement["Resource"]:
            if resource == "*":
                continue
            example = resource.replace("*", "x")
            fitting = {
                action for action in statement["Action"]
                if any(re.fullmatch(pattern_of(text), example) for text in arn_formats(action))
            }  # fmt: skip
            assert fitting, (name, resource)
    for name, statement in statements():
        for action in statement["Action"]:
            if "*" not in statement["Resource"]:
                patterns = [pattern_of(text) for text in arn_formats(action)]
                examples = [resource.replace("*", "x") for resource in statement["Resource"]]
                assert any(re.fullmatch(one, text) for one in patterns for text in examples), (name, action)


def pattern_of(arn_format: str) -> str:
    """`arn:${Partition}:ecs:${Region}:…` as a regular expression."""
    return "[^ ]*".join(re.escape(part) for part in re.split(r"\$\{\w+\}", arn_format)) + "(:[*x])?"


def test_only_what_cannot_be_narrowed_is_allowed_everywhere() -> None:
    everywhere = {
        action
        for _, statement in statements()
        if statement["Resource"] == ["*"] and "Condition" not in statement
        for action in statement["Action"]
        if arn_formats(action) and action.partition(":")[0] not in WITHOUT_ID
    }
    # ECS narrows a definition by its family only together with its revision; two of CloudWatch's answer for all alarms.
    assert everywhere <= {
        "acm:RequestCertificate", "ce:GetCostAndUsage", "cloudwatch:DescribeAlarms", "ecs:RegisterTaskDefinition",
        "servicequotas:GetServiceQuota",
    }  # fmt: skip


def test_every_condition_is_on_a_key_that_its_actions_know() -> None:
    for name, statement in statements():
        for tests in statement.get("Condition", {}).values():
            for key in tests:
                wanted = re.sub(r"^(aws:ResourceTag)/.*", r"\1/${TagKey}", key)
                for action in statement["Action"]:
                    known = {known for row in rows_of(action) for known in row["condition_keys"]}
                    assert wanted in known, (name, action, key)


def test_what_is_deleted_by_its_id_has_the_tag_of_the_environment() -> None:
    for action in deploy_actions():
        if re.match(r"(ec2:Delete|ec2:Release|cloudfront:Delete(Distribution|VpcOrigin))", action):
            conditions = [grant.conditions for grant in grants_of(action)]
            is_tagged = conditions == [{"StringEquals": {"aws:ResourceTag/Environment": "glimpse-prod"}}]
            # A route and a network interface that a service left behind have no tags.
            assert is_tagged or action in {"ec2:DeleteNetworkInterface"}, action


def test_a_call_that_is_not_declared_would_be_noticed() -> None:
    assert not rows_of("ecs:StartTheTask")
    assert Call("ecs", "stop_task", "ecs:StopTask") not in CALLS["rollout"]
