"""The names of what AWS keeps unique: they fit its limits, and two environments of one account share none."""

import re
from collections.abc import Iterator

import pytest

from tests.infrastructure.terraform_plans import DOMAIN, SECOND, Plan, written_address

NAMES = (
    "alarm_name", "bucket", "bucket_prefix", "cluster_id", "domain_name", "family", "final_snapshot_identifier",
    "identifier", "name", "name_prefix", "replication_group_id",
)  # fmt: skip
INSIDE = {
    "aws_appautoscaling_policy": "its service",
    "aws_appautoscaling_scheduled_action": "its service",
    "aws_ecs_service": "its cluster",
    "aws_iam_role_policy": "its role",
    "aws_route": "its table",
}
"""Types whose names need to be unique inside something that has a name of its own."""

LIMITS = {
    ("aws_cloudwatch_log_group", "name"): 512,
    ("aws_db_instance", "identifier"): 63,
    ("aws_db_parameter_group", "name_prefix"): 255 - 26,
    ("aws_ecr_repository", "name"): 256,
    ("aws_ecs_cluster", "name"): 255,
    ("aws_elasticache_replication_group", "replication_group_id"): 40,
    ("aws_elasticache_serverless_cache", "name"): 40,
    ("aws_iam_role", "name"): 64,
    ("aws_lb", "name"): 32,
    ("aws_lb_target_group", "name"): 32,
    ("aws_s3_bucket", "bucket_prefix"): 63 - 26,
    ("aws_secretsmanager_secret", "name"): 512,
}
"""
Characters at most, of the API reference of each service. Terraform adds 26 to a prefix.
"""


def names(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """Address, type, argument and value of each name that a plan knows."""
    for address, values in plan.resources.items():
        kind = written_address(address).rsplit(".", 2)[-2]
        for argument in NAMES:
            # A parameter group's family is the engine that it is for.
            if isinstance(values.get(argument), str) and (kind, argument) != ("aws_db_parameter_group", "family"):
                yield address, kind, argument, values[argument]


@pytest.mark.parametrize(("first", "second"), [("before", "second_environment"), ("bootstrap", "second_bootstrap")])
def test_two_environments_of_one_account_share_no_name(plans: dict[str, Plan], first: str, second: str) -> None:
    ours = {(kind, value) for _, kind, _, value in names(plans[first])}
    theirs = {(kind, value) for _, kind, _, value in names(plans[second])}
    assert len(ours) > 6
    shared = {(kind, value) for kind, value in ours & theirs if kind not in INSIDE}
    assert not shared
    for _, kind, _, value in names(plans[second]):
        assert kind in INSIDE or SECOND["name"] in value or SECOND["domain_name"] in value, (kind, value)
        assert DOMAIN not in value


def test_every_name_of_the_longest_environment_fits(plans: dict[str, Plan]) -> None:
    """Also those of the choices: their names differ from the first design's by what follows the environment's."""
    longer = len(SECOND["name"]) - len("glimpse-prod")
    checked = set()
    for variant, plan in plans.items():
        for address, kind, argument, value in names(plan):
            if (limit := LIMITS.get((kind, argument))) and variant != "service":
                longest = len(value) + (0 if SECOND["name"] in value else longer)
                assert longest <= limit, (variant, address, value)
                checked.add((kind, argument))
    assert checked == set(LIMITS)


def test_names_are_what_the_pickiest_services_take(plans: dict[str, Plan]) -> None:
    for plan in (plans["before"], plans["second_environment"]):
        for kind in ("aws_db_instance", "aws_elasticache_replication_group", "aws_lb", "aws_lb_target_group"):
            for _, _, _, value in (each for each in names(plan) if each[1] == kind):
                assert re.fullmatch(r"[a-z](-?[a-z0-9])+", value), value
