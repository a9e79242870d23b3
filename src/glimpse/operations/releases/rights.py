"""
On which resources each IAM action of a deploy is allowed, and the policies that follow from it.

`glimpse-prod` stands for the name of the environment, as in the policies that are checked in: the bootstrap puts the
real one in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct, field

from glimpse.operations.releases.calls import CALLS
from glimpse.operations.releases.terraform_rights import BACKEND, BOOTSTRAP_DATA, BOOTSTRAP_TYPES, DATA, RESOURCES
from glimpse.operations.releases.terraform_rights import ONLY_BOOTSTRAP as BOOTSTRAP_ALONE

MAX_POLICY_CHARACTERS = 6144
"""Of a managed policy, white space not counted (IAM user guide, quotas). A role takes ten of them."""

Conditions = Mapping[str, Mapping[str, Any]]


class Grant(Struct, frozen=True):
    resources: tuple[str, ...] = ("*",)
    conditions: Conditions = field(default_factory=dict)


ANYTHING = (Grant(),)
"""For actions that know no resource, and for those that make something whose id nobody knows before."""

OF_ENVIRONMENT: Conditions = {"StringEquals": {"aws:ResourceTag/Environment": "glimpse-prod"}}
"""The provider's default tags, which everything with an id instead of a name has."""

TAGGED = (Grant(conditions=OF_ENVIRONMENT),)
SERVICES = (
    "autoscaling.amazonaws.com", "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com",
    "elasticache.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com",
    "vpcorigin.cloudfront.amazonaws.com",
)  # fmt: skip
TASK_ROLES = tuple(f"arn:aws:iam::*:role/glimpse-prod-{name}" for name in ("execution", "migrate-execution", "task"))
NAT_ROLE = "arn:aws:iam::*:role/glimpse-prod-nat"
CI_ROLES = tuple(f"arn:aws:iam::*:role/glimpse-prod-{name}" for name in ("deploy", "watch"))
OWN_POLICIES = "arn:aws:iam::*:policy/glimpse-prod-*"
BOUNDED: Conditions = {"StringLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/glimpse-prod-boundary"}}
"""A role that may never do more than this policy of the bootstrap, whatever policies it is given."""

BUCKETS = "arn:aws:s3:::glimpse-prod-uploads-*"
STATE_BUCKET = "arn:aws:s3:::glimpse-prod-terraform-*"


def _named(*resources: str) -> tuple[Grant, ...]:
    return (Grant(resources),)


def _passed(to: str, *roles: str) -> Grant:
    return Grant(roles, {"StringEquals": {"iam:PassedToService": to}})


OWN_SECRETS = "arn:aws:secretsmanager:*:*:secret:glimpse-prod/*"
OWN_SECRETS_AND_RDS = _named(OWN_SECRETS, "arn:aws:secretsmanager:*:*:secret:rds!db-*")

RULES: Mapping[str, tuple[Grant, ...]] = {
    "acm:ListCertificates": ANYTHING,
    "acm:*": _named("arn:aws:acm:*:*:certificate/*"),
    "application-autoscaling:Describe*": ANYTHING,
    "application-autoscaling:*": _named("arn:aws:application-autoscaling:*:*:scalable-target/*"),
    "autoscaling:Describe*": ANYTHING,
    "autoscaling:*": _named("arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/glimpse-prod-nat"),
    "budgets:*": _named("arn:aws:budgets::*:budget/glimpse-prod-monthly"),
    "cloudfront:UpdateDistribution": TAGGED,
    "cloudfront:DeleteDistribution": TAGGED,
    "cloudfront:UpdateVpcOrigin": TAGGED,
    "cloudfront:DeleteVpcOrigin": TAGGED,
    "cloudfront:*": ANYTHING,
    "cloudwatch:GetMetricData": ANYTHING,
    "cloudwatch:DescribeAlarms": ANYTHING,
    "cloudwatch:*": _named(
        "arn:aws:cloudwatch:*:*:alarm:glimpse-prod*",
        "arn:aws:cloudwatch:*:*:alarm:TargetTracking-service/glimpse-prod/*",
    ),
    # A tag may be put on what is being made, and on what is ours. VPC's own security group is not tagged before.
    "ec2:CreateTags": (
        Grant(conditions={"Null": {"ec2:CreateAction": "false"}}),
        *TAGGED,
        *_named("arn:aws:ec2:*:*:security-group/*"),
    ),
    "ec2:DeleteTags": TAGGED,
    "ec2:DeleteNetworkInterface": ANYTHING,
    "ec2:Delete*": TAGGED,
    "ec2:ReleaseAddress": TAGGED,
    "ec2:*": ANYTHING,
    "ecr:GetAuthorizationToken": ANYTHING,
    "ecr:*": _named("arn:aws:ecr:*:*:repository/glimpse-prod-api"),
    "ecs:*TaskDefinition": ANYTHING,
    "ecs:RunTask": _named("arn:aws:ecs:*:*:task-definition/glimpse-prod-migrate:*"),
    "ecs:DescribeTasks": _named("arn:aws:ecs:*:*:task/glimpse-prod/*"),
    "ecs:ListTasks": (Grant(conditions={"ArnLike": {"ecs:cluster": "arn:aws:ecs:*:*:cluster/glimpse-prod"}}),),
    "ecs:*Service*": _named("arn:aws:ecs:*:*:service/glimpse-prod/*"),
    "ecs:*Cluster*": _named("arn:aws:ecs:*:*:cluster/glimpse-prod"),
    "ecs:*agResource": _named(
        "arn:aws:ecs:*:*:cluster/glimpse-prod", "arn:aws:ecs:*:*:service/glimpse-prod/*",
        "arn:aws:ecs:*:*:task/glimpse-prod/*", "arn:aws:ecs:*:*:task-definition/glimpse-prod-*:*",
    ),
    "elasticache:*": _named(
        *(f"arn:aws:elasticache:*:*:{kind}:glimpse-prod*" for kind in ("replicationgroup", "serverlesscache")),
        "arn:aws:elasticache:*:*:cluster:glimpse-prod*", "arn:aws:elasticache:*:*:subnetgroup:glimpse-prod",
        # The default ones, which a node without a choice gets.
        "arn:aws:elasticache:*:*:parametergroup:default.*",
    ),
    "elasticloadbalancing:Describe*": ANYTHING,
    "elasticloadbalancing:*": _named(
        "arn:aws:elasticloadbalancing:*:*:listener/app/glimpse-prod*/*/*",
        "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/glimpse-prod*/*",
        "arn:aws:elasticloadbalancing:*:*:targetgroup/glimpse-prod*/*",
    ),
    "iam:CreateServiceLinkedRole": (
        Grant(("arn:aws:iam::*:role/aws-service-role/*",), {"StringEquals": {"iam:AWSServiceName": list(SERVICES)}}),
    ),
    "iam:PassRole": (_passed("ecs-tasks.amazonaws.com", *TASK_ROLES), _passed("ec2.amazonaws.com", NAT_ROLE)),
    "iam:GetRole": _named("arn:aws:iam::*:role/glimpse-prod-*", "arn:aws:iam::*:role/aws-service-role/*"),
    "iam:SimulatePrincipalPolicy": _named("arn:aws:iam::*:role/glimpse-prod-deploy"),
    "iam:*InstanceProfile": _named("arn:aws:iam::*:instance-profile/glimpse-prod-nat"),
    "iam:*OpenIDConnectProvider*": _named("arn:aws:iam::*:oidc-provider/token.actions.githubusercontent.com"),
    "iam:GetPolicy*": _named(OWN_POLICIES),
    "iam:Get*": _named("arn:aws:iam::*:role/glimpse-prod-*"),
    "iam:List*": _named("arn:aws:iam::*:role/glimpse-prod-*"),
    # Not the roles of CI: a job that could change its own role would have every right. It has none by way of these
    # roles, either: they get no policy without their boundary, which it may neither change nor take away.
    "iam:CreateRole": (Grant((*TASK_ROLES, NAT_ROLE), BOUNDED),),
    "iam:Put*": (Grant((*TASK_ROLES, NAT_ROLE), BOUNDED),),
    "iam:*": _named(*TASK_ROLES, NAT_ROLE),
    "logs:DescribeLogGroups": ANYTHING,
    "logs:GetLogEvents": _named("arn:aws:logs:*:*:log-group:/ecs/glimpse-prod:log-stream:migrate/*"),
    "logs:*": _named("arn:aws:logs:*:*:log-group:/ecs/glimpse-prod", "arn:aws:logs:*:*:log-group:/ecs/glimpse-prod:*"),
    "rds:DescribeDBMajorEngineVersions": ANYTHING,
    "rds:*": _named(
        "arn:aws:rds:*:*:db:glimpse-prod", "arn:aws:rds:*:*:pg:glimpse-prod-*", "arn:aws:rds:*:*:pg:default.postgres*",
        "arn:aws:rds:*:*:snapshot:glimpse-prod*", "arn:aws:rds:*:*:subgrp:glimpse-prod",
    ),
    "route53:ListHostedZones*": ANYTHING,
    "route53:GetChange": _named("arn:aws:route53:::change/*"),
    "route53:*": _named("arn:aws:route53:::hostedzone/*"),
    "s3:*Object": _named(f"{STATE_BUCKET}/*"),
    "s3:Get*": _named(BUCKETS, STATE_BUCKET),
    "s3:List*": _named(BUCKETS, STATE_BUCKET),
    "s3:*": _named(BUCKETS),
    # RDS makes the owner's secret in the caller's name.
    "secretsmanager:RotateSecret": _named("arn:aws:secretsmanager:*:*:secret:rds!db-*"),
    "secretsmanager:CreateSecret": OWN_SECRETS_AND_RDS,
    "secretsmanager:TagResource": OWN_SECRETS_AND_RDS,
    "secretsmanager:*": _named(OWN_SECRETS),
    "sns:*SubscriptionAttributes": ANYTHING,
    "sns:Unsubscribe": ANYTHING,
    "sns:*": _named("arn:aws:sns:*:*:glimpse-prod-alarms"),
    "ssm:PutParameter": _named("arn:aws:ssm:*:*:parameter/glimpse-prod/*"),
    "ssm:GetParameter": _named(
        "arn:aws:ssm:*:*:parameter/glimpse-prod/*", "arn:aws:ssm:*::parameter/aws/service/ami-amazon-linux-latest/*"
    ),
    "*": ANYTHING,
}  # fmt: skip
"""By pattern of an action; the first that fits decides."""

_OF_BOOTSTRAP: Mapping[str, tuple[Grant, ...]] = {
    "acm:RequestCertificate": ANYTHING,
    "iam:SimulatePrincipalPolicy": _named("arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*"),
    "iam:GetRole": _named("arn:aws:iam::*:role/*"),
    "iam:*tachRolePolicy": (Grant(CI_ROLES, {"ArnLike": {"iam:PolicyARN": OWN_POLICIES}}),),
    "iam:*Role*": _named(*CI_ROLES),
    "iam:*Policy*": _named(OWN_POLICIES),
    "route53:CreateHostedZone": ANYTHING,
    "s3:*Object": _named(f"{STATE_BUCKET}/*"),
    "s3:*": _named(STATE_BUCKET),
}
BOOTSTRAP_RULES = {**_OF_BOOTSTRAP, **{pattern: RULES[pattern] for pattern in RULES if pattern not in _OF_BOOTSTRAP}}
"""For what the first person needs beside the deploy's own policies."""

NETWORK_SERVICES = ("acm", "cloudfront", "ec2", "elasticloadbalancing", "route53")
DATA_SERVICES = (
    "budgets", "cloudwatch", "ecr", "elasticache", "logs", "rds", "s3", "secretsmanager", "sns", "ssm",
)  # fmt: skip
OF_CI = ("deploy-policy", "deploy-network-policy", "deploy-data-policy")
BOOTSTRAP_POLICY = "bootstrap-policy"


def call_actions(steps: Collection[str]) -> set[str]:
    return {call.right for step in steps for call in CALLS[step]}


def deploy_actions() -> set[str]:
    """
    Whatever CI's role does: every call of every step, the environment's Terraform, and the look at the bootstrap, which
    finds it complete.
    """
    actions = call_actions(CALLS) | set(BACKEND.read) | set(BACKEND.write)
    for name, rights in RESOURCES.items():
        actions |= set(rights.read)
        actions |= set(rights.write) if name not in BOOTSTRAP_ALONE else set()
    return actions | {action for rights in DATA.values() for action in rights.read}


def bootstrap_actions() -> set[str]:
    """The steps up to the bootstrap, and its Terraform."""
    actions = call_actions(("preflight", "bootstrap", "delegation")) | set(BACKEND.read) | set(BACKEND.write)
    for name in BOOTSTRAP_TYPES:
        actions |= set(RESOURCES[name].read) | set(RESOURCES[name].write)
    return actions | {action for name in BOOTSTRAP_DATA for action in DATA[name].read}


def policies() -> Mapping[str, Mapping[str, Any]]:
    """Each policy that is checked in, by the name of its file."""
    actions = deploy_actions()
    network = {action for action in actions if action.partition(":")[0] in NETWORK_SERVICES}
    data = {action for action in actions if action.partition(":")[0] in DATA_SERVICES}
    parts = dict(zip(OF_CI, (actions - network - data, network, data), strict=True))
    found = {name: _policy(part, RULES) for name, part in parts.items()}
    return {**found, BOOTSTRAP_POLICY: _policy(bootstrap_actions(), BOOTSTRAP_RULES)}


def _policy(actions: Collection[str], rules: Mapping[str, tuple[Grant, ...]]) -> Mapping[str, Any]:
    """Statements of equal resources and conditions are one."""
    statements: dict[str, tuple[Grant, list[str]]] = {}
    for action in sorted(actions):
        for grant in grants_of(action, rules):
            statements.setdefault(repr(grant), (grant, []))[1].append(action)
    return {"Version": "2012-10-17", "Statement": [_statement(*found) for found in statements.values()]}


def _statement(grant: Grant, actions: Sequence[str]) -> Mapping[str, Any]:
    condition = {"Condition": grant.conditions} if grant.conditions else {}
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(grant.resources), **condition}


def grants_of(action: str, rules: Mapping[str, tuple[Grant, ...]] = RULES) -> tuple[Grant, ...]:
    return next(grants for pattern, grants in rules.items() if fnmatchcase(action, pattern))
