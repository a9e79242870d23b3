"""
The order of creation: bootstrap, prepare (all that a migration needs), secrets, migrate, apply. Each step finds there
what it needs, whatever was chosen.

AWS lets a part be used before it is complete: a role without its rights, a group without its rules, a subnet without
its way out. A task that starts then fails, and nothing tells Terraform. So these tests ask, for each part that a step
uses, whether what completes it is made before; `terraform graph` says what is made before what.
"""

import re
from typing import Any

import pytest

from tests.infrastructure.terraform_plans import (
    BOOTSTRAP,
    CHOICES,
    DESIGNS,
    DOMAIN,
    EDITS,
    ENVIRONMENT,
    MIGRATION,
    PREPARED,
    Order,
    Plan,
    source,
    written_address,
)

VARIANTS = [*DESIGNS, "best", *CHOICES, *EDITS]
SERVICE = "module.ecs.aws_ecs_service.this"
TASKS = "module.ecs.aws_security_group.this"
NAT, NAT_GROUP = "module.networking.aws_autoscaling_group.nat", "module.networking.aws_security_group.nat"

COMPLETES = {
    "aws_ecs_cluster_capacity_providers": "aws_ecs_cluster",
    "aws_iam_role_policy": "aws_iam_role",
    "aws_lb_listener": "aws_lb_target_group",
    "aws_route": "aws_route_table",
    "aws_route_table_association": "aws_subnet",
}
"""Types of what completes another part, with the type of that part."""

RULES = ("aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule")
GROUP = "aws_security_group"


def type_of(address: str) -> str:
    return address.rsplit(".", 2)[-2]


def written(plan: Plan) -> set[str]:
    return {written_address(address) for address in plan.resources}


def output(plan: Plan, name: str) -> Any:
    """As far as a plan knows it."""
    return plan.document["output_changes"][name]["after"]


def completing(order: Order, plan: Plan, user: str) -> set[str]:
    """What is in a plan and completes a part that a user waits for."""
    earlier = order.before(user)
    found = set()
    for address in written(plan):
        if anchor := COMPLETES.get(type_of(address)):
            parts = {part for part in order.before(address) if type_of(part) == anchor}
            if parts and parts <= earlier:
                found.add(address)
    return found


def conversations(order: Order, plan: Plan, user: str, group: str) -> set[str]:
    """The rules in a plan of who a user with a security group speaks to, where the user waits for both ends."""
    earlier = order.before(user)
    found = set()
    for address in written(plan):
        if type_of(address) in RULES:
            ends = {part for part in order.before(address) if type_of(part) == GROUP}
            if group in ends and ends <= earlier:
                found.add(address)
    return found


# The bootstrap comes first


def test_the_environment_looks_up_nothing_that_the_bootstrap_does_not_make(plans: dict[str, Plan]) -> None:
    bootstrap = plans["bootstrap"]
    assert bootstrap.one("aws_route53_zone")["name"] == DOMAIN
    made = {
        (certificate.get("region") or "here", certificate["domain_name"])
        for certificate in bootstrap.of_type("aws_acm_certificate")
    }
    looked_up = {
        ("us-east-1" if "us-east-1" in text else "here", re.sub(r"^\S*files\S*", "files.", name))
        for text in re.findall(
            r'^data "aws_acm_certificate" .*?^\}', source(str(ENVIRONMENT), "bootstrap.tf"), re.MULTILINE | re.DOTALL
        )
        for name in re.findall(r"domain += (\S+)", text)
    }
    assert {(region, name.replace("var.domain_name", DOMAIN)) for region, name in looked_up} == {
        (region, name.replace(f"files.{DOMAIN}", "files.")) for region, name in made
    }
    assert bootstrap.one("aws_ecr_repository")["name"] == "glimpse-prod-api"
    assert 'repository_name = "${var.name}-api"' in source(str(ENVIRONMENT), "bootstrap.tf")


def test_the_bootstrap_waits_for_nothing_that_only_a_person_can_do() -> None:
    text = source(str(BOOTSTRAP), "main.tf") + source("modules", "dns", "main.tf")
    assert "aws_acm_certificate_validation" not in text, "it waits until the parent domain names the zone's servers"


# Then all that a migration needs


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_migration_finds_its_parts_complete(plans: dict[str, Plan], order: Order, variant: str) -> None:
    plan = plans[variant]
    earlier = order.before(MIGRATION)
    assert completing(order, plan, MIGRATION) <= earlier
    rules = conversations(order, plan, MIGRATION, TASKS)
    assert {rule.rsplit(".", 1)[1] for rule in rules} >= {
        "database_from_tasks", "tasks_to_database", "tasks_to_internet",
    }  # fmt: skip
    assert rules <= earlier
    assert earlier >= {
        "module.ecs.aws_cloudwatch_log_group.this",
        "module.ecs.aws_ecs_task_definition.migrate",
        "module.rds.aws_db_instance.this",
        "module.roles.aws_iam_role_policy.migrate_execution",
        "module.secrets.aws_secretsmanager_secret.jwt",
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_migration_has_a_way_out_to_its_image(plans: dict[str, Plan], order: Order, variant: str) -> None:
    plan, earlier = plans[variant], order.before(MIGRATION)
    routes = {written_address(address).rsplit(".", 1)[1]: route for address, route in plan.resources.items()
              if type_of(written_address(address)) == "aws_route"}  # fmt: skip
    egress = plan.document["variables"]["egress"]["value"]
    assert output(plan, "migration")["assign_public_ip"] is (egress == "task_addresses")
    if egress == "nat_instance":
        assert NAT in written(plan) & earlier
        # The instance itself writes the route, as soon as it starts.
        assert conversations(order, plan, NAT, NAT_GROUP) | {
            "module.networking.aws_iam_role_policy.nat",
            "module.networking.aws_route.internet",
            "module.networking.aws_route_table_association.public",
        } <= order.before(NAT)
    else:
        (name, destination) = {
            "nat_gateway": ("nat", "destination_cidr_block"),
            "task_addresses": ("internet", "destination_cidr_block"),
            "ipv6_only": ("tasks", "destination_ipv6_cidr_block"),
        }[egress]
        assert routes[name][destination] in {"0.0.0.0/0", "::/0"}
        assert f"module.networking.aws_route.{name}" in earlier
    rule = "tasks_to_internet_ipv6" if egress == "ipv6_only" else "tasks_to_internet"
    assert f"module.ecs.aws_vpc_security_group_egress_rule.{rule}" in written(plan) & earlier


@pytest.mark.parametrize("name", PREPARED)
def test_the_first_apply_makes_what_comes_before_a_migration_and_tells_how_to_start_it(
    plans: dict[str, Plan], order: Order, name: str
) -> None:
    plan, whole = plans[name], plans[name.removeprefix("prepared_")]
    assert written(plan) == written(whole) & (order.before(MIGRATION) | {MIGRATION})
    assert SERVICE not in written(plan)
    assert plan.document["output_changes"].keys() >= {"migration", "secrets"}, "they depend on the second apply"
    assert (output(plan, "migration")["cluster"], output(plan, "migration")["container"]) == ("glimpse-prod", "migrate")
    jwt = {"before": ("glimpse-prod/", "secrets_manager"), "best": ("/glimpse-prod/", "parameter_store")}
    prefix, store = jwt[name.removeprefix("prepared_")]
    assert output(plan, "secrets") == [
        {"name": f"{prefix}jwt-signing-keys", "store": store, "kind": "random"},
        {"name": "/glimpse-prod/database-password", "store": "parameter_store", "kind": "random"},
    ]


# Then the service


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_service_finds_its_parts_complete_and_a_migrated_database(
    plans: dict[str, Plan], order: Order, variant: str
) -> None:
    plan = plans[variant]
    earlier = order.before(SERVICE)
    assert completing(order, plan, SERVICE) | conversations(order, plan, SERVICE, TASKS) <= earlier
    uses = ("aws_cloudwatch_log_group", "aws_db_instance", "aws_elasticache_", "aws_lb_target_group")
    parts = {address for address in written(plan) if type_of(address).startswith(uses)}
    assert parts | {MIGRATION, "module.roles.aws_iam_role_policy.execution"} <= earlier
    listeners = {address for address in completing(order, plan, SERVICE) if type_of(address) == "aws_lb_listener"}
    assert listeners, "ECS refuses a service whose target group belongs to no listener"


@pytest.mark.parametrize("variant", VARIANTS)
def test_scaling_and_the_name_come_after_the_service(plans: dict[str, Plan], order: Order, variant: str) -> None:
    after = {
        address
        for address in written(plans[variant])
        if type_of(address).startswith("aws_appautoscaling_") or address.startswith("aws_route53_record.")
    }
    assert len(after) >= 4
    for address in after:
        assert SERVICE in order.before(address), address


def test_nothing_waits_for_itself(order: Order) -> None:
    assert not [address for address in order.waits_for if address in order.before(address)]
